/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-compare-page"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-compare-page.h"
#include "sage-error.h"
#include "sage-file-location.h"
#include "sage-file-moves.h"
#include "sage-shortcut-table.h"

#define CALM_MS 200 /* after a change in the editor, in which more of them come */
#define KEY_ITEM "sage-item"

typedef struct
{
  GFile              *file;        /* (owned) */
  SageCompareSide     side;
  GListStore         *items;       /* (owned): of what the kind of files has */
  GtkSingleSelection *selection;   /* (owned) */
  GCancellable       *cancellable; /* (owned) (nullable): of a read under way */
  guint               later;       /* source */
  gboolean            is_narrow;

  GtkLabel           *file_name;
  GtkLabel           *counts;
  GtkWidget          *previous;
  GtkWidget          *next;
  GtkLabel           *old_name;
  GtkWidget          *sides;
  GtkStack           *stack;
  AdwStatusPage      *error;
  AdwStatusPage      *empty;
  GtkListView        *list;
} SageComparePagePrivate;

typedef enum {
  PROP_IS_NARROW = 1,
} SageComparePageProperty;

static GParamSpec *properties[PROP_IS_NARROW + 1];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (SageComparePage, sage_compare_page, SAGE_TYPE_PAGE)

#define PRIVATE(self) ((SageComparePagePrivate *) sage_compare_page_get_instance_private (self))

/* Returns: (transfer none): the file that is compared */
GFile *
sage_compare_page_get_file (SageComparePage *self)
{
  g_return_val_if_fail (SAGE_IS_COMPARE_PAGE (self), NULL);

  return PRIVATE (self)->file;
}

/* Returns: with what it is compared */
SageCompareSide
sage_compare_page_get_side (SageComparePage *self)
{
  g_return_val_if_fail (SAGE_IS_COMPARE_PAGE (self), SAGE_COMPARE_DISK);

  return PRIVATE (self)->side;
}

/* --- What differs ----------------------------------------------------------------------------- */

static void
append_count (GString    *text,
              guint       n,
              const char *words)
{
  if (n > 0)
    g_string_append_printf (text, "%s%u %s", text->len > 0 ? " · " : "", n, words);
}

/**
 * sage_compare_page_count:
 *
 * Returns: (transfer full): "2 changed · 1 added"
 */
char *
sage_compare_page_count (guint n_changed,
                         guint n_added,
                         guint n_removed,
                         guint n_moved)
{
  GString *text = g_string_new (NULL);

  /* Translators: behind a number of cells, or of places in a text */
  append_count (text, n_changed, ngettext ("changed", "changed", n_changed));
  append_count (text, n_added, ngettext ("added", "added", n_added));
  append_count (text, n_removed, ngettext ("removed", "removed", n_removed));
  append_count (text, n_moved, ngettext ("moved", "moved", n_moved));

  return g_string_free_and_steal (text);
}

static void
set_list_shown (SageComparePage *self,
                gboolean         is_shown)
{
  SageComparePagePrivate *priv = PRIVATE (self);

  gtk_widget_set_visible (priv->sides, is_shown && !priv->is_narrow);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "document.next-difference", is_shown);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "document.previous-difference", is_shown);
}

/**
 * sage_compare_page_show:
 * @items: (element-type GObject): the rows
 * @counts: how much differs
 *
 * Shows the rows; the one that was chosen stays about where it was.
 */
void
sage_compare_page_show (SageComparePage *self,
                        GPtrArray       *items,
                        const char      *counts)
{
  SageComparePagePrivate *priv = PRIVATE (self);
  guint chosen = gtk_single_selection_get_selected (priv->selection);
  gboolean has_focus = gtk_widget_get_focus_child (GTK_WIDGET (priv->list)) != NULL;

  g_return_if_fail (items->len > 0);

  g_list_store_splice (priv->items, 0, g_list_model_get_n_items (G_LIST_MODEL (priv->items)), items->pdata,
                       items->len);
  gtk_label_set_text (priv->counts, counts);
  set_list_shown (self, TRUE);
  gtk_stack_set_visible_child_name (priv->stack, "list");
  if (has_focus)
    gtk_list_view_scroll_to (priv->list, chosen < items->len ? chosen : items->len - 1,
                             GTK_LIST_SCROLL_SELECT | GTK_LIST_SCROLL_FOCUS, NULL);
}

