/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-index-page"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-index-page-private.h"
#include "sage-state-chip.h"
#include "sage-words.h"

/*
 * The cells of SageIndexPage. Views recycle them: whatever bind connects to a row, unbind takes back.
 * A cell is as few widgets as it can be, because a view makes some 200 rows of them.
 */

#define MAX_TEXT 256    /* characters of a line that is cut anyway: layout takes time for each */
#define FLASH_MS 1000   /* as long as the animation in the style sheet */

static GQuark
cell_quark (void)
{
  return g_quark_from_static_string ("sage-index-cell");
}

/* What would begin another line, steer the terminal of old, or turn the rest of a name around. */
static gboolean
is_unfit (gunichar c)
{
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029
         || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

/* Returns: (transfer full): @text, which may be anything, as one line of a length that is fit to be
 * shown; its middle is left out if it is long, for both ends tell names apart */
static char *
dup_line (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *line = g_string_new (NULL);
  glong length = g_utf8_strlen (valid, -1);
  glong index = 0;

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p), index++)
    {
      gunichar c = g_utf8_get_char (p);

      if (length > MAX_TEXT && index == MAX_TEXT / 2)
        {
          g_string_append (line, "…");
          p = g_utf8_offset_to_pointer (p, length - MAX_TEXT);
          c = g_utf8_get_char (p);
        }
      g_string_append_unichar (line, c == '\n' || c == '\t' ? ' ' : is_unfit (c) ? 0xfffd : c);
    }

  return g_string_free_and_steal (line);
}

static gboolean
is_plain_line (const char *text)
{
  for (guint i = 0; i <= MAX_TEXT; i++)
    if (text[i] == '\0')
      return TRUE;
    else if (!g_ascii_isprint (text[i]))
      return FALSE;

  return FALSE;
}

static void
show_line (GtkWidget  *widget,
           const char *text)
{
  g_autofree char *line = NULL;

  if (text == NULL)
    text = "";
  if (!is_plain_line (text))
    text = line = dup_line (text);

  if (GTK_IS_INSCRIPTION (widget))
    gtk_inscription_set_text (GTK_INSCRIPTION (widget), text);
  else
    gtk_label_set_text (GTK_LABEL (widget), text);
}

/* The view's widget of the row that the cell is in. */
static GtkWidget *
find_row_widget (SageIndexCell *cell)
{
  GtkWidget *parent = gtk_widget_get_parent (cell->root);

  return parent != NULL ? gtk_widget_get_parent (parent) : NULL;
}

static void
stop_flash (SageIndexCell *cell)
{
  GtkWidget *row = find_row_widget (cell);

  g_clear_handle_id (&cell->flash, g_source_remove);
  if (row != NULL)
    gtk_widget_remove_css_class (row, "changed");
}

static gboolean
stop_flash_cb (gpointer user_data)
{
  SageIndexCell *cell = user_data;

  cell->flash = 0;
  stop_flash (cell);

  return G_SOURCE_REMOVE;
}

/* Lights the row up once, softly; more changes meanwhile do not make it flicker. */
static void
flash (SageIndexCell *cell)
{
  GtkWidget *row = find_row_widget (cell);

  if (cell->flash != 0 || row == NULL || !gtk_widget_get_mapped (row))
    return;

  gtk_widget_add_css_class (row, "changed");
  cell->flash = g_timeout_add (FLASH_MS, stop_flash_cb, cell);
}

static const SageColumn *
column_info (SageIndexCell *cell)
{
  return cell->column->info;
}

static gboolean
is_narrow_cell (SageIndexCell *cell)
{
  return cell->column == sage_index_page_private (cell->column->page)->narrow;
}

/* The words for a time or a duration: they change as time goes by. */
void
sage_index_cell_refresh_time (SageIndexCell *cell)
{
  g_autofree char *text = NULL;
  double seconds;

  if (cell->row == NULL || cell->text == NULL)
    return;

  if (column_info (cell) == NULL)
    text = sage_words_time (sage_resource_get_created (cell->row));
  else if (column_info (cell)->kind == SAGE_COLUMN_TIME)
    text = sage_words_time (sage_index_column_time (cell->column, cell->row));
  else if (column_info (cell)->kind == SAGE_COLUMN_DURATION)
    {
      seconds = sage_index_column_time (cell->column, cell->row);
      if (seconds >= 0 && sage_resource_get_ended (cell->row) <= 0)
        seconds = (gint64) seconds; /* tenths of a second that runs are noise */
      text = sage_words_duration (seconds);
    }
  else
    return;

  gtk_inscription_set_text (GTK_INSCRIPTION (cell->text), text);
}

