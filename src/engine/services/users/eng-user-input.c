/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-users"

#include "config.h"

#include "eng-password.h"
#include "eng-user-input.h"
#include "eng-user-rows.h"
#include "sage-aws-error.h"
#include "sage-error.h"

#define MAX_ECHO 32 /* characters */

/**
 * eng_user_input_check:
 * @input: what a caller sent
 * @members: (array zero-terminated=1): what there may be
 *
 * Returns: whether there is nothing else; else %SAGE_ERROR_INVALID, which names it
 */
gboolean
eng_user_input_check (JsonObject          *input,
                      const char * const  *members,
                      GError             **error)
{
  JsonObjectIter iter;
  const char *name;

  json_object_iter_init (&iter, input);
  while (json_object_iter_next (&iter, &name, NULL))
    if (!g_strv_contains (members, name))
      {
        g_autofree char *shown = sage_aws_sanitise (name, -1, MAX_ECHO);

        return sage_throw (error, SAGE_ERROR_INVALID, "There is no parameter '%s' here", shown);
      }

  return TRUE;
}

/**
 * eng_user_input_text:
 * @input: what a caller sent
 * @member: what must be there
 *
 * Returns: (transfer none): the text; %NULL with %SAGE_ERROR_INVALID where there is none
 */
const char *
eng_user_input_text (JsonObject  *input,
                     const char  *member,
                     GError     **error)
{
  JsonNode *node = json_object_get_member (input, member);

  if (node == NULL)
    sage_throw (error, SAGE_ERROR_INVALID, "%s is missing", member);
  else if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    sage_throw (error, SAGE_ERROR_INVALID, "%s must be a text", member);
  else
    return json_node_get_string (node);

  return NULL;
}

/**
 * eng_user_input_name:
 * @input: what a caller sent
 *
 * Returns: (transfer none): its `Name`, which can be one of a user; %NULL with %SAGE_ERROR_INVALID
 */
const char *
eng_user_input_name (JsonObject  *input,
                     GError     **error)
{
  const char *name = eng_user_input_text (input, "Name", error);

  return name != NULL && eng_user_name_check (name, error) ? name : NULL;
}

/**
 * eng_user_input_role:
 * @input: what a caller sent
 *
 * Returns: its `Role`; %ENG_ROLE_NONE with %SAGE_ERROR_INVALID
 */
EngRole
eng_user_input_role (JsonObject  *input,
                     GError     **error)
{
  const char *name = eng_user_input_text (input, "Role", error);
  EngRole role = eng_role_parse (name);

  if (name != NULL && role == ENG_ROLE_NONE)
    sage_throw (error, SAGE_ERROR_INVALID, "Role must be viewer, developer or admin");

  return role;
}

/**
 * eng_user_input_verifier:
 * @input: what a caller sent
 * @name: the user whose password it is
 *
 * Returns: (transfer full): the verifier of its `Password`; %NULL with %SAGE_ERROR_INVALID where that
 *   will not do
 */
char *
eng_user_input_verifier (JsonObject  *input,
                         const char  *name,
                         GError     **error)
{
  const char *password = eng_user_input_text (input, "Password", error);

  return password != NULL && eng_password_check (password, name, error)
           ? eng_password_hash (password, error) : NULL;
}
