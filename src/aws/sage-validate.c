/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-validate"

#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sage-aws-error.h"
#include "sage-error.h"
#include "sage-model-private.h"

/* How much of a value a message repeats, and how many violations it lists; all are counted. */
#define MAX_ECHO 64
#define MAX_LISTED 50

/* A string this much longer than allowed is not also matched with the pattern. */
#define MAX_EXCESS 4096

/* The last second of the year 9999, either way. */
#define MAX_TIMESTAMP 253402300799.0

typedef struct
{
  GString *path;     /* trainingJobName, productionVariants.1.member.modelName */
  GString *messages; /* joined with "; " */
  guint    count;
} Validation;

static gboolean validate_node (Validation      *validation,
                               const SageShape *shape,
                               JsonNode        *node,
                               GError         **error);

/* --- Patterns -------------------------------------------------------------------------------- */

/*
 * Compiles on first use. Two threads may both compile; one result stays. A pattern that does not
 * compile is a fault of the generated table, which a test rules out.
 */
static GRegex *
get_regex (guint16 pattern)
{
  static GRegex *regexes[G_MAXUINT8 * 4];
  g_autofree char *anchored = NULL;
  g_autoptr(GRegex) fresh = NULL;
  g_autoptr(GError) error = NULL;
  GRegex *regex;

  g_assert (pattern < G_N_ELEMENTS (regexes));

  regex = g_atomic_pointer_get (&regexes[pattern]);
  if (regex != NULL)
    return regex;

  /* Java's Matcher.matches() takes the whole text; '$' alone would let a final newline pass. */
  anchored = g_strconcat ("\\A(?:", sage_model_patterns[pattern].regex, ")\\z", NULL);
  fresh = g_regex_new (anchored, G_REGEX_OPTIMIZE | G_REGEX_NO_AUTO_CAPTURE,
                       G_REGEX_MATCH_DEFAULT, &error);
  if (fresh == NULL)
    {
      g_critical ("Pattern %s: %s", sage_model_patterns[pattern].text, error->message);
      return NULL;
    }

  if (g_atomic_pointer_compare_and_exchange (&regexes[pattern], NULL, fresh))
    return g_steal_pointer (&fresh);

  return g_atomic_pointer_get (&regexes[pattern]);
}

/* A text that exceeds the limits of the matcher counts as not matching. */
static gboolean
matches_pattern (guint16     pattern,
                 const char *text,
                 gsize       length)
{
  GRegex *regex = get_regex (pattern);

  return regex != NULL
         && g_regex_match_full (regex, text, length, 0, G_REGEX_MATCH_DEFAULT, NULL, NULL);
}

/* --- Messages -------------------------------------------------------------------------------- */

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
static void
add_violation (Validation      *validation,
               const SageShape *shape,
               JsonNode        *node,
               const char      *constraint)
{
  if (++validation->count > MAX_LISTED)
    return;

  g_string_append (validation->messages, validation->count > 1 ? "; Value " : "Value ");
  if (node == NULL)
    g_string_append (validation->messages, "null ");
  else if ((shape->flags & SAGE_SHAPE_SENSITIVE) == 0)
    {
      g_autoptr(GString) echo = g_string_new (NULL);
      g_autofree char *safe = NULL;

      append_echo (echo, shape, node);
      safe = sage_aws_sanitise (echo->str, echo->len, MAX_ECHO);
      g_string_append_printf (validation->messages, "'%s' ", safe);
    }
  g_string_append_printf (validation->messages, "at '%s' failed to satisfy constraint: %s",
                          validation->path->str, constraint);
}

/* "3", "0.25" */
static char *
format_bound (double bound)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  return g_strdup (g_ascii_formatd (digits, sizeof digits, "%.15g", bound));
}

static void
add_bound_violation (Validation      *validation,
                     const SageShape *shape,
                     JsonNode        *node,
                     const char      *what,
                     gboolean         above)
{
  g_autofree char *bound = format_bound (above ? shape->max : shape->min);
  g_autofree char *constraint = NULL;

  constraint = g_strdup_printf ("Member must have %s %s than or equal to %s", what,
                                above ? "less" : "greater", bound);
  add_violation (validation, shape, node, constraint);
}

