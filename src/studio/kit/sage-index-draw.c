/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-index-page"

#include "config.h"

#include <adwaita.h>

#include "sage-index-page-private.h"
#include "sage-words.h"

/*
 * How a cell of SageIndexPage draws an icon and a line of text. Widgets for them would be most of what
 * scrolling costs: GTK styles each anew when its row gets another place.
 */

#define ICON_SIZE 16
#define GAP 6           /* between what stands beside each other */
#define MIN_NAME 14     /* characters of a name that are shown however many columns there are */
#define MIN_TEXT 3
#define DIM 0.55        /* as the style class `dim-label` has it */
#define DIM_CONTRAST 0.9
#define CHECK_RADIUS 6
#define CHECK_BORDER 2
#define CHECK_TICK 14
#define BORDER 0.15     /* of the colour of text, as a check button has it */
#define BORDER_CONTRAST 0.5

static SageColumnKind
get_kind (SageIndexCell *cell)
{
  return cell->column->info->kind;
}

static GtkWidget *
get_view (SageIndexCell *cell)
{
  return sage_index_page_private (cell->column->page)->view;
}

/* The measures of the font, which are the same for all cells; asking Pango for them takes time. */
static const SageIndexFont *
get_font (SageIndexCell *cell)
{
  SageIndexFont *font = &sage_index_page_private (cell->column->page)->font;
  PangoContext *context = gtk_widget_get_pango_context (get_view (cell));
  guint serial = pango_context_get_serial (context);
  PangoFontMetrics *metrics;

  if (font->serial == serial)
    return font;

  metrics = pango_context_get_metrics (context, NULL, NULL);
  font->serial = serial;
  font->ascent = PANGO_PIXELS (pango_font_metrics_get_ascent (metrics));
  font->height = PANGO_PIXELS_CEIL (pango_font_metrics_get_ascent (metrics)
                                    + pango_font_metrics_get_descent (metrics));
  font->character = PANGO_PIXELS_CEIL (MAX (pango_font_metrics_get_approximate_char_width (metrics),
                                            pango_font_metrics_get_approximate_digit_width (metrics)));
  pango_font_metrics_unref (metrics);

  return font;
}

/* Figures of one width; underlined, if it is a link that the pointer is on. */
static PangoAttrList *
make_attributes (SageIndexCell *cell)
{
  PangoAttrList *list = pango_attr_list_new ();

  if (cell->column->info->numeric || get_kind (cell) == SAGE_COLUMN_TIME
      || get_kind (cell) == SAGE_COLUMN_DURATION)
    pango_attr_list_insert (list, pango_attr_font_features_new ("tnum"));
  if (cell->is_hot)
    pango_attr_list_insert (list, pango_attr_underline_new (PANGO_UNDERLINE_SINGLE));

  return list;
}

static PangoLayout *
make_layout (SageIndexCell *cell)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (get_view (cell), NULL);
  g_autoptr(PangoAttrList) attributes = make_attributes (cell);

  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_attributes (layout, attributes);

  return layout;
}

/* Prepares a cell that is to be drawn. */
void
sage_index_draw_begin (SageIndexCell *cell)
{
  GtkWidget *widget = GTK_WIDGET (cell);

  cell->line = make_layout (cell);
  pango_layout_set_ellipsize (cell->line, get_kind (cell) == SAGE_COLUMN_NAME ? PANGO_ELLIPSIZE_MIDDLE
                                                                               : PANGO_ELLIPSIZE_END);
  if (cell->column->info->numeric)
    pango_layout_set_alignment (cell->line, PANGO_ALIGN_RIGHT);

  gtk_widget_set_has_tooltip (widget, get_kind (cell) != SAGE_COLUMN_STATE);
  if (get_kind (cell) == SAGE_COLUMN_NAME)
    gtk_widget_add_css_class (widget, "index-name");
  else if (get_kind (cell) == SAGE_COLUMN_TIME || get_kind (cell) == SAGE_COLUMN_DURATION)
    gtk_widget_add_css_class (widget, "dim");
}

/* Shows @line, which has been made fit for it. */
void
sage_index_draw_set_line (SageIndexCell *cell,
                          const char    *line)
{
  if (strcmp (pango_layout_get_text (cell->line), line) == 0)
    return;

  pango_layout_set_text (cell->line, line, -1);
  gtk_widget_queue_draw (GTK_WIDGET (cell));
  gtk_accessible_update_property (GTK_ACCESSIBLE (cell), GTK_ACCESSIBLE_PROPERTY_LABEL, line, -1);
}

