/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-jupyter"

#include "config.h"

#include <math.h>
#include <string.h>

#include "sage-notebook-literal-private.h"

/* Values as literals of the languages that kernels speak. */

static const SageNotation notations[] = {
  { "python", "#", "None", "True", "False", "float('nan')", "float('inf')",
    "[", "]", "{", "}", ": ", FALSE, TRUE, "" },
  { "R", "#", "NULL", "TRUE", "FALSE", "NaN", "Inf",
    "list(", ")", "list(", ")", " = ", FALSE, FALSE, "\"'" },
  { "julia", "#", "nothing", "true", "false", "NaN", "Inf",
    "[", "]", "Dict(", ")", " => ", TRUE, TRUE, "\"" },
};

/* Returns: (nullable): how @language writes values */
const SageNotation *
sage_notation_find (const char *language)
{
  for (guint i = 0; i < G_N_ELEMENTS (notations); i++)
    if (language != NULL && g_ascii_strcasecmp (notations[i].language, language) == 0)
      return &notations[i];
  return NULL;
}

/* A double-quoted string. All three languages know these escapes, and Unicode as it is. */
static void
write_string (const SageNotation *self,
              const char         *text,
              GString            *out)
{
  g_string_append_c (out, '"');
  for (const char *p = text; *p != '\0'; p++)
    {
      guchar byte = (guchar) *p;

      if (byte == '"' || byte == '\\' || (byte == '$' && self->escapes_dollar))
        g_string_append_printf (out, "\\%c", byte);
      else if (byte == '\n')
        g_string_append (out, "\\n");
      else if (byte == '\t')
        g_string_append (out, "\\t");
      else if (byte == '\r')
        g_string_append (out, "\\r");
      else if (byte < 0x20 || byte == 0x7f)
        g_string_append_printf (out, "\\x%02x", byte);
      else
        g_string_append_c (out, (char) byte);
    }
  g_string_append_c (out, '"');
}

/* The shortest digits that give the same number back, and always as a floating-point number. */
static void
write_double (const SageNotation *self,
              double              value,
              GString            *out)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  if (isnan (value))
    {
      g_string_append (out, self->nan_word);
      return;
    }
  if (isinf (value))
    {
      g_string_append_printf (out, "%s%s", value < 0 ? "-" : "", self->infinity_word);
      return;
    }
  for (int precision = 15; precision <= 17; precision++)
    {
      char format[8];

      g_snprintf (format, sizeof format, "%%.%dg", precision);
      g_ascii_formatd (digits, sizeof digits, format, value);
      if (g_ascii_strtod (digits, NULL) == value)
        break;
    }
  g_string_append (out, digits);
  if (strpbrk (digits, ".en") == NULL)
    g_string_append (out, ".0");
}

static void
write_list (const SageNotation *self,
            JsonArray          *array,
            GString            *out)
{
  g_string_append (out, self->list_open);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      if (i > 0)
        g_string_append (out, ", ");
      sage_notation_write (self, json_array_get_element (array, i), out);
    }
  g_string_append (out, self->list_close);
}

static void
write_map (const SageNotation *self,
           JsonObject         *object,
           GString            *out)
{
  JsonObjectIter iter;
  const char *key;
  JsonNode *value;
  gboolean is_first = TRUE;

  g_string_append (out, self->map_open);
  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &key, &value))
    {
      if (!is_first)
        g_string_append (out, ", ");
      is_first = FALSE;
      write_string (self, key, out);
      g_string_append (out, self->map_arrow);
      sage_notation_write (self, value, out);
    }
  g_string_append (out, self->map_close);
}

static void
write_scalar (const SageNotation *self,
              JsonNode           *value,
              GString            *out)
{
  GType type = json_node_get_value_type (value);

  if (type == G_TYPE_STRING)
    write_string (self, json_node_get_string (value), out);
  else if (type == G_TYPE_BOOLEAN)
    g_string_append (out, json_node_get_boolean (value) ? self->true_word : self->false_word);
  else if (type == G_TYPE_DOUBLE)
    write_double (self, json_node_get_double (value), out);
  else
    g_string_append_printf (out, "%" G_GINT64_FORMAT, json_node_get_int (value));
}

/* Appends @value as a literal. */
void
sage_notation_write (const SageNotation *self,
                     JsonNode           *value,
                     GString            *out)
{
  switch (json_node_get_node_type (value))
    {
    case JSON_NODE_ARRAY:
      write_list (self, json_node_get_array (value), out);
      break;
    case JSON_NODE_OBJECT:
      write_map (self, json_node_get_object (value), out);
      break;
    case JSON_NODE_VALUE:
      write_scalar (self, value, out);
      break;
    case JSON_NODE_NULL:
    default:
      g_string_append (out, self->null_word);
      break;
    }
}
