/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-error.h"

G_BEGIN_DECLS

guint       sage_aws_error_status (const GError *error);
const char *sage_aws_error_code   (const GError *error);
SageError   sage_aws_error_from_code (const char *code,
                                      guint       status);
char       *sage_aws_error_json   (const char   *code,
                                   const char   *message);
char       *sage_aws_sanitise     (const char   *text,
                                   gssize        length,
                                   guint         max_characters);

G_END_DECLS
