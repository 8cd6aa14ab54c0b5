/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-index-page"

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sage-index-page-private.h"
#include "sage-state-chip.h"
#include "sage-time.h"
#include "sage-words.h"

/*
 * What a cell of SageIndexPage shows. There are 200 rows of them, most out of sight, so most cells draw
 * what they show themselves, see sage-index-draw.c. The narrow ones, and those that a page makes itself,
 * have widgets, no more than they need, and none before they have something to show.
 */
G_DEFINE_FINAL_TYPE (SageIndexCell, sage_index_cell, GTK_TYPE_WIDGET)

#define MIN_NAME 14     /* characters of a name that are shown however little room there is */
#define FLASH_MS 1000   /* as long as the animation in the style sheet */

/* @widget: (nullable): the one of the cell that shows the text, unless the cell draws it */
static void
show_line (SageIndexCell *cell,
           GtkWidget     *widget,
           const char    *text)
{
  g_autofree char *line = NULL;

  if (text == NULL)
    text = "";
  if (!sage_index_is_plain_line (text))
    line = sage_index_dup_line (text);

  if (widget == NULL)
    {
      sage_index_draw_set_line (cell, line != NULL ? line : text);
      return;
    }

  if (g_str_is_ascii (text))
    gtk_widget_remove_css_class (widget, "tall");
  else
    gtk_widget_add_css_class (widget, "tall");
  gtk_inscription_set_text (GTK_INSCRIPTION (widget), line != NULL ? line : text);
}

/* The view's widget of the row that the cell is in. */
static GtkWidget *
find_row_widget (SageIndexCell *cell)
{
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (cell));

  return parent != NULL ? gtk_widget_get_parent (parent) : NULL;
}

void
sage_index_cell_stop_flash (SageIndexCell *cell)
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
  sage_index_cell_stop_flash (cell);

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

static gboolean
is_check_cell (SageIndexCell *cell)
{
  return cell->column == sage_index_page_private (cell->column->page)->checks;
}

static gboolean
is_of_kind (SageIndexCell  *cell,
            SageColumnKind  kind)
{
  return column_info (cell) != NULL && column_info (cell)->kind == kind;
}

/* Whether the cell shows the name of its row; one of each row that is in sight does. */
static gboolean
is_name_cell (SageIndexCell *cell)
{
  return is_narrow_cell (cell) || is_of_kind (cell, SAGE_COLUMN_NAME);
}

static gboolean
is_drawn (SageIndexCell *cell)
{
  return column_info (cell) != NULL && column_info (cell)->kind != SAGE_COLUMN_CUSTOM;
}

/* Whether what the cell shows changes as time goes by, or as rows are selected. */
gboolean
sage_index_cell_changes (SageIndexCell *cell)
{
  return column_info (cell) == NULL || is_of_kind (cell, SAGE_COLUMN_TIME)
         || is_of_kind (cell, SAGE_COLUMN_DURATION) || is_of_kind (cell, SAGE_COLUMN_STATE);
}

/* What the time of a cell is; the narrow one shows when a row was made. */
static double
cell_time (SageIndexCell *cell)
{
  return column_info (cell) != NULL ? sage_index_column_time (cell->column, cell->row)
                                    : sage_resource_get_created (cell->row);
}

/* When the words for a time are other ones, or later: those of a day nobody waits for. */
static double
next_words (double time,
            double now)
{
  double age = now - time;

  if (time <= 0)
    return G_MAXDOUBLE;
  if (age < 60)
    return now + 1;

  return now + (age < 3600 ? 60 - fmod (age, 60) : 600);
}

/* The words for a time or a duration, if they are due: they change as time goes by. */
void
sage_index_cell_refresh_time (SageIndexCell *cell,
                              double         now)
{
  g_autofree char *text = NULL;
  double seconds;

  if (cell->row == NULL || now < cell->due || is_check_cell (cell))
    return;

  if (is_of_kind (cell, SAGE_COLUMN_STATE))
    {
      sage_index_draw_set_state (cell, now);
      cell->due = sage_resource_get_state (cell->row) == SAGE_STATE_RUNNING ? now + 0.5 : G_MAXDOUBLE;
      return;
    }

  if (column_info (cell) == NULL || column_info (cell)->kind == SAGE_COLUMN_TIME)
    {
      seconds = cell_time (cell);
      text = sage_words_time (seconds);
      cell->due = next_words (seconds, now);
    }
  else if (column_info (cell)->kind == SAGE_COLUMN_DURATION)
    {
      gboolean goes_on = sage_resource_get_ended (cell->row) <= 0;

      seconds = cell_time (cell);
      text = seconds >= 0 && goes_on ? sage_words_elapsed (seconds) : sage_words_duration (seconds);
      cell->due = goes_on ? now + 0.5 : G_MAXDOUBLE;
    }
  else
    return;

  show_line (cell, cell->text, text);
}

