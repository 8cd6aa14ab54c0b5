/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

char **sage_aws_environment (JsonObject *ready);

G_END_DECLS
