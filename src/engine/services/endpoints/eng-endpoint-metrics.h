/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-engine.h"

G_BEGIN_DECLS

JsonNode   *eng_gateway_metrics   (EngEngine   *engine,
                                   const char  *endpoint,
                                   GError     **error);
JsonObject *eng_endpoint_metrics  (EngEngine   *engine,
                                   const char  *name,
                                   GError     **error);
JsonObject *eng_endpoints_metrics (EngEngine   *engine,
                                   GError     **error);

G_END_DECLS
