/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-run-row"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-executed-notebook.h"
#include "sage-json.h"
#include "sage-relative-time.h"
#include "sage-run-row.h"
#include "sage-state-chip.h"
#include "sage-text.h"
#include "sage-words.h"

struct _SageRunRow
{
  GtkListBoxRow   parent_instance;

  SageConnection *connection;  /* (owned) */
  SageResource   *job;         /* (owned) */
  GCancellable   *cancellable; /* (owned): cancelled with the row */
  char           *parameters;  /* (owned): for people */
  gboolean        is_opening;

  SageStateChip  *chip;
  GtkWidget      *time;
  GtkWidget      *open;
  GtkLabel       *reason;
};

G_DEFINE_FINAL_TYPE (SageRunRow, sage_run_row, GTK_TYPE_LIST_BOX_ROW)

static void
update (SageRunRow *self)
{
  SageState state = sage_resource_get_state (self->job);
  const char *reason = state == SAGE_STATE_BAD ? sage_resource_get_reason (self->job) : NULL;
  g_autofree char *name = sage_words_name (self->job);
  g_autofree char *shown = reason != NULL ? sage_text_shorten_end (reason, SAGE_TEXT_MAX_LINE) : NULL;
  g_autofree char *label = NULL;

  /* a failed one has its notebook too, up to the cell that failed */
  gtk_widget_set_sensitive (self->open, state != SAGE_STATE_RUNNING && !self->is_opening);
  gtk_label_set_text (self->reason, shown != NULL ? shown : "");
  gtk_widget_set_visible (GTK_WIDGET (self->reason), shown != NULL);
  label = g_strdup_printf ("%s, %s", name, sage_words_resource (self->job));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, self->parameters, -1);
}

static void
opened_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  SageRunRow *self = SAGE_RUN_ROW (object);

  if (!sage_executed_notebook_open_finish (GTK_WIDGET (self), result))
    return;
  self->is_opening = FALSE;
  update (self);
}

static void
open_cb (SageRunRow *self)
{
  self->is_opening = TRUE;
  update (self);
  sage_executed_notebook_open_async (GTK_WIDGET (self), self->connection,
                                     sage_resource_get_name (self->job), self->cancellable, opened_cb,
                                     NULL);
}

/* --- What it is made of ----------------------------------------------------------------------- */

/* Returns: (transfer full): `rows = 21, name = all`, or an empty text */
static char *
describe_parameters (JsonObject *record)
{
  JsonObject *parameters = sage_json_object (record, "HyperParameters");
  g_autoptr(GString) text = g_string_new (NULL);
  JsonObjectIter iter;
  const char *name;

  if (parameters == NULL)
    return g_strdup ("");

  json_object_iter_init_ordered (&iter, parameters);
  while (json_object_iter_next_ordered (&iter, &name, NULL))
    g_string_append_printf (text, "%s%s = %s", text->len > 0 ? ", " : "", name,
                            sage_json_string (parameters, name, ""));

  return sage_text_shorten_end (text->str, SAGE_TEXT_MAX_LINE);
}

static GtkLabel *
make_label (const char *text,
            const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  g_object_set (label, "xalign", 0.0f, "wrap", TRUE, "wrap-mode", PANGO_WRAP_WORD_CHAR, "lines", 3,
                "ellipsize", PANGO_ELLIPSIZE_END, NULL);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, css_class);

  return GTK_LABEL (label);
}

static GtkWidget *
make_texts (SageRunRow *self)
{
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkLabel *parameters = make_label (self->parameters, "monospace");

  gtk_box_append (GTK_BOX (line), GTK_WIDGET (self->chip));
  gtk_box_append (GTK_BOX (line), self->time);
  gtk_box_append (GTK_BOX (texts), line);
  gtk_widget_set_visible (GTK_WIDGET (parameters), self->parameters[0] != '\0');
  gtk_box_append (GTK_BOX (texts), GTK_WIDGET (parameters));
  gtk_box_append (GTK_BOX (texts), GTK_WIDGET (self->reason));
  g_object_set (texts, "hexpand", TRUE, "valign", GTK_ALIGN_CENTER, NULL);

  return texts;
}

/* --- The object ------------------------------------------------------------------------------- */

static void
sage_run_row_dispose (GObject *object)
{
  SageRunRow *self = SAGE_RUN_ROW (object);

  g_cancellable_cancel (self->cancellable);
  if (self->job != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->job, self);
      sage_connection_unwatch (self->connection, self->job);
    }
  g_clear_object (&self->job);
  g_clear_object (&self->connection);

  G_OBJECT_CLASS (sage_run_row_parent_class)->dispose (object);
}

static void
sage_run_row_finalize (GObject *object)
{
  SageRunRow *self = SAGE_RUN_ROW (object);

  g_object_unref (self->cancellable);
  g_free (self->parameters);

  G_OBJECT_CLASS (sage_run_row_parent_class)->finalize (object);
}

static void
sage_run_row_class_init (SageRunRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sage_run_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = sage_run_row_finalize;
}

static void
sage_run_row_init (SageRunRow *self)
{
  self->cancellable = g_cancellable_new ();
  self->chip = SAGE_STATE_CHIP (sage_state_chip_new ());
  self->time = sage_relative_time_new ();
  g_object_set (self->time, "hexpand", TRUE, "halign", GTK_ALIGN_END, NULL);
  gtk_widget_add_css_class (self->time, "caption");
  gtk_widget_add_css_class (self->time, "dim-label");
  self->open = gtk_button_new_from_icon_name ("sagebrush-notebook-symbolic");
  g_object_set (self->open, "tooltip-text", _("Open executed notebook"), "valign", GTK_ALIGN_CENTER, NULL);
  gtk_widget_add_css_class (self->open, "flat");
  g_signal_connect_object (self->open, "clicked", G_CALLBACK (open_cb), self, G_CONNECT_SWAPPED);
  self->reason = make_label (NULL, "dim-label");
}

/**
 * sage_run_row_new:
 * @connection: the engine
 * @job: a training job
 * @record: what was found of it: a TrainingJob
 *
 * Returns: (transfer floating): a row, which follows the job
 */
GtkWidget *
sage_run_row_new (SageConnection *connection,
                  SageResource   *job,
                  JsonObject     *record)
{
  SageRunRow *self = g_object_new (SAGE_TYPE_RUN_ROW, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->connection = g_object_ref (connection);
  self->job = g_object_ref (job);
  self->parameters = describe_parameters (record);
  sage_relative_time_set_time (SAGE_RELATIVE_TIME (self->time), sage_json_double (record, "CreationTime", 0));
  g_object_set (box, "margin-top", 6, "margin-bottom", 6, NULL);
  gtk_box_append (GTK_BOX (box), make_texts (self));
  gtk_box_append (GTK_BOX (box), self->open);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), box);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), sage_resource_get_name (job));
  g_signal_connect_swapped (job, "notify", G_CALLBACK (update), self);
  sage_connection_watch (connection, job);
  sage_state_chip_set_resource (self->chip, job);
  update (self);

  return GTK_WIDGET (self);
}

/* Returns: (transfer none): the job's name */
const char *
sage_run_row_get_name (SageRunRow *self)
{
  g_return_val_if_fail (SAGE_IS_RUN_ROW (self), NULL);

  return sage_resource_get_name (self->job);
}
