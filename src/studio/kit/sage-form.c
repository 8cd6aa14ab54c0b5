/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-form"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "sage-error.h"
#include "sage-form-code-private.h"
#include "sage-form-members-private.h"
#include "sage-form-message-private.h"
#include "sage-form-parameters-private.h"
#include "sage-form-spec-private.h"
#include "sage-form-structure-private.h"
#include "sage-form.h"
#include "sage-json.h"
#include "sage-page.h"
#include "sage-text.h"
#include "sage-words.h"

#define CHECK_DELAY_MS 150 /* while somebody types */

struct _SageForm
{
  GtkWidget           parent_instance;

  char               *service;    /* (owned) */
  char               *operation;  /* (owned) */
  const SageShape    *shape;      /* what the operation takes */
  SageFormMembers    *members;    /* (owned) */
  SageFormParameters *parameters; /* (owned) (nullable): of a pipeline or a notebook */
  gboolean            is_execution; /* of a pipeline: what the parameters are for */
  char               *token;      /* (owned): one for the form, so that to submit again is no second time */
  const char         *token_name; /* (nullable): the member that takes it */
  guint               check;      /* source id */
  gboolean            valid;
  gboolean            busy;

  GtkWidget          *group;      /* (nullable): where rows are added, while the form is made */
  GtkWidget          *advanced;   /* (nullable): what unfolds the others */

  GtkWidget          *view;
  GtkWidget          *banner;
  GtkWidget          *groups;
  GtkWidget          *submit_stack;
  GtkWidget          *submit_label;
};

typedef enum
{
  PROP_VALID = 1,
  PROP_SUBMIT_LABEL,
  PROP_BUSY,
} SageFormProperty;

static GParamSpec *properties[PROP_BUSY + 1];

enum
{
  SIGNAL_SUBMIT,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SageForm, sage_form, GTK_TYPE_WIDGET)

/* --- Checking -------------------------------------------------------------------------------- */

/* A pass over all faults. */
typedef struct
{
  SageForm  *form;
  gboolean   untouched_too;
  guint      n;
  GtkWidget *first;     /* (nullable): where the first that has a row is */
  char      *elsewhere; /* (owned) (nullable): the first that has none */
} Check;

/* The paths of parameters count those that are sent. */
static const char *
inside_parameters (const char *path)
{
  return g_str_has_prefix (path, "pipelineParameters.") ? path + strlen ("pipelineParameters.") : NULL;
}

static void
fault_cb (const char *path,
          const char *message,
          gpointer    user_data)
{
  Check *check = user_data;
  SageForm *form = check->form;
  GtkWidget *place;

  if (form->parameters != NULL && inside_parameters (path) != NULL)
    place = sage_form_parameters_show_error (form->parameters, inside_parameters (path), message);
  else
    place = sage_form_members_show_error (form->members, path, message, check->untouched_too);

  check->n++;
  if (check->first == NULL)
    check->first = place;
  if (place == NULL && check->elsewhere == NULL)
    /* Translators: the name of a setting that the form does not show: what is wrong with it */
    check->elsewhere = g_strdup_printf (_("%s: %s"), path, message);
}

static void
set_valid (SageForm *self,
           gboolean  valid)
{
  if (self->valid == valid)
    return;

  self->valid = valid;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VALID]);
}

static void
check_texts (SageForm *self,
             Check    *check)
{
  GtkWidget *place = sage_form_members_check (self->members, check->untouched_too);

  if (self->parameters != NULL)
    {
      GtkWidget *parameter = sage_form_parameters_check (self->parameters, check->untouched_too);

      place = parameter != NULL ? parameter : place; /* they come first */
    }
  if (place == NULL)
    return;

  check->n++;
  check->first = check->first != NULL ? check->first : place;
}

/* Which pipeline is started may be for the page to say. */
static JsonNode *
values_to_check (SageForm *self)
{
  JsonObject *values = sage_form_get_values (self);

  if (self->is_execution && !json_object_has_member (values, "PipelineName"))
    json_object_set_string_member (values, "PipelineName", "pipeline");

  return sage_json_take_object (values);
}

/*
 * Shows what is wrong, in rows that nobody has been in too if @untouched_too; @first: (out)
 * (nullable) (optional): where to begin
 */
