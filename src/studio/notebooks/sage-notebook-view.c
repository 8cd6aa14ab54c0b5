/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-view"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-notebook-view-private.h"

#define COLUMN     900 /* pixels: what one can read without turning the head */
#define CAP        60  /* percent of the height that outputs may take */
#define KEPT_FLAGS (SAGE_CELL_ROW_EDITING | SAGE_CELL_ROW_OPEN)

typedef enum
{
  PROP_CURRENT = 1,
  PROP_IS_EDITING,
  PROP_FULL_WIDTH,
} SageNotebookViewProperty;

static GParamSpec *properties[PROP_FULL_WIDTH + 1];

enum
{
  SIGNAL_RUN,
  SIGNAL_COMMAND,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SageNotebookView, sage_notebook_view, ADW_TYPE_BIN)

/* --- Positions -------------------------------------------------------------------------------- */

/* The position of a cell; G_MAXUINT if it is not there any more. */
guint
sage_notebook_view_find (SageNotebookView *self,
                         SageCell         *cell)
{
  guint position;

  if (cell == NULL || sage_notebook_find_cell (self->notebook, sage_cell_get_id (cell), &position) != cell)
    return G_MAXUINT;

  return position;
}

/* The position of the current cell, or where it was. */
guint
sage_notebook_view_get_position (SageNotebookView *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->notebook));
  guint position = sage_notebook_view_find (self, self->current);

  if (position != G_MAXUINT)
    self->position = position;

  return MIN (self->position, MAX (n, 1) - 1);
}

static void
get_range (SageNotebookView *self,
           guint            *first,
           guint            *last)
{
  guint at = sage_notebook_view_get_position (self);
  guint end = sage_notebook_view_find (self, self->end);

  if (end == G_MAXUINT)
    end = at;
  *first = MIN (at, end);
  *last = MAX (at, end);
}

/* Returns: (transfer full) (array length=n): the positions of the selected cells, in order */
guint *
sage_notebook_view_dup_selected (SageNotebookView *self,
                                 guint            *n)
{
  guint first;
  guint last;
  guint *positions;

  get_range (self, &first, &last);
  *n = last - first + 1;
  positions = g_new (guint, *n);
  for (guint i = 0; i < *n; i++)
    positions[i] = first + i;

  return positions;
}

/* --- Rows ------------------------------------------------------------------------------------- */

static SageCellRowFlags
flags_of (SageNotebookView *self,
          SageCell         *cell)
{
  guint flags = GPOINTER_TO_UINT (g_hash_table_lookup (self->flags, cell));
  guint first;
  guint last;
  guint position;

  if (cell == self->current)
    flags |= SAGE_CELL_ROW_CURRENT;
  get_range (self, &first, &last);
  position = first != last ? sage_notebook_view_find (self, cell) : G_MAXUINT;
  if (first != last && position >= first && position <= last)
    flags |= SAGE_CELL_ROW_SELECTED;
  if (self->numbers)
    flags |= SAGE_CELL_ROW_NUMBERS;

  return flags;
}

static void
refresh_row_cb (GtkWidget *row,
                gpointer   data)
{
  SageCell *cell = sage_cell_row_get_cell (SAGE_CELL_ROW (row));

  sage_cell_row_set_flags (SAGE_CELL_ROW (row), flags_of (data, cell));
}

/* Has the rows show what is selected now. */
void
sage_notebook_view_refresh (SageNotebookView *self)
{
  sage_cell_list_foreach_row (self->list, refresh_row_cb, self);
}

void
sage_notebook_view_set_flag (SageNotebookView *self,
                             SageCell         *cell,
                             SageCellRowFlags  flag,
                             gboolean          is_set)
{
  guint flags = GPOINTER_TO_UINT (g_hash_table_lookup (self->flags, cell));

  flags = is_set ? flags | flag : flags & ~(guint) flag;
  if (flags != 0)
    g_hash_table_insert (self->flags, g_object_ref (cell), GUINT_TO_POINTER (flags));
  else
    g_hash_table_remove (self->flags, cell);
  sage_notebook_view_refresh (self);
}

