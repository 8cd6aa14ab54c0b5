/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include <json-glib/json-glib.h>

#include "sage-shape.h"

G_BEGIN_DECLS

/* Which members are shown, and what they are called. */
typedef struct _SageFormSpec SageFormSpec;

/*
 * A row of a form that edits one member, be it a scalar or a whole structure. Signal:
 * "input-changed", when a person changes it. Errors come with where they are in the member, as AWS
 * spells that: "" for the member itself, `1.member.channelName` for what is in a list.
 */
#define SAGE_TYPE_FORM_INPUT (sage_form_input_get_type ())

G_DECLARE_INTERFACE (SageFormInput, sage_form_input, SAGE, FORM_INPUT, GtkWidget)

struct _SageFormInputInterface
{
  GTypeInterface parent;

  JsonNode   *(*get_value)    (SageFormInput *self);
  void        (*set_value)    (SageFormInput *self,
                               JsonNode      *value);
  GtkWidget  *(*show_error)   (SageFormInput *self,
                               const char    *path,
                               const char    *message,
                               gboolean       untouched_too);
  void        (*clear_errors) (SageFormInput *self);
  GtkWidget  *(*check)        (SageFormInput *self,
                               gboolean       untouched_too);
};

/* What makes an input. */
typedef struct
{
  const SageShape    *shape;    /* (nullable): none for a value of a pipeline's parameter */
  const char         *label;    /* translated, or made from the name of the member */
  const char         *help;     /* (nullable): translated */
  const char         *hint;     /* (nullable): what holds while nothing is set */
  const SageFormSpec *spec;     /* (nullable): of what is in it; all members otherwise */
  const char         *inside;   /* (nullable): what the paths of the spec for it start with */
  gboolean            required;
  gboolean            multiline;
  guint               depth;    /* in how many structures it is */
} SageFormInputInfo;

GtkWidget *sage_form_input_new          (const SageFormInputInfo *info);
JsonNode  *sage_form_input_get_value    (SageFormInput *self);
void       sage_form_input_set_value    (SageFormInput *self,
                                         JsonNode      *value);
GtkWidget *sage_form_input_show_error   (SageFormInput *self,
                                         const char    *path,
                                         const char    *message,
                                         gboolean       untouched_too);
void       sage_form_input_clear_errors (SageFormInput *self);
GtkWidget *sage_form_input_check        (SageFormInput *self,
                                         gboolean       untouched_too);
void       sage_form_input_changed      (SageFormInput *self);
char      *sage_form_words              (const char    *member);
gboolean   sage_form_is_pairs           (const SageShape *shape,
                                         const char     **key,
                                         const char     **value);

G_END_DECLS
