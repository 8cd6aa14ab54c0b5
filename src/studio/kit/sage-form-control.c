/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-form-control"

#include "config.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sage-form-control-private.h"
#include "sage-json-walk-private.h"
#include "sage-json.h"
#include "sage-text.h"
#include "sage-time.h"

#define SMALL_CHOICE 20 /* characters; longer choices get a line of their own */
#define MAX_CHOICE 256
#define MANY_CHOICES 12 /* from here on they can be searched */
#define MAX_ENTRY 1000  /* bytes on the line of an entry */
#define MAX_LINE 4096   /* bytes on a line of a text view: much longer ones take it minutes to wrap */
#define MAX_TEXT (1 << 20)
#define MAX_JSON (1 << 20)

struct _SageFormControl
{
  GtkWidget     parent_instance;

  SageFormType  type;
  gboolean      small;    /* it fits beside its label */
  gboolean      setting;  /* the program changes it, not a person */
  gboolean      required;
  gboolean      off;      /* a switch that is off was set to off, and not left alone */

  JsonNode     *held;     /* (owned) (nullable): a value that is too long to be edited here */

  GtkWidget    *label;    /* (unowned) (nullable): what names it */
  GtkWidget    *replace;  /* (nullable): what makes room for another value than that */
  GtkWidget    *widget;   /* what edits: entry, switch, drop-down or text view */
  GtkWidget    *child;    /* what is shown: that, or what is around it */
};

/* The first choice stands for no value. */
#define N_EXTRA 1

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SageFormControl, sage_form_control, GTK_TYPE_WIDGET)

static void
sage_form_control_dispose (GObject *object)
{
  SageFormControl *self = SAGE_FORM_CONTROL (object);

  g_clear_pointer (&self->child, gtk_widget_unparent);
  self->widget = NULL;

  G_OBJECT_CLASS (sage_form_control_parent_class)->dispose (object);
}

static void
sage_form_control_finalize (GObject *object)
{
  g_clear_pointer (&SAGE_FORM_CONTROL (object)->held, json_node_unref);

  G_OBJECT_CLASS (sage_form_control_parent_class)->finalize (object);
}

static gboolean
sage_form_control_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (SAGE_FORM_CONTROL (widget)->widget);
}

static void
sage_form_control_class_init (SageFormControlClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sage_form_control_dispose;
  G_OBJECT_CLASS (klass)->finalize = sage_form_control_finalize;
  widget_class->grab_focus = sage_form_control_grab_focus;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_css_name (widget_class, "formcontrol");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
sage_form_control_init (SageFormControl *self)
{
}

static void
changed_cb (SageFormControl *self)
{
  if (self->setting)
    return;

  self->off = FALSE;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* --- Making ---------------------------------------------------------------------------------- */

static void
make_entry (SageFormControl *self)
{
  self->child = self->widget = gtk_entry_new ();
  gtk_editable_set_width_chars (GTK_EDITABLE (self->widget), 6);
  gtk_widget_set_hexpand (self->widget, TRUE);
  g_signal_connect_object (self->widget, "changed", G_CALLBACK (changed_cb), self,
                           G_CONNECT_SWAPPED);
}

static void
step (SageFormControl *self,
      int              by)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->widget));
  g_autoptr(GString) out = g_string_new (NULL);

  sage_json_append_number (out, g_ascii_strtod (text, NULL) + by);
  gtk_editable_set_text (GTK_EDITABLE (self->widget), out->str);
  gtk_editable_set_position (GTK_EDITABLE (self->widget), -1);
}

static void
less_cb (SageFormControl *self)
{
  step (self, -1);
}

static void
more_cb (SageFormControl *self)
{
  step (self, 1);
}

static gboolean
step_key_cb (GtkWidget *widget,
             GVariant  *by,
             gpointer   user_data)
{
  step (user_data, g_variant_get_int32 (by));

  return TRUE;
}

static GtkWidget *
make_step_button (SageFormControl *self,
                  const char      *icon_name,
                  const char      *label,
                  GCallback        callback)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon_name);

  gtk_widget_set_tooltip_text (button, label);
  gtk_widget_set_focusable (button, FALSE); /* the arrow keys do the same in the entry */
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_signal_connect_object (button, "clicked", callback, self, G_CONNECT_SWAPPED);

  return button;
}

