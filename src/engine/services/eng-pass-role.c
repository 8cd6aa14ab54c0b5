/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-pass-role"

#include "config.h"

#include <string.h>

#include "eng-pass-role.h"
#include "sage-error.h"

/* What is needed to tell whether a role is too strong for its caller. */
typedef struct
{
  const EngEngine *engine;
  const EngCaller *caller;
} Passing;

/**
 * eng_role_of_arn:
 * @engine: the engine
 * @arn: (nullable): what a request names as a role
 * @fallback: what every other role counts as
 *
 * `role/sagebrush-viewer`, `-developer` and `-admin` of this account are ours. Code of users brings
 * roles of any name and account; these say nothing here.
 *
 * Returns: which of our roles it is
 */
EngRole
eng_role_of_arn (const EngEngine *engine,
                 const char      *arn,
                 EngRole          fallback)
{
  g_autofree char *prefix = g_strdup_printf ("arn:aws:iam::%s:role/sagebrush-", engine->account);
  EngRole role = arn != NULL && g_str_has_prefix (arn, prefix) ? eng_role_parse (arn + strlen (prefix))
                                                               : ENG_ROLE_NONE;

  return role != ENG_ROLE_NONE ? role : fallback;
}

/**
 * eng_pass_role:
 * @engine: the engine
 * @caller: who calls
 * @role: what something is to run as for it
 *
 * Nobody lets something do for him what he may not do himself.
 *
 * Returns: whether @role is no stronger than that of @caller; else %SAGE_ERROR_DENIED in AWS's words
 */
gboolean
eng_pass_role (const EngEngine  *engine,
               const EngCaller  *caller,
               EngRole           role,
               GError          **error)
{
  g_autofree char *arn = NULL;

  if (role <= caller->role)
    return TRUE;

  arn = eng_caller_arn (engine, caller);

  return sage_throw (error, SAGE_ERROR_DENIED,
                     "User: %s is not authorized to perform: iam:PassRole on resource: "
                     "arn:aws:iam::%s:role/sagebrush-%s because no identity-based policy allows the "
                     "iam:PassRole action", arn, engine->account, eng_role_name (role));
}

static gboolean
is_too_strong (const char    *arn,
               gconstpointer  user_data)
{
  const Passing *passing = user_data;

  return eng_role_of_arn (passing->engine, arn, ENG_ROLE_NONE) > passing->caller->role;
}

/**
 * eng_pass_roles:
 * @engine: the engine
 * @caller: who calls
 * @shape: what the operation takes
 * @input: what it was given, found right
 *
 * Returns: whether @caller may pass on every role that @input names; else %SAGE_ERROR_DENIED
 */
gboolean
eng_pass_roles (const EngEngine  *engine,
                const EngCaller  *caller,
                const SageShape  *shape,
                JsonNode         *input,
                GError          **error)
{
  const Passing passing = { engine, caller };
  const char *arn = sage_shape_find_role (shape, input, is_too_strong, &passing);

  return arn == NULL ||
         eng_pass_role (engine, caller, eng_role_of_arn (engine, arn, ENG_ROLE_NONE), error);
}
