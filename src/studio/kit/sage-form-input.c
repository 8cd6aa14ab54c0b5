/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-form-input"

#include "config.h"

#include "sage-form-input-private.h"
#include "sage-form-lines-private.h"
#include "sage-form-scalar-private.h"
#include "sage-form-structure-private.h"
#include "sage-form-structures-private.h"

#define MAX_DEPTH 5 /* what is nested deeper, and some shapes hold themselves, is edited as JSON */

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_INTERFACE (SageFormInput, sage_form_input, GTK_TYPE_WIDGET)

static void
sage_form_input_default_init (SageFormInputInterface *iface)
{
  signals[SIGNAL_CHANGED] = g_signal_new ("input-changed", SAGE_TYPE_FORM_INPUT, G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

/* Returns: (transfer full) (nullable): the value; %NULL if it is not set */
JsonNode *
sage_form_input_get_value (SageFormInput *self)
{
  return SAGE_FORM_INPUT_GET_IFACE (self)->get_value (self);
}

/* @value (nullable): what to show, whatever it is; %NULL for not set */
void
sage_form_input_set_value (SageFormInput *self,
                           JsonNode      *value)
{
  SAGE_FORM_INPUT_GET_IFACE (self)->set_value (self, value);
}

/*
 * @path: where in the member; @untouched_too: even if nobody has been there yet
 *
 * Returns: (transfer none) (nullable): what is to have the focus
 */
GtkWidget *
sage_form_input_show_error (SageFormInput *self,
                            const char    *path,
                            const char    *message,
                            gboolean       untouched_too)
{
  return SAGE_FORM_INPUT_GET_IFACE (self)->show_error (self, path, message, untouched_too);
}

void
sage_form_input_clear_errors (SageFormInput *self)
{
  SAGE_FORM_INPUT_GET_IFACE (self)->clear_errors (self);
}

/* Shows what is wrong that no shape knows of: text that is no number. Returns: (transfer none)
 *   (nullable): where */
GtkWidget *
sage_form_input_check (SageFormInput *self,
                       gboolean       untouched_too)
{
  return SAGE_FORM_INPUT_GET_IFACE (self)->check (self, untouched_too);
}

/* A person has changed it. */
void
sage_form_input_changed (SageFormInput *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static gboolean
is_scalar (const SageShape *shape)
{
  return sage_form_type_of (shape) != SAGE_FORM_JSON;
}

static gboolean
is_plain_string (const SageShape *shape)
{
  return sage_shape_type (shape) == SAGE_SHAPE_STRING && sage_shape_enum (shape) == NULL;
}

/* Whether a list is one of pairs of strings, as tags are; @key, @value: (out): their names. */
gboolean
sage_form_is_pairs (const SageShape  *shape,
                    const char      **key,
                    const char      **value)
{
  const SageShape *element = sage_shape_element (shape);

  if (sage_shape_type (shape) != SAGE_SHAPE_LIST || sage_shape_type (element) != SAGE_SHAPE_STRUCTURE
      || sage_shape_n_members (element) != 2)
    return FALSE;

  *key = sage_shape_member_name (element, 0);
  *value = sage_shape_member_name (element, 1);

  return is_plain_string (sage_shape_member (element, *key))
         && is_plain_string (sage_shape_member (element, *value))
         && sage_shape_member_required (element, *key)
         && sage_shape_member_required (element, *value);
}

static gboolean
is_lines (const SageShape *shape)
{
  const char *key;
  const char *value;

  if (sage_shape_type (shape) != SAGE_SHAPE_LIST && sage_shape_type (shape) != SAGE_SHAPE_MAP)
    return FALSE;

  return is_scalar (sage_shape_element (shape)) || sage_form_is_pairs (shape, &key, &value);
}

/* Returns: (transfer floating): the row for a member */
GtkWidget *
sage_form_input_new (const SageFormInputInfo *info)
{
  const SageShape *shape = info->shape;

  if (is_scalar (shape))
    {
      SageFormType type = sage_form_type_of (shape);

      return sage_form_scalar_new (info,
                                   type == SAGE_FORM_STRING && info->multiline ? SAGE_FORM_TEXT : type,
                                   sage_shape_enum (shape));
    }

  if (is_lines (shape))
    return sage_form_lines_new (info);
  if (info->depth < MAX_DEPTH && sage_shape_type (shape) == SAGE_SHAPE_STRUCTURE)
    return sage_form_structure_new (info);
  if (info->depth < MAX_DEPTH && sage_shape_type (shape) == SAGE_SHAPE_LIST
      && sage_shape_type (sage_shape_element (shape)) == SAGE_SHAPE_STRUCTURE)
    return sage_form_structures_new (info);

  return sage_form_scalar_new (info, SAGE_FORM_JSON, NULL);
}

static gboolean
starts_word (const char *at,
             const char *start)
{
  if (at == start || !g_ascii_isupper (*at))
    return FALSE;

  return g_ascii_islower (at[-1]) || g_ascii_isdigit (at[-1])
         || (g_ascii_islower (at[1]) && g_ascii_isupper (at[-1]));
}

/* Returns: (transfer full): the name of a member as words: MaxRuntimeInSeconds → Max runtime in
 *   seconds; what is written in capitals stays so */
char *
sage_form_words (const char *member)
{
  GString *words = g_string_new (NULL);

  for (const char *at = member; *at != '\0'; at++)
    {
      gboolean starts = starts_word (at, member);
      gboolean capitals = g_ascii_isupper (at[0]) && (g_ascii_isupper (at[1]) || g_ascii_isdigit (at[1]));

      if (starts)
        g_string_append_c (words, ' ');
      g_string_append_c (words, starts && !capitals ? g_ascii_tolower (*at) : *at);
    }

  return g_string_free_and_steal (words);
}