static void
show_page (SageComparePage *self,
           const char      *name)
{
  SageComparePagePrivate *priv = PRIVATE (self);

  g_list_store_remove_all (priv->items);
  gtk_label_set_text (priv->counts, "");
  set_list_shown (self, FALSE);
  gtk_stack_set_visible_child_name (priv->stack, name);
}

/**
 * sage_compare_page_show_same:
 * @text: what there is to say of it
 *
 * Shows that nothing differs.
 */
void
sage_compare_page_show_same (SageComparePage *self,
                             const char      *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_status_page_set_description (PRIVATE (self)->empty, escaped);
  show_page (self, "empty");
}

/**
 * sage_compare_page_fail:
 * @side: the version that cannot be read
 * @error: why
 *
 * Shows that there is nothing to compare.
 */
void
sage_compare_page_fail (SageComparePage *self,
                        SageCompareSide  side,
                        const GError    *error)
{
  SageComparePagePrivate *priv = PRIVATE (self);
  const char *syntax_title = SAGE_COMPARE_PAGE_GET_CLASS (self)->syntax_title;
  const char *title = _("Nothing to compare with");
  g_autofree char *text = NULL;
  g_autofree char *escaped = NULL;

  if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_TOO_LARGE))
    {
      title = _("Too large to be compared");
      text = g_strdup (_("There is more of it than could be shown here."));
    }
  else if (syntax_title != NULL && g_error_matches (error, SAGE_ERROR, SAGE_ERROR_SYNTAX))
    {
      title = _(syntax_title);
      text = g_strdup (_("Only text can be compared line by line."));
    }
  else
    text = sage_compare_source_explain (side, error);

  escaped = g_markup_escape_text (text, -1);
  adw_status_page_set_title (priv->error, title);
  adw_status_page_set_description (priv->error, escaped);
  show_page (self, "error");
}

/**
 * sage_compare_page_replace:
 * @item: a row
 * @items: (element-type GObject): those to show in its place
 *
 * Unfolds a row.
 */
void
sage_compare_page_replace (SageComparePage *self,
                           GObject         *item,
                           GPtrArray       *items)
{
  SageComparePagePrivate *priv = PRIVATE (self);
  guint position;

  if (g_list_store_find (priv->items, item, &position))
    g_list_store_splice (priv->items, position, 1, items->pdata, items->len);
}

static void
compare_later_cb (gpointer user_data)
{
  SageComparePage *self = user_data;

  PRIVATE (self)->later = 0;
  SAGE_COMPARE_PAGE_GET_CLASS (self)->compare (self);
}

/**
 * sage_compare_page_queue:
 *
 * What is edited has changed: compares in a moment, once for all that changes until then.
 */
void
sage_compare_page_queue (SageComparePage *self)
{
  SageComparePagePrivate *priv = PRIVATE (self);

  if (priv->later == 0)
    priv->later = g_timeout_add_once (CALM_MS, compare_later_cb, self);
}

/* --- The other version ------------------------------------------------------------------------ */

static void
read_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(SageComparePage) self = user_data;
  g_autoptr(GError) error = NULL;
  gpointer other = sage_compare_source_read_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (other == NULL)
    {
      sage_compare_page_fail (self, PRIVATE (self)->side, error);
      return;
    }

  SAGE_COMPARE_PAGE_GET_CLASS (self)->take_other (self, other);
  SAGE_COMPARE_PAGE_GET_CLASS (self)->compare (self);
}

/**
 * sage_compare_page_read:
 *
 * Reads the other version, and compares then.
 */
