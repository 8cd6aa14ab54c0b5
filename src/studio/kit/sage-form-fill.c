/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-form-fill"

#include "config.h"

#include <string.h>

#include "sage-form-spec-private.h"
#include "sage-form-structure-private.h"

/* What a path leads to, and whether it must be set whatever else is. */
static const SageShape *
find_shape (const SageShape *shape,
            const char      *path,
            gboolean        *required)
{
  g_auto(GStrv) names = g_strsplit (path, ".", -1);

  *required = TRUE;
  for (guint i = 0; names[i] != NULL && shape != NULL; i++)
    {
      *required = *required && sage_shape_member_required (shape, names[i]);
      shape = sage_shape_member (shape, names[i]);
    }

  return shape;
}

static void
add (SageFormMembers         *members,
     const SageFormInputInfo *info,
     const char              *path,
     SageFormAddRow           add_row,
     const SageFormSpec      *spec,
     gpointer                 user_data)
{
  GtkWidget *row = sage_form_input_new (info);

  sage_form_members_add (members, path, SAGE_FORM_INPUT (row));
  add_row (row, spec, info->required, user_data);
}

/* The rows that the table names. */
static void
fill_from_spec (SageFormMembers         *members,
                const SageFormInputInfo *outer,
                SageFormAddRow           add_row,
                gpointer                 user_data)
{
  const char *path;

  for (const SageFormSpec *spec = sage_form_spec_next (outer->spec, outer->inside, &path);
       spec != NULL;
       spec = sage_form_spec_next (spec + 1, outer->inside, &path))
    {
      g_autofree char *inside = g_strconcat (spec->path, "[].", NULL);
      SageFormInputInfo info = { .depth = outer->depth + 1 };
      const char *inner;

      if (path == NULL)
        {
          add_row (NULL, spec, FALSE, user_data); /* the title of a group */
          continue;
        }

      info.shape = find_shape (outer->shape, path, &info.required);
      g_assert (info.shape != NULL);
      info.label = sage_form_spec_word (spec->label);
      info.help = spec->help != NULL ? sage_form_spec_word (spec->help) : NULL;
      info.multiline = (spec->flags & SAGE_FORM_MULTILINE) != 0;
      if (sage_form_spec_next (outer->spec, inside, &inner) != NULL)
        {
          info.spec = outer->spec;
          info.inside = inside;
        }
      add (members, &info, path, add_row, spec, user_data);
    }
}

/* A row for each member, those that must be set first. */
static void
fill_from_shape (SageFormMembers         *members,
                 const SageFormInputInfo *outer,
                 SageFormAddRow           add_row,
                 gpointer                 user_data)
{
  for (int optional = 0; optional <= 1; optional++)
    for (guint i = 0; i < sage_shape_n_members (outer->shape); i++)
      {
        const char *name = sage_shape_member_name (outer->shape, i);
        g_autofree char *label = sage_form_words (name);
        SageFormInputInfo info = { .label = label, .depth = outer->depth + 1 };

        info.shape = sage_shape_member (outer->shape, name);
        info.required = sage_shape_member_required (outer->shape, name);
        if (info.required != optional)
          add (members, &info, name, add_row, NULL, user_data);
      }
}

/*
 * Makes the rows for what is in a structure: @info says which. @add_row gets each, and of a spec
 * also the titles of groups, without a row.
 */
void
sage_form_fill (SageFormMembers         *members,
                const SageFormInputInfo *info,
                SageFormAddRow           add_row,
                gpointer                 user_data)
{
  if (info->spec != NULL)
    fill_from_spec (members, info, add_row, user_data);
  else
    fill_from_shape (members, info, add_row, user_data);
}
