/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-palette"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-action-state.h"
#include "sage-file-location.h"
#include "sage-editor-page.h"
#include "sage-notebook-page.h"
#include "sage-page.h"
#include "sage-palette.h"
#include "sage-palette-search.h"

#define MAX_FILES 2000
#define MAX_DEPTH 5

#define SAGE_TYPE_PALETTE (sage_palette_get_type ())

G_DECLARE_FINAL_TYPE (SagePalette, sage_palette, SAGE, PALETTE, AdwDialog)

/* Reaches every command and everything that has a name, from the keyboard alone. */
struct _SagePalette
{
  AdwDialog           parent_instance;

  SageWindow         *window;    /* (nullable) (weak) */
  SagePaletteSearch  *search;    /* (owned) */
  GtkSingleSelection *selection; /* (owned) */

  GtkSearchEntry     *entry;
  GtkStack           *stack;
  GtkListView        *list;
};

G_DEFINE_FINAL_TYPE (SagePalette, sage_palette, ADW_TYPE_DIALOG)

/* --- What it offers --------------------------------------------------------------------------- */

/* The page in sight, if @action is one of its kind of page. Returns: (transfer none) (nullable) */
static GtkWidget *
find_page (SagePalette *self,
           const char  *action)
{
  SageTab *tab = sage_window_get_current_tab (self->window);
  SagePage *page = tab != NULL ? sage_tab_get_page (tab) : NULL;

  if ((g_str_has_prefix (action, "notebook.") && SAGE_IS_NOTEBOOK_PAGE (page))
      || (g_str_has_prefix (action, "document.") && SAGE_IS_EDITOR_PAGE (page)))
    return GTK_WIDGET (page);

  return NULL;
}

/* Whether what stands for @shortcut can be done now. */
static gboolean
can_do (SagePalette        *self,
        const SageShortcut *shortcut)
{
  GtkWidget *widget = sage_shortcut_is_of_page (shortcut) ? find_page (self, shortcut->action)
                                                          : GTK_WIDGET (self->window);

  return widget != NULL && sage_action_is_enabled (widget, shortcut->action);
}

static void
add_commands (SagePalette *self,
              gboolean     places_only)
{
  const SageShortcut *table;
  guint n;

  table = sage_shortcut_table (&n);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr(SagePaletteItem) item = NULL;

      if ((places_only && !g_str_has_prefix (table[i].action, "win.open::"))
          || strcmp (table[i].action, "win.palette") == 0 || table[i].title == NULL
          || g_str_has_prefix (table[i].action, "win.tab(")
          || !can_do (self, &table[i]))
        continue;
      item = sage_palette_item_for_shortcut (&table[i]);
      sage_palette_search_add_item (self->search, item);
    }
}

static void
add_profiles (SagePalette *self)
{
  GListModel *profiles = sage_connections_get_profiles (sage_window_get_connections (self->window));

  for (guint i = 0; i < g_list_model_get_n_items (profiles); i++)
    {
      g_autoptr(SageProfile) profile = g_list_model_get_item (profiles, i);
      g_autoptr(SagePaletteItem) item = NULL;
      g_autofree char *title = g_strdup_printf (_("Connect to %s"),
                                                sage_profile_get_name (profile));

      item = sage_palette_item_new (title, _("Connection"), "network-server-symbolic",
                                    "win.connect",
                                    g_variant_new_string (sage_profile_get_id (profile)));
      sage_palette_search_add_item (self->search, item);
    }
}

static void
add_resources (SagePalette *self)
{
  static const SageKind kinds[] = {
    SAGE_KIND_PIPELINE, SAGE_KIND_PACKAGE_GROUP, SAGE_KIND_ENDPOINT, SAGE_KIND_EXECUTION,
    SAGE_KIND_PACKAGE, SAGE_KIND_TRAINING_JOB, SAGE_KIND_PROCESSING_JOB,
  };
  SageConnection *connection = sage_window_get_connection (self->window);

  for (gsize i = 0; connection != NULL && i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr(SageResourceList) list = sage_connection_get_list (connection, kinds[i], NULL);

      sage_palette_search_add_list (self->search, G_LIST_MODEL (list));
    }
}

