/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-invoke-pane"

#include "config.h"

#include <glib/gi18n.h>
#include <gtksourceview/gtksource.h>

#include "sage-answer-view.h"
#include "sage-invocation.h"
#include "sage-invoke-pane.h"
#include "sage-page.h"
#include "sage-relative-time.h"
#include "sage-words.h"

/* The last ones are kept, with their bodies; nobody looks at more. */
#define MAX_HISTORY 50

struct _SageInvokePane
{
  AdwBin           parent_instance;

  SageConnection  *connection; /* (owned) */
  char            *endpoint;   /* (owned) */
  GCancellable    *cancellable; /* (owned) */
  GListStore      *history;    /* (owned): of SageInvocation, the newest first */
  GtkSourceBuffer *buffer;     /* (owned) */
  gboolean         serving;
  gboolean         busy;

  GtkDropDown     *content_type;
  GtkDropDown     *accept;
  GtkSourceView   *request;
  SageAnswerView  *answer;
  GtkListBox      *list;
  GtkWidget       *history_box;
  GtkWidget       *hint;
};

G_DEFINE_FINAL_TYPE (SageInvokePane, sage_invoke_pane, ADW_TYPE_BIN)

/* What the two lists offer, in their order. */
static const char * const content_types[] = { "text/csv", "application/json" };
static const char * const accepts[] = { NULL, "text/csv", "application/json" };

static char *
dup_body (SageInvokePane *self)
{
  GtkTextIter start;
  GtkTextIter end;

  gtk_text_buffer_get_bounds (GTK_TEXT_BUFFER (self->buffer), &start, &end);

  return gtk_text_buffer_get_text (GTK_TEXT_BUFFER (self->buffer), &start, &end, TRUE);
}

static void
update (SageInvokePane *self)
{
  gboolean empty = gtk_text_buffer_get_char_count (GTK_TEXT_BUFFER (self->buffer)) == 0;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "invoke.send",
                                 self->serving && !self->busy && !empty);
  gtk_widget_set_visible (self->hint, !self->serving);
}

static void
update_language (SageInvokePane *self)
{
  guint selected = gtk_drop_down_get_selected (self->content_type);
  GtkSourceLanguageManager *manager = gtk_source_language_manager_get_default ();

  gtk_source_buffer_set_language (
    self->buffer,
    gtk_source_language_manager_get_language (manager, selected == 1 ? "json" : "csv"));
}

static void
update_scheme (SageInvokePane *self)
{
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  GtkSourceStyleSchemeManager *manager = gtk_source_style_scheme_manager_get_default ();

  gtk_source_buffer_set_style_scheme (
    self->buffer,
    gtk_source_style_scheme_manager_get_scheme (manager, dark ? "Adwaita-dark" : "Adwaita"));
}

/* --- History ---------------------------------------------------------------------------------- */

static void
choose (GtkDropDown        *drop_down,
        const char * const *values,
        guint               n_values,
        const char         *value)
{
  for (guint i = 0; i < n_values; i++)
    if (g_strcmp0 (values[i], value) == 0)
      gtk_drop_down_set_selected (drop_down, i);
}

/* A request of before comes back as it was, with its answer, to be changed and sent again. */
static void
row_cb (SageInvokePane *self,
        GtkListBoxRow  *row)
{
  g_autoptr(SageInvocation) invocation
    = g_list_model_get_item (G_LIST_MODEL (self->history), (guint) gtk_list_box_row_get_index (row));

  choose (self->content_type, content_types, G_N_ELEMENTS (content_types),
          sage_invocation_get_content_type (invocation));
  choose (self->accept, accepts, G_N_ELEMENTS (accepts), sage_invocation_get_accept (invocation));
  gtk_text_buffer_set_text (GTK_TEXT_BUFFER (self->buffer), sage_invocation_get_body (invocation), -1);
  sage_answer_view_set_invocation (self->answer, invocation);
}

static GtkWidget *
make_row (gpointer item,
          gpointer user_data)
{
  SageInvocation *invocation = item;
  SageState state = sage_invocation_get_problem (invocation) == NULL ? SAGE_STATE_GOOD
                                                                     : SAGE_STATE_BAD;
  g_autofree char *words = sage_answer_words (invocation);
  g_autofree char *latency = sage_words_number (sage_invocation_get_latency (invocation) * 1000);
  g_autofree char *facts = g_strdup_printf (_("%s ms · %s"), latency,
                                            sage_invocation_get_content_type (invocation));
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *icon = gtk_image_new_from_icon_name (sage_words_state_icon (state));
  GtkWidget *status = gtk_label_new (words);
  GtkWidget *detail = gtk_label_new (facts);
  GtkWidget *time = sage_relative_time_new ();

  gtk_widget_add_css_class (icon, sage_words_state_class (state));
  gtk_widget_add_css_class (status, "numeric");
  gtk_widget_add_css_class (detail, "numeric");
  gtk_widget_add_css_class (detail, "dim-label");
  gtk_widget_add_css_class (time, "dim-label");
  gtk_label_set_ellipsize (GTK_LABEL (detail), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (detail), 0);
  gtk_widget_set_hexpand (detail, TRUE);
  sage_relative_time_set_time (SAGE_RELATIVE_TIME (time), sage_invocation_get_sent (invocation));
  gtk_widget_add_css_class (row, "comparison-row");
  gtk_box_append (GTK_BOX (row), icon);
  gtk_box_append (GTK_BOX (row), status);
  gtk_box_append (GTK_BOX (row), detail);
  gtk_box_append (GTK_BOX (row), time);

  return row;
}

