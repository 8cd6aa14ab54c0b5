/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-permit"

#include "config.h"

#include "eng-permit.h"

/**
 * eng_permit:
 * @engine: the engine
 * @request: the request's record, authenticated
 * @http: the request
 * @service: the service as policies name it
 * @action: what is asked for
 * @access: what it takes
 *
 * Whether the caller may do what is no row of the operation table, whose rows are checked as they are
 * run. The refusal is sent, and kept.
 *
 * Returns: whether the request may go on
 */
gboolean
eng_permit (EngEngine       *engine,
            EngRequest      *request,
            SageHttpRequest *http,
            const char      *service,
            const char      *action,
            EngAccess        access)
{
  const EngOperation operation = { service, action, access, NULL };
  g_autoptr(GError) error = NULL;
  EngCall call;

  if (eng_caller_check (engine, &request->caller, service, action, access, &error))
    return TRUE;

  eng_call_init (&call, engine, &operation, &request->caller, request->source, request->request_id);
  eng_call_audit_refusal (&call, error);
  eng_request_refuse (http, request, 403, request->dialect == ENG_DIALECT_JUPYTER
                      ? "Forbidden" : "AccessDeniedException", error->message);

  return FALSE;
}
