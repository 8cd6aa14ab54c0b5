/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-sidebar"

#include "config.h"

#include <string.h>

#include "sage-file-tree.h"
#include "sage-recent-row.h"
#include "sage-recent.h"
#include "sage-section-row.h"
#include "sage-sidebar.h"

#define MAX_RECENT 5 /* of a section */

struct _SageSidebar
{
  AdwBin          parent_instance;

  GSettings      *settings;   /* (owned) (nullable) */
  SageConnection *connection; /* (owned) (nullable) */
  char           *location;   /* (owned) (nullable): what the current tab shows */

  GtkListBox     *sections;
  GtkWidget      *project_box;
  SageFileTree   *files;
};

G_DEFINE_FINAL_TYPE (SageSidebar, sage_sidebar, ADW_TYPE_BIN)

static const char *
location_of (GtkListBoxRow *row)
{
  return SAGE_IS_RECENT_ROW (row) ? sage_recent_row_get_location (SAGE_RECENT_ROW (row))
                                  : sage_section_row_get_location (SAGE_SECTION_ROW (row));
}

static void
row_activated_cb (SageSidebar   *self,
                  GtkListBoxRow *row)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.open", "s", location_of (row));
}

static GtkListBoxRow *
row_at (SageSidebar *self,
        double       y)
{
  return gtk_list_box_get_row_at_y (self->sections, (int) y);
}

/* Middle click and Ctrl+click open a tab of their own. */
static void
pressed_cb (SageSidebar     *self,
            int              n_press,
            double           x,
            double           y,
            GtkGestureClick *click)
{
  guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (click));
  GdkModifierType state
    = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (click));
  GtkListBoxRow *row = row_at (self, y);

  if (row == NULL
      || !(button == GDK_BUTTON_MIDDLE
           || (button == GDK_BUTTON_PRIMARY && (state & GDK_CONTROL_MASK) != 0)))
    return;

  gtk_gesture_set_state (GTK_GESTURE (click), GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.open-new-tab", "s", location_of (row));
}

/* --- Recent items ----------------------------------------------------------------------------- */

/* Which section a location is in. */
static const char *
section_of (const char *location)
{
  static const struct
  {
    const char *prefix;
    const char *section;
  } table[] = {
    { "pipeline", "pipelines" }, { "model", "models" }, { "endpoint", "endpoints" },
    { "training-job", "jobs" }, { "processing-job", "jobs" }, { "new-job", "jobs" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (g_str_has_prefix (location, table[i].prefix))
      return table[i].section;

  return location;
}

/* Marks what the current tab shows, or else its section. */
static void
update_selection (SageSidebar *self)
{
  const char *location = self->location != NULL ? self->location : "";
  GtkListBoxRow *chosen = NULL;
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->sections, i)) != NULL; i++)
    if (strcmp (location_of (row), location) == 0
        || (chosen == NULL && strcmp (location_of (row), section_of (location)) == 0))
      chosen = row;

  gtk_list_box_unselect_all (self->sections);
  if (chosen != NULL)
    gtk_list_box_select_row (self->sections, chosen);
}

/* Puts the recent items of the section at @index under it if it is unfolded; returns how many rows that
 * is. Rows that are there and hidden would be in GTK's way when it looks for the one under the pointer. */
static int
fill_section (SageSidebar  *self,
              int           index,
              char        **recent)
{
  SageSectionRow *section = SAGE_SECTION_ROW (gtk_list_box_get_row_at_index (self->sections, index));
  gboolean expanded = sage_section_row_get_expanded (section);
  int n = 0;

  for (; *recent != NULL && n < MAX_RECENT; recent++)
    if (strcmp (section_of (*recent), sage_section_row_get_location (section)) == 0)
      {
        n++;
        if (expanded)
          gtk_list_box_insert (self->sections, sage_recent_row_new (self->connection, *recent),
                               index + n);
      }
  sage_section_row_set_expandable (section, n > 0);

  return expanded ? n : 0;
}

static void
update_recent (SageSidebar *self)
{
  g_auto(GStrv) recent = NULL;
  GtkListBoxRow *row;

  if (self->settings == NULL || self->connection == NULL)
    return;

  recent = sage_recent_list (self->settings,
                             sage_profile_get_id (sage_connection_get_profile (self->connection)));
  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->sections, i)) != NULL;)
    if (SAGE_IS_RECENT_ROW (row))
      gtk_list_box_remove (self->sections, GTK_WIDGET (row));
    else
      i++;
  for (int i = 0; gtk_list_box_get_row_at_index (self->sections, i) != NULL; i++)
    i += fill_section (self, i, recent);
  update_selection (self);
}

/* What is deleted is not offered any more. */
static void
event_cb (SageSidebar  *self,
          SageResource *resource)
{
  g_autofree char *location = NULL;

  if (self->settings == NULL || !sage_resource_get_deleted (resource))
    return;

  location = sage_resource_dup_location (resource);
  sage_recent_remove (self->settings,
                      sage_profile_get_id (sage_connection_get_profile (self->connection)), location);
}