/* Says of the whole row what a screen reader reads: its name, its state and when it was made. */
/* The time is the exact one: an age would be wrong a moment later. */
static void
name_row (SageIndexCell *cell)
{
  GtkWidget *widget = find_row_widget (cell);
  g_autofree char *name = sage_index_dup_line (sage_resource_get_title (cell->row));
  g_autofree char *time = sage_words_exact_time (sage_resource_get_created (cell->row));
  g_autofree char *label = NULL;
  const char *status = sage_words_resource (cell->row);

  if (status[0] != '\0')
    /* Translators: what is read of a row of a list: its name, its state, when it was made */
    label = g_strdup_printf (_("%s, %s, %s"), name, status, time);
  else
    /* Translators: what is read of a row of a list: its name, when it was made */
    label = g_strdup_printf (_("%s, %s"), name, time);
  if (widget != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                    -1);
}

static void
update_cell (SageIndexCell *cell)
{
  const char *icon = sage_words_kind_icon (sage_resource_get_kind (cell->row));

  if (cell->icon != NULL)
    gtk_image_set_from_icon_name (GTK_IMAGE (cell->icon), icon);
  if (is_name_cell (cell))
    {
      if (is_drawn (cell) && g_strcmp0 (cell->picture, icon) != 0)
        {
          cell->picture = icon;
          gtk_widget_queue_draw (GTK_WIDGET (cell));
        }
      show_line (cell, cell->title, sage_resource_get_title (cell->row));
      name_row (cell);
    }
  if (is_of_kind (cell, SAGE_COLUMN_TEXT))
    {
      g_autofree char *text = sage_index_column_text (cell->column, cell->row);

      show_line (cell, NULL, text);
    }

  cell->due = 0;
  sage_index_cell_refresh_time (cell, sage_time_now ());
}

static void
row_notify_cb (SageResource  *row,
               GParamSpec    *pspec,
               SageIndexCell *cell)
{
  SageIndexPagePrivate *priv = sage_index_page_private (cell->column->page);

  update_cell (cell);

  /* One cell of each row speaks for it. */
  if (is_name_cell (cell) && gtk_column_view_column_get_visible (cell->column->column))
    {
      if (strcmp (pspec->name, "status") == 0 || strcmp (pspec->name, "approval") == 0)
        flash (cell);
      sage_index_model_row_changed (priv->model, row);
    }
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

  if (cell->row == NULL)
    return FALSE;

  text = sage_words_exact_time (cell_time (cell));
  gtk_tooltip_set_text (tooltip, text);

  return text[0] != '\0';
}

/* How wide the text of an inscription would be with all the room that it wants, in px. */
static int
text_width (GtkWidget *inscription)
{
  const char *text = gtk_inscription_get_text (GTK_INSCRIPTION (inscription));
  g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout (inscription, text);
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);

  return width;
}

/* The widget that the name of the row is in, if it is in this cell. (nullable) */
GtkWidget *
sage_index_cell_name (SageIndexCell *cell)
{
  return is_of_kind (cell, SAGE_COLUMN_NAME) ? GTK_WIDGET (cell) : cell->title;
}

/* Whether @x, in the coordinates of that widget, is on the name, and not on the room behind it. */
gboolean
sage_index_cell_is_on_name (SageIndexCell *cell,
                            double         x)
{
  int width;

  if (cell->title == NULL)
    return sage_index_draw_is_on_line (cell, x);

  width = gtk_widget_get_width (cell->title);
  if (gtk_widget_get_direction (cell->title) == GTK_TEXT_DIR_RTL)
    x = width - x;

  return x >= 0 && x < MIN (width, text_width (cell->title));
}

/* Shows that the name is a link, or no longer. */
void
sage_index_cell_set_hot (SageIndexCell *cell,
                         gboolean       is_hot)
{
  GtkWidget *name = sage_index_cell_name (cell);

  if (cell->title == NULL)
    sage_index_draw_set_hot (cell, is_hot);
  else if (is_hot)
    gtk_widget_add_css_class (name, "hot");
  else
    gtk_widget_remove_css_class (name, "hot");
  gtk_widget_set_cursor_from_name (name, is_hot ? "pointer" : NULL);
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
  const char *text = gtk_inscription_get_text (GTK_INSCRIPTION (widget));

  if (text == NULL || text[0] == '\0' || text_width (widget) <= gtk_widget_get_width (widget))
    return FALSE;

  gtk_tooltip_set_text (tooltip, text);

  return TRUE;
}

