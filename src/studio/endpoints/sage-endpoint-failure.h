/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Why an endpoint failed, in its parts. */
typedef struct
{
  char *what;  /* (owned): the sentence */
  char *pings; /* (owned) (nullable): what the health check saw, a line each */
  char *log;   /* (owned) (nullable): the end of the container's log */
} SageEndpointFailure;

void sage_endpoint_failure_read  (const char          *reason,
                                  SageEndpointFailure *failure);
void sage_endpoint_failure_clear (SageEndpointFailure *failure);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SageEndpointFailure, sage_endpoint_failure_clear)

G_END_DECLS