SageCellRow *
sage_notebook_view_get_row (SageNotebookView *self,
                            guint             position)
{
  GtkWidget *row = sage_cell_list_get_row (self->list, position);

  return row != NULL ? SAGE_CELL_ROW (row) : NULL;
}

static void
set_current (SageNotebookView *self,
             SageCell         *cell)
{
  if (g_set_object (&self->current, cell))
    {
      sage_notebook_view_get_position (self);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CURRENT]);
    }
}

/* Selects from one cell to another, which becomes the current one. */
void
sage_notebook_view_select (SageNotebookView *self,
                           guint             first,
                           guint             last)
{
  SageCell *end = first != last ? sage_notebook_get_cell (self->notebook, first) : NULL;

  g_set_object (&self->end, end);
  set_current (self, sage_notebook_get_cell (self->notebook, last));
  sage_notebook_view_refresh (self);
}

/* Makes the cell at @position the current one, in sight and with the focus. */
void
sage_notebook_view_go_to (SageNotebookView *self,
                          guint             position,
                          gboolean          edit)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->notebook));
  GtkWidget *row;

  if (n == 0)
    return;

  position = MIN (position, n - 1);
  sage_notebook_view_select (self, position, position);
  row = sage_cell_list_reach_row (self->list, position);
  if (row == NULL)
    return;
  if (edit && !sage_notebook_is_read_only (self->notebook))
    sage_cell_row_focus_source (SAGE_CELL_ROW (row));
  else
    gtk_widget_grab_focus (row);
}

/* Back to command mode: a Markdown cell is shown as what it comes to. */
void
sage_notebook_view_stop_editing (SageNotebookView *self)
{
  SageCellRow *row = sage_notebook_view_get_row (self, sage_notebook_view_get_position (self));

  if (row != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (row));
}

/* --- What rows say ---------------------------------------------------------------------------- */

static void
focus_cb (SageNotebookView        *self,
          GtkEventControllerFocus *controller)
{
  SageCellRow *row = SAGE_CELL_ROW (gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (controller)));
  SageCell *cell = sage_cell_row_get_cell (row);

  if (cell != NULL && cell != self->current)
    {
      g_clear_object (&self->end);
      set_current (self, cell);
      sage_notebook_view_refresh (self);
    }
}

static void
editing_cb (SageNotebookView *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_EDITING]);
}

static void
chosen_cb (SageNotebookView *self,
           guint             state,
           SageCellRow      *row)
{
  guint position = sage_notebook_view_find (self, sage_cell_row_get_cell (row));
  guint anchor = sage_notebook_view_find (self, self->end);

  if (position == G_MAXUINT)
    return;
  if ((state & GDK_SHIFT_MASK) != 0 && self->current != NULL)
    {
      if (anchor == G_MAXUINT)
        anchor = sage_notebook_view_get_position (self);
      sage_notebook_view_select (self, anchor, position);
    }
  else
    sage_notebook_view_select (self, position, position);
  gtk_widget_grab_focus (GTK_WIDGET (row));
}

static void
command_cb (SageNotebookView *self,
            const char       *name,
            SageCellRow      *row)
{
  guint position = sage_notebook_view_find (self, sage_cell_row_get_cell (row));

  if (position == G_MAXUINT)
    return;
  sage_notebook_view_select (self, position, position);
  g_signal_emit (self, signals[SIGNAL_COMMAND], 0, name);
}

static void
changed_flags_cb (SageNotebookView *self,
                  SageCellRow      *row)
{
  SageCell *cell = sage_cell_row_get_cell (row);
  guint flags = sage_cell_row_get_flags (row) & KEPT_FLAGS;

  if (flags != 0)
    g_hash_table_insert (self->flags, g_object_ref (cell), GUINT_TO_POINTER (flags));
  else
    g_hash_table_remove (self->flags, cell);
}

