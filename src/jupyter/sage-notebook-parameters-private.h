/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-notebook-parameters.h"

G_BEGIN_DECLS

#define SAGE_DEFAULTS_TAG "parameters"
#define SAGE_INJECTED_TAG "injected-parameters"

gboolean  sage_notebook_find_tagged            (SageNotebook  *notebook,
                                                const char    *tag,
                                                guint         *position);
JsonNode *sage_notebook_parameter_parse_number (const char    *text);

G_END_DECLS