/* Files of the project, those near its top first; a large one has more than anybody looks through. */
static void
add_folder (SagePalette *self,
            const char  *folder,
            const char  *prefix,
            guint        depth,
            guint       *left)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr(GPtrArray) folders = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (dir != NULL && *left > 0 && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *shown = g_filename_display_name (name);
      g_autofree char *title = g_strconcat (prefix, shown, NULL);
      g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);
      g_autoptr(SagePaletteItem) item = NULL;

      if (name[0] == '.' || strcmp (name, "__pycache__") == 0 || strcmp (name, "node_modules") == 0)
        continue;
      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        {
          if (depth < MAX_DEPTH && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
            g_ptr_array_add (folders, g_strdup (name));
          continue;
        }
      if (!sage_file_is_text (name))
        continue;
      (*left)--;
      item = sage_palette_item_new (title, _("File"), "text-x-generic-symbolic", "win.open-file",
                                    g_variant_new ("(s@a{sv})", uri,
                                                   g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL,
                                                                        0)));
      sage_palette_search_add_item (self->search, item);
    }

  for (guint i = 0; i < folders->len; i++)
    {
      g_autofree char *path = g_build_filename (folder, folders->pdata[i], NULL);
      g_autofree char *shown = g_filename_display_name (folders->pdata[i]);
      g_autofree char *inner = g_strconcat (prefix, shown, "/", NULL);

      add_folder (self, path, inner, depth + 1, left);
    }
}

static void
add_files (SagePalette *self)
{
  GFile *project = sage_window_get_project (self->window);
  g_autofree char *path = project != NULL ? g_file_get_path (project) : NULL;
  guint left = MAX_FILES;

  if (path != NULL)
    add_folder (self, path, "", 0, &left);
}

/* --- Choosing --------------------------------------------------------------------------------- */

static void
choose (SagePalette *self)
{
  SagePaletteItem *item = gtk_single_selection_get_selected_item (self->selection);
  g_autoptr(SagePaletteItem) chosen = item != NULL ? g_object_ref (item) : NULL;
  SageWindow *window = self->window;
  GtkWidget *page;

  if (chosen == NULL || window == NULL)
    return;

  page = find_page (self, sage_palette_item_get_action (chosen));
  adw_dialog_close (ADW_DIALOG (self));
  sage_palette_item_activate (chosen, page != NULL ? page : GTK_WIDGET (window));
}

static void
activate_cb (SagePalette *self)
{
  choose (self);
}

static void
row_activate_cb (SagePalette *self,
                 guint        position)
{
  gtk_single_selection_set_selected (self->selection, position);
  choose (self);
}

static void
stop_cb (SagePalette *self)
{
  adw_dialog_close (ADW_DIALOG (self));
}

/* Other results, or more of those that are there. */
static void
results_cb (SagePalette *self,
            guint        position,
            guint        removed,
            guint        added,
            GListModel  *model)
{
  guint n = g_list_model_get_n_items (model);

  if (position > 0)
    return;

  gtk_stack_set_visible_child_name (self->stack, n > 0 ? "results" : "none");
  if (n > 0)
    {
      gtk_single_selection_set_selected (self->selection, 0);
      gtk_list_view_scroll_to (self->list, 0, GTK_LIST_SCROLL_NONE, NULL);
    }
}

static void
search_changed_cb (SagePalette *self)
{
  sage_palette_search_set_text (self->search, gtk_editable_get_text (GTK_EDITABLE (self->entry)));
}

/* The arrows move the choice while one types. */
static gboolean
key_cb (SagePalette     *self,
        guint            key,
        guint            code,
        GdkModifierType  state)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->selection));
  guint at = gtk_single_selection_get_selected (self->selection);
  gint64 to;

  if (n == 0)
    return GDK_EVENT_PROPAGATE;

  if (key == GDK_KEY_Down)
    to = (gint64) at + 1;
  else if (key == GDK_KEY_Up)
    to = (gint64) at - 1;
  else if (key == GDK_KEY_Page_Down)
    to = (gint64) at + 8;
  else if (key == GDK_KEY_Page_Up)
    to = (gint64) at - 8;
  else
    return GDK_EVENT_PROPAGATE;

  to = CLAMP (to, 0, (gint64) n - 1);
  gtk_list_view_scroll_to (self->list, (guint) to, GTK_LIST_SCROLL_SELECT, NULL);
  {
    SagePaletteItem *item = gtk_single_selection_get_selected_item (self->selection);

    sage_announce (GTK_WIDGET (self), sage_palette_item_get_title (item));
  }

  return GDK_EVENT_STOP;
}

