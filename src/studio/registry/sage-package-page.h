/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-detail-page.h"

G_BEGIN_DECLS

/* `model-package/GROUP/VERSION`: a version of a model, to be judged beside the approved one. */
#define SAGE_TYPE_PACKAGE_PAGE (sage_package_page_get_type ())

G_DECLARE_FINAL_TYPE (SagePackagePage, sage_package_page, SAGE, PACKAGE_PAGE, SageDetailPage)

G_END_DECLS
