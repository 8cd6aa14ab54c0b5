/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-validate"

#include "config.h"

#include <string.h>

#include "sage-aws-error.h"
#include "sage-validate-private.h"

/* How much of a value a message repeats, and how many violations it lists; all are counted. */
#define MAX_ECHO SAGE_REPORT_MAX_ECHO
#define MAX_LISTED 50

/* What AWS would print of @node, as far as it is shown at all. */
static void
append_echo (GString         *out,
             const SageShape *shape,
             JsonNode        *node)
{
  if (out->len > 4 * MAX_ECHO)
    return;

  if (JSON_NODE_HOLDS_ARRAY (node) && shape->type == SAGE_SHAPE_LIST)
    {
      JsonArray *array = json_node_get_array (node);

      g_string_append_c (out, '[');
      for (guint i = 0; i < json_array_get_length (array) && out->len <= 4 * MAX_ECHO; i++)
        {
          g_string_append (out, i > 0 ? ", " : "");
          append_echo (out, sage_shape_element (shape), json_array_get_element (array, i));
        }
      g_string_append_c (out, ']');
    }
  else if (JSON_NODE_HOLDS_OBJECT (node) && shape->type == SAGE_SHAPE_MAP)
    {
      JsonObjectIter iter;
      const char *key;
      JsonNode *value;

      g_string_append_c (out, '{');
      json_object_iter_init_ordered (&iter, json_node_get_object (node));
      while (json_object_iter_next_ordered (&iter, &key, &value) && out->len <= 4 * MAX_ECHO)
        {
          g_string_append (out, out->str[out->len - 1] != '{' ? ", " : "");
          g_string_append_printf (out, "%.*s=", 4 * MAX_ECHO, key);
          append_echo (out, sage_shape_element (shape), value);
        }
      g_string_append_c (out, '}');
    }
  else if ((shape->flags & SAGE_SHAPE_SENSITIVE) != 0)
    g_string_append (out, "***");
  else if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    g_string_append_printf (out, "%.*s", 4 * MAX_ECHO, json_node_get_string (node));
  else if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64)
    g_string_append_printf (out, "%" G_GINT64_FORMAT, json_node_get_int (node));
  else if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_DOUBLE)
    {
      char digits[G_ASCII_DTOSTR_BUF_SIZE];

      g_string_append (out, g_ascii_formatd (digits, sizeof digits, "%.15g",
                                             json_node_get_double (node)));
    }
  else
    g_string_append (out, JSON_NODE_HOLDS_NULL (node) ? "null" : "{…}");
}

/*
 * Adds "Value '…' at 'path' failed to satisfy constraint: …". A %NULL @node prints as null, as AWS
 * does for a missing member.
 */
void
sage_report_add (SageReport      *report,
                 const SageShape *shape,
                 JsonNode        *node,
                 const char      *constraint)
{
  if (++report->count > MAX_LISTED)
    return;

  g_string_append (report->messages, report->count > 1 ? "; Value " : "Value ");
  if (node == NULL)
    g_string_append (report->messages, "null ");
  else if ((shape->flags & SAGE_SHAPE_SENSITIVE) == 0)
    {
      g_autoptr(GString) echo = g_string_new (NULL);
      g_autofree char *safe = NULL;

      append_echo (echo, shape, node);
      safe = sage_aws_sanitise (echo->str, echo->len, MAX_ECHO);
      g_string_append_printf (report->messages, "'%s' ", safe);
    }
  g_string_append_printf (report->messages, "at '%s' failed to satisfy constraint: %s",
                          report->path->str, constraint);
}

/* "3", "0.25" */
static char *
format_bound (double bound)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  return g_strdup (g_ascii_formatd (digits, sizeof digits, "%.15g", bound));
}

void
sage_report_add_bound (SageReport      *report,
                       const SageShape *shape,
                       JsonNode        *node,
                       const char      *what,
                       gboolean         above)
{
  g_autofree char *bound = format_bound (above ? shape->max : shape->min);
  g_autofree char *constraint = NULL;

  constraint = g_strdup_printf ("Member must have %s %s than or equal to %s", what,
                                above ? "less" : "greater", bound);
  sage_report_add (report, shape, node, constraint);
}

void
sage_report_check_bounds (SageReport      *report,
                          const SageShape *shape,
                          JsonNode        *node,
                          const char      *what,
                          double           value)
{
  if ((shape->flags & SAGE_SHAPE_HAS_MIN) != 0 && value < shape->min)
    sage_report_add_bound (report, shape, node, what, FALSE);
  if ((shape->flags & SAGE_SHAPE_HAS_MAX) != 0 && value > shape->max)
    sage_report_add_bound (report, shape, node, what, TRUE);
}

void
sage_report_append_enum (GString         *out,
                         const SageShape *shape)
{
  g_string_append (out, "Member must satisfy enum value set: [");
  for (guint i = 0; shape->enums[i] != NULL; i++)
    g_string_append_printf (out, "%s%s", i > 0 ? ", " : "", shape->enums[i]);
  g_string_append_c (out, ']');
}

/* "[Member must have length less than or equal to 32, …]": every constraint of a string. */
char *
sage_report_describe_string (const SageShape *shape)
{
  g_autoptr(GString) out = g_string_new ("[");
  g_autofree char *min = format_bound (shape->min);
  g_autofree char *max = format_bound (shape->max);

  if ((shape->flags & SAGE_SHAPE_HAS_MAX) != 0)
    g_string_append_printf (out, "Member must have length less than or equal to %s, ", max);
  if ((shape->flags & SAGE_SHAPE_HAS_MIN) != 0)
    g_string_append_printf (out, "Member must have length greater than or equal to %s, ", min);
  if (shape->pattern != 0)
    g_string_append_printf (out, "Member must satisfy regular expression pattern: %s, ",
                            sage_model_patterns[shape->pattern].text);
  if (shape->enums != NULL)
    {
      sage_report_append_enum (out, shape);
      g_string_append (out, ", ");
    }

  if (out->len > 1)
    g_string_truncate (out, out->len - 2);
  g_string_append_c (out, ']');

  return g_string_free_and_steal (g_steal_pointer (&out));
}

/* Returns: the length to give to sage_report_pop() */
gsize
sage_report_push (SageReport *report,
                  const char *segment)
{
  gsize before = report->path->len;
  gsize start;

  if (before > 0)
    g_string_append_c (report->path, '.');
  start = report->path->len;
  g_string_append (report->path, segment);
  report->path->str[start] = g_ascii_tolower (report->path->str[start]);

  return before;
}

void
sage_report_pop (SageReport *report,
                 gsize       before)
{
  g_string_truncate (report->path, before);
}
