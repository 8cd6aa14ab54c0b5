/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-home-page"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-home-column.h"
#include "sage-home-page.h"
#include "sage-sample.h"
#include "sage-time.h"
#include "sage-words.h"

#define NEEDS_MOST 8
#define RUNNING_MOST 8
#define RECENT_MOST 12
#define FAILED_FOR_SECONDS (7 * 24 * 3600) /* an older failure has been lived with */

struct _SageHomePage
{
  SagePage        parent_instance;

  GCancellable   *cancellable; /* (owned): of the sample's start */
  SageFeed       *needs;       /* (owned) */
  SageFeed       *running;     /* (owned) */
  SageFeed       *recent;      /* (owned) */
  SageFeed       *pipelines;   /* (owned): whether there are any */
  gboolean        starting;    /* the sample */

  AdwBanner      *offline;
  GtkStack       *stack;
  AdwStatusPage  *away;
  SageHomeColumn *needs_column;
  SageHomeColumn *running_column;
  SageHomeColumn *recent_column;
  GtkWidget      *spinner;
  GtkLabel       *run_label;
};

G_DEFINE_FINAL_TYPE (SageHomePage, sage_home_page, SAGE_TYPE_PAGE)

/* --- What is shown ---------------------------------------------------------------------------- */

/* The jobs and the models of a pipeline speak through its execution. */
static gboolean
is_of_pipeline (SageResource *resource)
{
  return g_str_has_prefix (sage_resource_get_name (resource), "pipelines-");
}

static gboolean
needs_somebody (SageResource *resource,
                gpointer      user_data)
{
  SageState state = sage_resource_get_state (resource);

  if (sage_resource_get_kind (resource) == SAGE_KIND_PACKAGE)
    return state == SAGE_STATE_WAITING;

  return state == SAGE_STATE_BAD && !is_of_pipeline (resource)
         && sage_resource_get_modified (resource) > sage_time_now () - FAILED_FOR_SECONDS;
}

static gboolean
is_running (SageResource *resource,
            gpointer      user_data)
{
  return sage_resource_get_state (resource) == SAGE_STATE_RUNNING && !is_of_pipeline (resource);
}

static gboolean
is_recent (SageResource *resource,
           gpointer      user_data)
{
  SageState state = sage_resource_get_state (resource);

  return state != SAGE_STATE_RUNNING && state != SAGE_STATE_NONE && !is_of_pipeline (resource);
}

static gboolean
is_anything (SageResource *resource,
             gpointer      user_data)
{
  return TRUE;
}

/* Above what is shown: why it is old, or why it is not all. */
static void
update_banner (SageHomePage *self,
               gboolean      away,
               const GError *list_error)
{
  g_autofree char *text = NULL;

  if (!away && list_error != NULL)
    {
      g_autofree char *why = sage_words_error (list_error);

      text = g_strdup_printf (_("Some of it could not be listed: %s"), why);
    }
  adw_banner_set_title (self->offline, text != NULL ? text
                                       : _("The engine is away. What you see is its last known state."));
  adw_banner_set_revealed (self->offline, away || text != NULL);
}

static void
update_view (SageHomePage *self)
{
  SageConnection *connection = sage_page_get_connection (SAGE_PAGE (self));
  SageConnectionState state = sage_connection_get_state (connection);
  const GError *error = sage_connection_get_error (connection);
  const GError *list_error = sage_feed_get_error (self->needs) != NULL
                               ? sage_feed_get_error (self->needs)
                               : sage_feed_get_error (self->pipelines);
  gboolean any = sage_feed_get_total (self->pipelines) > 0 || sage_feed_get_total (self->recent) > 0
                 || sage_feed_get_total (self->running) > 0
                 || sage_feed_get_total (self->needs) > 0;
  gboolean loaded = sage_feed_get_loaded (self->pipelines) && sage_feed_get_loaded (self->recent);
  gboolean away = state == SAGE_CONNECTION_AWAY || state == SAGE_CONNECTION_RECONNECTING
                  || (state == SAGE_CONNECTION_CONNECTING && error != NULL);
  const char *view = "loading";

  if (any)
    view = "content";
  else if (loaded)
    view = "welcome";
  else if (away || list_error != NULL)
    view = "away";

  error = error != NULL ? error : list_error;
  if (error != NULL)
    {
      g_autofree char *why = sage_words_error (error);
      g_autofree char *escaped = g_markup_escape_text (why, -1);

      adw_status_page_set_title (self->away, away ? _("The engine is away")
                                                  : _("The engine’s work could not be listed"));
      adw_status_page_set_description (self->away, escaped);
    }
  if (any)
    update_banner (self, away, list_error);
  else
    adw_banner_set_revealed (self->offline, FALSE);
  gtk_stack_set_visible_child_name (self->stack, view);
  if (any || loaded)
    sage_page_mark_content (SAGE_PAGE (self));
}

/* --- The sample ------------------------------------------------------------------------------- */

static void
set_starting (SageHomePage *self,
              gboolean      starting)
{
  self->starting = starting;
  gtk_widget_set_visible (self->spinner, starting);
  gtk_label_set_text (self->run_label, starting ? _("Bringing the data to the engine…")
                                                : _("Run the sample pipeline"));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "home.run-sample", !starting);
}