static void
cursor_moved_cb (SageNotebookView *self,
                 SageCellRow      *row)
{
  double top;
  double height;

  if (sage_cell_row_get_cursor (row, &top, &height))
    sage_cell_list_show_rect (self->list, GTK_WIDGET (row), top, height);
}

/* The cell that ran with that count. */
static SageCell *
find_by_count (SageNotebookView *self,
               gint64            count)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->notebook)); i++)
    {
      SageCell *cell = sage_notebook_get_cell (self->notebook, i);

      if (sage_cell_get_execution_count (cell) == count)
        return cell;
    }

  return NULL;
}

static void
show_line (SageNotebookView *self,
           SageCell         *cell,
           int               line)
{
  SageCellBuffer *buffer = sage_notebook_document_get_buffer (self->document, cell);
  GtkTextIter start;
  GtkTextIter end;
  gsize offset;

  gtk_text_buffer_get_iter_at_line (GTK_TEXT_BUFFER (buffer), &start, MAX (line, 1) - 1);
  end = start;
  gtk_text_iter_forward_to_line_end (&end);
  offset = sage_cell_buffer_get_offset (buffer, &start);
  sage_notebook_view_show_range (self, cell, offset,
                                 sage_cell_buffer_get_offset (buffer, &end) - offset);
  sage_notebook_view_go_to (self, sage_notebook_view_find (self, cell), TRUE);
}

/* A place in a traceback was followed: in a cell, or in a file. */
static void
open_location_cb (SageNotebookView *self,
                  const char       *path,
                  int               line,
                  SageCellRow      *row)
{
  g_autoptr(GFile) folder = g_file_get_parent (sage_notebook_document_get_file (self->document));
  g_autoptr(GFile) file = NULL;
  g_autofree char *uri = NULL;
  SageCell *cell = NULL;
  GVariantDict state;

  if (g_str_equal (path, "cell"))
    cell = sage_cell_row_get_cell (row);
  else if (g_str_has_prefix (path, "In["))
    cell = find_by_count (self, g_ascii_strtoll (path + 3, NULL, 10));
  if (cell != NULL)
    {
      show_line (self, cell, line);
      return;
    }
  if (g_str_has_prefix (path, "In["))
    return;

  file = g_file_resolve_relative_path (folder, path);
  uri = g_file_get_uri (file);
  g_variant_dict_init (&state, NULL);
  g_variant_dict_insert (&state, "line", "i", MAX (line, 1) - 1);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.open-file", "(s@a{sv})", uri,
                              g_variant_dict_end (&state));
}

/* --- The list --------------------------------------------------------------------------------- */

static GtkWidget *
make_row (gpointer data)
{
  SageNotebookView *self = data;
  GtkWidget *row = sage_cell_row_new (self->document);
  GtkEventController *focus = gtk_event_controller_focus_new ();

  g_signal_connect_swapped (focus, "enter", G_CALLBACK (focus_cb), self);
  gtk_widget_add_controller (row, focus);
  g_signal_connect_swapped (row, "chosen", G_CALLBACK (chosen_cb), self);
  g_signal_connect_swapped (row, "command", G_CALLBACK (command_cb), self);
  g_signal_connect_swapped (row, "changed-flags", G_CALLBACK (changed_flags_cb), self);
  g_signal_connect_swapped (row, "cursor-moved", G_CALLBACK (cursor_moved_cb), self);
  g_signal_connect_swapped (row, "open-location", G_CALLBACK (open_location_cb), self);
  sage_notebook_view_add_drag (self, SAGE_CELL_ROW (row));

  return row;
}

static void
bind_row (GtkWidget *row,
          gpointer   item,
          gpointer   data)
{
  SageNotebookView *self = data;

  sage_cell_row_set_cap (SAGE_CELL_ROW (row), gtk_widget_get_height (GTK_WIDGET (self)) * CAP / 100);
  sage_cell_row_bind (SAGE_CELL_ROW (row), item, flags_of (self, item));
}

static void
unbind_row (GtkWidget *row,
            gpointer   data)
{
  sage_cell_row_unbind (SAGE_CELL_ROW (row));
}

