/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-definition"

#include "config.h"

#include <string.h>

#include "sage-definition.h"
#include "sage-error.h"
#include "sage-json.h"

#define MAX_BYTES (1024 * 1024) /* as the API has it */

/**
 * sage_definition_parse:
 * @text: (nullable): a pipeline definition
 * @length: its bytes, or -1
 * @error: return location
 *
 * Returns: (transfer full): the definition, or %NULL with %SAGE_ERROR_SYNTAX, %SAGE_ERROR_TOO_LARGE
 *   or, for JSON that is no definition, %SAGE_ERROR_INVALID
 */
JsonObject *
sage_definition_parse (const char  *text,
                       gssize       length,
                       GError     **error)
{
  const SageJsonLimits limits = { MAX_BYTES, 0, 200000, 0 };
  g_autoptr(JsonNode) root = NULL;

  if (text == NULL || length == 0 || text[0] == '\0')
    {
      sage_throw (error, SAGE_ERROR_INVALID, "The definition is empty");
      return NULL;
    }

  root = sage_json_parse_object (text, length, &limits, error);
  if (root == NULL)
    return NULL;
  if (sage_json_array (json_node_get_object (root), "Steps") == NULL)
    {
      sage_throw (error, SAGE_ERROR_INVALID, "There is no list of Steps: this is no pipeline definition");
      return NULL;
    }

  return json_node_dup_object (root);
}

/**
 * sage_definition_parameters:
 * @definition: a definition
 *
 * Returns: (transfer none) (nullable): its parameters, %NULL if it has none
 */
JsonArray *
sage_definition_parameters (JsonObject *definition)
{
  JsonArray *parameters = sage_json_array (definition, "Parameters");

  return parameters != NULL && json_array_get_length (parameters) > 0 ? parameters : NULL;
}
