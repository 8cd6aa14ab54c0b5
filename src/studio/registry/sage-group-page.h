/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-detail-page.h"

G_BEGIN_DECLS

/* `model-package-group/NAME`: the versions of a model. */
#define SAGE_TYPE_GROUP_PAGE (sage_group_page_get_type ())

G_DECLARE_FINAL_TYPE (SageGroupPage, sage_group_page, SAGE, GROUP_PAGE, SageDetailPage)

G_END_DECLS
