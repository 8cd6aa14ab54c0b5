/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-notebook.h"

G_BEGIN_DECLS

gboolean    sage_notebook_parameters_parse   (const char    *assignment,
                                              JsonObject    *parameters,
                                              GError       **error);
char       *sage_notebook_parameters_write   (JsonObject    *parameters,
                                              const char    *language,
                                              GError       **error);
gboolean    sage_notebook_parameters_inject  (SageNotebook  *notebook,
                                              JsonObject    *parameters,
                                              const char    *language,
                                              GError       **error);

/* sage-notebook-parameters-read.c */
JsonObject *sage_notebook_parameters_read    (SageNotebook  *notebook,
                                              const char    *language);
JsonNode   *sage_notebook_parameters_convert (JsonNode      *like,
                                              const char    *text);

G_END_DECLS
