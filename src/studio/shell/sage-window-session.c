/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-window-session"

#include "config.h"

#include "sage-file-location.h"
#include "sage-notebook-recovery.h"
#include "sage-text-recovery.h"
#include "sage-window-private.h"

#define FORMAT_FRAME "(uuua(smv))" /* column, row, index of the tab in sight; location, state */
#define FORMAT_FRAMES "a" FORMAT_FRAME

/* --- Saving ----------------------------------------------------------------------------------- */

typedef struct
{
  GVariantBuilder frames;
  GVariantDict    labels;
} Save;

/* What has changes that are not saved is to be there at once, with the copy that was kept of them. */
static void
save_label (Save    *save,
            SageTab *tab)
{
  const char *title = panel_widget_get_title (PANEL_WIDGET (tab));
  const char *icon = panel_widget_get_icon_name (PANEL_WIDGET (tab));

  if (title != NULL && !panel_widget_get_modified (PANEL_WIDGET (tab)))
    g_variant_dict_insert (&save->labels, sage_tab_get_location (tab), "(ss)", title,
                           icon != NULL ? icon : "");
}

static void
save_frame_cb (PanelFrame *frame,
               gpointer    user_data)
{
  Save *save = user_data;
  g_autoptr(PanelPosition) position = panel_frame_get_position (frame);
  PanelWidget *shown = panel_frame_get_visible_child (frame);
  guint visible = 0;
  guint n = 0;
  GVariantBuilder tabs;

  g_variant_builder_init (&tabs, G_VARIANT_TYPE ("a(smv)"));
  for (guint i = 0; i < panel_frame_get_n_pages (frame); i++)
    {
      PanelWidget *page = panel_frame_get_page (frame, i);
      g_autoptr(GVariant) state = NULL;

      if (!SAGE_IS_TAB (page))
        continue;
      if (page == shown)
        visible = n;
      n++;
      state = sage_tab_save_state (SAGE_TAB (page));
      save_label (save, SAGE_TAB (page));
      g_variant_builder_add (&tabs, "(s@mv)", sage_tab_get_location (SAGE_TAB (page)),
                             g_variant_new_maybe (G_VARIANT_TYPE_VARIANT,
                                                  state != NULL ? g_variant_new_variant (state)
                                                                : NULL));
    }

  g_variant_builder_add (&save->frames, "(uuu@a(smv))", panel_position_get_column (position),
                         panel_position_get_row (position), visible,
                         g_variant_builder_end (&tabs));
}

/* Keeps the tabs, panes and what they show for the next window on this connection. */
void
sage_window_save_session (SageWindow *self)
{
  g_autoptr(GVariant) old = NULL;
  Save save;
  GVariantDict sessions;
  GVariantDict session;

  if (self->connection == NULL)
    return;

  g_variant_builder_init (&save.frames, G_VARIANT_TYPE (FORMAT_FRAMES));
  g_variant_dict_init (&save.labels, NULL);
  panel_grid_foreach_frame (self->grid, save_frame_cb, &save);

  g_variant_dict_init (&session, NULL);
  g_variant_dict_insert_value (&session, "frames", g_variant_builder_end (&save.frames));
  g_variant_dict_insert_value (&session, "labels", g_variant_dict_end (&save.labels));
  if (!adw_overlay_split_view_get_collapsed (self->sidebar_split))
    {
      g_variant_dict_insert (&session, "sidebar", "b",
                             adw_overlay_split_view_get_show_sidebar (self->sidebar_split));
      g_variant_dict_insert (&session, "inspector", "b",
                             adw_overlay_split_view_get_show_sidebar (self->inspector_split));
    }
  g_variant_dict_insert (&session, "panel", "b", panel_dock_get_reveal_bottom (self->dock));
  if (self->project != NULL)
    {
      g_autofree char *uri = g_file_get_uri (self->project);

      g_variant_dict_insert (&session, "project", "s", uri);
    }

  old = g_settings_get_value (self->settings, "sessions");
  g_variant_dict_init (&sessions, old);
  g_variant_dict_insert_value (&sessions,
                               sage_profile_get_id (sage_connection_get_profile (self->connection)),
                               g_variant_dict_end (&session));
  g_settings_set_value (self->settings, "sessions", g_variant_dict_end (&sessions));
}

/* --- Restoring -------------------------------------------------------------------------------- */

/* What was saved may be of another version, or have been edited: nothing in it is trusted. */
#define MAX_COLUMNS 8
#define MAX_ROWS 8

/* Whether a process that died left something of that document that had not been saved. */
static gboolean
has_recovery (const char *location)
{
  gboolean notebook = g_str_has_prefix (location, "notebook/");
  g_autoptr(GFile) file = NULL;
  g_autoptr(GPtrArray) copies = NULL;
  g_autofree char *path = NULL;

  if (!notebook && !g_str_has_prefix (location, "file/"))
    return FALSE;

  file = sage_file_location_parse (location);
  if (!notebook)
    return sage_text_recovery_exists (file);

  path = g_file_get_path (file);
  copies = sage_notebook_recovery_list ();
  for (guint i = 0; i < copies->len; i++)
    if (g_strcmp0 (((SageRecoveredNotebook *) copies->pdata[i])->path, path) == 0)
      return TRUE;

  return FALSE;
}

