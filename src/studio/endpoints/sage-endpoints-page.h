/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-index-page.h"

G_BEGIN_DECLS

/* `endpoints`: what answers requests. */
#define SAGE_TYPE_ENDPOINTS_PAGE (sage_endpoints_page_get_type ())

G_DECLARE_FINAL_TYPE (SageEndpointsPage, sage_endpoints_page, SAGE, ENDPOINTS_PAGE, SageIndexPage)

G_END_DECLS
