/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-connection.h"

G_BEGIN_DECLS

/* How many things of some kinds are in a state, now and whenever that changes. Property: "count". */
#define SAGE_TYPE_TALLY (sage_tally_get_type ())

G_DECLARE_FINAL_TYPE (SageTally, sage_tally, SAGE, TALLY, GObject)

SageTally *sage_tally_new       (SageConnection *connection,
                                 SageState       state,
                                 const int      *kinds);
guint      sage_tally_get_count (SageTally      *self);

G_END_DECLS