/* Unlike a spin button, it can be empty. */
static void
make_number (SageFormControl *self)
{
  GtkEventController *keys = gtk_shortcut_controller_new ();

  make_entry (self);
  self->small = TRUE;
  gtk_editable_set_max_width_chars (GTK_EDITABLE (self->widget), 10);
  gtk_entry_set_alignment (GTK_ENTRY (self->widget), 1.0);
  gtk_entry_set_input_purpose (GTK_ENTRY (self->widget), GTK_INPUT_PURPOSE_NUMBER);
  gtk_widget_add_css_class (self->widget, "numeric");
  if (self->type != SAGE_FORM_INTEGER)
    return;

  self->child = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_widget_add_css_class (self->child, "linked");
  gtk_box_append (GTK_BOX (self->child), self->widget);
  gtk_box_append (GTK_BOX (self->child), make_step_button (self, "list-remove-symbolic", _("Less"),
                                                           G_CALLBACK (less_cb)));
  gtk_box_append (GTK_BOX (self->child), make_step_button (self, "list-add-symbolic", _("More"),
                                                           G_CALLBACK (more_cb)));

  for (int by = -1; by <= 1; by += 2)
    gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys),
      gtk_shortcut_new_with_arguments (gtk_keyval_trigger_new (by < 0 ? GDK_KEY_Down : GDK_KEY_Up, 0),
                                       gtk_callback_action_new (step_key_cb, self, NULL), "i", by));
  gtk_widget_add_controller (self->widget, keys);
}

static void
replace_cb (SageFormControl *self)
{
  sage_form_control_set_value (self, NULL);
  gtk_widget_grab_focus (self->widget);
  changed_cb (self);
}

static void
make_text (SageFormControl *self,
           gboolean         monospace)
{
  GtkWidget *window;

  self->widget = gtk_text_view_new ();
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (self->widget), GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (self->widget), FALSE); /* Tab leaves it */
  gtk_text_view_set_monospace (GTK_TEXT_VIEW (self->widget), monospace);
  gtk_text_view_set_left_margin (GTK_TEXT_VIEW (self->widget), 9);
  gtk_text_view_set_right_margin (GTK_TEXT_VIEW (self->widget), 9);
  gtk_text_view_set_top_margin (GTK_TEXT_VIEW (self->widget), 6);
  gtk_text_view_set_bottom_margin (GTK_TEXT_VIEW (self->widget), 6);
  gtk_widget_add_css_class (self->widget, "inline");
  window = g_object_new (GTK_TYPE_SCROLLED_WINDOW,
                         "child", self->widget, "hexpand", TRUE, "min-content-height", 72,
                         "max-content-height", 280, "propagate-natural-height", TRUE,
                         "hscrollbar-policy", GTK_POLICY_NEVER, NULL);
  gtk_widget_add_css_class (window, "text-frame");
  self->replace = gtk_button_new_with_mnemonic (_("_Replace This Long Value"));
  gtk_widget_set_halign (self->replace, GTK_ALIGN_START);
  gtk_widget_set_visible (self->replace, FALSE);
  g_signal_connect_object (self->replace, "clicked", G_CALLBACK (replace_cb), self, G_CONNECT_SWAPPED);
  self->child = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_box_append (GTK_BOX (self->child), window);
  gtk_box_append (GTK_BOX (self->child), self->replace);
  g_signal_connect_object (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->widget)), "changed",
                           G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
}

