/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "alg-script-value"

#include "config.h"

#include <string.h>

#include "sage-json.h"

#include "alg-script-value.h"

static void
value_free (gpointer data)
{
  AlgScriptValue *value = data;

  g_free (value->name);
  g_clear_pointer (&value->node, json_node_unref);
  g_free (value->argument);
  g_free (value->environment);
  g_free (value);
}

/* SageMaker's own names never reach the script. */
static gboolean
is_reserved (const char *name)
{
  return g_str_has_prefix (name, "sagemaker_") || g_str_equal (name, "_tuning_objective_metric");
}

static void append_repr (GString  *out,
                         JsonNode *node);

/* A string as Python's repr() writes it. */
static void
append_quoted (GString    *out,
               const char *text)
{
  char quote = strchr (text, '\'') != NULL && strchr (text, '"') == NULL ? '"' : '\'';

  g_string_append_c (out, quote);

  for (; *text != '\0'; text++)
    {
      if (*text == quote || *text == '\\')
        g_string_append_printf (out, "\\%c", *text);
      else if (*text == '\n')
        g_string_append (out, "\\n");
      else if (*text == '\t')
        g_string_append (out, "\\t");
      else
        g_string_append_c (out, *text);
    }

  g_string_append_c (out, quote);
}

static void
append_list (GString   *out,
             JsonArray *array)
{
  g_string_append_c (out, '[');

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      g_string_append (out, i > 0 ? ", " : "");
      append_repr (out, json_array_get_element (array, i));
    }

  g_string_append_c (out, ']');
}

static void
append_dict (GString    *out,
             JsonObject *object)
{
  g_autoptr(GList) members = json_object_get_members (object);

  g_string_append_c (out, '{');

  for (GList *link = members; link != NULL; link = link->next)
    {
      append_quoted (out, link->data);
      g_string_append (out, ": ");
      append_repr (out, json_object_get_member (object, link->data));
      g_string_append (out, link->next != NULL ? ", " : "");
    }

  g_string_append_c (out, '}');
}

/* A value as Python's repr() writes it. */
static void
append_repr (GString  *out,
             JsonNode *node)
{
  if (JSON_NODE_HOLDS_ARRAY (node))
    append_list (out, json_node_get_array (node));
  else if (JSON_NODE_HOLDS_OBJECT (node))
    append_dict (out, json_node_get_object (node));
  else if (JSON_NODE_HOLDS_NULL (node))
    g_string_append (out, "None");
  else if (json_node_get_value_type (node) == G_TYPE_STRING)
    append_quoted (out, json_node_get_string (node));
  else if (json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    g_string_append (out, json_node_get_boolean (node) ? "True" : "False");
  else
    {
      g_autofree char *number = sage_json_to_string (node);

      g_string_append (out, number);
    }
}

/* "a=1,b=2", which is what the training toolkit makes of a mapping. */
static char *
mapping_argument (JsonObject *object)
{
  g_autoptr(GList) members = sage_json_sorted_members (object);
  GString *out = g_string_new (NULL);

  for (GList *link = members; link != NULL; link = link->next)
    {
      JsonNode *member = json_object_get_member (object, link->data);

      g_string_append_printf (out, "%s%s=", link == members ? "" : ",", (char *) link->data);

      if (JSON_NODE_HOLDS_VALUE (member) && json_node_get_value_type (member) == G_TYPE_STRING)
        g_string_append (out, json_node_get_string (member));
      else
        append_repr (out, member);
    }

  return g_string_free (out, FALSE);
}

static AlgScriptValue *
value_new (const char *name,
           const char *text)
{
  AlgScriptValue *value = g_new0 (AlgScriptValue, 1);
  g_autoptr(GString) argument = g_string_new (NULL);

  value->name = g_strdup (name);
  value->node = sage_json_parse (text, -1, NULL, NULL);

  if (value->node == NULL)
    {
      value->node = json_node_new (JSON_NODE_VALUE);
      json_node_set_string (value->node, text);
    }

  if (JSON_NODE_HOLDS_NULL (value->node))
    {
      value->argument = g_strdup ("");
      value->environment = g_strdup ("");
    }
  else if (JSON_NODE_HOLDS_OBJECT (value->node))
    {
      value->argument = mapping_argument (json_node_get_object (value->node));
      value->environment = sage_json_to_string (value->node);
    }
  else if (JSON_NODE_HOLDS_ARRAY (value->node)
           || json_node_get_value_type (value->node) == G_TYPE_BOOLEAN)
    {
      append_repr (argument, value->node);
      value->argument = g_strdup (argument->str);
      value->environment = sage_json_to_string (value->node);
    }
  else if (json_node_get_value_type (value->node) == G_TYPE_STRING)
    {
      value->argument = json_node_dup_string (value->node);
      value->environment = json_node_dup_string (value->node);
    }
  else
    {
      /* A number keeps the digits it was given with. */
      value->argument = g_strstrip (g_strdup (text));
      value->environment = g_strdup (value->argument);
    }

  return value;
}

/**
 * alg_script_values_load:
 * @job: the job
 *
 * Reads the user's hyperparameters as the SageMaker training toolkit does: each text is JSON when
 * it parses as JSON, and itself otherwise.
 *
 * Returns: (transfer full) (element-type AlgScriptValue): sorted by name
 */
GPtrArray *
alg_script_values_load (AlgJob *job)
{
  g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func (value_free);
  g_autoptr(GList) members = sage_json_sorted_members (job->hyperparameters);

  for (GList *link = members; link != NULL; link = link->next)
    {
      const char *text = sage_json_string (job->hyperparameters, link->data, NULL);

      if (text != NULL && !is_reserved (link->data))
        g_ptr_array_add (values, value_new (link->data, text));
    }

  return g_steal_pointer (&values);
}
