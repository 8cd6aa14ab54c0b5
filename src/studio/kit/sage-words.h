/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-resource.h"

G_BEGIN_DECLS

char       *sage_words_time        (double        seconds);
char       *sage_words_exact_time  (double        seconds);
char       *sage_words_duration    (double        seconds);
char       *sage_words_elapsed     (double        seconds);
char       *sage_words_latency     (double        seconds);
char       *sage_words_number      (double        value);
char       *sage_words_rate        (double        value);
char       *sage_words_bytes       (guint64       bytes);
const char *sage_words_status      (const char   *status);
const char *sage_words_resource    (SageResource *resource);
char       *sage_words_name        (SageResource *resource);
char       *sage_words_version     (const char   *group,
                                    const char   *version);
const char *sage_words_kind        (SageKind      kind);
const char *sage_words_state_icon  (SageState     state);
const char *sage_words_state_class (SageState     state);
const char *sage_words_kind_icon   (SageKind      kind);
char       *sage_words_error       (const GError *error);

G_END_DECLS
