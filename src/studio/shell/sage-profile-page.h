/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-connections.h"

G_BEGIN_DECLS

/* The form of one connection. Signal: "done": it was saved, with (error) or without a problem. */
#define SAGE_TYPE_PROFILE_PAGE (sage_profile_page_get_type ())

G_DECLARE_FINAL_TYPE (SageProfilePage, sage_profile_page, SAGE, PROFILE_PAGE, AdwNavigationPage)

AdwNavigationPage *sage_profile_page_new (SageConnections *connections,
                                          SageProfile     *profile);

G_END_DECLS
