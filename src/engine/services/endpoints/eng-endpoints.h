/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-operation.h"

G_BEGIN_DECLS

#define ENG_ENDPOINT_KIND "endpoint"
#define ENG_ENDPOINT_CONFIG_KIND "endpoint-config"

/* The controller of all endpoints: a thread for each that changes or whose model server is watched,
 * and the gateway that answers for them. */
typedef struct _EngEndpoints EngEndpoints;

void          eng_endpoints_register       (EngEngine     *engine);
EngEndpoints *eng_endpoints_start          (EngEngine     *engine,
                                            GError       **error);
void          eng_endpoints_stop           (EngEndpoints  *endpoints);
char         *eng_endpoints_runtime_url    (EngEndpoints  *endpoints);
char         *eng_endpoints_gateway_socket (EngEngine     *engine);

extern const EngOperation eng_endpoint_config_operations[];
extern const gsize eng_n_endpoint_config_operations;
extern const EngOperation eng_endpoint_operations[];
extern const gsize eng_n_endpoint_operations;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngEndpoints, eng_endpoints_stop)

G_END_DECLS
