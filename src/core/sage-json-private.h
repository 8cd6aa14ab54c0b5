/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-json.h"

G_BEGIN_DECLS

/* sage-json-scan.c */
const char *sage_json_decode_escape (const char *at,
                                     GString    *out);

/* sage-json-read.c */
JsonNode   *sage_json_read          (const char *data,
                                     gsize       length);

G_END_DECLS