static int
estimate_row (gpointer item,
              gpointer data)
{
  return sage_cell_row_estimate (item);
}

static void
set_cap_cb (GtkWidget *row,
            gpointer   data)
{
  sage_cell_row_set_cap (SAGE_CELL_ROW (row), GPOINTER_TO_INT (data));
}

static void
sage_notebook_view_size_allocate (GtkWidget *widget,
                                  int        width,
                                  int        height,
                                  int        baseline)
{
  SageNotebookView *self = SAGE_NOTEBOOK_VIEW (widget);

  sage_cell_list_foreach_row (self->list, set_cap_cb, GINT_TO_POINTER (height * CAP / 100));
  GTK_WIDGET_CLASS (sage_notebook_view_parent_class)->size_allocate (widget, width, height, baseline);
}

static void
sage_notebook_view_snapshot (GtkWidget   *widget,
                             GtkSnapshot *snapshot)
{
  SageNotebookView *self = SAGE_NOTEBOOK_VIEW (widget);
  g_autoptr(GdkRGBA) accent
    = adw_style_manager_get_accent_color_rgba (adw_style_manager_get_default ());

  GTK_WIDGET_CLASS (sage_notebook_view_parent_class)->snapshot (widget, snapshot);
  if (self->drop_line.height > 0)
    gtk_snapshot_append_color (snapshot, accent,
                               &GRAPHENE_RECT_INIT (self->drop_line.x, self->drop_line.y,
                                                    self->drop_line.width, self->drop_line.height));
}

/* The current cell was deleted: the one that is in its place now takes over. */
static void
items_changed_cb (SageNotebookView *self)
{
  if (self->current != NULL && sage_notebook_view_find (self, self->current) == G_MAXUINT
      && g_list_model_get_n_items (G_LIST_MODEL (self->notebook)) > 0)
    {
      gboolean focused = gtk_widget_get_focus_child (GTK_WIDGET (self)) != NULL;

      if (focused)
        sage_notebook_view_go_to (self, self->position, FALSE);
      else
        sage_notebook_view_select (self, sage_notebook_view_get_position (self),
                                   sage_notebook_view_get_position (self));
    }
}

/* --- The object ------------------------------------------------------------------------------- */

static void
sage_notebook_view_dispose (GObject *object)
{
  SageNotebookView *self = SAGE_NOTEBOOK_VIEW (object);

  if (self->list != NULL)
    sage_cell_list_set_model (self->list, NULL);
  self->list = NULL;
  adw_bin_set_child (ADW_BIN (self), NULL);
  g_clear_pointer (&self->flags, g_hash_table_unref);
  g_clear_pointer (&self->keys, g_free);
  g_clear_object (&self->current);
  g_clear_object (&self->end);
  g_clear_object (&self->notebook);
  g_clear_object (&self->document);

  G_OBJECT_CLASS (sage_notebook_view_parent_class)->dispose (object);
}

