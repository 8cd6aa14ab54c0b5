/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

JsonObject *sage_definition_parse      (const char  *text,
                                        gssize       length,
                                        GError     **error);
JsonArray  *sage_definition_parameters (JsonObject  *definition);

G_END_DECLS