static GtkWidget *
make_inscription (SageIndexCell *cell,
                  float          xalign)
{
  GtkWidget *widget = g_object_new (GTK_TYPE_INSCRIPTION,
                                    "text-overflow", GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END,
                                    "xalign", xalign,
                                    "min-chars", 3,
                                    "valign", GTK_ALIGN_CENTER, /* or a second line finds room */
                                    "has-tooltip", TRUE,
                                    NULL);

  gtk_widget_add_css_class (widget, "index-text");

  return widget;
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
  GtkWidget *title = make_inscription (cell, 0);

  g_object_set (title,
                "text-overflow", GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_MIDDLE,
                "min-chars", MIN_NAME,
                "hexpand", TRUE,
                NULL);
  gtk_widget_add_css_class (title, "index-name");
  g_signal_connect (title, "query-tooltip", G_CALLBACK (query_text_tooltip_cb), cell);

  return title;
}

static GtkWidget *
make_icon (void)
{
  return g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
}

/* The name of a row with its icon before it, and @below under the name. */
static GtkWidget *
make_named (SageIndexCell *cell,
            GtkWidget     *below)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);

  cell->icon = make_icon ();
  cell->title = make_title (cell);
  gtk_box_append (GTK_BOX (box), cell->icon);
  gtk_widget_set_valign (lines, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (lines), cell->title);
  gtk_box_append (GTK_BOX (lines), below);
  gtk_box_append (GTK_BOX (box), lines);

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

/* While rows are selected each shows its check. (A class of the view would have all that is in it
 * styled anew.) */
void
sage_index_cell_update_check (SageIndexCell *cell)
{
  if (!is_check_cell (cell))
    return;

  if (sage_index_page_private (cell->column->page)->is_selecting)
    gtk_widget_add_css_class (GTK_WIDGET (cell), "selecting");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (cell), "selecting");
}

/* What one sees of it is whether it is checked. */
static void
selected_cb (SageIndexCell *cell)
{
  gtk_widget_queue_draw (GTK_WIDGET (cell));
  gtk_accessible_update_state (GTK_ACCESSIBLE (cell), GTK_ACCESSIBLE_STATE_CHECKED,
                               gtk_column_view_cell_get_selected (cell->item)
                                 ? GTK_ACCESSIBLE_TRISTATE_TRUE : GTK_ACCESSIBLE_TRISTATE_FALSE,
                               -1);
}

