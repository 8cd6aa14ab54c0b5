/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-json.h"

G_BEGIN_DECLS

/* A number's characters and a NUL; one that takes more does not pass. */
#define SAGE_JSON_NUMBER_SIZE 512

/* sage-json-scan.c */
const char *sage_json_decode_escape (const char *at,
                                     GString    *out);

/* sage-json-read.c */
JsonNode   *sage_json_read          (const char *data,
                                     gsize       length);

G_END_DECLS
