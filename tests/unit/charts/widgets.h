/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include <string.h>

/* What the tests of widgets share: a window, waiting with a deadline, keys, the text of what is
 * drawn. */

static inline gboolean
on_deadline (gpointer deadline)
{
  *(gboolean *) deadline = TRUE;

  return G_SOURCE_REMOVE;
}

/* Runs the main loop until @condition holds. */
#define wait_until(condition)                                            \
  G_STMT_START {                                                         \
    gboolean deadline_ = FALSE;                                          \
    guint id_ = g_timeout_add_seconds (20, on_deadline, &deadline_);     \
                                                                         \
    while (!(condition) && !deadline_)                                   \
      g_main_context_iteration (NULL, TRUE);                             \
    g_assert_false (deadline_);                                          \
    g_source_remove (id_);                                               \
  } G_STMT_END

static inline gboolean
on_tick (GtkWidget     *widget,
         GdkFrameClock *clock,
         gpointer       frames)
{
  (*(guint *) frames)++;

  return G_SOURCE_CONTINUE;
}

/* Lets @n_frames frames pass. */
static inline void
wait_frames (GtkWidget *widget,
             guint      n_frames)
{
  guint frames = 0;
  guint id = gtk_widget_add_tick_callback (widget, on_tick, &frames, NULL);

  wait_until (frames > n_frames);
  gtk_widget_remove_tick_callback (widget, id);
}

/* Shows a widget in a window of its own. */
static inline GtkWidget *
show_in_window (GtkWidget *child,
                int        width,
                int        height)
{
  GtkWidget *window = gtk_window_new ();

  gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  gtk_window_set_child (GTK_WINDOW (window), child);
  gtk_window_present (GTK_WINDOW (window));
  wait_until (gtk_widget_get_mapped (child) && gtk_widget_get_width (child) > 0);
  wait_frames (window, 2);

  return window;
}

/* Returns what a widget draws once a frame has passed, as text; (transfer full). */
static inline char *
draw_to_text (GtkWidget *widget)
{
  g_autoptr(GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  g_autoptr(GBytes) bytes = NULL;
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  GskRenderNode *node;

  wait_frames (widget, 1);
  gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (widget),
                          gtk_widget_get_height (widget));
  node = gtk_snapshot_free_to_node (snapshot);
  if (node == NULL)
    return g_strdup ("");
  bytes = gsk_render_node_serialize (node);
  gsk_render_node_unref (node);

  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static inline guint
count_in (const char *text,
          const char *part)
{
  guint count = 0;

  for (const char *p = strstr (text, part); p != NULL; p = strstr (p + 1, part))
    count++;

  return count;
}

/* Does what a key is bound to on a widget itself. Returns whether it is, and was taken. */
static inline gboolean
press (GtkWidget       *widget,
       guint            keyval,
       GdkModifierType  modifiers)
{
  g_autoptr(GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr(GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (!GTK_IS_SHORTCUT_CONTROLLER (controller))
        continue;
      for (guint j = 0; j < g_list_model_get_n_items (G_LIST_MODEL (controller)); j++)
        {
          g_autoptr(GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), j);
          GtkShortcutTrigger *trigger = gtk_shortcut_get_trigger (shortcut);

          if (GTK_IS_KEYVAL_TRIGGER (trigger) &&
              gtk_keyval_trigger_get_keyval (GTK_KEYVAL_TRIGGER (trigger)) == keyval &&
              gtk_keyval_trigger_get_modifiers (GTK_KEYVAL_TRIGGER (trigger)) == modifiers)
            return gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut), 0, widget,
                                                 gtk_shortcut_get_arguments (shortcut));
        }
    }

  return FALSE;
}

static inline void
on_announce (GObject    *chart,
             const char *text,
             gpointer    user_data)
{
  g_object_set_data_full (chart, "announced", g_strdup (text), g_free);
}

/* Keeps what a chart says, see announced(). */
static inline void
listen_to (gpointer chart)
{
  g_signal_connect (chart, "announce", G_CALLBACK (on_announce), NULL);
}

static inline const char *
announced (gpointer chart)
{
  return g_object_get_data (chart, "announced");
}

/* Returns a widget's controller of a type; of gestures the one for @button, if not 0. */
static inline GtkEventController *
find_controller (GtkWidget *widget,
                 GType      type,
                 guint      button)
{
  g_autoptr(GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr(GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (G_TYPE_CHECK_INSTANCE_TYPE (controller, type) &&
          (button == 0 ||
           gtk_gesture_single_get_button (GTK_GESTURE_SINGLE (controller)) == button))
        return controller; /* the widget holds it */
    }
  g_assert_not_reached ();
}

/* Adds all widgets of a type below @root to @found, from the first to the last. */
static inline void
find_all (GtkWidget *root,
          GType      type,
          GPtrArray *found)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (root, type))
    g_ptr_array_add (found, root);
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    find_all (child, type, found);
}

static inline GtkWidget *
find_first (GtkWidget *root,
            GType      type)
{
  g_autoptr(GPtrArray) found = g_ptr_array_new ();

  find_all (root, type, found);
  g_assert_cmpuint (found->len, >, 0);

  return found->pdata[0];
}

/* Ends a window and lets go of what it held. */
static inline void
close_window (GtkWidget *window)
{
  gtk_window_destroy (GTK_WINDOW (window));
  while (g_main_context_iteration (NULL, FALSE))
    ;
}
