/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-form-members"

#include "config.h"

#include <string.h>

#include "sage-form-members-private.h"
#include "sage-json.h"

typedef struct
{
  char          *path;  /* (owned): A.B */
  SageFormInput *input; /* (owned) */
} Member;

struct _SageFormMembers
{
  const SageShape *shape;
  JsonObject      *base;    /* (owned): as it was set */
  GArray          *members; /* (owned): of Member */
};

static void
member_clear (gpointer data)
{
  Member *member = data;

  g_free (member->path);
  g_object_unref (member->input);
}

/* @shape: the structure. Returns: (transfer full): no rows yet, for an empty structure */
SageFormMembers *
sage_form_members_new (const SageShape *shape)
{
  SageFormMembers *self = g_new0 (SageFormMembers, 1);

  self->shape = shape;
  self->base = json_object_new ();
  self->members = g_array_new (FALSE, FALSE, sizeof (Member));
  g_array_set_clear_func (self->members, member_clear);

  return self;
}

void
sage_form_members_free (SageFormMembers *self)
{
  json_object_unref (self->base);
  g_array_unref (self->members);
  g_free (self);
}

/* Has @input edit the member at @path. */
void
sage_form_members_add (SageFormMembers *self,
                       const char      *path,
                       SageFormInput   *input)
{
  Member member = { g_strdup (path), g_object_ref (input) };

  g_array_append_val (self->members, member);
}

/* Returns: (transfer none) (nullable): the row for the member at @path */
SageFormInput *
sage_form_members_find (SageFormMembers *self,
                        const char      *path)
{
  for (guint i = 0; i < self->members->len; i++)
    if (strcmp (g_array_index (self->members, Member, i).path, path) == 0)
      return g_array_index (self->members, Member, i).input;

  return NULL;
}

/* --- Values ---------------------------------------------------------------------------------- */

/* Returns: (transfer none) (nullable): the structure around the last name of @names; it is made if
 *   it is not there and @make */
static JsonObject *
find_around (JsonObject  *object,
             char       **names,
             gboolean     make)
{
  for (guint i = 0; names[i + 1] != NULL && object != NULL; i++)
    {
      JsonObject *inner = sage_json_object (object, names[i]);

      if (inner == NULL && make)
        {
          inner = json_object_new ();
          json_object_set_object_member (object, names[i], inner);
        }
      object = inner;
    }

  return object;
}

/* Takes away structures on the way to a member that hold nothing and need not be there. */
static void
prune (const SageShape  *shape,
       JsonObject       *object,
       char            **names)
{
  JsonObject *inner = sage_json_object (object, names[0]);
  const SageShape *member = sage_shape_member (shape, names[0]);

  if (names[1] == NULL || inner == NULL || member == NULL)
    return;

  prune (member, inner, names + 1);
  if (json_object_get_size (inner) == 0 && !sage_shape_member_required (shape, names[0]))
    json_object_remove_member (object, names[0]);
}

/* A structure that must be there is, so that what is said to be missing is what a row is for. */
static void
put_value (SageFormMembers *self,
           JsonObject      *object,
           const char      *path,
           JsonNode        *value)
{
  g_auto(GStrv) names = g_strsplit (path, ".", -1);
  const char *last = names[g_strv_length (names) - 1];
  gboolean required = names[1] != NULL && sage_shape_member_required (self->shape, names[0]);
  JsonObject *around = find_around (object, names, value != NULL || required);

  if (value != NULL)
    json_object_set_member (around, last, value);
  else if (around != NULL)
    {
      json_object_remove_member (around, last);
      prune (self->shape, object, names);
    }
}

static JsonObject *
copy_object (JsonObject *object)
{
  JsonObject *copy = json_object_new ();
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    {
      JsonNode *inner = JSON_NODE_HOLDS_OBJECT (value)
                          ? sage_json_take_object (copy_object (json_node_get_object (value)))
                          : json_node_copy (value);

      json_object_set_member (copy, name, inner);
    }

  return copy;
}

/* Returns: (transfer full): the structure as the rows have it */
JsonObject *
sage_form_members_get (SageFormMembers *self)
{
  JsonObject *object = copy_object (self->base);

  for (guint i = 0; i < self->members->len; i++)
    {
      Member *member = &g_array_index (self->members, Member, i);

      put_value (self, object, member->path, sage_form_input_get_value (member->input));
    }

  return object;
}

/* @object (nullable): what the rows show, and what is kept of what they do not */
void
sage_form_members_set (SageFormMembers *self,
                       JsonObject      *object)
{
  json_object_unref (self->base);
  self->base = object != NULL ? copy_object (object) : json_object_new ();

  for (guint i = 0; i < self->members->len; i++)
    {
      Member *member = &g_array_index (self->members, Member, i);
      g_auto(GStrv) names = g_strsplit (member->path, ".", -1);
      JsonObject *around = find_around (self->base, names, FALSE);
      const char *last = names[g_strv_length (names) - 1];

      sage_form_input_set_value (member->input,
                                 around != NULL ? json_object_get_member (around, last) : NULL);
    }
}

/* --- Errors ---------------------------------------------------------------------------------- */

/* Whether @path, as AWS spells it (trainingJobName), starts with @member, as the API does; @rest:
 * (out): what comes after it. */
static gboolean
path_starts_with (const char  *path,
                  const char  *member,
                  const char **rest)
{
  gboolean first = TRUE; /* of a name: its case does not count */

  for (; *member != '\0'; path++, member++)
    {
      if (first ? g_ascii_tolower (*path) != g_ascii_tolower (*member) : *path != *member)
        return FALSE;
      first = *member == '.';
    }

  if (*path != '\0' && *path != '.')
    return FALSE;
  *rest = *path == '.' ? path + 1 : path;

  return TRUE;
}

/* Returns: (transfer none) (nullable): what is to have the focus, if there is a row for it */
GtkWidget *
sage_form_members_show_error (SageFormMembers *self,
                              const char      *path,
                              const char      *message,
                              gboolean         untouched_too)
{
  const char *rest;

  for (guint i = 0; i < self->members->len; i++)
    {
      Member *member = &g_array_index (self->members, Member, i);

      if (path_starts_with (path, member->path, &rest))
        return sage_form_input_show_error (member->input, rest, message, untouched_too);
    }

  /* A structure of which a row shows a part: that is the nearest place. */
  for (guint i = 0; i < self->members->len && path[0] != '\0'; i++)
    {
      Member *member = &g_array_index (self->members, Member, i);
      g_autofree char *spelled = g_strdup (member->path);

      spelled[0] = g_ascii_tolower (spelled[0]);
      if (path_starts_with (spelled, path, &rest))
        return sage_form_input_show_error (member->input, "", message, untouched_too);
    }

  return NULL;
}

void
sage_form_members_clear_errors (SageFormMembers *self)
{
  for (guint i = 0; i < self->members->len; i++)
    sage_form_input_clear_errors (g_array_index (self->members, Member, i).input);
}

/* Has the rows say what makes no sense. Returns: (transfer none) (nullable): the first such */
GtkWidget *
sage_form_members_check (SageFormMembers *self,
                         gboolean         untouched_too)
{
  GtkWidget *first = NULL;

  for (guint i = 0; i < self->members->len; i++)
    {
      GtkWidget *found = sage_form_input_check (g_array_index (self->members, Member, i).input,
                                                untouched_too);

      first = first != NULL ? first : found;
    }

  return first;
}
