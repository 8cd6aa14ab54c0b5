/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The parts of `arn:aws:service:region:account:type/name`. The name may hold slashes. */
typedef struct
{
  char *service; /* (owned) */
  char *region;  /* (owned) */
  char *account; /* (owned) */
  char *type;    /* (owned) */
  char *name;    /* (owned) */
} SageArn;

gboolean  sage_arn_parse (const char *text,
                          SageArn    *arn);
void      sage_arn_clear (SageArn    *arn);
char     *sage_arn_build (const char *region,
                          const char *account,
                          const char *type,
                          const char *name);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SageArn, sage_arn_clear)

G_END_DECLS