/* Shows that the name is a link, or no longer. */
void
sage_index_draw_set_hot (SageIndexCell *cell,
                         gboolean       is_hot)
{
  g_autoptr(PangoAttrList) attributes = NULL;

  cell->is_hot = is_hot;
  attributes = make_attributes (cell);
  pango_layout_set_attributes (cell->line, attributes);
  gtk_widget_queue_draw (GTK_WIDGET (cell));
}

/* What goes on says since when, behind its state. */
static void
show_elapsed (SageIndexCell *cell,
              double         now)
{
  gboolean runs = sage_resource_get_state (cell->row) == SAGE_STATE_RUNNING
                  && sage_resource_get_created (cell->row) > 0;
  g_autofree char *text = runs ? sage_words_elapsed (now - sage_resource_get_created (cell->row)) : NULL;

  if (!runs && cell->elapsed == NULL)
    return;

  if (cell->elapsed == NULL)
    {
      g_autoptr(PangoAttrList) attributes = pango_attr_list_new ();

      cell->elapsed = make_layout (cell);
      pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum"));
      pango_layout_set_attributes (cell->elapsed, attributes);
    }
  if (g_strcmp0 (pango_layout_get_text (cell->elapsed), text != NULL ? text : "") == 0)
    return;

  pango_layout_set_text (cell->elapsed, text != NULL ? text : "", -1);
  gtk_widget_queue_draw (GTK_WIDGET (cell));
  gtk_accessible_update_property (GTK_ACCESSIBLE (cell), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  text != NULL ? text : "", -1);
}

/* Shows the state of the row. In a list that is scrolled, most cells show what they showed for another
 * row, and a class takes time to style. */
void
sage_index_draw_set_state (SageIndexCell *cell,
                           double         now)
{
  SageState state = sage_resource_get_state (cell->row);
  GtkWidget *widget = GTK_WIDGET (cell);
  const char *word = sage_words_resource (cell->row);

  if (cell->picture == NULL || cell->state != state)
    {
      gtk_widget_remove_css_class (widget, sage_words_state_class (cell->state));
      gtk_widget_add_css_class (widget, sage_words_state_class (state));
      cell->state = state;
    }
  cell->picture = sage_words_state_icon (state);
  sage_index_draw_set_line (cell, word);
  show_elapsed (cell, now);
}

/* The room for the text, from its start on, in px. */
static int
get_room (SageIndexCell *cell,
          int           *start)
{
  *start = cell->picture != NULL ? ICON_SIZE + GAP : 0;

  return MAX (gtk_widget_get_width (GTK_WIDGET (cell)) - *start, 0);
}

/* Where what is @width wide stands, @start behind the beginning, which is at the right for some. */
static int
mirror (SageIndexCell *cell,
        int            start,
        int            width)
{
  GtkWidget *widget = GTK_WIDGET (cell);

  return gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL
           ? gtk_widget_get_width (widget) - start - width : start;
}

/* Draws an icon that is @size px large in the middle of the height, from @x on. */
static void
draw_icon (SageIndexCell *cell,
           GtkSnapshot   *snapshot,
           const char    *name,
           int            x,
           int            size,
           const GdkRGBA *color)
{
  GtkWidget *widget = GTK_WIDGET (cell);
  GtkIconTheme *theme = gtk_icon_theme_get_for_display (gtk_widget_get_display (widget));
  const GdkRGBA colors[] = { *color, *color, *color, *color };
  g_autoptr(GtkIconPaintable) icon = NULL;
  int y = (gtk_widget_get_height (widget) - size) / 2;

  icon = gtk_icon_theme_lookup_icon (theme, name, NULL, size, gtk_widget_get_scale_factor (widget),
                                     gtk_widget_get_direction (widget), 0);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, y));
  gtk_symbolic_paintable_snapshot_symbolic (GTK_SYMBOLIC_PAINTABLE (icon), snapshot, size, size, colors,
                                            G_N_ELEMENTS (colors));
  gtk_snapshot_restore (snapshot);
}

static gboolean
has_high_contrast (GtkWidget *widget)
{
  GdkDisplay *display = gtk_widget_get_display (widget);

  return adw_style_manager_get_high_contrast (adw_style_manager_get_for_display (display));
}

