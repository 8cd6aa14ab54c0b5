/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-page.h"

G_BEGIN_DECLS

/* What needs a person, what runs, what happened; and how to begin when nothing has. */
#define SAGE_TYPE_HOME_PAGE (sage_home_page_get_type ())

G_DECLARE_FINAL_TYPE (SageHomePage, sage_home_page, SAGE, HOME_PAGE, SagePage)

G_END_DECLS
