/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-definition-page"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-arn.h"
#include "sage-defaults.h"
#include "sage-definition.h"
#include "sage-definition-page.h"
#include "sage-error.h"
#include "sage-file-location.h"
#include "sage-file-moves.h"
#include "sage-graph-pane.h"
#include "sage-json.h"
#include "sage-page.h"
#include "sage-words.h"

#define MAX_BYTES (1024 * 1024) /* of a definition, as the API has it */

struct _SageDefinitionPage
{
  SagePage          parent_instance;

  GFile            *file;        /* (owned) */
  GFileMonitor     *monitor;     /* (owned) (nullable) */
  GCancellable     *cancellable; /* (owned): of what is under way */
  char             *text;        /* (owned) (nullable): the definition, if it is one */
  SageResourceList *pipelines;   /* (owned): to know whether the name is taken */
  gboolean          putting;

  AdwBanner        *banner;
  AdwBanner        *refused;
  GtkLabel         *file_name;
  GtkLabel         *path;
  GtkEditable      *name;
  GtkButton        *put;
  GtkStack         *stack;
  AdwStatusPage    *error;
  SageGraphPane    *graph;
};

G_DEFINE_FINAL_TYPE (SageDefinitionPage, sage_definition_page, SAGE_TYPE_PAGE)

static gboolean
is_known (SageDefinitionPage *self)
{
  return sage_resource_list_find (self->pipelines, gtk_editable_get_text (self->name)) != NULL;
}

static void
changed_cb (SageDefinitionPage *self)
{
  gboolean named = gtk_editable_get_text (self->name)[0] != '\0';

  gtk_button_set_label (self->put, is_known (self) ? _("Update pipeline") : _("Create pipeline"));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "definition.put",
                                 named && self->text != NULL && !self->putting);
}

static void
activate_cb (SageDefinitionPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "definition.put", NULL);
}

/* --- Reading ---------------------------------------------------------------------------------- */

static void
show_problem (SageDefinitionPage *self,
              const GError       *error)
{
  g_autofree char *escaped = g_markup_escape_text (error->message, -1);

  g_clear_pointer (&self->text, g_free);
  adw_status_page_set_description (self->error, escaped);
  gtk_stack_set_visible_child_name (self->stack, "error");
  changed_cb (self);
}

static void
loaded_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(SageDefinitionPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) definition = NULL;
  g_autofree char *text = NULL;
  gsize length;

  if (!g_file_load_contents_finish (G_FILE (object), result, &text, &length, NULL, &error))
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        show_problem (self, error);
      return;
    }

  definition = sage_definition_parse (text, (gssize) length, &error);
  if (definition == NULL)
    {
      show_problem (self, error);
      return;
    }

  g_free (self->text);
  self->text = g_steal_pointer (&text);
  adw_banner_set_revealed (self->refused, FALSE);
  sage_graph_pane_set_definition (self->graph, definition);
  gtk_stack_set_visible_child_name (self->stack, "graph");
  changed_cb (self);
}

/* What is no regular file, or larger than a definition can be, is not read at all. */
static void
queried_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(SageDefinitionPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GFileInfo) info = g_file_query_info_finish (G_FILE (object), result, &error);

  if (info != NULL && g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    sage_throw (&error, SAGE_ERROR_INVALID, "It is not a regular file");
  else if (info != NULL && g_file_info_get_size (info) > MAX_BYTES)
    sage_throw (&error, SAGE_ERROR_TOO_LARGE, "It is larger than 1 MiB, the most that a definition can be");

  if (error == NULL)
    g_file_load_contents_async (self->file, self->cancellable, loaded_cb, g_object_ref (self));
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_problem (self, error);
}

static void
load (SageDefinitionPage *self)
{
  adw_banner_set_revealed (self->banner, FALSE);
  g_file_query_info_async (self->file, "standard::type,standard::size", G_FILE_QUERY_INFO_NONE,
                           G_PRIORITY_DEFAULT, self->cancellable, queried_cb, g_object_ref (self));
}

static void
reload_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  load (SAGE_DEFINITION_PAGE (widget));
}

/* There is nothing of ours to lose: what another program writes is shown. */
static void
file_cb (SageDefinitionPage *self,
         GFile              *file,
         GFile              *other,
         GFileMonitorEvent   event)
{
  if (event == G_FILE_MONITOR_EVENT_CHANGES_DONE_HINT || event == G_FILE_MONITOR_EVENT_CREATED
      || event == G_FILE_MONITOR_EVENT_RENAMED)
    load (self);
  else if (event == G_FILE_MONITOR_EVENT_DELETED)
    {
      adw_banner_set_title (self->banner, _("The file has been deleted; what you see is what it held"));
      adw_banner_set_revealed (self->banner, TRUE);
    }
}

/* --- Putting it on the engine ----------------------------------------------------------------- */