static void
make_choice (SageFormControl    *self,
             const char * const *choices)
{
  g_autoptr(GtkStringList) list = gtk_string_list_new (NULL);
  glong longest = 0;

  gtk_string_list_append (list, self->required ? _("Choose…") : _("Not set"));
  for (guint i = 0; choices != NULL && choices[i] != NULL; i++)
    {
      gtk_string_list_append (list, choices[i]);
      longest = MAX (longest, g_utf8_strlen (choices[i], -1));
    }

  self->small = longest <= SMALL_CHOICE;
  self->child = self->widget = gtk_drop_down_new (
    g_object_ref (G_LIST_MODEL (list)), gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string"));
  if (g_list_model_get_n_items (G_LIST_MODEL (list)) > MANY_CHOICES)
    {
      gtk_drop_down_set_enable_search (GTK_DROP_DOWN (self->widget), TRUE);
      gtk_drop_down_set_search_match_mode (GTK_DROP_DOWN (self->widget),
                                           GTK_STRING_FILTER_MATCH_MODE_SUBSTRING);
    }
  gtk_widget_set_valign (self->widget, GTK_ALIGN_CENTER);
  g_signal_connect_object (self->widget, "notify::selected", G_CALLBACK (changed_cb), self,
                           G_CONNECT_SWAPPED);
}

static void
make_switch (SageFormControl *self)
{
  self->small = TRUE;
  self->child = self->widget = gtk_switch_new ();
  gtk_widget_set_valign (self->widget, GTK_ALIGN_CENTER);
  g_signal_connect_object (self->widget, "notify::active", G_CALLBACK (changed_cb), self,
                           G_CONNECT_SWAPPED);
}

/* Shows what was made, under the name of the control. */
static void
take_child (SageFormControl *self)
{
  gtk_widget_set_parent (self->child, GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->widget), GTK_ACCESSIBLE_PROPERTY_REQUIRED,
                                  self->required, -1);
  if (self->label != NULL)
    gtk_accessible_update_relation (GTK_ACCESSIBLE (self->widget),
                                    GTK_ACCESSIBLE_RELATION_LABELLED_BY, self->label, NULL, -1);
}

/* An entry holds one line, and not a long one: a script, say, gets a text view. */
static void
grow (SageFormControl *self)
{
  g_clear_pointer (&self->child, gtk_widget_unparent);
  self->type = SAGE_FORM_TEXT;
  make_text (self, FALSE);
  take_child (self);
}

/* Returns: the control that a scalar shape asks for; SAGE_FORM_JSON for what is none */
SageFormType
sage_form_type_of (const SageShape *shape)
{
  switch (sage_shape_type (shape))
    {
    case SAGE_SHAPE_STRING:
      return sage_shape_enum (shape) != NULL ? SAGE_FORM_CHOICE : SAGE_FORM_STRING;
    case SAGE_SHAPE_BLOB:
      return SAGE_FORM_STRING; /* as Base64, which is what goes over the wire */
    case SAGE_SHAPE_INTEGER:
    case SAGE_SHAPE_LONG:
      return SAGE_FORM_INTEGER;
    case SAGE_SHAPE_FLOAT:
    case SAGE_SHAPE_DOUBLE:
      return SAGE_FORM_NUMBER;
    case SAGE_SHAPE_BOOLEAN:
      return SAGE_FORM_SWITCH;
    case SAGE_SHAPE_TIMESTAMP:
      return SAGE_FORM_TIME;
    case SAGE_SHAPE_STRUCTURE:
    case SAGE_SHAPE_LIST:
    case SAGE_SHAPE_MAP:
    default:
      return SAGE_FORM_JSON;
    }
}

/*
 * @choices (nullable): of a SAGE_FORM_CHOICE; @required: whether a value must be set at last
 *
 * Returns: (transfer floating): a control without a value
 */
GtkWidget *
sage_form_control_new (SageFormType        type,
                       const char * const *choices,
                       gboolean            required)
{
  SageFormControl *self = g_object_new (SAGE_TYPE_FORM_CONTROL, NULL);

  self->type = type;
  self->required = required;
  switch (type)
    {
    case SAGE_FORM_TEXT:
    case SAGE_FORM_JSON:
      make_text (self, type == SAGE_FORM_JSON);
      break;
    case SAGE_FORM_CHOICE:
      make_choice (self, choices);
      break;
    case SAGE_FORM_INTEGER:
    case SAGE_FORM_NUMBER:
      make_number (self);
      break;
    case SAGE_FORM_SWITCH:
      make_switch (self);
      break;
    case SAGE_FORM_TIME:
      make_entry (self);
      gtk_entry_set_placeholder_text (GTK_ENTRY (self->widget), "2026-01-31T12:00:00Z");
      break;
    case SAGE_FORM_STRING:
    default:
      make_entry (self);
      break;
    }

  take_child (self);

  return GTK_WIDGET (self);
}

/* @label: what names the control; it must live as long */
void
sage_form_control_set_label (SageFormControl *self,
                             GtkWidget       *label)
{
  self->label = label;
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self->widget), GTK_ACCESSIBLE_RELATION_LABELLED_BY,
                                  label, NULL, -1);
}

/* @label: what names the control where no widget does */
void
sage_form_control_set_name (SageFormControl *self,
                            const char      *name)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  -1);
}

/* Whether it stands beside its label, or below it. */
gboolean
sage_form_control_is_small (SageFormControl *self)
{
  return self->small;
}