static void
check_all (SageForm   *self,
           gboolean    untouched_too,
           GtkWidget **first)
{
  g_autoptr(JsonNode) node = values_to_check (self);
  g_autoptr(GError) error = NULL;
  Check check = { .form = self, .untouched_too = untouched_too };

  g_clear_handle_id (&self->check, g_source_remove);
  sage_form_members_clear_errors (self->members);
  if (self->parameters != NULL)
    sage_form_parameters_clear_errors (self->parameters);
  adw_banner_set_revealed (ADW_BANNER (self->banner), FALSE);

  if (!sage_shape_validate (self->shape, node, &error)
      && sage_form_message_parse (error->message, fault_cb, &check) == 0)
    {
      check.n++; /* a wrong type in what no row shows */
      check.elsewhere = g_strdup (error->message);
    }
  check_texts (self, &check);

  if (check.elsewhere != NULL && untouched_too)
    {
      adw_banner_set_title (ADW_BANNER (self->banner), check.elsewhere);
      adw_banner_set_revealed (ADW_BANNER (self->banner), TRUE);
    }
  g_free (check.elsewhere);
  set_valid (self, check.n == 0);
  if (first != NULL)
    *first = check.first;
}

static gboolean
check_timeout_cb (gpointer user_data)
{
  SageForm *self = user_data;

  self->check = 0;
  check_all (self, FALSE, NULL);

  return G_SOURCE_REMOVE;
}

static void
input_changed_cb (SageForm *self)
{
  if (self->check == 0)
    self->check = g_timeout_add (CHECK_DELAY_MS, check_timeout_cb, self);
}

/* Unfolds what is around a widget, and goes there. */
static void
go_to (SageForm  *self,
       GtkWidget *place)
{
  for (GtkWidget *at = place; at != NULL && at != GTK_WIDGET (self); at = gtk_widget_get_parent (at))
    if (ADW_IS_EXPANDER_ROW (at))
      adw_expander_row_set_expanded (ADW_EXPANDER_ROW (at), TRUE);

  gtk_widget_grab_focus (place);
}

/* --- Rows ------------------------------------------------------------------------------------ */

static void
start_group (SageForm   *self,
             const char *title,
             const char *description)
{
  self->group = adw_preferences_group_new ();
  if (title != NULL)
    adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self->group), title);
  if (description != NULL)
    adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self->group), description);
  gtk_box_append (GTK_BOX (self->groups), self->group);
}

static void
add_advanced (SageForm  *self,
              GtkWidget *row)
{
  if (self->advanced == NULL)
    {
      self->advanced = adw_expander_row_new ();
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->advanced), _("Advanced"));
      g_object_ref_sink (self->advanced);
    }

  adw_expander_row_add_row (ADW_EXPANDER_ROW (self->advanced), row);
}

static void
start_with (GtkWidget  *row,
            const char *json)
{
  g_autoptr(JsonNode) value = json_from_string (json, NULL);

  g_assert (value != NULL); /* it stands in our own table */
  sage_form_input_set_value (SAGE_FORM_INPUT (row), value);
}

static void
add_row (GtkWidget          *row,
         const SageFormSpec *spec,
         gboolean            required,
         gpointer            user_data)
{
  SageForm *self = user_data;
  gboolean folded;

  if (row == NULL)
    {
      start_group (self, sage_form_spec_word (spec->label),
                   spec->help != NULL ? sage_form_spec_word (spec->help) : NULL);
      return;
    }

  g_signal_connect_object (row, "input-changed", G_CALLBACK (input_changed_cb), self,
                           G_CONNECT_SWAPPED);
  /* Without a table of its own, what need not be set is folded away. */
  folded = spec != NULL ? (spec->flags & SAGE_FORM_ADVANCED) != 0 : !required;
  if (folded)
    add_advanced (self, row);
  else
    {
      if (self->group == NULL)
        start_group (self, NULL, NULL);
      adw_preferences_group_add (ADW_PREFERENCES_GROUP (self->group), row);
    }
  if (spec != NULL && spec->initial != NULL)
    start_with (row, spec->initial);
}

static void
add_parameter_row (GtkWidget          *row,
                   const SageFormSpec *spec,
                   gboolean            required,
                   gpointer            user_data)
{
  add_row (row, NULL, TRUE, user_data);
}

static void
add_members (SageForm   *self,
             const char *table)
{
  SageFormInputInfo info = { .shape = self->shape, .spec = sage_form_spec_find (table) };

  sage_form_fill (self->members, &info, add_row, self);
  if (self->advanced != NULL)
    {
      start_group (self, NULL, NULL);
      adw_preferences_group_add (ADW_PREFERENCES_GROUP (self->group), self->advanced);
    }
}

/* --- Actions --------------------------------------------------------------------------------- */

static void
submit_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  sage_form_submit (SAGE_FORM (widget));
}