void
sage_compare_page_read (SageComparePage *self)
{
  SageComparePagePrivate *priv = PRIVATE (self);

  g_cancellable_cancel (priv->cancellable);
  g_clear_object (&priv->cancellable);
  priv->cancellable = g_cancellable_new ();
  sage_compare_source_read_async (priv->file, priv->side, SAGE_COMPARE_PAGE_GET_CLASS (self)->form,
                                  priv->cancellable, read_cb, g_object_ref (self));
}

static void
again_action (GtkWidget  *widget,
              const char *action_name,
              GVariant   *parameter)
{
  SageComparePage *self = SAGE_COMPARE_PAGE (widget);
  SageComparePageClass *klass = SAGE_COMPARE_PAGE_GET_CLASS (self);

  if (!klass->again (self))
    sage_compare_page_read (self);
}

/* --- Going through it ------------------------------------------------------------------------- */

static gboolean
is_change (SageComparePage *self,
           guint            position)
{
  g_autoptr(GObject) item = g_list_model_get_item (G_LIST_MODEL (PRIVATE (self)->items), position);

  return SAGE_COMPARE_PAGE_GET_CLASS (self)->is_change (self, item);
}

/* From the last difference on to the first, and back. */
static void
step_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  SageComparePage *self = SAGE_COMPARE_PAGE (widget);
  SageComparePagePrivate *priv = PRIVATE (self);
  gboolean forward = g_str_equal (action_name, "document.next-difference");
  guint n = g_list_model_get_n_items (G_LIST_MODEL (priv->items));
  guint chosen = gtk_single_selection_get_selected (priv->selection);
  guint at = chosen != GTK_INVALID_LIST_POSITION ? chosen : forward ? n - 1 : 0;

  for (guint i = 0; i < n; i++)
    {
      at = forward ? (at + 1) % n : (at + n - 1) % n;
      if (is_change (self, at))
        {
          gtk_list_view_scroll_to (priv->list, at, GTK_LIST_SCROLL_SELECT | GTK_LIST_SCROLL_FOCUS, NULL);
          gtk_widget_grab_focus (GTK_WIDGET (priv->list));
          return;
        }
    }
}

static void
undo_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  SageComparePage *self = SAGE_COMPARE_PAGE (widget);

  SAGE_COMPARE_PAGE_GET_CLASS (self)->undo (self, g_str_equal (action_name, "document.redo-revert"));
}

/* --- Rows ------------------------------------------------------------------------------------- */

/**
 * sage_compare_page_saved:
 * @self: the page
 * @saving: (transfer full): its saving, which ends with this
 * @error: (transfer full) (nullable): why nothing was saved
 *
 * Says how a save went.
 */
void
sage_compare_page_saved (SageComparePage *self,
                         GTask           *saving,
                         GError          *error)
{
  g_autoptr(GTask) task = saving;
  GtkWidget *widget = GTK_WIDGET (self);

  if (error == NULL)
    {
      sage_announce (widget, _("Saved"));
      g_task_return_boolean (task, TRUE);
      return;
    }

  if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_CONFLICT))
    sage_toast (widget, _("Another program has changed the file. Open it to decide what is to stay"));
  else
    sage_toast_error (widget, _("Could not save the file"), error);
  g_task_return_error (task, error);
}

static gboolean
sage_compare_page_save_finish (SagePage      *page,
                               GAsyncResult  *result,
                               GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * sage_compare_page_make_button:
 * @item: the row that it is for
 *
 * Returns: (transfer floating): a button; sage_compare_page_get_item() tells its row
 */
GtkWidget *
sage_compare_page_make_button (GObject    *item,
                               const char *label,
                               const char *tip,
                               GCallback   callback)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_set_tooltip_text (button, tip);
  gtk_widget_add_css_class (button, "flat");
  g_object_set_data_full (G_OBJECT (button), KEY_ITEM, g_object_ref (item), g_object_unref);
  g_signal_connect (button, "clicked", callback, NULL);

  return button;
}

/* Returns: (transfer none): the row that a button is for */
GObject *
sage_compare_page_get_item (GtkWidget *button)
{
  return g_object_get_data (G_OBJECT (button), KEY_ITEM);
}

static void
setup_cb (SageComparePage *self,
          GtkListItem     *item)
{
  gtk_list_item_set_child (item, adw_bin_new ());
  gtk_list_item_set_activatable (item, FALSE);
}