static void
make_check (SageIndexCell *cell)
{
  gtk_widget_add_css_class (GTK_WIDGET (cell), "index-check");
  gtk_accessible_update_property (GTK_ACCESSIBLE (cell), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Select"), -1);
  g_signal_connect_object (cell->item, "notify::selected", G_CALLBACK (selected_cb), cell,
                           G_CONNECT_SWAPPED);
  selected_cb (cell);
}

/* Makes what the cell shows its row with, if it has none yet. */
static void
make_content (SageIndexCell *cell)
{
  if (cell->content != NULL || cell->line != NULL || is_check_cell (cell))
    return;

  if (is_drawn (cell))
    {
      sage_index_draw_begin (cell);
      return;
    }

  cell->content = is_narrow_cell (cell) ? make_narrow (cell)
                                        : column_info (cell)->create (cell->column->page);
  gtk_widget_set_parent (cell->content, GTK_WIDGET (cell));
}

/* Shows the row of the cell in it, now and as it changes. */
void
sage_index_cell_show (SageIndexCell *cell)
{
  const SageColumn *info = column_info (cell);

  cell->is_shown = TRUE;
  make_content (cell);
  if (is_check_cell (cell))
    {
      sage_index_cell_update_check (cell);
      return;
    }
  if (cell->chip != NULL)
    sage_state_chip_set_resource (SAGE_STATE_CHIP (cell->chip), cell->row);

  if (is_of_kind (cell, SAGE_COLUMN_CUSTOM))
    info->bind (cell->content, cell->row);
  else
    {
      update_cell (cell);
      cell->notify = g_signal_connect (cell->row, "notify", G_CALLBACK (row_notify_cb), cell);
    }
}

/* Takes back all that sage_index_cell_show() has connected. */
void
sage_index_cell_hide (SageIndexCell *cell)
{
  const SageColumn *info = column_info (cell);

  cell->is_shown = FALSE;
  g_clear_signal_handler (&cell->notify, cell->row);
  if (cell->flash != 0)
    sage_index_cell_stop_flash (cell);
  if (cell->chip != NULL)
    sage_state_chip_forget (SAGE_STATE_CHIP (cell->chip));
  if (is_of_kind (cell, SAGE_COLUMN_CUSTOM) && info->unbind != NULL)
    info->unbind (cell->content, cell->row);
}

/* The exact time of a row's age; otherwise what did not fit. */
static gboolean
sage_index_cell_query_tooltip (GtkWidget  *widget,
                               int         x,
                               int         y,
                               gboolean    keyboard,
                               GtkTooltip *tooltip)
{
  SageIndexCell *self = SAGE_INDEX_CELL (widget);

  if (self->row == NULL || self->line == NULL)
    return FALSE;

  if (is_of_kind (self, SAGE_COLUMN_TIME))
    {
      g_autofree char *text = sage_words_exact_time (cell_time (self));

      gtk_tooltip_set_text (tooltip, text);
      return text[0] != '\0';
    }
  if (!pango_layout_is_ellipsized (self->line))
    return FALSE;

  gtk_tooltip_set_text (tooltip, pango_layout_get_text (self->line));

  return TRUE;
}

static void
sage_index_cell_snapshot (GtkWidget   *widget,
                          GtkSnapshot *snapshot)
{
  SageIndexCell *self = SAGE_INDEX_CELL (widget);

  if (is_check_cell (self))
    sage_index_draw_check (self, snapshot);
  else if (self->line != NULL)
    sage_index_draw_snapshot (self, snapshot);
  else
    GTK_WIDGET_CLASS (sage_index_cell_parent_class)->snapshot (widget, snapshot);
}

static void
sage_index_cell_measure (GtkWidget      *widget,
                         GtkOrientation  orientation,
                         int             for_size,
                         int            *minimum,
                         int            *natural,
                         int            *minimum_baseline,
                         int            *natural_baseline)
{
  SageIndexCell *self = SAGE_INDEX_CELL (widget);

  if (is_check_cell (self))
    *minimum = *natural = SAGE_INDEX_CHECK_SIZE;
  else if (is_drawn (self))
    sage_index_draw_measure (self, orientation, minimum, natural);
  else if (self->content != NULL)
    gtk_widget_measure (self->content, orientation, for_size, minimum, natural, minimum_baseline,
                        natural_baseline);
}

static void
sage_index_cell_size_allocate (GtkWidget *widget,
                               int        width,
                               int        height,
                               int        baseline)
{
  SageIndexCell *self = SAGE_INDEX_CELL (widget);

  if (self->content != NULL)
    gtk_widget_allocate (self->content, width, height, baseline, NULL);
}

static void
sage_index_cell_dispose (GObject *object)
{
  SageIndexCell *self = SAGE_INDEX_CELL (object);

  g_clear_handle_id (&self->flash, g_source_remove);
  g_clear_signal_handler (&self->notify, self->row);
  g_clear_object (&self->row);
  g_clear_object (&self->line);
  g_clear_object (&self->elapsed);
  g_clear_pointer (&self->content, gtk_widget_unparent);

  G_OBJECT_CLASS (sage_index_cell_parent_class)->dispose (object);
}

static void
sage_index_cell_class_init (SageIndexCellClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sage_index_cell_dispose;
  widget_class->measure = sage_index_cell_measure;
  widget_class->size_allocate = sage_index_cell_size_allocate;
  widget_class->snapshot = sage_index_cell_snapshot;
  widget_class->query_tooltip = sage_index_cell_query_tooltip;

  gtk_widget_class_set_css_name (widget_class, "indexcell");
}

static void
sage_index_cell_init (SageIndexCell *self)
{
}

static GtkAccessibleRole
choose_role (SageIndexColumn *column)
{
  if (column == sage_index_page_private (column->page)->checks)
    return GTK_ACCESSIBLE_ROLE_CHECKBOX;

  return column->info != NULL && column->info->kind != SAGE_COLUMN_CUSTOM ? GTK_ACCESSIBLE_ROLE_LABEL
                                                                          : GTK_ACCESSIBLE_ROLE_NONE;
}

/* Returns: (transfer floating): a cell that shows nothing yet */
SageIndexCell *
sage_index_cell_new (SageIndexColumn   *column,
                     GtkColumnViewCell *item)
{
  SageIndexCell *self = g_object_new (SAGE_TYPE_INDEX_CELL, "accessible-role", choose_role (column),
                                      NULL);

  self->column = column;
  self->item = item;
  if (is_check_cell (self))
    make_check (self);

  return self;
}
