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
 * What a cell of SageIndexPage shows. There are 200 rows of them, most out of sight, so a cell has no
 * more widgets than it needs, and none before it has something to show.
 */
G_DEFINE_FINAL_TYPE (SageIndexCell, sage_index_cell, GTK_TYPE_WIDGET)

#define LEFT_TO_RIGHT_MARK "\xe2\x80\x8e"
#define RIGHT_TO_LEFT_MARK "\xe2\x80\x8f"
#define FIRST_STRONG_ISOLATE "\xe2\x81\xa8"
#define POP_ISOLATE "\xe2\x81\xa9"
#define MAX_TEXT 256    /* characters of a line that is cut anyway: layout takes time for each */
#define MIN_NAME 14     /* characters of a name that are shown however many columns there are */
#define FLASH_MS 1000   /* as long as the animation in the style sheet */

/* What would begin another line, steer the terminal of old, or turn the rest of a name around. */
static gboolean
is_unfit (gunichar c)
{
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029
         || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

static gboolean
is_right_to_left (gunichar c)
{
  return (c >= 0x590 && c <= 0x8ff) || (c >= 0xfb1d && c <= 0xfdff) || (c >= 0xfe70 && c <= 0xfefe)
         || (c >= 0x10800 && c <= 0x10fff) || (c >= 0x1e800 && c <= 0x1efff);
}

/* Text that is written in the other direction begins where the others do, and keeps its own order. */
static void
stand_with_others (GString *line)
{
  gboolean mirrored = gtk_widget_get_default_direction () == GTK_TEXT_DIR_RTL;

  g_string_prepend (line, FIRST_STRONG_ISOLATE);
  g_string_prepend (line, mirrored ? RIGHT_TO_LEFT_MARK : LEFT_TO_RIGHT_MARK);
  g_string_append (line, POP_ISOLATE);
}

/* Returns: (transfer full): @text, which may be anything, as one line of a length that is fit to be
 * shown; its middle is left out if it is long, for both ends tell names apart */
char *
sage_index_dup_line (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *line = g_string_new (NULL);
  glong length = g_utf8_strlen (valid, -1);
  glong index = 0;
  gboolean has_other_direction = FALSE;

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p), index++)
    {
      gunichar c = g_utf8_get_char (p);

      if (length > MAX_TEXT && index == MAX_TEXT / 2)
        {
          g_string_append (line, "…");
          p = g_utf8_offset_to_pointer (p, length - MAX_TEXT);
          c = g_utf8_get_char (p);
        }
      has_other_direction |= is_right_to_left (c);
      g_string_append_unichar (line, c == '\n' || c == '\t' ? ' ' : is_unfit (c) ? 0xfffd : c);
    }

  if (has_other_direction || gtk_widget_get_default_direction () == GTK_TEXT_DIR_RTL)
    stand_with_others (line);

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
  if (!is_plain_line (text) || gtk_widget_get_default_direction () == GTK_TEXT_DIR_RTL)
    line = sage_index_dup_line (text);
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

  if (cell->row == NULL || cell->text == NULL || now < cell->due)
    return;

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
      if (seconds >= 0 && goes_on)
        seconds = (gint64) seconds; /* tenths of a second that runs are noise */
      text = sage_words_duration (seconds);
      cell->due = goes_on ? now + 0.5 : G_MAXDOUBLE;
    }
  else
    return;

  show_line (cell->text, text);
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
  if (cell->icon != NULL)
    gtk_image_set_from_icon_name (GTK_IMAGE (cell->icon),
                                  sage_words_kind_icon (sage_resource_get_kind (cell->row)));
  if (cell->title != NULL)
    {
      show_line (cell->title, sage_resource_get_title (cell->row));
      name_row (cell);
    }
  if (column_info (cell) != NULL && column_info (cell)->kind == SAGE_COLUMN_TEXT)
    {
      g_autofree char *text = sage_index_column_text (cell->column, cell->row);

      show_line (cell->text, text);
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
  guint position = gtk_column_view_cell_get_position (cell->item);

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

/* Whether @x, in the coordinates of the title, is on the name, and not on the room behind it. */
gboolean
sage_index_cell_is_on_name (SageIndexCell *cell,
                            double         x)
{
  int width = gtk_widget_get_width (cell->title);

  if (gtk_widget_get_direction (cell->title) == GTK_TEXT_DIR_RTL)
    x = width - x;

  return x >= 0 && x < MIN (width, text_width (cell->title));
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

/* While rows are selected each shows its check, if it has one. (A class of the view would have all
 * that is in it styled anew.) */
void
sage_index_cell_update_check (SageIndexCell *cell)
{
  if (cell->check == NULL)
    return;

  if (sage_index_page_private (cell->column->page)->is_selecting)
    gtk_widget_add_css_class (cell->check, "selecting");
  else
    gtk_widget_remove_css_class (cell->check, "selecting");
}

static GtkWidget *
make_check (SageIndexCell *cell)
{
  /* Not only unfocusable: GTK's check button says that it took the focus when it did not, and Tab
   * would never leave the row. */
  cell->check = g_object_new (GTK_TYPE_CHECK_BUTTON, "can-focus", FALSE, "halign", GTK_ALIGN_CENTER,
                              NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (cell->check), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Select"), -1);
  gtk_widget_add_css_class (cell->check, "index-check");
  g_object_bind_property (cell->item, "selected", cell->check, "active", G_BINDING_SYNC_CREATE);
  g_signal_connect (cell->check, "toggled", G_CALLBACK (check_toggled_cb), cell);

  return cell->check;
}

/* Returns: (transfer floating): the widgets of a cell */
static GtkWidget *
make_content (SageIndexCell *cell)
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

/* Shows the row of the cell in it, now and as it changes. */
void
sage_index_cell_show (SageIndexCell *cell)
{
  const SageColumn *info = column_info (cell);

  cell->is_shown = TRUE;
  if (cell->content == NULL)
    {
      cell->content = make_content (cell);
      gtk_widget_set_parent (cell->content, GTK_WIDGET (cell));
    }
  if (cell->check != NULL)
    {
      sage_index_cell_update_check (cell);
      return;
    }
  if (cell->chip != NULL)
    sage_state_chip_set_resource (SAGE_STATE_CHIP (cell->chip), cell->row);

  if (info != NULL && info->kind == SAGE_COLUMN_CUSTOM)
    info->bind (cell->content, cell->row);
  else if (info == NULL || info->kind != SAGE_COLUMN_STATE)
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
  if (info != NULL && info->kind == SAGE_COLUMN_CUSTOM && info->unbind != NULL)
    info->unbind (cell->content, cell->row);
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

  if (self->content != NULL)
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

  gtk_widget_class_set_css_name (widget_class, "indexcell");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_NONE);
}

static void
sage_index_cell_init (SageIndexCell *self)
{
}

/* Returns: (transfer floating): a cell that shows nothing yet */
SageIndexCell *
sage_index_cell_new (SageIndexColumn   *column,
                     GtkColumnViewCell *item)
{
  SageIndexCell *self = g_object_new (SAGE_TYPE_INDEX_CELL, NULL);

  self->column = column;
  self->item = item;

  return self;
}