static void
sage_notebook_view_get_property (GObject    *object,
                                 guint       prop_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  SageNotebookView *self = SAGE_NOTEBOOK_VIEW (object);

  switch ((SageNotebookViewProperty) prop_id)
    {
    case PROP_CURRENT:
      g_value_set_object (value, self->current);
      break;
    case PROP_IS_EDITING:
      g_value_set_boolean (value, sage_notebook_view_is_editing (self));
      break;
    case PROP_FULL_WIDTH:
      g_value_set_boolean (value, self->full_width);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_notebook_view_set_property (GObject      *object,
                                 guint         prop_id,
                                 const GValue *value,
                                 GParamSpec   *pspec)
{
  SageNotebookView *self = SAGE_NOTEBOOK_VIEW (object);

  switch ((SageNotebookViewProperty) prop_id)
    {
    case PROP_FULL_WIDTH:
      if (self->full_width != g_value_get_boolean (value))
        {
          self->full_width = g_value_get_boolean (value);
          sage_cell_list_set_max_width (self->list, self->full_width ? 0 : COLUMN);
          g_object_notify_by_pspec (object, pspec);
        }
      break;
    case PROP_CURRENT:
    case PROP_IS_EDITING:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_notebook_view_class_init (SageNotebookViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = sage_notebook_view_dispose;
  object_class->get_property = sage_notebook_view_get_property;
  object_class->set_property = sage_notebook_view_set_property;
  GTK_WIDGET_CLASS (klass)->size_allocate = sage_notebook_view_size_allocate;
  GTK_WIDGET_CLASS (klass)->snapshot = sage_notebook_view_snapshot;

  properties[PROP_CURRENT] = g_param_spec_object ("current", NULL, NULL, SAGE_TYPE_CELL,
                                                  G_PARAM_READABLE | flags);
  properties[PROP_IS_EDITING] = g_param_spec_boolean ("is-editing", NULL, NULL, FALSE,
                                                      G_PARAM_READABLE | flags);
  properties[PROP_FULL_WIDTH] = g_param_spec_boolean ("full-width", NULL, NULL, FALSE,
                                                      G_PARAM_READWRITE | flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  signals[SIGNAL_RUN] = g_signal_new ("run", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                      NULL, NULL, G_TYPE_NONE, 1, G_TYPE_PTR_ARRAY);
  /* A button of a cell was pressed, which is the current one now. */
  signals[SIGNAL_COMMAND] = g_signal_new ("command", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
sage_notebook_view_init (SageNotebookView *self)
{
  static const SageCellListFunctions functions = { make_row, bind_row, unbind_row, estimate_row };
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->flags = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  self->list = SAGE_CELL_LIST (sage_cell_list_new (&functions, self));
  sage_cell_list_set_max_width (self->list, COLUMN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Cells"), -1);
  self->scroller = g_object_new (GTK_TYPE_SCROLLED_WINDOW, "child", self->list, "hscrollbar-policy",
                                 GTK_POLICY_NEVER, NULL);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->scroller));

  g_signal_connect_swapped (focus, "notify::contains-focus", G_CALLBACK (editing_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
  sage_notebook_view_add_keys (self);
  sage_notebook_view_add_drop (self);
}

/**
 * sage_notebook_view_new:
 * @document: a notebook that has been read
 *
 * Returns: (transfer floating): a view of it
 */
GtkWidget *
sage_notebook_view_new (SageNotebookDocument *document)
{
  SageNotebookView *self = g_object_new (SAGE_TYPE_NOTEBOOK_VIEW, NULL);

  self->document = g_object_ref (document);
  self->notebook = g_object_ref (sage_notebook_document_get_notebook (document));
  sage_cell_list_set_model (self->list, G_LIST_MODEL (self->notebook));
  g_signal_connect_object (self->notebook, "items-changed", G_CALLBACK (items_changed_cb), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  if (g_list_model_get_n_items (G_LIST_MODEL (self->notebook)) > 0)
    sage_notebook_view_select (self, 0, 0);

  return GTK_WIDGET (self);
}

SageCell *
sage_notebook_view_get_current (SageNotebookView *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK_VIEW (self), NULL);

  return self->current;
}

/**
 * sage_notebook_view_is_editing:
 * @self: a view
 *
 * Returns: whether keys write into a cell
 */
gboolean
sage_notebook_view_is_editing (SageNotebookView *self)
{
  SageCellRow *row;

  g_return_val_if_fail (SAGE_IS_NOTEBOOK_VIEW (self), FALSE);

  row = sage_notebook_view_get_row (self, sage_notebook_view_get_position (self));

  return row != NULL && sage_cell_row_is_in_source (row);
}

/**
 * sage_notebook_view_show_cell:
 * @self: a view
 * @cell: one of the notebook
 *
 * Brings it into sight and makes it the current one; the focus stays where it is.
 */
void
sage_notebook_view_show_cell (SageNotebookView *self,
                              SageCell         *cell)
{
  guint position;

  g_return_if_fail (SAGE_IS_NOTEBOOK_VIEW (self));

  position = sage_notebook_view_find (self, cell);
  if (position != G_MAXUINT)
    {
      sage_notebook_view_select (self, position, position);
      sage_cell_list_reach_row (self->list, position);
    }
}

/**
 * sage_notebook_view_show_range:
 * @self: a view
 * @cell: one of the notebook
 * @offset: in its source, in bytes
 * @length: likewise
 *
 * Brings a part of a source into sight and selects it; the focus stays where it is.
 */
void
sage_notebook_view_show_range (SageNotebookView *self,
                               SageCell         *cell,
                               gsize             offset,
                               gsize             length)
{
  SageCellBuffer *buffer = sage_notebook_document_get_buffer (self->document, cell);
  SageCellRow *row;
  GtkTextIter start;
  GtkTextIter end;

  sage_cell_set_folded (cell, FALSE);
  if (sage_cell_get_kind (cell) == SAGE_CELL_MARKDOWN)
    sage_notebook_view_set_flag (self, cell, SAGE_CELL_ROW_EDITING, TRUE);
  sage_notebook_view_show_cell (self, cell);
  sage_cell_buffer_get_iter (buffer, offset, &start);
  sage_cell_buffer_get_iter (buffer, offset + length, &end);
  gtk_text_buffer_select_range (GTK_TEXT_BUFFER (buffer), &start, &end);
  row = sage_notebook_view_get_row (self, sage_notebook_view_find (self, cell));
  if (row != NULL)
    cursor_moved_cb (self, row);
}

/* Gives the focus to the current cell. */
void
sage_notebook_view_grab_focus (SageNotebookView *self)
{
  g_return_if_fail (SAGE_IS_NOTEBOOK_VIEW (self));

  sage_notebook_view_go_to (self, sage_notebook_view_get_position (self), FALSE);
}

/**
 * sage_notebook_view_save_state:
 * @self: a view
 *
 * Returns: (transfer full) (floating): where it is, as an `a{sv}`
 */
GVariant *
sage_notebook_view_save_state (SageNotebookView *self)
{
  GVariantDict dict;
  guint position;
  double offset;

  g_return_val_if_fail (SAGE_IS_NOTEBOOK_VIEW (self), NULL);

  sage_cell_list_get_place (self->list, &position, &offset);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "place", "(ud)", position, offset);
  g_variant_dict_insert (&dict, "current", "u", sage_notebook_view_get_position (self));
  g_variant_dict_insert (&dict, "full-width", "b", self->full_width);
  g_variant_dict_insert (&dict, "line-numbers", "b", self->numbers);

  return g_variant_dict_end (&dict);
}

void
sage_notebook_view_restore_state (SageNotebookView *self,
                                  GVariant         *state)
{
  g_auto(GVariantDict) dict = { 0 };
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->notebook));
  guint position;
  double offset;
  gboolean is_set;
  guint64 start;
  guint64 length;

  g_return_if_fail (SAGE_IS_NOTEBOOK_VIEW (self));

  g_variant_dict_init (&dict, state);
  if (g_variant_dict_lookup (&dict, "line-numbers", "b", &is_set))
    self->numbers = is_set;
  if (g_variant_dict_lookup (&dict, "full-width", "b", &is_set))
    g_object_set (self, "full-width", is_set, NULL);
  if (g_variant_dict_lookup (&dict, "current", "u", &position) && position < n)
    {
      SageCell *cell = sage_notebook_get_cell (self->notebook, position);

      sage_notebook_view_select (self, position, position);
      if (!g_variant_dict_lookup (&dict, "range", "(tt)", &start, &length))
        sage_notebook_view_show_cell (self, cell);
      else if (start + length <= strlen (sage_cell_get_source (cell)))
        sage_notebook_view_show_range (self, cell, (gsize) start, (gsize) length);
    }
  if (g_variant_dict_lookup (&dict, "place", "(ud)", &position, &offset))
    sage_cell_list_set_place (self->list, position, offset);
}