/* --- Values ---------------------------------------------------------------------------------- */

static JsonNode *
string_node (const char *text)
{
  return json_node_init_string (json_node_alloc (), text);
}

/* Returns: (transfer full) (nullable): the number, %NULL for text that is none */
static JsonNode *
number_node (SageFormType  type,
             const char   *text)
{
  char *end;

  if (type == SAGE_FORM_INTEGER)
    {
      gint64 value;

      errno = 0;
      value = g_ascii_strtoll (text, &end, 10);
      if (errno == 0 && *end == '\0')
        return json_node_init_int (json_node_alloc (), value);
    }
  else
    {
      double value = g_ascii_strtod (text, &end);

      if (*end == '\0' && isfinite (value))
        return json_node_init_double (json_node_alloc (), value);
    }

  return NULL;
}

static JsonNode *
parse_text (SageFormType  type,
            const char   *text)
{
  g_autofree char *stripped = NULL;
  double seconds;

  if (text[0] == '\0')
    return NULL;
  if (type == SAGE_FORM_STRING || type == SAGE_FORM_TEXT)
    return string_node (text);

  stripped = g_strstrip (g_strdup (text));
  if (stripped[0] == '\0')
    return NULL;
  if (type == SAGE_FORM_JSON)
    {
      SageJsonLimits limits = { .max_bytes = MAX_JSON };

      return sage_json_parse (stripped, -1, &limits, NULL);
    }
  if (type == SAGE_FORM_TIME)
    return sage_time_parse_iso8601 (stripped, &seconds)
             ? json_node_init_double (json_node_alloc (), seconds)
             : NULL;

  return number_node (type, stripped);
}

static JsonNode *
get_choice (SageFormControl *self)
{
  guint selected = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->widget));
  GtkStringList *list = GTK_STRING_LIST (gtk_drop_down_get_model (GTK_DROP_DOWN (self->widget)));

  if (selected == GTK_INVALID_LIST_POSITION || selected < N_EXTRA)
    return NULL;

  return string_node (gtk_string_list_get_string (list, selected));
}

static char *
dup_text (SageFormControl *self)
{
  char *text = NULL;

  if (GTK_IS_TEXT_VIEW (self->widget))
    g_object_get (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->widget)), "text", &text, NULL);
  else
    text = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->widget)));

  return text;
}

/* Returns: (transfer full) (nullable): the value, %NULL if it is not set or makes no sense */
JsonNode *
sage_form_control_get_value (SageFormControl *self)
{
  g_autofree char *text = NULL;

  if (self->held != NULL)
    return json_node_copy (self->held);
  if (self->type == SAGE_FORM_CHOICE)
    return get_choice (self);

  if (self->type == SAGE_FORM_SWITCH)
    {
      gboolean active = gtk_switch_get_active (GTK_SWITCH (self->widget));

      return active || self->off || self->required
               ? json_node_init_boolean (json_node_alloc (), active)
               : NULL;
    }

  text = dup_text (self);

  return parse_text (self->type, text);
}

/* Returns: (nullable): what is wrong with what was typed, translated; not whether it is in bounds */
const char *
sage_form_control_get_fault (SageFormControl *self)
{
  g_autofree char *text = NULL;
  g_autoptr(JsonNode) value = NULL;

  if (self->type == SAGE_FORM_CHOICE || self->type == SAGE_FORM_SWITCH || self->held != NULL)
    return NULL;

  text = dup_text (self);
  value = parse_text (self->type, text);
  if (value != NULL || g_strstrip (text)[0] == '\0')
    return NULL;

  switch (self->type)
    {
    case SAGE_FORM_INTEGER:
      return _("Enter a whole number");
    case SAGE_FORM_NUMBER:
      return _("Enter a number");
    case SAGE_FORM_TIME:
      return _("Enter a time like 2026-01-31T12:00:00Z");
    case SAGE_FORM_JSON:
      return _("This is not JSON");
    case SAGE_FORM_STRING:
    case SAGE_FORM_TEXT:
    case SAGE_FORM_CHOICE:
    case SAGE_FORM_SWITCH:
    default:
      return NULL;
    }
}

