/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-operation.h"

G_BEGIN_DECLS

gboolean    eng_user_input_check (JsonObject          *input,
                                  const char * const  *members,
                                  GError             **error);
const char *eng_user_input_text  (JsonObject          *input,
                                  const char          *member,
                                  GError             **error);
const char *eng_user_input_name  (JsonObject          *input,
                                  GError             **error);
EngRole     eng_user_input_role  (JsonObject          *input,
                                  GError             **error);
char       *eng_user_input_verifier (JsonObject       *input,
                                  const char          *name,
                                  GError             **error);

G_END_DECLS