static void
update_cell (SageIndexCell *cell)
{
  if (cell->icon != NULL)
    gtk_image_set_from_icon_name (GTK_IMAGE (cell->icon),
                                  sage_words_kind_icon (sage_resource_get_kind (cell->row)));
  if (cell->title != NULL)
    show_line (cell->title, sage_resource_get_title (cell->row));
  if (column_info (cell) != NULL && column_info (cell)->kind == SAGE_COLUMN_TEXT)
    {
      g_autofree char *text = sage_index_column_text (cell->column, cell->row);

      show_line (cell->text, text);
    }

  sage_index_cell_refresh_time (cell);
}

static void
row_notify_cb (SageResource  *row,
               GParamSpec    *pspec,
               SageIndexCell *cell)
{
  SageIndexPagePrivate *priv = sage_index_page_private (cell->column->page);

  update_cell (cell);

  /* One cell of each row speaks for it. */
  if (cell->title != NULL && gtk_column_view_column_get_visible (cell->column->column))
    {
      if (strcmp (pspec->name, "status") == 0 || strcmp (pspec->name, "approval") == 0)
        flash (cell);
      sage_index_model_row_changed (priv->model, row);
    }
}

static void
check_toggled_cb (GtkCheckButton *check,
                  SageIndexCell  *cell)
{
  SageIndexPagePrivate *priv = sage_index_page_private (cell->column->page);
  GtkSelectionModel *model = GTK_SELECTION_MODEL (priv->model);
  guint position = gtk_column_view_cell_get_position (cell->cell);

  if (cell->row == NULL || position == GTK_INVALID_LIST_POSITION)
    return;

  if (!gtk_check_button_get_active (check))
    gtk_selection_model_unselect_item (model, position);
  else if (!gtk_selection_model_is_selected (model, position))
    gtk_selection_model_select_item (model, position, FALSE);
}

static gboolean
query_time_tooltip_cb (GtkWidget     *widget,
                       int            x,
                       int            y,
                       gboolean       keyboard,
                       GtkTooltip    *tooltip,
                       SageIndexCell *cell)
{
  g_autofree char *text = NULL;
  double time;

  if (cell->row == NULL)
    return FALSE;

  time = column_info (cell) != NULL ? sage_index_column_time (cell->column, cell->row)
                                    : sage_resource_get_created (cell->row);
  text = sage_words_exact_time (time);
  gtk_tooltip_set_text (tooltip, text);

  return text[0] != '\0';
}

/* Shows what did not fit, where something did not. */
static gboolean
query_text_tooltip_cb (GtkWidget     *widget,
                       int            x,
                       int            y,
                       gboolean       keyboard,
                       GtkTooltip    *tooltip,
                       SageIndexCell *cell)
{
  g_autoptr(PangoLayout) layout = NULL;
  const char *text;
  int width;

  text = GTK_IS_INSCRIPTION (widget) ? gtk_inscription_get_text (GTK_INSCRIPTION (widget))
                                     : gtk_label_get_text (GTK_LABEL (widget));
  if (text == NULL || text[0] == '\0')
    return FALSE;

  layout = gtk_widget_create_pango_layout (widget, text);
  pango_layout_get_pixel_size (layout, &width, NULL);
  if (width <= gtk_widget_get_width (widget))
    return FALSE;

  gtk_tooltip_set_text (tooltip, text);

  return TRUE;
}

static GtkWidget *
make_inscription (SageIndexCell *cell,
                  float          xalign)
{
  return g_object_new (GTK_TYPE_INSCRIPTION,
                       "text-overflow", GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END,
                       "xalign", xalign,
                       "min-chars", 3,
                       "has-tooltip", TRUE,
                       NULL);
}

static GtkWidget *
make_time (SageIndexCell *cell,
           float          xalign)
{
  GtkWidget *widget = make_inscription (cell, xalign);

  gtk_widget_add_css_class (widget, "numeric");
  gtk_widget_add_css_class (widget, "dim-label");
  g_signal_connect (widget, "query-tooltip", G_CALLBACK (query_time_tooltip_cb), cell);

  return widget;
}

static GtkWidget *
make_title (SageIndexCell *cell)
{
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL,
                                   "ellipsize", PANGO_ELLIPSIZE_MIDDLE,
                                   "xalign", 0.0f,
                                   "halign", GTK_ALIGN_START,
                                   "hexpand", TRUE,
                                   "has-tooltip", TRUE,
                                   NULL);

  gtk_widget_add_css_class (label, "index-name");
  g_signal_connect (label, "query-tooltip", G_CALLBACK (query_text_tooltip_cb), cell);

  return label;
}

