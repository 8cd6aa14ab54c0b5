/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-form-parameters"

#include "config.h"

#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#include "sage-form-parameters-private.h"
#include "sage-form-scalar-private.h"
#include "sage-json-walk-private.h"
#include "sage-json.h"
#include "sage-text.h"

#define MAX_PARAMETERS 500 /* AWS takes 200 */

typedef struct
{
  char          *name;           /* (owned) */
  char          *standard;       /* (owned) (nullable): the value that it has by itself, as text */
  SageFormInput *input;          /* (owned) */
} Parameter;

struct _SageFormParameters
{
  GArray *parameters; /* (owned): of Parameter */
};

static void
parameter_clear (gpointer data)
{
  Parameter *parameter = data;

  g_free (parameter->name);
  g_free (parameter->standard);
  g_object_unref (parameter->input);
}

static SageFormType
type_from_word (const char *word,
                gboolean    has_choices)
{
  if (has_choices)
    return SAGE_FORM_CHOICE;
  if (g_strcmp0 (word, "Integer") == 0)
    return SAGE_FORM_INTEGER;
  if (g_strcmp0 (word, "Float") == 0)
    return SAGE_FORM_NUMBER;
  if (g_strcmp0 (word, "Boolean") == 0)
    return SAGE_FORM_SWITCH;

  return SAGE_FORM_STRING;
}

/* Returns: (transfer full) (nullable): the choices as text; an empty list is no restriction */
static char **
read_choices (JsonObject *declared)
{
  JsonArray *array = sage_json_array (declared, "EnumValues");
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  guint n = array != NULL ? MIN (json_array_get_length (array), MAX_PARAMETERS) : 0;

  if (n == 0)
    return NULL;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = sage_json_scalar_text (json_array_get_element (array, i));
      g_autofree char *valid = g_utf8_make_valid (text, -1);

      g_strv_builder_add (builder, valid);
    }

  return g_strv_builder_end (builder);
}

/* Returns: (transfer full) (nullable): the value that the parameter has if nobody gives one */
static char *
read_standard (JsonObject *declared)
{
  JsonNode *value = json_object_get_member (declared, "DefaultValue");

  return value != NULL && JSON_NODE_HOLDS_VALUE (value) ? sage_json_scalar_text (value) : NULL;
}

static void
add_parameter (SageFormParameters *self,
               JsonObject         *declared,
               SageFormAddRow      add_row,
               gpointer            user_data)
{
  const char *name = sage_json_string (declared, "Name", NULL);
  g_auto(GStrv) choices = read_choices (declared);
  SageFormType type = type_from_word (sage_json_string (declared, "Type", NULL), choices != NULL);
  Parameter parameter = { 0 };
  g_autofree char *hint = NULL;
  GtkWidget *row;

  if (name == NULL || name[0] == '\0')
    return;

  parameter.name = g_strdup (name);
  parameter.standard = read_standard (declared);
  hint = sage_text_shorten_end (parameter.standard, 256);
  row = sage_form_scalar_new (&(SageFormInputInfo) { .label = name, .hint = hint,
                                                     .required = parameter.standard == NULL },
                              type, (const char * const *) choices);
  parameter.input = SAGE_FORM_INPUT (g_object_ref_sink (row));
  if (parameter.standard != NULL)
    sage_form_input_set_value (parameter.input, json_object_get_member (declared, "DefaultValue"));

  g_array_append_val (self->parameters, parameter);
  add_row (row, NULL, parameter.standard == NULL, user_data);
}

/* @declared: the Parameters of a definition. Returns: (transfer full): @add_row got a row for each */
SageFormParameters *
sage_form_parameters_new (JsonArray      *declared,
                          SageFormAddRow  add_row,
                          gpointer        user_data)
{
  SageFormParameters *self = g_new0 (SageFormParameters, 1);
  guint n = MIN (json_array_get_length (declared), MAX_PARAMETERS);

  self->parameters = g_array_new (FALSE, FALSE, sizeof (Parameter));
  g_array_set_clear_func (self->parameters, parameter_clear);
  for (guint i = 0; i < n; i++)
    {
      JsonObject *parameter = sage_json_array_object (declared, i);

      if (parameter != NULL)
        add_parameter (self, parameter, add_row, user_data);
    }

  return self;
}