static void
expanded_cb (SageSidebar *self)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_auto(GStrv) expanded = NULL;
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->sections, i)) != NULL; i++)
    if (SAGE_IS_SECTION_ROW (row) && sage_section_row_get_expanded (SAGE_SECTION_ROW (row)))
      g_strv_builder_add (builder, location_of (row));
  expanded = g_strv_builder_end (builder);
  if (self->settings != NULL)
    g_settings_set_strv (self->settings, "expanded-sections", (const char * const *) expanded);
  update_recent (self);
}

static void
forget_connection (SageSidebar *self)
{
  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  g_clear_object (&self->connection);
}

/* --- The sidebar ------------------------------------------------------------------------------ */

static void
sage_sidebar_dispose (GObject *object)
{
  SageSidebar *self = SAGE_SIDEBAR (object);

  forget_connection (self);
  if (self->settings != NULL)
    g_signal_handlers_disconnect_by_data (self->settings, self);
  g_clear_object (&self->settings);
  gtk_widget_dispose_template (GTK_WIDGET (object), SAGE_TYPE_SIDEBAR);
  g_clear_pointer (&self->location, g_free);

  G_OBJECT_CLASS (sage_sidebar_parent_class)->dispose (object);
}

static void
sage_sidebar_class_init (SageSidebarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sage_sidebar_dispose;

  g_type_ensure (SAGE_TYPE_FILE_TREE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/sagebrush/Studio/ui/shell/sage-sidebar.ui");
  gtk_widget_class_bind_template_child (widget_class, SageSidebar, sections);
  gtk_widget_class_bind_template_child (widget_class, SageSidebar, project_box);
  gtk_widget_class_bind_template_child (widget_class, SageSidebar, files);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
}

static void
sage_sidebar_init (SageSidebar *self)
{
  static const char * const locations[] = { "home", "pipelines", "models", "endpoints", "jobs" };
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  for (gsize i = 0; i < G_N_ELEMENTS (locations); i++)
    {
      GtkWidget *row = sage_section_row_new (locations[i]);

      g_signal_connect_object (row, "notify::expanded", G_CALLBACK (expanded_cb), self,
                               G_CONNECT_SWAPPED);
      gtk_list_box_append (self->sections, row);
    }

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), 0);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (click), GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->sections), GTK_EVENT_CONTROLLER (click));
}

/**
 * sage_sidebar_set_settings:
 * @self: the sidebar
 * @settings: what was opened lately, and which sections are unfolded
 */
void
sage_sidebar_set_settings (SageSidebar *self,
                           GSettings   *settings)
{
  g_auto(GStrv) expanded = NULL;
  GtkListBoxRow *row;

  g_return_if_fail (SAGE_IS_SIDEBAR (self) && self->settings == NULL);
  g_return_if_fail (G_IS_SETTINGS (settings));

  expanded = g_settings_get_strv (settings, "expanded-sections");
  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->sections, i)) != NULL; i++)
    sage_section_row_set_expanded (SAGE_SECTION_ROW (row),
                                   g_strv_contains ((const char * const *) expanded,
                                                    location_of (row)));
  self->settings = g_object_ref (settings);
  g_signal_connect_swapped (settings, "changed::recent", G_CALLBACK (update_recent), self);
  update_recent (self);
}

/**
 * sage_sidebar_set_connection:
 * @self: the sidebar
 * @connection: (nullable): the engine whose sections count
 */
void
sage_sidebar_set_connection (SageSidebar    *self,
                             SageConnection *connection)
{
  GtkListBoxRow *row;

  g_return_if_fail (SAGE_IS_SIDEBAR (self));

  forget_connection (self);
  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->sections, i)) != NULL; i++)
    if (SAGE_IS_SECTION_ROW (row))
      sage_section_row_set_connection (SAGE_SECTION_ROW (row), connection);
  if (connection == NULL)
    return;

  self->connection = g_object_ref (connection);
  g_signal_connect_swapped (connection, "event", G_CALLBACK (event_cb), self);
  update_recent (self);
}

/**
 * sage_sidebar_set_project:
 * @self: the sidebar
 * @folder: (nullable): the folder whose files to show
 */
void
sage_sidebar_set_project (SageSidebar *self,
                          GFile       *folder)
{
  g_return_if_fail (SAGE_IS_SIDEBAR (self));

  sage_file_tree_set_folder (self->files, folder);
  gtk_widget_set_visible (self->project_box, folder != NULL);
}

/**
 * sage_sidebar_set_location:
 * @self: the sidebar
 * @location: (nullable): what the current tab shows
 */
void
sage_sidebar_set_location (SageSidebar *self,
                           const char  *location)
{
  g_return_if_fail (SAGE_IS_SIDEBAR (self));

  if (g_set_str (&self->location, location))
    update_selection (self);
}