static void
check_bounds (Validation      *validation,
              const SageShape *shape,
              JsonNode        *node,
              const char      *what,
              double           value)
{
  if ((shape->flags & SAGE_SHAPE_HAS_MIN) != 0 && value < shape->min)
    add_bound_violation (validation, shape, node, what, FALSE);
  if ((shape->flags & SAGE_SHAPE_HAS_MAX) != 0 && value > shape->max)
    add_bound_violation (validation, shape, node, what, TRUE);
}

static void
append_enum_constraint (GString         *out,
                        const SageShape *shape)
{
  g_string_append (out, "Member must satisfy enum value set: [");
  for (guint i = 0; shape->enums[i] != NULL; i++)
    g_string_append_printf (out, "%s%s", i > 0 ? ", " : "", shape->enums[i]);
  g_string_append_c (out, ']');
}

/* "[Member must have length less than or equal to 32, …]": every constraint of a string. */
static char *
describe_string_constraints (const SageShape *shape)
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
      append_enum_constraint (out, shape);
      g_string_append (out, ", ");
    }

  if (out->len > 1)
    g_string_truncate (out, out->len - 2);
  g_string_append_c (out, ']');

  return g_string_free_and_steal (g_steal_pointer (&out));
}

/* --- Paths ----------------------------------------------------------------------------------- */

/* Returns: the length to give to path_pop() */
static gsize
path_push (Validation *validation,
           const char *segment)
{
  gsize before = validation->path->len;
  gsize start;

  if (before > 0)
    g_string_append_c (validation->path, '.');
  start = validation->path->len;
  g_string_append (validation->path, segment);
  validation->path->str[start] = g_ascii_tolower (validation->path->str[start]);

  return before;
}

static void
path_pop (Validation *validation,
          gsize       before)
{
  g_string_truncate (validation->path, before);
}

/* --- Types ----------------------------------------------------------------------------------- */

static const char *
describe_type (const SageShape *shape)
{
  switch ((SageShapeType) shape->type)
    {
    case SAGE_SHAPE_STRING:
      return "a String";
    case SAGE_SHAPE_INTEGER:
      return "an Integer";
    case SAGE_SHAPE_LONG:
      return "a Long";
    case SAGE_SHAPE_FLOAT:
      return "a Float";
    case SAGE_SHAPE_DOUBLE:
      return "a Double";
    case SAGE_SHAPE_BOOLEAN:
      return "a Boolean";
    case SAGE_SHAPE_TIMESTAMP:
      return "milliseconds since epoch";
    case SAGE_SHAPE_BLOB:
      return "a Blob";
    case SAGE_SHAPE_LIST:
      return "a List";
    case SAGE_SHAPE_STRUCTURE:
    case SAGE_SHAPE_MAP:
      return "a structure or map";
    default:
      g_assert_not_reached ();
    }
}

/* The sentences of AWS's JSON parser, and after them which member it was. */
static gboolean
throw_type (Validation       *validation,
            const SageShape  *shape,
            JsonNode         *node,
            GError          **error)
{
  const char *token;
  const char *at = validation->path->len > 0 ? validation->path->str : "input";

  if (JSON_NODE_HOLDS_OBJECT (node))
    return sage_throw (error, SAGE_ERROR_SYNTAX,
                       "Start of structure or map found where not expected at '%s'", at);
  if (JSON_NODE_HOLDS_ARRAY (node))
    return sage_throw (error, SAGE_ERROR_SYNTAX,
                       "Start of list found where not expected at '%s'", at);

  if (JSON_NODE_HOLDS_NULL (node))
    token = "NULL_VALUE";
  else if (json_node_get_value_type (node) == G_TYPE_STRING)
    token = "STRING_VALUE";
  else if (json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    token = json_node_get_boolean (node) ? "TRUE_VALUE" : "FALSE_VALUE";
  else
    token = "NUMBER_VALUE";

  return sage_throw (error, SAGE_ERROR_SYNTAX, "%s can not be converted to %s at '%s'", token,
                     describe_type (shape), at);
}

static gboolean
node_holds (JsonNode *node,
            GType     type)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type;
}

