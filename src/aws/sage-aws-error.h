/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

guint       sage_aws_error_status (const GError *error);
const char *sage_aws_error_code   (const GError *error);
char       *sage_aws_error_json   (const char   *code,
                                   const char   *message);
char       *sage_aws_sanitise     (const char   *text,
                                   gssize        length,
                                   guint         max_characters);

G_END_DECLS