static void
bind_cb (SageComparePage *self,
         GtkListItem     *list_item)
{
  g_autofree char *name = NULL;
  GtkWidget *row;

  row = SAGE_COMPARE_PAGE_GET_CLASS (self)->make_row (self, gtk_list_item_get_item (list_item), &name);
  gtk_list_item_set_accessible_label (list_item, name);
  adw_bin_set_child (ADW_BIN (gtk_list_item_get_child (list_item)), row);
}

static void
unbind_cb (SageComparePage *self,
           GtkListItem     *item)
{
  adw_bin_set_child (ADW_BIN (gtk_list_item_get_child (item)), NULL);
}

/* --- The page --------------------------------------------------------------------------------- */

static void
set_narrow (SageComparePage *self,
            gboolean         is_narrow)
{
  PRIVATE (self)->is_narrow = is_narrow;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_NARROW]);
}

static void
narrowed_cb (SageComparePage *self)
{
  set_narrow (self, TRUE);
}

static void
widened_cb (SageComparePage *self)
{
  set_narrow (self, FALSE);
}

static void
sage_compare_page_get_property (GObject    *object,
                                guint       prop_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  SageComparePage *self = SAGE_COMPARE_PAGE (object);

  switch ((SageComparePageProperty) prop_id)
    {
    case PROP_IS_NARROW:
      g_value_set_boolean (value, PRIVATE (self)->is_narrow);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

/* A list that is not in sight would take the focus, and each key with it. */
static GtkWidget *
sage_compare_page_get_default_focus (SagePage *page)
{
  GtkWidget *list = GTK_WIDGET (PRIVATE (SAGE_COMPARE_PAGE (page))->list);

  return gtk_widget_get_mapped (list) ? list : NULL;
}

/* Says which file it is. */
static void
update_names (SageComparePage *self)
{
  SageComparePagePrivate *priv = PRIVATE (self);
  g_autofree char *base = g_file_get_basename (priv->file);
  g_autofree char *name = sage_file_name_to_show (base);
  g_autofree char *title = NULL;

  /* Translators: the title of a tab; %s is the name of a file */
  title = g_strdup_printf (priv->side == SAGE_COMPARE_HEAD ? _("%s and the last commit")
                                                           : _("%s and the file on disk"), name);
  sage_page_set_title (SAGE_PAGE (self), title);
  gtk_label_set_text (priv->file_name, name);
}

static void
moved_cb (SageComparePage *self,
          GFile           *from,
          GFile           *to)
{
  SageComparePagePrivate *priv = PRIVATE (self);
  g_autoptr(GFile) file = priv->file != NULL ? sage_file_moves_follow (priv->file, from, to) : NULL;
  g_autofree char *location = NULL;

  if (file == NULL)
    return;

  g_set_object (&priv->file, file);
  location = sage_file_location_new (priv->side == SAGE_COMPARE_HEAD ? "compare-head" : "compare-disk", file);
  sage_page_set_location (SAGE_PAGE (self), location);
  update_names (self);
  if (priv->cancellable != NULL) /* what is being read may have gone from under it */
    sage_compare_page_read (self);
}

static void
sage_compare_page_constructed (GObject *object)
{
  SageComparePage *self = SAGE_COMPARE_PAGE (object);
  SageComparePagePrivate *priv = PRIVATE (self);
  const char *location = sage_page_get_location (SAGE_PAGE (self));

  G_OBJECT_CLASS (sage_compare_page_parent_class)->constructed (object);

  priv->file = sage_file_location_parse (location);
  priv->side = g_str_has_prefix (location, "compare-head/") ? SAGE_COMPARE_HEAD : SAGE_COMPARE_DISK;
  update_names (self);
  g_signal_connect_object (sage_file_moves_get (), "moved", G_CALLBACK (moved_cb), self,
                           G_CONNECT_SWAPPED);
  sage_page_set_icon_name (SAGE_PAGE (self), "view-dual-symbolic");
  gtk_label_set_text (priv->old_name, priv->side == SAGE_COMPARE_HEAD ? _("In the last commit") : _("On disk"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (priv->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _(SAGE_COMPARE_PAGE_GET_CLASS (self)->list_name), -1);
  set_list_shown (self, FALSE);
}

static void
sage_compare_page_dispose (GObject *object)
{
  SageComparePagePrivate *priv = PRIVATE (SAGE_COMPARE_PAGE (object));

  g_cancellable_cancel (priv->cancellable);
  g_clear_object (&priv->cancellable);
  g_clear_handle_id (&priv->later, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (object), SAGE_TYPE_COMPARE_PAGE);
  g_clear_object (&priv->selection);
  g_clear_object (&priv->items);
  g_clear_object (&priv->file);

  G_OBJECT_CLASS (sage_compare_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/sagebrush/Studio/ui/compare/sage-compare-page.ui");
  gtk_widget_class_bind_template_child_private (widget_class, SageComparePage, file_name);
  gtk_widget_class_bind_template_child_private (widget_class, SageComparePage, counts);
  gtk_widget_class_bind_template_child_private (widget_class, SageComparePage, previous);
  gtk_widget_class_bind_template_child_private (widget_class, SageComparePage, next);
  gtk_widget_class_bind_template_child_private (widget_class, SageComparePage, old_name);
  gtk_widget_class_bind_template_child_private (widget_class, SageComparePage, sides);
  gtk_widget_class_bind_template_child_private (widget_class, SageComparePage, stack);
  gtk_widget_class_bind_template_child_private (widget_class, SageComparePage, error);
  gtk_widget_class_bind_template_child_private (widget_class, SageComparePage, empty);
  gtk_widget_class_bind_template_child_private (widget_class, SageComparePage, list);
  gtk_widget_class_bind_template_callback (widget_class, narrowed_cb);
  gtk_widget_class_bind_template_callback (widget_class, widened_cb);
  gtk_widget_class_bind_template_callback (widget_class, setup_cb);
  gtk_widget_class_bind_template_callback (widget_class, bind_cb);
  gtk_widget_class_bind_template_callback (widget_class, unbind_cb);
}

static void
sage_compare_page_class_init (SageComparePageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = sage_compare_page_constructed;
  object_class->dispose = sage_compare_page_dispose;
  object_class->get_property = sage_compare_page_get_property;
  SAGE_PAGE_CLASS (klass)->get_default_focus = sage_compare_page_get_default_focus;
  SAGE_PAGE_CLASS (klass)->save_finish = sage_compare_page_save_finish;

  properties[PROP_IS_NARROW] = g_param_spec_boolean ("is-narrow", NULL, NULL, FALSE,
                                                     G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                                                     G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "document.compare-again", NULL, again_action);
  gtk_widget_class_install_action (widget_class, "document.next-difference", NULL, step_action);
  gtk_widget_class_install_action (widget_class, "document.previous-difference", NULL, step_action);
  gtk_widget_class_install_action (widget_class, "document.undo-revert", NULL, undo_action);
  gtk_widget_class_install_action (widget_class, "document.redo-revert", NULL, undo_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_z, GDK_CONTROL_MASK, "document.undo-revert", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_z, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "document.redo-revert", NULL);
}

static void
sage_compare_page_init (SageComparePage *self)
{
  SageComparePagePrivate *priv = PRIVATE (self);

  priv->items = g_list_store_new (G_TYPE_OBJECT);
  gtk_widget_init_template (GTK_WIDGET (self));
  priv->selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (priv->items)));
  gtk_single_selection_set_autoselect (priv->selection, FALSE);
  gtk_single_selection_set_can_unselect (priv->selection, TRUE);
  gtk_single_selection_set_selected (priv->selection, GTK_INVALID_LIST_POSITION);
  gtk_list_view_set_model (priv->list, GTK_SELECTION_MODEL (priv->selection));
  sage_shortcut_set_tooltip (priv->previous, "win.previous-difference");
  sage_shortcut_set_tooltip (priv->next, "win.next-difference");
}