static void
show_code_action (GtkWidget  *widget,
                  const char *action_name,
                  GVariant   *parameter)
{
  SageForm *self = SAGE_FORM (widget);
  g_autoptr(JsonObject) values = sage_form_get_values (self);

  sage_form_show_code (widget, self->service, self->operation, values);
}

static void
banner_clicked_cb (SageForm *self)
{
  adw_banner_set_revealed (ADW_BANNER (self->banner), FALSE);
}

/* --- The object ------------------------------------------------------------------------------ */

static void
sage_form_dispose (GObject *object)
{
  SageForm *self = SAGE_FORM (object);

  g_clear_handle_id (&self->check, g_source_remove);
  g_clear_pointer (&self->members, sage_form_members_free);
  g_clear_pointer (&self->parameters, sage_form_parameters_free);
  g_clear_object (&self->advanced);
  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_FORM);

  G_OBJECT_CLASS (sage_form_parent_class)->dispose (object);
}

static void
sage_form_finalize (GObject *object)
{
  SageForm *self = SAGE_FORM (object);

  g_free (self->service);
  g_free (self->operation);
  g_free (self->token);

  G_OBJECT_CLASS (sage_form_parent_class)->finalize (object);
}

static void
sage_form_get_property (GObject    *object,
                        guint       prop_id,
                        GValue     *value,
                        GParamSpec *pspec)
{
  SageForm *self = SAGE_FORM (object);

  switch ((SageFormProperty) prop_id)
    {
    case PROP_VALID:
      g_value_set_boolean (value, self->valid);
      break;
    case PROP_SUBMIT_LABEL:
      g_value_set_string (value, gtk_label_get_label (GTK_LABEL (self->submit_label)));
      break;
    case PROP_BUSY:
      g_value_set_boolean (value, self->busy);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_form_set_property (GObject      *object,
                        guint         prop_id,
                        const GValue *value,
                        GParamSpec   *pspec)
{
  SageForm *self = SAGE_FORM (object);

  switch ((SageFormProperty) prop_id)
    {
    case PROP_SUBMIT_LABEL:
      sage_form_set_submit_label (self, g_value_get_string (value));
      break;
    case PROP_BUSY:
      sage_form_set_busy (self, g_value_get_boolean (value));
      break;
    case PROP_VALID:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_form_class_init (SageFormClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = sage_form_dispose;
  object_class->finalize = sage_form_finalize;
  object_class->get_property = sage_form_get_property;
  object_class->set_property = sage_form_set_property;

  properties[PROP_VALID] = g_param_spec_boolean ("valid", NULL, NULL, FALSE,
                                                 G_PARAM_READABLE | flags);
  properties[PROP_SUBMIT_LABEL] = g_param_spec_string ("submit-label", NULL, NULL, NULL,
                                                       G_PARAM_READWRITE | flags);
  properties[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE,
                                                G_PARAM_READWRITE | flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  signals[SIGNAL_SUBMIT] = g_signal_new ("submit", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, JSON_TYPE_OBJECT);

  gtk_widget_class_set_css_name (widget_class, "form");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_FORM);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/sagebrush/Studio/ui/kit/sage-form.ui");
  gtk_widget_class_bind_template_child (widget_class, SageForm, view);
  gtk_widget_class_bind_template_child (widget_class, SageForm, banner);
  gtk_widget_class_bind_template_child (widget_class, SageForm, groups);
  gtk_widget_class_bind_template_child (widget_class, SageForm, submit_stack);
  gtk_widget_class_bind_template_child (widget_class, SageForm, submit_label);
  gtk_widget_class_bind_template_callback (widget_class, banner_clicked_cb);

  gtk_widget_class_install_action (widget_class, "form.submit", NULL, submit_action);
  gtk_widget_class_install_action (widget_class, "form.show-code", NULL, show_code_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, "form.submit",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_KP_Enter, GDK_CONTROL_MASK,
                                       "form.submit", NULL);
}

static void
sage_form_init (SageForm *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static SageForm *
new_form (const char *service,
          const char *operation)
{
  static const char * const tokens[] = { "ClientRequestToken", "ClientToken" };
  const SageShape *shape = sage_model_input (service, operation);
  SageForm *self;

  g_return_val_if_fail (shape != NULL, NULL);

  self = g_object_new (SAGE_TYPE_FORM, NULL);
  self->service = g_strdup (service);
  self->operation = g_strdup (operation);
  self->shape = shape;
  self->members = sage_form_members_new (shape);
  self->token = g_uuid_string_random ();
  for (gsize i = 0; i < G_N_ELEMENTS (tokens); i++)
    if (sage_shape_member (shape, tokens[i]) != NULL)
      self->token_name = tokens[i];

  return self;
}

/**
 * sage_form_new:
 * @service: the service, e.g. `sagemaker`
 * @operation: one of its operations that takes something, e.g. `CreateTrainingJob`
 *
 * Returns: (transfer floating): an empty form for it
 */
GtkWidget *
sage_form_new (const char *service,
               const char *operation)
{
  SageForm *self = new_form (service, operation);

  g_return_val_if_fail (self != NULL, NULL);

  add_members (self, operation);
  check_all (self, FALSE, NULL);

  return GTK_WIDGET (self);
}

static GtkWidget *
new_with_parameters (const char *operation,
                     const char *table,
                     JsonArray  *parameters)
{
  SageForm *self = new_form ("sagemaker", operation);

  if (json_array_get_length (parameters) > 0)
    start_group (self, _("Parameters"), NULL);
  self->parameters = sage_form_parameters_new (parameters, add_parameter_row, self);
  self->is_execution = strcmp (table, SAGE_FORM_KNOWN_EXECUTION) == 0;
  add_members (self, table);
  check_all (self, FALSE, NULL);

  return GTK_WIDGET (self);
}

/**
 * sage_form_new_parameters:
 * @parameters: the Parameters of a pipeline's definition: Name, Type, DefaultValue, EnumValues
 *
 * Returns: (transfer floating): a form for StartPipelineExecution, with a row for each parameter. The
 *   page names the pipeline: with sage_form_set_values(), or in what it got.
 */
GtkWidget *
sage_form_new_parameters (JsonArray *parameters)
{
  g_return_val_if_fail (parameters != NULL, NULL);

  return new_with_parameters ("StartPipelineExecution", SAGE_FORM_KNOWN_EXECUTION, parameters);
}

/**
 * sage_form_new_notebook_job:
 * @parameters: what the notebook takes, as for sage_form_new_parameters()
 *
 * Returns: (transfer floating): a form for CreateTrainingJob, with a row for each parameter: those that
 *   are not as they are by themselves become hyperparameters. The page gives what the form does not
 *   show with sage_form_set_values().
 */
GtkWidget *
sage_form_new_notebook_job (JsonArray *parameters)
{
  g_return_val_if_fail (parameters != NULL, NULL);

  return new_with_parameters ("CreateTrainingJob", SAGE_FORM_NOTEBOOK_JOB, parameters);
}

/**
 * sage_form_set_values:
 * @self: a form
 * @values: (transfer none): what the operation may take, e.g. the description of a job that is to be
 *   run again; members that the operation does not know are left out
 *
 * Fills the form. What @values does not have is unset.
 */
void
sage_form_set_values (SageForm   *self,
                      JsonObject *values)
{
  g_autoptr(JsonObject) known = NULL;

  g_return_if_fail (SAGE_IS_FORM (self));
  g_return_if_fail (values != NULL);

  known = sage_shape_project (self->shape, values);
  if (self->token_name != NULL)
    json_object_remove_member (known, self->token_name);
  sage_form_members_set (self->members, known);
  if (self->parameters != NULL)
    sage_form_parameters_set (self->parameters, sage_json_array (known, "PipelineParameters"));
  check_all (self, FALSE, NULL);
}

/* A pipeline gets a list of names and values, a notebook's job an object. */
static void
put_parameters (SageForm   *self,
                JsonObject *values)
{
  g_autoptr(JsonArray) pairs = sage_form_parameters_get (self->parameters);
  JsonObject *object;

  if (self->is_execution)
    {
      json_object_set_array_member (values, "PipelineParameters", g_steal_pointer (&pairs));
      return;
    }
  if (json_array_get_length (pairs) == 0)
    return;

  object = json_object_new ();
  for (guint i = 0; i < json_array_get_length (pairs); i++)
    {
      JsonObject *pair = sage_json_array_object (pairs, i);

      json_object_set_string_member (object, sage_json_string (pair, "Name", ""),
                                     sage_json_string (pair, "Value", ""));
    }
  json_object_set_object_member (values, "HyperParameters", object);
}

/**
 * sage_form_get_values:
 * @self: a form
 *
 * Returns: (transfer full): what the operation is to be called with, valid or not
 */
JsonObject *
sage_form_get_values (SageForm *self)
{
  JsonObject *values;

  g_return_val_if_fail (SAGE_IS_FORM (self), NULL);

  values = sage_form_members_get (self->members);
  if (self->parameters != NULL)
    put_parameters (self, values);
  if (self->token_name != NULL)
    json_object_set_string_member (values, self->token_name, self->token);

  return values;
}

/**
 * sage_form_dup_command:
 * @self: a form
 *
 * Returns: (transfer full): the command of the AWS CLI that does the same, quoted for a shell
 */
char *
sage_form_dup_command (SageForm *self)
{
  g_autoptr(JsonObject) values = NULL;

  g_return_val_if_fail (SAGE_IS_FORM (self), NULL);

  values = sage_form_get_values (self);

  return sage_form_cli_command (self->service, self->operation, values);
}

/**
 * sage_form_is_valid:
 * @self: a form
 *
 * Returns: whether the operation can be called with what is there, as far as can be told before
 */
gboolean
sage_form_is_valid (SageForm *self)
{
  g_return_val_if_fail (SAGE_IS_FORM (self), FALSE);

  if (self->check != 0)
    check_all (self, FALSE, NULL);

  return self->valid;
}

/**
 * sage_form_set_submit_label:
 * @self: a form
 * @label: the verb on the button, translated, with a mnemonic: "_Start"
 */
void
sage_form_set_submit_label (SageForm   *self,
                            const char *label)
{
  g_return_if_fail (SAGE_IS_FORM (self));
  g_return_if_fail (label != NULL);

  gtk_label_set_label (GTK_LABEL (self->submit_label), label);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SUBMIT_LABEL]);
}

/**
 * sage_form_set_busy:
 * @self: a form
 * @busy: whether the engine is being asked
 */
void
sage_form_set_busy (SageForm *self,
                    gboolean  busy)
{
  g_return_if_fail (SAGE_IS_FORM (self));

  if (self->busy == busy)
    return;

  self->busy = busy;
  gtk_stack_set_visible_child_name (GTK_STACK (self->submit_stack), busy ? "busy" : "label");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "form.submit", !busy);
  gtk_widget_set_sensitive (self->groups, !busy);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
}

/**
 * sage_form_submit:
 * @self: a form
 *
 * What the button does: emits "submit" if all is well, else shows every fault and goes to the first.
 */
void
sage_form_submit (SageForm *self)
{
  g_autoptr(JsonObject) values = NULL;
  GtkWidget *first;

  g_return_if_fail (SAGE_IS_FORM (self));

  if (self->busy)
    return;

  check_all (self, TRUE, &first);
  if (!self->valid)
    {
      if (first != NULL)
        go_to (self, first);
      sage_announce (GTK_WIDGET (self), _("The form has faults; nothing was done"));
      return;
    }

  values = sage_form_get_values (self);
  g_signal_emit (self, signals[SIGNAL_SUBMIT], 0, values);
}

/* A name that is taken is said at the row for the name. */
static void
show_at_name (SageForm     *self,
              const GError *error,
              Check        *check)
{
  if (!g_error_matches (error, SAGE_ERROR, SAGE_ERROR_EXISTS))
    return;

  for (guint i = 0; i < sage_shape_n_members (self->shape) && check->first == NULL; i++)
    {
      const char *name = sage_shape_member_name (self->shape, i);
      SageFormInput *input = g_str_has_suffix (name, "Name")
                             && sage_shape_member_required (self->shape, name)
                               ? sage_form_members_find (self->members, name)
                               : NULL;

      if (input != NULL)
        check->first = sage_form_input_show_error (input, "", error->message, TRUE);
    }
}

/**
 * sage_form_show_error:
 * @self: a form
 * @error: what the engine said
 *
 * Shows it at the members that it names, and goes to the first; above the form if it names none that
 * is shown.
 */
void
sage_form_show_error (SageForm     *self,
                      const GError *error)
{
  Check check = { .form = self, .untouched_too = TRUE };

  g_return_if_fail (SAGE_IS_FORM (self));
  g_return_if_fail (error != NULL);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  sage_form_message_parse (error->message, fault_cb, &check);
  show_at_name (self, error, &check);
  if (check.first != NULL)
    go_to (self, check.first);
  if (check.first == NULL || check.elsewhere != NULL)
    {
      g_autofree char *words = sage_words_error (error);
      g_autofree char *shown = sage_text_shorten_end (check.elsewhere != NULL ? check.elsewhere
                                                                              : words,
                                                      SAGE_TEXT_MAX_LINE);

      adw_banner_set_title (ADW_BANNER (self->banner), shown);
      adw_banner_set_revealed (ADW_BANNER (self->banner), TRUE);
    }
  g_free (check.elsewhere);
}