void
sage_form_parameters_free (SageFormParameters *self)
{
  g_array_unref (self->parameters);
  g_free (self);
}

/* Returns: (transfer full) (nullable): the value as text; %NULL for the one that it has by itself */
static char *
dup_value (Parameter *parameter)
{
  g_autoptr(JsonNode) value = sage_form_input_get_value (parameter->input);
  g_autofree char *text = NULL;

  /* A switch that is off has no value, which is one where it would be on by itself. */
  if (value == NULL && g_strcmp0 (parameter->standard, "true") != 0)
    return NULL;

  text = value != NULL ? sage_json_scalar_text (value) : g_strdup ("false");
  if (g_strcmp0 (text, parameter->standard) == 0)
    return NULL;

  return g_steal_pointer (&text);
}

/* Returns: (transfer full): of {Name, Value}: those that are not as they are by themselves */
JsonArray *
sage_form_parameters_get (SageFormParameters *self)
{
  JsonArray *values = json_array_new ();

  for (guint i = 0; i < self->parameters->len; i++)
    {
      Parameter *parameter = &g_array_index (self->parameters, Parameter, i);
      g_autofree char *text = dup_value (parameter);
      JsonObject *pair;

      if (text == NULL)
        continue;

      pair = json_object_new ();
      json_object_set_string_member (pair, "Name", parameter->name);
      json_object_set_string_member (pair, "Value", text);
      json_array_add_object_element (values, pair);
    }

  return values;
}

static Parameter *
find (SageFormParameters *self,
      const char         *name)
{
  for (guint i = 0; i < self->parameters->len; i++)
    if (strcmp (g_array_index (self->parameters, Parameter, i).name, name) == 0)
      return &g_array_index (self->parameters, Parameter, i);

  return NULL;
}

/* @values (nullable): of {Name, Value}: those of an execution that is to be run again */
void
sage_form_parameters_set (SageFormParameters *self,
                          JsonArray          *values)
{
  guint n = values != NULL ? json_array_get_length (values) : 0;

  for (guint i = 0; i < n; i++)
    {
      JsonObject *pair = sage_json_array_object (values, i);
      const char *name = sage_json_string (pair, "Name", NULL);
      Parameter *parameter = name != NULL ? find (self, name) : NULL;

      if (parameter != NULL && json_object_has_member (pair, "Value"))
        sage_form_input_set_value (parameter->input, json_object_get_member (pair, "Value"));
    }
}

/* @path: `2.member.value`, of what sage_form_parameters_get() returned. Returns: (transfer none)
 *   (nullable): what is to have the focus */
GtkWidget *
sage_form_parameters_show_error (SageFormParameters *self,
                                 const char         *path,
                                 const char         *message)
{
  gulong number = strtoul (path, NULL, 10);

  for (guint i = 0; i < self->parameters->len; i++)
    {
      Parameter *parameter = &g_array_index (self->parameters, Parameter, i);
      g_autofree char *text = dup_value (parameter);

      if (text != NULL && --number == 0)
        return sage_form_input_show_error (parameter->input, "", message, TRUE);
    }

  return NULL;
}

void
sage_form_parameters_clear_errors (SageFormParameters *self)
{
  for (guint i = 0; i < self->parameters->len; i++)
    sage_form_input_clear_errors (g_array_index (self->parameters, Parameter, i).input);
}

/* Has the rows say what is missing or makes no sense. Returns: (transfer none) (nullable): the first */
GtkWidget *
sage_form_parameters_check (SageFormParameters *self,
                            gboolean            untouched_too)
{
  GtkWidget *first = NULL;

  for (guint i = 0; i < self->parameters->len; i++)
    {
      Parameter *parameter = &g_array_index (self->parameters, Parameter, i);
      g_autoptr(JsonNode) value = sage_form_input_get_value (parameter->input);
      GtkWidget *found = sage_form_input_check (parameter->input, untouched_too);

      if (found == NULL && value == NULL && parameter->standard == NULL)
        found = sage_form_input_show_error (parameter->input, "", _("This is required"),
                                            untouched_too);
      first = first != NULL ? first : found;
    }

  return first;
}
