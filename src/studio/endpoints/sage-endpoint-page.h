/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-detail-page.h"

G_BEGIN_DECLS

/* `endpoint/NAME`: how it is made and how it does, its log, and a workbench to try it. */
#define SAGE_TYPE_ENDPOINT_PAGE (sage_endpoint_page_get_type ())

G_DECLARE_FINAL_TYPE (SageEndpointPage, sage_endpoint_page, SAGE, ENDPOINT_PAGE, SageDetailPage)

G_END_DECLS
