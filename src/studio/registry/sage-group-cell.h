/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-group-digest.h"

G_BEGIN_DECLS

typedef enum
{
  SAGE_GROUP_APPROVED, /* "Version 3" */
  SAGE_GROUP_WAITING,  /* "2 waiting" */
  SAGE_GROUP_LATEST,   /* "4 min ago" */
} SageGroupFact;

/* One thing to know about a group, in a list of them; it follows the versions. */
#define SAGE_TYPE_GROUP_CELL (sage_group_cell_get_type ())

G_DECLARE_FINAL_TYPE (SageGroupCell, sage_group_cell, SAGE, GROUP_CELL, GtkWidget)

GtkWidget *sage_group_cell_new       (SageGroupDigest *digest,
                                      SageGroupFact    fact);
void       sage_group_cell_set_group (SageGroupCell   *self,
                                      const char      *group);

G_END_DECLS
