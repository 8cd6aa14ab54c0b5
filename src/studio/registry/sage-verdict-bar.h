/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-connection.h"

G_BEGIN_DECLS

/*
 * What a person says about a version of a model: a reason, Approve and Reject; and who said what
 * before. Properties: "narrow" (the buttons stand below the reason).
 */
#define SAGE_TYPE_VERDICT_BAR (sage_verdict_bar_get_type ())

G_DECLARE_FINAL_TYPE (SageVerdictBar, sage_verdict_bar, SAGE, VERDICT_BAR, AdwBin)

GtkWidget *sage_verdict_bar_new    (SageConnection *connection,
                                    SageResource   *package);
void       sage_verdict_bar_update (SageVerdictBar *self,
                                    JsonObject     *description);

G_END_DECLS
