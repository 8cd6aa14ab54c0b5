/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-connection.h"

G_BEGIN_DECLS

/* The numbers in the names of versions: `churnmodels/12` is 12; 0 for what has none. */
guint64       sage_version_number (SageResource *package);
char         *sage_version_group  (SageResource *package);
SageResource *sage_champion_find  (GListModel   *packages,
                                   SageResource *candidate);

G_END_DECLS
