/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-caller"

#include "config.h"

#include <string.h>

#include "eng-caller.h"
#include "sage-error.h"

/* The owner's role, and what jobs of scripts that name none of ours run as. */
#define OWNER_ROLE "SagebrushExecution"

static const char * const role_names[] = { "", "viewer", "developer", "admin" };

/**
 * eng_role_parse:
 * @name: (nullable): "viewer", "developer" or "admin"
 *
 * Returns: the role; %ENG_ROLE_NONE where there is none of that name
 */
EngRole
eng_role_parse (const char *name)
{
  for (gsize i = ENG_ROLE_VIEWER; name != NULL && i < G_N_ELEMENTS (role_names); i++)
    if (strcmp (name, role_names[i]) == 0)
      return (EngRole) i;

  return ENG_ROLE_NONE;
}

/**
 * eng_role_name:
 * @role: a role
 *
 * Returns: (transfer none): its name, "" for %ENG_ROLE_NONE
 */
const char *
eng_role_name (EngRole role)
{
  return role_names[role];
}

/**
 * eng_caller_may:
 * @caller: who calls
 * @access: what is asked for
 *
 * Returns: whether the role of @caller has it
 */
gboolean
eng_caller_may (const EngCaller *caller,
                EngAccess        access)
{
  switch (access)
    {
    case ENG_ACCESS_READ:
      return caller->role >= ENG_ROLE_VIEWER;
    case ENG_ACCESS_WRITE:
      return caller->role >= ENG_ROLE_DEVELOPER;
    case ENG_ACCESS_ADMIN:
      return caller->role >= ENG_ROLE_ADMIN;
    default:
      return FALSE;
    }
}

/**
 * eng_caller_arn:
 * @engine: the engine
 * @caller: who calls
 *
 * Returns: (transfer full): the caller as AWS names one: the session of a role
 */
char *
eng_caller_arn (const EngEngine *engine,
                const EngCaller *caller)
{
  gboolean is_engine = g_str_has_prefix (caller->principal, "engine:");
  const char *name = caller->user;

  if (name == NULL)
    name = is_engine ? caller->principal + strlen ("engine:") : g_get_user_name ();

  return caller->user == NULL && !is_engine
           ? g_strdup_printf ("arn:aws:sts::%s:assumed-role/" OWNER_ROLE "/%s", engine->account, name)
           : g_strdup_printf ("arn:aws:sts::%s:assumed-role/sagebrush-%s/%s", engine->account,
                              eng_role_name (caller->role), name);
}

/**
 * eng_caller_check:
 * @engine: the engine
 * @caller: who calls
 * @service: the service as policies name it: "sagemaker", "s3", …
 * @action: what is asked for: "CreateTrainingJob"
 * @access: what it takes
 *
 * The answer depends on who asks for what and on nothing that is stored, so it tells nothing of that.
 *
 * Returns: whether @caller may; else %SAGE_ERROR_DENIED in AWS's words
 */
gboolean
eng_caller_check (const EngEngine  *engine,
                  const EngCaller  *caller,
                  const char       *service,
                  const char       *action,
                  EngAccess         access,
                  GError          **error)
{
  g_autofree char *arn = NULL;

  if (eng_caller_may (caller, access))
    return TRUE;

  arn = eng_caller_arn (engine, caller);

  return sage_throw (error, SAGE_ERROR_DENIED,
                     "User: %s is not authorized to perform: %s:%s because no identity-based policy "
                     "allows the %s:%s action", arn, service, action, service, action);
}
