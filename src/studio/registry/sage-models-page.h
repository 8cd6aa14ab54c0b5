/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-index-page.h"

G_BEGIN_DECLS

/* `models`: the groups of model versions. */
#define SAGE_TYPE_MODELS_PAGE (sage_models_page_get_type ())

G_DECLARE_FINAL_TYPE (SageModelsPage, sage_models_page, SAGE, MODELS_PAGE, SageIndexPage)

G_END_DECLS
