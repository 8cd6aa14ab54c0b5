/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-page.h"

G_BEGIN_DECLS

/* A file with a pipeline definition: its steps, what is wrong with it, and how to put it on the
 * engine. It is made for a location `definition/PATH` and follows the file. */
#define SAGE_TYPE_DEFINITION_PAGE (sage_definition_page_get_type ())

G_DECLARE_FINAL_TYPE (SageDefinitionPage, sage_definition_page, SAGE, DEFINITION_PAGE, SagePage)

G_END_DECLS
