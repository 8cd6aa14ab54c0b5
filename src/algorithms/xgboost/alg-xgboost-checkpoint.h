/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "alg-xgboost-booster.h"

G_BEGIN_DECLS

char     *alg_xgboost_checkpoint_find (const char     *directory,
                                       guint           skip,
                                       guint          *rounds);
gboolean  alg_xgboost_checkpoint_save (const char     *directory,
                                       BoosterHandle   booster,
                                       guint           round,
                                       GError        **error);

G_END_DECLS