/* --- Rows ------------------------------------------------------------------------------------- */

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *title = gtk_label_new (NULL);
  GtkWidget *detail = gtk_label_new (NULL);
  GtkWidget *keys = gtk_label_new (NULL);

  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_widget_set_hexpand (title, TRUE);
  gtk_widget_add_css_class (detail, "dim-label");
  gtk_widget_add_css_class (detail, "caption");
  gtk_widget_add_css_class (keys, "dim-label");
  gtk_box_append (GTK_BOX (box), gtk_image_new ());
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), detail);
  gtk_box_append (GTK_BOX (box), keys);
  gtk_list_item_set_child (item, box);
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *list_item)
{
  SagePaletteItem *item = gtk_list_item_get_item (list_item);
  GtkWidget *icon = gtk_widget_get_first_child (gtk_list_item_get_child (list_item));
  GtkWidget *title = gtk_widget_get_next_sibling (icon);
  GtkWidget *detail = gtk_widget_get_next_sibling (title);
  GtkWidget *keys = gtk_widget_get_next_sibling (detail);
  const char *words = sage_palette_item_get_keys (item);

  gtk_image_set_from_icon_name (GTK_IMAGE (icon), sage_palette_item_get_icon_name (item));
  gtk_label_set_text (GTK_LABEL (title), sage_palette_item_get_title (item));
  gtk_label_set_text (GTK_LABEL (detail), sage_palette_item_get_detail (item));
  gtk_label_set_text (GTK_LABEL (keys), words);
  gtk_widget_set_visible (keys, words != NULL);
  gtk_list_item_set_accessible_label (list_item, sage_palette_item_get_title (item));
  gtk_list_item_set_accessible_description (list_item, sage_palette_item_get_detail (item));
}

/* --- The dialog ------------------------------------------------------------------------------- */

static void
sage_palette_dispose (GObject *object)
{
  SagePalette *self = SAGE_PALETTE (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_PALETTE);
  g_clear_object (&self->selection);
  g_clear_object (&self->search);
  g_clear_weak_pointer (&self->window);

  G_OBJECT_CLASS (sage_palette_parent_class)->dispose (object);
}

static void
sage_palette_class_init (SagePaletteClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sage_palette_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/sagebrush/Studio/ui/shell/sage-palette.ui");
  gtk_widget_class_bind_template_child (widget_class, SagePalette, entry);
  gtk_widget_class_bind_template_child (widget_class, SagePalette, stack);
  gtk_widget_class_bind_template_child (widget_class, SagePalette, list);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_cb);
}

static void
sage_palette_init (SagePalette *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  self->search = sage_palette_search_new ();
  self->selection
    = gtk_single_selection_new (g_object_ref (sage_palette_search_get_results (self->search)));
  g_signal_connect_object (self->selection, "items-changed", G_CALLBACK (results_cb), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
  gtk_list_view_set_factory (self->list, factory);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->selection));
  g_object_unref (factory);

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->entry), keys);
}

/**
 * sage_palette_present:
 * @window: the window to do it in
 * @commands: whether commands are offered too, or only what can be opened
 *
 * Opens the palette over @window.
 */
void
sage_palette_present (SageWindow *window,
                      gboolean    commands)
{
  SagePalette *self = g_object_new (SAGE_TYPE_PALETTE, NULL);

  g_set_weak_pointer (&self->window, window);
  add_commands (self, !commands);
  if (commands)
    add_profiles (self);
  add_files (self);
  add_resources (self);
  if (!commands)
    {
      adw_dialog_set_title (ADW_DIALOG (self), _("Open anything"));
      gtk_search_entry_set_placeholder_text (self->entry, _("Pages, jobs, models, files…"));
    }
  sage_palette_search_set_text (self->search, "");
  adw_dialog_present (ADW_DIALOG (self), GTK_WIDGET (window));
}