static void
remember (SageInvokePane *self,
          SageInvocation *invocation)
{
  g_list_store_insert (self->history, 0, invocation);
  if (g_list_model_get_n_items (G_LIST_MODEL (self->history)) > MAX_HISTORY)
    g_list_store_remove (self->history, MAX_HISTORY);
  gtk_widget_set_visible (self->history_box, TRUE);
}

/* --- Sending ---------------------------------------------------------------------------------- */

static void
sent_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(SageInvokePane) self = user_data;
  SageInvocation *invocation = SAGE_INVOCATION (object);
  g_autoptr(GError) error = NULL;
  g_autofree char *words = NULL;

  sage_invocation_send_finish (invocation, result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self->busy = FALSE;
  remember (self, invocation);
  sage_answer_view_set_invocation (self->answer, invocation);
  update (self);
  words = sage_answer_words (invocation);
  sage_announce (GTK_WIDGET (self), words);
}

static void
send_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  SageInvokePane *self = SAGE_INVOKE_PANE (widget);
  guint type = gtk_drop_down_get_selected (self->content_type);
  guint accept = gtk_drop_down_get_selected (self->accept);
  g_autofree char *body = dup_body (self);
  g_autoptr(SageInvocation) invocation = NULL;

  g_return_if_fail (type < G_N_ELEMENTS (content_types) && accept < G_N_ELEMENTS (accepts));

  invocation = sage_invocation_new (self->endpoint, content_types[type], accepts[accept], body);
  self->busy = TRUE;
  sage_answer_view_set_busy (self->answer, TRUE);
  update (self);
  sage_invocation_send_async (invocation, self->connection, self->cancellable, sent_cb,
                              g_object_ref (self));
}

/* --- The pane --------------------------------------------------------------------------------- */

static void
sage_invoke_pane_dispose (GObject *object)
{
  SageInvokePane *self = SAGE_INVOKE_PANE (object);

  g_cancellable_cancel (self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_INVOKE_PANE);
  g_clear_object (&self->connection);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->history);
  g_clear_object (&self->buffer);

  G_OBJECT_CLASS (sage_invoke_pane_parent_class)->dispose (object);
}

static void
sage_invoke_pane_finalize (GObject *object)
{
  g_free (SAGE_INVOKE_PANE (object)->endpoint);

  G_OBJECT_CLASS (sage_invoke_pane_parent_class)->finalize (object);
}

static void
sage_invoke_pane_class_init (SageInvokePaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sage_invoke_pane_dispose;
  G_OBJECT_CLASS (klass)->finalize = sage_invoke_pane_finalize;

  g_type_ensure (GTK_SOURCE_TYPE_VIEW);
  g_type_ensure (SAGE_TYPE_ANSWER_VIEW);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/sagebrush/Studio/ui/endpoints/sage-invoke-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, SageInvokePane, content_type);
  gtk_widget_class_bind_template_child (widget_class, SageInvokePane, accept);
  gtk_widget_class_bind_template_child (widget_class, SageInvokePane, request);
  gtk_widget_class_bind_template_child (widget_class, SageInvokePane, answer);
  gtk_widget_class_bind_template_child (widget_class, SageInvokePane, list);
  gtk_widget_class_bind_template_child (widget_class, SageInvokePane, history_box);
  gtk_widget_class_bind_template_child (widget_class, SageInvokePane, hint);
  gtk_widget_class_bind_template_callback (widget_class, row_cb);
  gtk_widget_class_install_action (widget_class, "invoke.send", NULL, send_action);
}

/* Before the text view gets it, which would begin a line. */
static void
add_shortcut (SageInvokePane *self)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();

  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  gtk_shortcut_controller_add_shortcut (
    GTK_SHORTCUT_CONTROLLER (controller),
    gtk_shortcut_new (gtk_shortcut_trigger_parse_string ("<Control>Return|<Control>KP_Enter"),
                      gtk_named_action_new ("invoke.send")));
  gtk_widget_add_controller (GTK_WIDGET (self->request), controller);
}

static void
sage_invoke_pane_init (SageInvokePane *self)
{
  self->cancellable = g_cancellable_new ();
  self->history = g_list_store_new (SAGE_TYPE_INVOCATION);
  self->buffer = gtk_source_buffer_new (NULL);
  gtk_widget_init_template (GTK_WIDGET (self));

  gtk_text_view_set_buffer (GTK_TEXT_VIEW (self->request), GTK_TEXT_BUFFER (self->buffer));
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (self->history), make_row, NULL, NULL);
  g_signal_connect_object (self->buffer, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->content_type, "notify::selected", G_CALLBACK (update_language), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (update_scheme), self, G_CONNECT_SWAPPED);
  add_shortcut (self);
  update_language (self);
  update_scheme (self);
  update (self);
}

/**
 * sage_invoke_pane_new:
 * @connection: the engine
 * @endpoint: the name of the endpoint to try
 *
 * Returns: (transfer floating): a workbench for it
 */
GtkWidget *
sage_invoke_pane_new (SageConnection *connection,
                      const char     *endpoint)
{
  SageInvokePane *self = g_object_new (SAGE_TYPE_INVOKE_PANE, NULL);

  self->connection = g_object_ref (connection);
  self->endpoint = g_strdup (endpoint);

  return GTK_WIDGET (self);
}

/**
 * sage_invoke_pane_set_serving:
 * @self: a workbench
 * @serving: whether the endpoint answers
 */
void
sage_invoke_pane_set_serving (SageInvokePane *self,
                              gboolean        serving)
{
  g_return_if_fail (SAGE_IS_INVOKE_PANE (self));

  self->serving = serving;
  update (self);
}