static void
sample_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(SageHomePage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *location = sage_sample_start_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  set_starting (self, FALSE);
  if (location != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.open", "s", location);
  else
    sage_toast_error (GTK_WIDGET (self), _("Could not run the sample"), error);
}

static void
run_sample_action (GtkWidget  *widget,
                   const char *action_name,
                   GVariant   *parameter)
{
  SageHomePage *self = SAGE_HOME_PAGE (widget);

  set_starting (self, TRUE);
  sage_sample_start_async (sage_page_get_connection (SAGE_PAGE (self)), self->cancellable, sample_cb,
                           g_object_ref (self));
}

static void
open_sample_action (GtkWidget  *widget,
                    const char *action_name,
                    GVariant   *parameter)
{
  g_autoptr(GFile) folder = sage_sample_get_folder ();
  g_autofree char *uri = g_file_get_uri (folder);

  gtk_widget_activate_action (widget, "win.open-project", "s", uri);
}

/* --- The page --------------------------------------------------------------------------------- */

static SageFeed *
make_feed (SageHomePage *self,
           SageFeedFunc  belongs,
           guint         most,
           const int    *kinds)
{
  SageFeed *feed = sage_feed_new (sage_page_get_connection (SAGE_PAGE (self)), belongs, NULL, most,
                                  kinds);

  g_signal_connect_object (feed, "notify", G_CALLBACK (update_view), self, G_CONNECT_SWAPPED);

  return feed;
}

static void
sage_home_page_constructed (GObject *object)
{
  static const int needs[] = {
    SAGE_KIND_PACKAGE, SAGE_KIND_EXECUTION, SAGE_KIND_TRAINING_JOB, SAGE_KIND_PROCESSING_JOB,
    SAGE_KIND_ENDPOINT, -1,
  };
  static const int works[] = {
    SAGE_KIND_EXECUTION, SAGE_KIND_TRAINING_JOB, SAGE_KIND_PROCESSING_JOB, SAGE_KIND_ENDPOINT, -1,
  };
  static const int pipelines[] = { SAGE_KIND_PIPELINE, -1 };
  SageHomePage *self = SAGE_HOME_PAGE (object);
  SageConnection *connection = sage_page_get_connection (SAGE_PAGE (self));

  G_OBJECT_CLASS (sage_home_page_parent_class)->constructed (object);

  sage_page_set_title (SAGE_PAGE (self), _("Home"));
  sage_page_set_icon_name (SAGE_PAGE (self), "sagebrush-home-symbolic");
  self->needs = make_feed (self, needs_somebody, NEEDS_MOST, needs);
  self->running = make_feed (self, is_running, RUNNING_MOST, works);
  self->recent = make_feed (self, is_recent, RECENT_MOST, works);
  self->pipelines = make_feed (self, is_anything, 0, pipelines);
  sage_home_column_set_feed (self->needs_column, connection, self->needs);
  sage_home_column_set_feed (self->running_column, connection, self->running);
  sage_home_column_set_feed (self->recent_column, connection, self->recent);
  g_signal_connect_object (connection, "notify::error", G_CALLBACK (update_view), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (connection, "notify::state", G_CALLBACK (update_view), self,
                           G_CONNECT_SWAPPED);
  update_view (self);
}

static void
sage_home_page_dispose (GObject *object)
{
  SageHomePage *self = SAGE_HOME_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_HOME_PAGE);
  g_clear_object (&self->needs);
  g_clear_object (&self->running);
  g_clear_object (&self->recent);
  g_clear_object (&self->pipelines);

  G_OBJECT_CLASS (sage_home_page_parent_class)->dispose (object);
}

static GtkWidget *
sage_home_page_get_default_focus (SagePage *page)
{
  SageHomePage *self = SAGE_HOME_PAGE (page);
  SageHomeColumn *columns[] = { self->needs_column, self->running_column, self->recent_column };
  GtkWidget *first = NULL;

  for (gsize i = 0; first == NULL && i < G_N_ELEMENTS (columns); i++)
    first = sage_home_column_get_first (columns[i]);

  return first;
}

static void
sage_home_page_class_init (SageHomePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = sage_home_page_constructed;
  G_OBJECT_CLASS (klass)->dispose = sage_home_page_dispose;
  SAGE_PAGE_CLASS (klass)->get_default_focus = sage_home_page_get_default_focus;

  g_type_ensure (SAGE_TYPE_HOME_COLUMN);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/sagebrush/Studio/ui/home/sage-home-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SageHomePage, offline);
  gtk_widget_class_bind_template_child (widget_class, SageHomePage, stack);
  gtk_widget_class_bind_template_child (widget_class, SageHomePage, away);
  gtk_widget_class_bind_template_child (widget_class, SageHomePage, needs_column);
  gtk_widget_class_bind_template_child (widget_class, SageHomePage, running_column);
  gtk_widget_class_bind_template_child (widget_class, SageHomePage, recent_column);
  gtk_widget_class_bind_template_child (widget_class, SageHomePage, spinner);
  gtk_widget_class_bind_template_child (widget_class, SageHomePage, run_label);
  gtk_widget_class_install_action (widget_class, "home.run-sample", NULL, run_sample_action);
  gtk_widget_class_install_action (widget_class, "home.open-sample", NULL, open_sample_action);
}

static void
sage_home_page_init (SageHomePage *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}