static GtkWidget *
make_icon (void)
{
  return g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
}

/* The name of a row with its icon before it; @below: (nullable): what stands under the name. */
static GtkWidget *
make_named (SageIndexCell *cell,
            GtkWidget     *below)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  cell->icon = make_icon ();
  cell->title = make_title (cell);
  gtk_box_append (GTK_BOX (box), cell->icon);

  if (below != NULL)
    {
      GtkWidget *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);

      gtk_widget_set_valign (lines, GTK_ALIGN_CENTER);
      gtk_box_append (GTK_BOX (lines), cell->title);
      gtk_box_append (GTK_BOX (lines), below);
      gtk_box_append (GTK_BOX (box), lines);
      gtk_box_set_spacing (GTK_BOX (box), 12);
    }
  else
    gtk_box_append (GTK_BOX (box), cell->title);

  return box;
}

/* The two lines that stand for all columns where there is no room: the name; the state and when. */
static GtkWidget *
make_narrow (SageIndexCell *cell)
{
  GtkWidget *second = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  cell->chip = sage_state_chip_new ();
  gtk_widget_set_hexpand (cell->chip, TRUE);
  gtk_widget_set_halign (cell->chip, GTK_ALIGN_START);
  cell->text = make_time (cell, 1);
  g_object_set (cell->text, "nat-chars", 12, NULL);
  gtk_box_append (GTK_BOX (second), cell->chip);
  gtk_box_append (GTK_BOX (second), cell->text);
  gtk_widget_add_css_class (second, "caption");

  return make_named (cell, second);
}

static GtkWidget *
make_check (SageIndexCell *cell)
{
  cell->check = g_object_new (GTK_TYPE_CHECK_BUTTON, "focusable", FALSE, "halign", GTK_ALIGN_CENTER,
                              NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (cell->check), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Select"), -1);
  gtk_widget_add_css_class (cell->check, "index-check");
  g_object_bind_property (cell->cell, "selected", cell->check, "active", G_BINDING_SYNC_CREATE);
  g_signal_connect (cell->check, "toggled", G_CALLBACK (check_toggled_cb), cell);

  return cell->check;
}

static GtkWidget *
make_root (SageIndexCell *cell)
{
  const SageColumn *info = column_info (cell);

  if (info == NULL)
    return is_narrow_cell (cell) ? make_narrow (cell) : make_check (cell);

  switch (info->kind)
    {
    case SAGE_COLUMN_NAME:
      return make_named (cell, NULL);
    case SAGE_COLUMN_STATE:
      return cell->chip = sage_state_chip_new ();
    case SAGE_COLUMN_TIME:
    case SAGE_COLUMN_DURATION:
      return cell->text = make_time (cell, info->numeric ? 1 : 0);
    case SAGE_COLUMN_TEXT:
      cell->text = make_inscription (cell, info->numeric ? 1 : 0);
      if (info->numeric)
        gtk_widget_add_css_class (cell->text, "numeric");
      g_signal_connect (cell->text, "query-tooltip", G_CALLBACK (query_text_tooltip_cb), cell);
      return cell->text;
    case SAGE_COLUMN_CUSTOM:
    default:
      return info->create (cell->column->page);
    }
}

static void
cell_free (gpointer data)
{
  SageIndexCell *cell = data;

  g_clear_handle_id (&cell->flash, g_source_remove);
  g_clear_signal_handler (&cell->notify, cell->row);
  g_clear_object (&cell->row);
  g_free (cell);
}

static void
setup_cb (GtkListItemFactory *factory,
          GtkColumnViewCell  *item,
          SageIndexColumn    *column)
{
  SageIndexCell *cell = g_new0 (SageIndexCell, 1);

  cell->column = column;
  cell->cell = item;
  cell->root = make_root (cell);
  g_object_set_qdata_full (G_OBJECT (cell->root), cell_quark (), cell, cell_free);
  gtk_column_view_cell_set_child (item, cell->root);
}

static SageIndexCell *
cell_of (GtkColumnViewCell *item)
{
  GtkWidget *root = gtk_column_view_cell_get_child (item);

  return root != NULL ? g_object_get_qdata (G_OBJECT (root), cell_quark ()) : NULL;
}

static void
bind_cb (GtkListItemFactory *factory,
         GtkColumnViewCell  *item,
         SageIndexColumn    *column)
{
  SageIndexCell *cell = cell_of (item);

  cell->row = g_object_ref (gtk_column_view_cell_get_item (item));
  if (cell->chip != NULL)
    sage_state_chip_set_resource (SAGE_STATE_CHIP (cell->chip), cell->row);
  if (cell->check != NULL)
    return;

  if (column->info != NULL && column->info->kind == SAGE_COLUMN_CUSTOM)
    column->info->bind (cell->root, cell->row);
  else if (column->info == NULL || column->info->kind != SAGE_COLUMN_STATE)
    {
      update_cell (cell);
      cell->notify = g_signal_connect (cell->row, "notify", G_CALLBACK (row_notify_cb), cell);
    }
  if (cell->text != NULL)
    g_ptr_array_add (sage_index_page_private (column->page)->cells, cell);
}

static void
unbind_cb (GtkListItemFactory *factory,
           GtkColumnViewCell  *item,
           SageIndexColumn    *column)
{
  SageIndexCell *cell = cell_of (item);

  if (cell == NULL || cell->row == NULL)
    return;

  g_clear_signal_handler (&cell->notify, cell->row);
  if (cell->flash != 0)
    stop_flash (cell);
  if (cell->chip != NULL)
    sage_state_chip_set_resource (SAGE_STATE_CHIP (cell->chip), NULL);
  if (column->info != NULL && column->info->kind == SAGE_COLUMN_CUSTOM
      && column->info->unbind != NULL)
    column->info->unbind (cell->root, cell->row);
  if (cell->text != NULL)
    g_ptr_array_remove_fast (sage_index_page_private (column->page)->cells, cell);
  g_clear_object (&cell->row);
}

/* Returns: (transfer full): what makes the cells of a column */
GtkListItemFactory *
sage_index_cell_factory (SageIndexColumn *column)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), column);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), column);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), column);

  return factory;
}

