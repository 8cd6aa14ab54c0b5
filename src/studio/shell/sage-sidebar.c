/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-sidebar"

#include "config.h"

#include <string.h>

#include "sage-file-tree.h"
#include "sage-section-row.h"
#include "sage-sidebar.h"

struct _SageSidebar
{
  AdwBin        parent_instance;

  GtkListBox   *sections;
  GtkWidget    *project_box;
  SageFileTree *files;
};

G_DEFINE_FINAL_TYPE (SageSidebar, sage_sidebar, ADW_TYPE_BIN)

static void
row_activated_cb (SageSidebar   *self,
                  GtkListBoxRow *row)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.open", "s",
                              sage_section_row_get_location (SAGE_SECTION_ROW (row)));
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
  gtk_widget_activate_action (GTK_WIDGET (self), "win.open-new-tab", "s",
                              sage_section_row_get_location (SAGE_SECTION_ROW (row)));
}

static void
sage_sidebar_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SAGE_TYPE_SIDEBAR);

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
    gtk_list_box_append (self->sections, sage_section_row_new (locations[i]));

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), 0);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (click), GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->sections), GTK_EVENT_CONTROLLER (click));
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

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->sections, i)) != NULL; i++)
    sage_section_row_set_connection (SAGE_SECTION_ROW (row), connection);
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

/* Which section a location is in, for the row to look chosen. */
static const char *
section_of (const char *location)
{
  static const struct
  {
    const char *prefix;
    const char *section;
  } table[] = {
    { "pipeline", "pipelines" }, { "model", "models" }, { "endpoint", "endpoints" },
    { "training-job", "jobs" }, { "processing-job", "jobs" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (g_str_has_prefix (location, table[i].prefix))
      return table[i].section;

  return location;
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
  const char *section = location != NULL ? section_of (location) : "";
  GtkListBoxRow *row;

  g_return_if_fail (SAGE_IS_SIDEBAR (self));

  gtk_list_box_unselect_all (self->sections);
  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->sections, i)) != NULL; i++)
    if (strcmp (sage_section_row_get_location (SAGE_SECTION_ROW (row)), section) == 0)
      gtk_list_box_select_row (self->sections, row);
}