static void
put_cb (GObject      *object,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr(SageDefinitionPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) reply = NULL;
  g_autofree char *location = NULL;

  reply = sage_connection_call_finish (SAGE_CONNECTION (object), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self->putting = FALSE;
  changed_cb (self);
  if (reply == NULL)
    {
      g_autofree char *why = sage_words_error (error);

      adw_banner_set_title (self->refused, why);
      adw_banner_set_revealed (self->refused, TRUE);
      sage_announce (GTK_WIDGET (self), why);
      return;
    }

  adw_banner_set_revealed (self->refused, FALSE);
  location = g_strconcat ("pipeline/", gtk_editable_get_text (self->name), NULL);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.open", "s", location);
}

static void
put_action (GtkWidget  *widget,
            const char *action_name,
            GVariant   *parameter)
{
  SageDefinitionPage *self = SAGE_DEFINITION_PAGE (widget);
  g_autoptr(JsonObject) input = json_object_new ();
  gboolean known = is_known (self);

  json_object_set_string_member (input, "PipelineName", gtk_editable_get_text (self->name));
  json_object_set_string_member (input, "PipelineDefinition", self->text);
  if (!known)
    {
      g_autofree char *token = g_uuid_string_random ();
      g_autofree char *role = sage_defaults_dup_role (sage_page_get_connection (SAGE_PAGE (self)));

      json_object_set_string_member (input, "RoleArn", role);
      json_object_set_string_member (input, "ClientRequestToken", token);
    }

  self->putting = TRUE;
  changed_cb (self);
  sage_connection_call_async (sage_page_get_connection (SAGE_PAGE (self)),
                              known ? "UpdatePipeline" : "CreatePipeline", input,
                              self->cancellable, put_cb, g_object_ref (self));
}

/* --- The page --------------------------------------------------------------------------------- */

/* @file: what the page shows from now on */
static void
take_file (SageDefinitionPage *self,
           GFile              *file)
{
  g_autofree char *base = g_file_get_basename (file);
  g_autofree char *name = sage_file_name_to_show (base);
  g_autofree char *shown = g_file_get_parse_name (file);
  g_autofree char *location = sage_file_location_new ("definition", file);

  g_set_object (&self->file, file);
  sage_page_set_location (SAGE_PAGE (self), location);
  sage_page_set_title (SAGE_PAGE (self), name);
  gtk_label_set_text (self->file_name, name);
  gtk_label_set_text (self->path, shown);
  if (self->monitor != NULL)
    g_signal_handlers_disconnect_by_data (self->monitor, self);
  g_clear_object (&self->monitor);
  self->monitor = g_file_monitor_file (file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
  if (self->monitor != NULL)
    g_signal_connect_object (self->monitor, "changed", G_CALLBACK (file_cb), self,
                             G_CONNECT_SWAPPED);
}

static void
moved_cb (SageDefinitionPage *self,
          GFile              *from,
          GFile              *to)
{
  g_autoptr(GFile) file = sage_file_moves_follow (self->file, from, to);

  if (file != NULL)
    take_file (self, file);
}

static void
sage_definition_page_constructed (GObject *object)
{
  SageDefinitionPage *self = SAGE_DEFINITION_PAGE (object);
  g_autoptr(GFile) file = sage_file_location_parse (sage_page_get_location (SAGE_PAGE (self)));
  g_autofree char *base = g_file_get_basename (file);
  char *dot;

  G_OBJECT_CLASS (sage_definition_page_parent_class)->constructed (object);

  sage_page_set_icon_name (SAGE_PAGE (self), "text-x-generic-symbolic");
  take_file (self, file);
  g_signal_connect_object (sage_file_moves_get (), "moved", G_CALLBACK (moved_cb), self,
                           G_CONNECT_SWAPPED);
  dot = strrchr (base, '.');
  if (dot != NULL)
    *dot = '\0';
  self->pipelines = sage_connection_get_list (sage_page_get_connection (SAGE_PAGE (self)),
                                              SAGE_KIND_PIPELINE, NULL);
  g_signal_connect_object (self->pipelines, "items-changed", G_CALLBACK (changed_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_editable_set_text (self->name, base);

  sage_graph_pane_set_connection (self->graph, sage_page_get_connection (SAGE_PAGE (self)));
  load (self);
}

static void
sage_definition_page_dispose (GObject *object)
{
  SageDefinitionPage *self = SAGE_DEFINITION_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->monitor);
  g_clear_object (&self->pipelines);
  g_clear_object (&self->file);
  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_DEFINITION_PAGE);

  G_OBJECT_CLASS (sage_definition_page_parent_class)->dispose (object);
}

static void
sage_definition_page_finalize (GObject *object)
{
  g_free (SAGE_DEFINITION_PAGE (object)->text);

  G_OBJECT_CLASS (sage_definition_page_parent_class)->finalize (object);
}

static void
sage_definition_page_class_init (SageDefinitionPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = sage_definition_page_constructed;
  object_class->dispose = sage_definition_page_dispose;
  object_class->finalize = sage_definition_page_finalize;

  g_type_ensure (SAGE_TYPE_GRAPH_PANE);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/sagebrush/Studio/ui/pipelines/sage-definition-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SageDefinitionPage, banner);
  gtk_widget_class_bind_template_child (widget_class, SageDefinitionPage, refused);
  gtk_widget_class_bind_template_child (widget_class, SageDefinitionPage, file_name);
  gtk_widget_class_bind_template_child (widget_class, SageDefinitionPage, path);
  gtk_widget_class_bind_template_child (widget_class, SageDefinitionPage, name);
  gtk_widget_class_bind_template_child (widget_class, SageDefinitionPage, put);
  gtk_widget_class_bind_template_child (widget_class, SageDefinitionPage, stack);
  gtk_widget_class_bind_template_child (widget_class, SageDefinitionPage, error);
  gtk_widget_class_bind_template_child (widget_class, SageDefinitionPage, graph);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_install_action (widget_class, "definition.reload", NULL, reload_action);
  gtk_widget_class_install_action (widget_class, "definition.put", NULL, put_action);
}

static void
sage_definition_page_init (SageDefinitionPage *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  adw_banner_set_use_markup (self->refused, FALSE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "definition.put", FALSE);
}
