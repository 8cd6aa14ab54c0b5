/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SAGE_BEADS_MOST 20

/* How one of several like things went. */
typedef enum {
  SAGE_BEAD_NEUTRAL, /* stopped, idle */
  SAGE_BEAD_RUNNING,
  SAGE_BEAD_GOOD,
  SAGE_BEAD_WARNING, /* waits for a person, or is degraded */
  SAGE_BEAD_BAD,
} SageBeadState;

#define SAGE_TYPE_BEADS (sage_beads_get_type ())
G_DECLARE_FINAL_TYPE (SageBeads, sage_beads, SAGE, BEADS, GtkWidget)

GtkWidget *sage_beads_new        (void);
void       sage_beads_set_states (SageBeads           *self,
                                  const SageBeadState *states,
                                  gsize                n_states);

G_END_DECLS