/* The cell that @widget is or is in; of a row, its first. (nullable) */
SageIndexCell *
sage_index_page_cell_at (SageIndexPage *self,
                         GtkWidget     *widget)
{
  GtkWidget *view = sage_index_page_private (self)->view;

  if (widget == NULL || !gtk_widget_is_ancestor (widget, view))
    return NULL;

  for (; widget != view; widget = gtk_widget_get_parent (widget))
    {
      SageIndexCell *cell = g_object_get_qdata (G_OBJECT (widget), cell_quark ());

      if (cell != NULL)
        return cell;
      if (strcmp (gtk_widget_get_css_name (widget), "row") == 0)
        break;
    }

  for (GtkWidget *child = widget != view ? gtk_widget_get_first_child (widget) : NULL;
       child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *root = gtk_widget_get_first_child (child);
      SageIndexCell *cell = root != NULL ? g_object_get_qdata (G_OBJECT (root), cell_quark ()) : NULL;

      if (cell != NULL)
        return cell;
    }

  return NULL;
}

/* What a screen reader says of a row: its name, its state and when it was made. */
static void
name_row (GtkColumnViewRow *item)
{
  SageResource *row = gtk_column_view_row_get_item (item);
  g_autofree char *name = NULL;
  g_autofree char *time = NULL;
  g_autofree char *label = NULL;
  const char *status;

  if (row == NULL)
    return;

  name = dup_line (sage_resource_get_title (row));
  time = sage_words_time (sage_resource_get_created (row));
  status = sage_words_status (sage_resource_get_approval (row) != NULL
                                ? sage_resource_get_approval (row)
                                : sage_resource_get_status (row));
  if (status[0] != '\0')
    /* Translators: what is read of a row of a list: its name, its state, when it was made */
    label = g_strdup_printf (_("%s, %s, %s"), name, status, time);
  else
    /* Translators: what is read of a row of a list: its name, when it was made */
    label = g_strdup_printf (_("%s, %s"), name, time);
  gtk_column_view_row_set_accessible_label (item, label);
}

static void
bind_row_cb (GtkListItemFactory *factory,
             GtkColumnViewRow   *item,
             SageIndexPage      *self)
{
  name_row (item);
  g_signal_connect_object (gtk_column_view_row_get_item (item), "notify::status",
                           G_CALLBACK (name_row), item, G_CONNECT_SWAPPED);
}

static void
unbind_row_cb (GtkListItemFactory *factory,
               GtkColumnViewRow   *item,
               SageIndexPage      *self)
{
  GObject *row = gtk_column_view_row_get_item (item);

  if (row != NULL)
    g_signal_handlers_disconnect_by_func (row, name_row, item);
}

/* Returns: (transfer full): what names the rows */
GtkListItemFactory *
sage_index_row_factory (SageIndexPage *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "bind", G_CALLBACK (bind_row_cb), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_row_cb), self);

  return factory;
}