/* AWS counts in UTF-16 units. */
static gsize
count_utf16 (const char *text,
             gsize      *bytes)
{
  gsize units = 0;
  const guint8 *p;

  for (p = (const guint8 *) text; *p != 0; p++)
    units += (*p & 0xc0) != 0x80 ? 1 + (*p >= 0xf0) : 0;
  *bytes = p - (const guint8 *) text;

  return units;
}

typedef enum
{
  STRING_TOO_SHORT = 1 << 0,
  STRING_TOO_LONG = 1 << 1,
  STRING_OFF_PATTERN = 1 << 2,
  STRING_OFF_ENUM = 1 << 3,
} StringFaults;

static StringFaults
check_string (const SageShape *shape,
              const char      *text)
{
  StringFaults faults = 0;
  gsize bytes;
  gsize units = count_utf16 (text, &bytes);

  if ((shape->flags & SAGE_SHAPE_HAS_MIN) != 0 && units < shape->min)
    faults |= STRING_TOO_SHORT;
  if ((shape->flags & SAGE_SHAPE_HAS_MAX) != 0 && units > shape->max)
    faults |= STRING_TOO_LONG;
  if (shape->enums != NULL && !g_strv_contains (shape->enums, text))
    faults |= STRING_OFF_ENUM;
  if (shape->pattern != 0
      && ((faults & STRING_TOO_LONG) == 0 || units - shape->max <= MAX_EXCESS)
      && !matches_pattern (shape->pattern, text, bytes))
    faults |= STRING_OFF_PATTERN;

  return faults;
}

static gboolean
validate_string (Validation       *validation,
                 const SageShape  *shape,
                 JsonNode         *node,
                 GError          **error)
{
  StringFaults faults;

  if (!node_holds (node, G_TYPE_STRING))
    return throw_type (validation, shape, node, error);

  faults = check_string (shape, json_node_get_string (node));

  if ((faults & STRING_OFF_ENUM) != 0)
    {
      g_autoptr(GString) constraint = g_string_new (NULL);

      append_enum_constraint (constraint, shape);
      add_violation (validation, shape, node, constraint->str);
    }
  if ((faults & STRING_TOO_SHORT) != 0)
    add_bound_violation (validation, shape, node, "length", FALSE);
  if ((faults & STRING_TOO_LONG) != 0)
    add_bound_violation (validation, shape, node, "length", TRUE);
  if ((faults & STRING_OFF_PATTERN) != 0)
    {
      g_autofree char *constraint =
        g_strconcat ("Member must satisfy regular expression pattern: ",
                     sage_model_patterns[shape->pattern].text, NULL);

      add_violation (validation, shape, node, constraint);
    }

  return TRUE;
}

static gboolean
validate_number (Validation       *validation,
                 const SageShape  *shape,
                 JsonNode         *node,
                 GError          **error)
{
  gboolean integral = shape->type == SAGE_SHAPE_INTEGER || shape->type == SAGE_SHAPE_LONG;
  double value;

  if (node_holds (node, G_TYPE_INT64))
    {
      gint64 number = json_node_get_int (node);

      if (shape->type == SAGE_SHAPE_INTEGER && (number < G_MININT32 || number > G_MAXINT32))
        return throw_type (validation, shape, node, error);
      value = (double) number;
    }
  else if (!integral && node_holds (node, G_TYPE_DOUBLE) && isfinite (json_node_get_double (node)))
    value = json_node_get_double (node);
  else
    return throw_type (validation, shape, node, error);

  if (shape->type == SAGE_SHAPE_TIMESTAMP && fabs (value) > MAX_TIMESTAMP)
    return throw_type (validation, shape, node, error);

  check_bounds (validation, shape, node, "value", value);

  return TRUE;
}

static gboolean
validate_blob (Validation       *validation,
               const SageShape  *shape,
               JsonNode         *node,
               GError          **error)
{
  g_autofree guchar *bytes = NULL;
  const char *text;
  gsize length;

  if (!node_holds (node, G_TYPE_STRING))
    return throw_type (validation, shape, node, error);

  text = json_node_get_string (node);
  if (strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
      != strlen (text))
    return throw_type (validation, shape, node, error);

  bytes = g_base64_decode (text, &length);
  check_bounds (validation, shape, node, "length", (double) length);

  return TRUE;
}