/* A value that is not among the choices becomes one: it came from somewhere. */
static void
set_choice (SageFormControl *self,
            const char      *value)
{
  g_autofree char *text = sage_text_shorten_middle (value, MAX_CHOICE);
  GtkStringList *list = GTK_STRING_LIST (gtk_drop_down_get_model (GTK_DROP_DOWN (self->widget)));
  guint position = 0;

  if (text[0] != '\0')
    {
      position = gtk_string_list_find (list, text);
      if (position == GTK_INVALID_LIST_POSITION)
        {
          gtk_string_list_append (list, text);
          position = g_list_model_get_n_items (G_LIST_MODEL (list)) - 1;
        }
    }

  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->widget), position);
}

static char *
format_value (SageFormType  type,
              JsonNode     *value)
{
  g_autofree char *text = NULL;
  char *valid;

  if (value == NULL || JSON_NODE_HOLDS_NULL (value))
    return g_strdup ("");

  if (type == SAGE_FORM_JSON)
    text = sage_json_pretty (value, 0);
  else if (type == SAGE_FORM_TIME && JSON_NODE_HOLDS_VALUE (value)
           && json_node_get_value_type (value) != G_TYPE_STRING)
    text = sage_time_to_iso8601 (json_node_get_double (value));
  else if (sage_json_n_children (value) > 0)
    text = sage_json_pretty (value, 0); /* of the wrong type: to be seen, and then refused */
  else
    text = sage_json_scalar_text (value);

  valid = g_utf8_make_valid (text, -1);

  return valid;
}

static gboolean
has_line_longer_than (const char *text,
                      gsize       max)
{
  for (const char *line = text; *line != '\0'; line += strspn (line, "\n"))
    {
      gsize length = strcspn (line, "\n");

      if (length > max)
        return TRUE;
      line += length;
    }

  return FALSE;
}

/* A text that is too long to be edited is shown in part, and kept as it is until it is replaced. */
static void
set_text_view (SageFormControl *self,
               JsonNode        *value,
               const char      *text)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->widget));
  gboolean hold = strlen (text) > MAX_TEXT || has_line_longer_than (text, MAX_LINE);
  g_autofree char *shown = hold ? sage_text_shorten_end (text, MAX_ENTRY) : NULL;

  gtk_text_buffer_set_text (buffer, hold ? shown : text, -1);
  gtk_text_view_set_editable (GTK_TEXT_VIEW (self->widget), !hold);
  gtk_widget_set_visible (self->replace, hold);
  if (hold)
    self->held = json_node_copy (value);
}

static void
set_entry (SageFormControl *self,
           const char      *text)
{
  g_autofree char *shown = sage_text_shorten_end (text, MAX_ENTRY);

  gtk_editable_set_text (GTK_EDITABLE (self->widget), shown);
}

/* @value (nullable): what to show; %NULL for not set */
void
sage_form_control_set_value (SageFormControl *self,
                             JsonNode        *value)
{
  g_autofree char *text = format_value (self->type, value);

  self->setting = TRUE;
  g_clear_pointer (&self->held, json_node_unref);
  if (self->type == SAGE_FORM_STRING
      && (strlen (text) > MAX_ENTRY || strpbrk (text, "\n\r") != NULL))
    grow (self);

  if (self->type == SAGE_FORM_CHOICE)
    set_choice (self, text);
  else if (self->type == SAGE_FORM_SWITCH)
    {
      gtk_switch_set_active (GTK_SWITCH (self->widget), g_ascii_strcasecmp (text, "true") == 0);
      self->off = g_ascii_strcasecmp (text, "false") == 0;
    }
  else if (GTK_IS_TEXT_VIEW (self->widget))
    set_text_view (self, value, text);
  else
    set_entry (self, text);
  self->setting = FALSE;
}

/* @hint (nullable): what holds while nothing is set */
void
sage_form_control_set_hint (SageFormControl *self,
                            const char      *hint)
{
  if (GTK_IS_ENTRY (self->widget))
    gtk_entry_set_placeholder_text (GTK_ENTRY (self->widget), hint);
}

void
sage_form_control_set_invalid (SageFormControl *self,
                               gboolean         invalid)
{
  GtkWidget *marked = GTK_IS_TEXT_VIEW (self->widget) ? gtk_widget_get_parent (self->widget)
                                                      : self->widget;

  if (invalid)
    gtk_widget_add_css_class (marked, "error");
  else
    gtk_widget_remove_css_class (marked, "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->widget), GTK_ACCESSIBLE_STATE_INVALID,
                               invalid ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE,
                               -1);
}
