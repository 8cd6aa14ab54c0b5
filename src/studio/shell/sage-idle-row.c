/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-idle-row"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-client-kernels.h"
#include "sage-idle-row.h"
#include "sage-words.h"

#define MINUTE 60
#define HOUR (60 * MINUTE)

/* What is offered; the engine may have been told something else. */
static const guint choices[] = { 0, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 24 * HOUR };

struct _SageIdleRow
{
  AdwComboRow     parent_instance;

  SageConnection *connection;  /* (owned) */
  GCancellable   *cancellable; /* (owned) */
  GArray         *seconds;     /* (owned): of guint: what each line of the list means */
  guint           told;        /* what the engine has, as far as it has said */
  guint           asked;       /* what it was asked for last; as @told where that is answered */
};

G_DEFINE_FINAL_TYPE (SageIdleRow, sage_idle_row, ADW_TYPE_COMBO_ROW)

/* Returns: (transfer full) */
static char *
describe (guint seconds)
{
  g_autofree char *time = NULL;

  if (seconds == 0)
    return g_strdup (_("Never"));
  if (seconds < HOUR && seconds % MINUTE == 0)
    return g_strdup_printf (ngettext ("After %u minute", "After %u minutes", seconds / MINUTE),
                            seconds / MINUTE);
  if (seconds % HOUR == 0)
    return g_strdup_printf (ngettext ("After %u hour", "After %u hours", seconds / HOUR),
                            seconds / HOUR);

  time = sage_words_duration (seconds);

  /* Translators: a duration */
  return g_strdup_printf (_("After %s"), time);
}

static void chosen_cb (SageIdleRow *self);

/* Offers the choices, and @seconds, which holds. */
static void
offer (SageIdleRow *self,
       guint        seconds)
{
  g_autoptr(GtkStringList) model = gtk_string_list_new (NULL);
  guint selected = 0;

  g_array_set_size (self->seconds, 0);
  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    {
      if (i > 0 && choices[i - 1] < seconds && seconds < choices[i])
        g_array_append_val (self->seconds, seconds);
      g_array_append_val (self->seconds, choices[i]);
    }
  if (seconds > choices[G_N_ELEMENTS (choices) - 1])
    g_array_append_val (self->seconds, seconds);

  for (guint i = 0; i < self->seconds->len; i++)
    {
      g_autofree char *label = describe (g_array_index (self->seconds, guint, i));

      gtk_string_list_append (model, label);
      if (g_array_index (self->seconds, guint, i) == seconds)
        selected = i;
    }

  self->told = self->asked = seconds;
  g_signal_handlers_block_by_func (self, chosen_cb, NULL);
  adw_combo_row_set_model (ADW_COMBO_ROW (self), G_LIST_MODEL (model));
  adw_combo_row_set_selected (ADW_COMBO_ROW (self), selected);
  g_signal_handlers_unblock_by_func (self, chosen_cb, NULL);
}

static void
set_cb (GObject      *object,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr(SageIdleRow) self = user_data;
  g_autoptr(GError) error = NULL;

  if (sage_client_set_kernel_idle_finish (SAGE_CLIENT (object), result, &error))
    {
      self->told = self->asked;
      return;
    }
  if (self->connection == NULL) /* nobody looks any more */
    return;
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), _("The engine did not take it"));
  offer (self, self->told);
}

static void
chosen_cb (SageIdleRow *self)
{
  SageClient *client = self->connection != NULL ? sage_connection_get_client (self->connection) : NULL;
  guint selected = adw_combo_row_get_selected (ADW_COMBO_ROW (self));
  guint seconds;

  if (client == NULL || selected >= self->seconds->len)
    return;

  seconds = g_array_index (self->seconds, guint, selected);
  if (seconds == self->asked)
    return;
  self->asked = seconds;
  sage_client_set_kernel_idle_async (client, seconds, NULL, set_cb, g_object_ref (self));
}

static void
got_cb (GObject      *object,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr(SageIdleRow) self = user_data;
  g_autoptr(GError) error = NULL;
  SageKernelIdle idle;

  if (!sage_client_get_kernel_idle_finish (SAGE_CLIENT (object), result, &idle, &error))
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        adw_action_row_set_subtitle (ADW_ACTION_ROW (self), _("The engine does not tell"));
      return;
    }

  offer (self, idle.seconds);
  gtk_widget_set_sensitive (GTK_WIDGET (self), !idle.is_fixed);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), idle.is_fixed
    ? _("Whoever started the engine has decided it")
    : _("After a warning, and never while a cell runs or an output is not saved"));
}

static void
sage_idle_row_dispose (GObject *object)
{
  SageIdleRow *self = SAGE_IDLE_ROW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->connection);

  G_OBJECT_CLASS (sage_idle_row_parent_class)->dispose (object);
}

static void
sage_idle_row_finalize (GObject *object)
{
  SageIdleRow *self = SAGE_IDLE_ROW (object);

  g_object_unref (self->cancellable);
  g_array_unref (self->seconds);

  G_OBJECT_CLASS (sage_idle_row_parent_class)->finalize (object);
}

static void
sage_idle_row_class_init (SageIdleRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = sage_idle_row_dispose;
  object_class->finalize = sage_idle_row_finalize;
}

static void
sage_idle_row_init (SageIdleRow *self)
{
  self->cancellable = g_cancellable_new ();
  self->seconds = g_array_new (FALSE, FALSE, sizeof (guint));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), _("Shut down unused kernels"));
  g_signal_connect (self, "notify::selected", G_CALLBACK (chosen_cb), NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self), FALSE);
}

/**
 * sage_idle_row_new:
 * @connection: an engine
 *
 * Returns: (transfer floating): the row, which asks the engine what holds
 */
GtkWidget *
sage_idle_row_new (SageConnection *connection)
{
  SageIdleRow *self = g_object_new (SAGE_TYPE_IDLE_ROW, NULL);
  SageClient *client = sage_connection_get_client (connection);

  self->connection = g_object_ref (connection);
  if (client != NULL)
    sage_client_get_kernel_idle_async (client, self->cancellable, got_cb, g_object_ref (self));
  else
    adw_action_row_set_subtitle (ADW_ACTION_ROW (self), _("The engine does not answer"));

  return GTK_WIDGET (self);
}