/* --- Containers ------------------------------------------------------------------------------ */

/*
 * AWS reports the elements of a list of strings together, under the path of the list: "Member must
 * satisfy constraint: [all that an element must satisfy]".
 */
static gboolean
validate_strings (Validation       *validation,
                  const SageShape  *shape,
                  JsonNode         *node,
                  GError          **error)
{
  const SageShape *element = sage_shape_element (shape);
  JsonArray *array = json_node_get_array (node);
  gboolean fault = FALSE;

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *item = json_array_get_element (array, i);

      if (!node_holds (item, G_TYPE_STRING))
        return throw_type (validation, element, item, error);
      fault = fault || check_string (element, json_node_get_string (item)) != 0;
    }

  if (fault)
    {
      g_autofree char *constraints = describe_string_constraints (element);
      g_autofree char *constraint =
        g_strconcat ("Member must satisfy constraint: ", constraints, NULL);

      add_violation (validation, shape, node, constraint);
    }

  return TRUE;
}

static gboolean
validate_elements (Validation       *validation,
                   const SageShape  *shape,
                   JsonNode         *node,
                   GError          **error)
{
  const SageShape *element = sage_shape_element (shape);
  JsonArray *array = json_node_get_array (node);

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *item = json_array_get_element (array, i);
      char segment[32];
      gsize before;

      g_snprintf (segment, sizeof segment, "%u.member", i + 1);
      before = path_push (validation, segment);
      if (JSON_NODE_HOLDS_NULL (item))
        add_violation (validation, element, NULL, "Member must not be null");
      else if (!validate_node (validation, element, item, error))
        return FALSE;
      path_pop (validation, before);
    }

  return TRUE;
}

static gboolean
validate_list (Validation       *validation,
               const SageShape  *shape,
               JsonNode         *node,
               GError          **error)
{
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return throw_type (validation, shape, node, error);

  check_bounds (validation, shape, node, "length",
                json_array_get_length (json_node_get_array (node)));

  if (sage_shape_element (shape)->type == SAGE_SHAPE_STRING)
    return validate_strings (validation, shape, node, error);

  return validate_elements (validation, shape, node, error);
}

static void
add_map_violation (Validation      *validation,
                   const SageShape *shape,
                   JsonNode        *node,
                   const char      *what,
                   const SageShape *part)
{
  g_autofree char *constraints = describe_string_constraints (part);
  g_autofree char *constraint = g_strdup_printf ("%s must satisfy constraint: %s", what,
                                                 constraints);

  add_violation (validation, shape, node, constraint);
}

static gboolean
validate_map (Validation       *validation,
              const SageShape  *shape,
              JsonNode         *node,
              GError          **error)
{
  const SageShape *element = sage_shape_element (shape);
  JsonObjectIter iter;
  const char *key;
  JsonNode *value;
  gboolean bad_key = FALSE;
  gboolean bad_value = FALSE;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return throw_type (validation, shape, node, error);

  check_bounds (validation, shape, node, "length",
                json_object_get_size (json_node_get_object (node)));

  json_object_iter_init_ordered (&iter, json_node_get_object (node));
  while (json_object_iter_next_ordered (&iter, &key, &value))
    {
      bad_key = bad_key || check_string (sage_shape_key (shape), key) != 0;

      if (element->type == SAGE_SHAPE_STRING)
        {
          if (!node_holds (value, G_TYPE_STRING))
            return throw_type (validation, element, value, error);
          bad_value = bad_value || check_string (element, json_node_get_string (value)) != 0;
        }
      else
        {
          gsize before = path_push (validation, "member");

          if (!validate_node (validation, element, value, error))
            return FALSE;
          path_pop (validation, before);
        }
    }

  if (bad_key)
    add_map_violation (validation, shape, node, "Map keys", sage_shape_key (shape));
  if (bad_value)
    add_map_violation (validation, shape, node, "Map value", element);

  return TRUE;
}