/* A check as a GtkCheckButton shows it; the colour of the cell is what a check that is set stands on. */
void
sage_index_draw_check (SageIndexCell *cell,
                       GtkSnapshot   *snapshot)
{
  GtkWidget *widget = GTK_WIDGET (cell);
  const float borders[] = { CHECK_BORDER, CHECK_BORDER, CHECK_BORDER, CHECK_BORDER };
  const GdkRGBA white = { 1, 1, 1, 1 };
  int x = (gtk_widget_get_width (widget) - SAGE_INDEX_CHECK_SIZE) / 2;
  int y = (gtk_widget_get_height (widget) - SAGE_INDEX_CHECK_SIZE) / 2;
  GskRoundedRect outline;
  GdkRGBA color;

  gsk_rounded_rect_init_from_rect (&outline,
                                   &GRAPHENE_RECT_INIT (x, y, SAGE_INDEX_CHECK_SIZE,
                                                        SAGE_INDEX_CHECK_SIZE),
                                   CHECK_RADIUS);
  if (gtk_column_view_cell_get_selected (cell->item))
    {
      gtk_widget_get_color (widget, &color);
      gtk_snapshot_push_rounded_clip (snapshot, &outline);
      gtk_snapshot_append_color (snapshot, &color, &outline.bounds);
      gtk_snapshot_pop (snapshot);
      draw_icon (cell, snapshot, "object-select-symbolic", x + (SAGE_INDEX_CHECK_SIZE - CHECK_TICK) / 2,
                 CHECK_TICK, &white);
      return;
    }

  gtk_widget_get_color (gtk_widget_get_parent (widget), &color);
  color.alpha *= has_high_contrast (widget) ? BORDER_CONTRAST : BORDER;
  gtk_snapshot_append_border (snapshot, &outline, borders,
                              (const GdkRGBA[]) { color, color, color, color });
}

/* All lines stand on that of the usual font, whatever the script of their letters. */
static void
draw_layout (SageIndexCell *cell,
             GtkSnapshot   *snapshot,
             PangoLayout   *layout,
             int            x,
             const GdkRGBA *color)
{
  const SageIndexFont *font = get_font (cell);
  int height = gtk_widget_get_height (GTK_WIDGET (cell));
  int baseline = (height - font->height) / 2 + font->ascent;
  int y = baseline - PANGO_PIXELS (pango_layout_get_baseline (layout));

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, y));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

static gboolean
has_text (PangoLayout *layout)
{
  return layout != NULL && pango_layout_get_text (layout)[0] != '\0';
}

/* The width of a layout that is as wide as its text, in px; 0 without any. */
static int
get_width (PangoLayout *layout)
{
  int width = 0;

  if (has_text (layout))
    pango_layout_get_pixel_size (layout, &width, NULL);

  return width;
}

void
sage_index_draw_snapshot (SageIndexCell *cell,
                          GtkSnapshot   *snapshot)
{
  GtkWidget *widget = GTK_WIDGET (cell);
  gboolean is_state = get_kind (cell) == SAGE_COLUMN_STATE;
  int elapsed = get_width (cell->elapsed);
  int start;
  int room = get_room (cell, &start);
  GdkRGBA color;
  GdkRGBA own;

  if (!has_text (cell->line))
    return;

  /* A state colours its icon, not its word. */
  gtk_widget_get_color (widget, &own);
  gtk_widget_get_color (is_state ? gtk_widget_get_parent (widget) : widget, &color);
  if (elapsed > 0)
    room = MAX (room - elapsed - GAP, 0);
  if (cell->picture != NULL)
    draw_icon (cell, snapshot, cell->picture, mirror (cell, 0, ICON_SIZE), ICON_SIZE, &own);
  pango_layout_set_width (cell->line, room * PANGO_SCALE);
  draw_layout (cell, snapshot, cell->line, mirror (cell, start, room), &color);

  if (elapsed > 0)
    {
      color.alpha *= has_high_contrast (widget) ? DIM_CONTRAST : DIM;
      start += get_width (cell->line) + GAP;
      draw_layout (cell, snapshot, cell->elapsed, mirror (cell, start, elapsed), &color);
    }
}

void
sage_index_draw_measure (SageIndexCell  *cell,
                         GtkOrientation  orientation,
                         int            *minimum,
                         int            *natural)
{
  const SageIndexFont *font = get_font (cell);
  SageColumnKind kind = get_kind (cell);
  int icon = kind == SAGE_COLUMN_NAME || kind == SAGE_COLUMN_STATE ? ICON_SIZE : 0;

  if (orientation == GTK_ORIENTATION_VERTICAL)
    *minimum = MAX (icon, font->height);
  else
    *minimum = (icon > 0 ? icon + GAP : 0)
               + font->character * (kind == SAGE_COLUMN_NAME ? MIN_NAME : MIN_TEXT);
  *natural = *minimum;
}

/* Whether @x, in the coordinates of the cell, is on the text, and not on the room behind it. */
gboolean
sage_index_draw_is_on_line (SageIndexCell *cell,
                            double         x)
{
  PangoRectangle extents;
  int start;
  int room = get_room (cell, &start);

  if (cell->line == NULL)
    return FALSE;

  pango_layout_set_width (cell->line, room * PANGO_SCALE);
  pango_layout_get_pixel_extents (cell->line, NULL, &extents);
  x -= mirror (cell, start, room) + extents.x;

  return x >= 0 && x < extents.width;
}