/* A page that is out of sight is made when it is shown first; the changes that a document kept are not
 * left until then. */
static SageTab *
restore_tab (SageWindow   *self,
             const char   *location,
             GVariant     *state,
             gboolean      in_sight,
             GVariantDict *labels)
{
  const char *title;
  const char *icon;

  if (!in_sight && g_variant_dict_lookup (labels, location, "(&s&s)", &title, &icon)
      && !has_recovery (location))
    return sage_tab_new_later (self->connection, location, state, title,
                               icon[0] != '\0' ? icon : NULL);

  return sage_tab_new (self->connection, location, state);
}

/* The one in sight comes first: what comes first is shown, and made, at once. */
static void
add_tabs (PanelFrame *frame,
          GPtrArray  *tabs,
          guint       visible)
{
  PanelWidget *shown = visible < tabs->len ? tabs->pdata[visible] : NULL;

  if (shown != NULL)
    panel_frame_add (frame, shown);
  for (guint i = 0; i < tabs->len; i++)
    if (tabs->pdata[i] == NULL || i == visible)
      continue;
    else if (i < visible && shown != NULL)
      panel_frame_add_before (frame, tabs->pdata[i], shown);
    else
      panel_frame_add (frame, tabs->pdata[i]);
  if (shown != NULL)
    panel_frame_set_visible_child (frame, shown);
}

static guint
restore_frame (SageWindow   *self,
               guint         column,
               guint         row,
               guint         visible,
               GVariantIter *saved,
               GVariantDict *labels)
{
  g_autoptr(GPtrArray) tabs = g_ptr_array_new ();
  PanelFrame *frame;
  const char *location;
  GVariant *state;
  guint n = 0;

  if (column >= MAX_COLUMNS || row >= MAX_ROWS || g_variant_iter_n_children (saved) == 0)
    return 0;

  while (panel_grid_get_n_columns (self->grid) <= column)
    panel_grid_insert_column (self->grid, panel_grid_get_n_columns (self->grid));
  frame = panel_grid_column_get_row (panel_grid_get_column (self->grid, column), row);

  while (g_variant_iter_next (saved, "(&smv)", &location, &state))
    {
      g_autoptr(GVariant) owned = state;
      SageTab *tab = restore_tab (self, location, state, tabs->len == visible, labels);

      n += tab != NULL;
      g_ptr_array_add (tabs, tab);
    }
  add_tabs (frame, tabs, visible);

  return n;
}

static void
restore_panes (SageWindow   *self,
               GVariantDict *session)
{
  const char *project = NULL;
  gboolean show;

  if (g_variant_dict_lookup (session, "sidebar", "b", &show))
    adw_overlay_split_view_set_show_sidebar (self->sidebar_split, show);
  if (g_variant_dict_lookup (session, "inspector", "b", &show))
    adw_overlay_split_view_set_show_sidebar (self->inspector_split, show);
  if (g_variant_dict_lookup (session, "panel", "b", &show))
    panel_dock_set_reveal_bottom (self->dock, show);
  if (self->project == NULL && g_variant_dict_lookup (session, "project", "&s", &project))
    {
      g_autoptr(GFile) folder = g_file_new_for_uri (project);

      if (g_file_query_exists (folder, NULL))
        sage_window_set_project (self, folder);
    }
}

/* Returns: whether anything came back */
gboolean
sage_window_restore_session (SageWindow *self)
{
  g_autoptr(GVariant) sessions = g_settings_get_value (self->settings, "sessions");
  g_autoptr(GVariant) saved = NULL;
  g_autoptr(GVariant) frames = NULL;
  g_autoptr(GVariant) saved_labels = NULL;
  g_auto(GVariantDict) session = { 0 };
  g_auto(GVariantDict) labels = { 0 };
  GVariantIter iter;
  GVariantIter *tabs;
  guint column;
  guint row;
  guint visible;
  guint n = 0;

  saved = g_variant_lookup_value (sessions,
                                  sage_profile_get_id (sage_connection_get_profile (self->connection)),
                                  G_VARIANT_TYPE_VARDICT);
  if (saved == NULL)
    return FALSE;

  g_variant_dict_init (&session, saved);
  restore_panes (self, &session);
  frames = g_variant_dict_lookup_value (&session, "frames", G_VARIANT_TYPE (FORMAT_FRAMES));
  if (frames == NULL)
    return FALSE;

  saved_labels = g_variant_dict_lookup_value (&session, "labels", G_VARIANT_TYPE_VARDICT);
  g_variant_dict_init (&labels, saved_labels);
  g_variant_iter_init (&iter, frames);
  while (g_variant_iter_next (&iter, FORMAT_FRAME, &column, &row, &visible, &tabs))
    {
      n += restore_frame (self, column, row, visible, tabs, &labels);
      g_variant_iter_free (tabs);
    }
  sage_window_update_current (self);

  return n > 0;
}
