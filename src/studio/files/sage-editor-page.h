/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-page.h"

G_BEGIN_DECLS

/* A plain file of the user's (`file/PATH`): its text to edit, and where there is more to it, that. */
#define SAGE_TYPE_EDITOR_PAGE (sage_editor_page_get_type ())

G_DECLARE_FINAL_TYPE (SageEditorPage, sage_editor_page, SAGE, EDITOR_PAGE, SagePage)

G_END_DECLS