/* AWS ignores them; a log line helps whoever mistyped one. */
static void
report_unknown_members (const SageShape *shape,
                        JsonObject      *object,
                        guint            known)
{
  JsonObjectIter iter;
  const char *name;

  if (known == json_object_get_size (object))
    return;

  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, NULL))
    if (sage_shape_find_member (shape, name) == NULL)
      {
        g_autofree char *safe = sage_aws_sanitise (name, -1, MAX_ECHO);

        g_debug ("Ignoring unknown member '%s' of %s", safe, shape->name);
      }
}

static gboolean
validate_structure (Validation       *validation,
                    const SageShape  *shape,
                    JsonNode         *node,
                    GError          **error)
{
  JsonObject *object;
  guint known = 0;
  guint set = 0;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return throw_type (validation, shape, node, error);

  object = json_node_get_object (node);
  for (guint i = 0; i < shape->n_members; i++)
    {
      const SageMember *member = &shape->members[i];
      JsonNode *value = json_object_get_member (object, member->name);
      gboolean present = value != NULL && !JSON_NODE_HOLDS_NULL (value);
      gsize before;

      known += value != NULL;
      set += present;
      if (!present && !member->required)
        continue;

      before = path_push (validation, member->name);
      if (!present)
        add_violation (validation, shape, NULL, "Member must not be null");
      else if (!validate_node (validation, &sage_model_shapes[member->shape], value, error))
        return FALSE;
      path_pop (validation, before);
    }

  if ((shape->flags & SAGE_SHAPE_UNION) != 0 && set != 1)
    add_violation (validation, shape, node, "Member must have exactly one of its members set");

  report_unknown_members (shape, object, known);

  return TRUE;
}

static gboolean
validate_node (Validation       *validation,
               const SageShape  *shape,
               JsonNode         *node,
               GError          **error)
{
  switch ((SageShapeType) shape->type)
    {
    case SAGE_SHAPE_STRUCTURE:
      return validate_structure (validation, shape, node, error);
    case SAGE_SHAPE_LIST:
      return validate_list (validation, shape, node, error);
    case SAGE_SHAPE_MAP:
      return validate_map (validation, shape, node, error);
    case SAGE_SHAPE_STRING:
      return validate_string (validation, shape, node, error);
    case SAGE_SHAPE_INTEGER:
    case SAGE_SHAPE_LONG:
    case SAGE_SHAPE_FLOAT:
    case SAGE_SHAPE_DOUBLE:
    case SAGE_SHAPE_TIMESTAMP:
      return validate_number (validation, shape, node, error);
    case SAGE_SHAPE_BOOLEAN:
      return node_holds (node, G_TYPE_BOOLEAN) || throw_type (validation, shape, node, error);
    case SAGE_SHAPE_BLOB:
      return validate_blob (validation, shape, node, error);
    default:
      g_assert_not_reached ();
    }
}

/**
 * sage_shape_validate:
 * @shape: what an operation takes
 * @input: the parsed request
 * @error: return location
 *
 * Checks types, required members, lengths, ranges, patterns and enums, and words every violation
 * as AWS does. Unknown members are ignored; a null member counts as absent. Needs input within the
 * nesting limit of sage_json_parse(). Callable from any thread.
 *
 * Returns: whether @input is valid; else %SAGE_ERROR_SYNTAX for a wrong JSON type, or
 *   %SAGE_ERROR_INVALID for everything the values violate
 */
gboolean
sage_shape_validate (const SageShape  *shape,
                     JsonNode         *input,
                     GError          **error)
{
  g_autoptr(GString) path = g_string_new (NULL);
  g_autoptr(GString) messages = g_string_new (NULL);
  Validation validation = { path, messages, 0 };

  g_return_val_if_fail (shape != NULL && input != NULL, FALSE);

  if (!validate_node (&validation, shape, input, error))
    return FALSE;

  if (validation.count == 0)
    return TRUE;

  return sage_throw (error, SAGE_ERROR_INVALID, "%u validation error%s detected: %s",
                     validation.count, validation.count == 1 ? "" : "s", messages->str);
}
