/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-chart-export"

#include "config.h"

#include <adwaita.h>
#include <cairo-svg.h>
#include <glib/gi18n.h>
#include <math.h>

#include "sage-chart-export.h"
#include "sage-chart-palette.h"
#include "sage-chart-rows.h"

#define MARGIN 24
#define SPACING 12
#define LEAST_WIDTH 640
#define LEAST_HEIGHT 320
#define SCALE 2            /* dots a pixel: sharp on dense screens and in print */
#define SWATCH_WIDTH 18
#define SWATCH_STROKE 3.0f

/* A picture under way: where the next thing is drawn. */
typedef struct
{
  SageChart   *chart;
  GtkSnapshot *snapshot;
  GdkRGBA      foreground;
  gboolean     dark;
  double       width;     /* inside the margins */
  double       y;
} Picture;

static PangoLayout *
new_text (Picture    *picture,
          const char *text,
          double      scale,
          gboolean    bold)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (picture->chart), NULL);
  g_autoptr(PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (scale));
  if (bold)
    pango_attr_list_insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_MIDDLE);
  pango_layout_set_text (layout, text, -1);

  return layout;
}

static void
draw_text (Picture     *picture,
           PangoLayout *layout,
           double       x,
           double       y)
{
  gtk_snapshot_save (picture->snapshot);
  gtk_snapshot_translate (picture->snapshot, &GRAPHENE_POINT_INIT (x, y));
  gtk_snapshot_append_layout (picture->snapshot, layout, &picture->foreground);
  gtk_snapshot_restore (picture->snapshot);
}

static void
draw_title (Picture    *picture,
            const char *title)
{
  g_autoptr(PangoLayout) layout = NULL;
  int height;

  if (title == NULL || *title == '\0')
    return;

  layout = new_text (picture, title, 1, TRUE);
  pango_layout_set_width (layout, picture->width * PANGO_SCALE);
  pango_layout_get_pixel_size (layout, NULL, &height);
  draw_text (picture, layout, MARGIN, picture->y);
  picture->y += height + SPACING;
}

static void
draw_swatch (Picture         *picture,
             SageChartSeries *series,
             double           x,
             double           y)
{
  guint index = sage_chart_series_get_colour (series);
  g_autoptr(GskPathBuilder) builder = gsk_path_builder_new ();
  g_autoptr(GskPath) path = NULL;
  GskStroke *stroke = sage_chart_palette_new_stroke (index, SWATCH_STROKE);
  GdkRGBA colour;

  sage_chart_palette_get_colour (index, picture->dark, &colour);
  gsk_path_builder_move_to (builder, x + SWATCH_STROKE / 2, y);
  gsk_path_builder_line_to (builder, x + SWATCH_WIDTH - SWATCH_STROKE / 2, y);
  path = gsk_path_builder_to_path (builder);
  gtk_snapshot_append_stroke (picture->snapshot, path, stroke, &colour);
  gsk_stroke_free (stroke);
}

/* Draws the names of the visible series, in as many lines as they need. */
static void
draw_legend (Picture *picture)
{
  GListModel *list = sage_chart_get_series (picture->chart);
  double x = 0;
  int line_height = 0;

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr(SageChartSeries) series = g_list_model_get_item (list, i);
      g_autoptr(PangoLayout) layout = NULL;
      int width;

      if (!sage_chart_series_get_visible (series))
        continue;

      layout = new_text (picture, sage_chart_series_get_name (series), 0.82, FALSE);
      pango_layout_get_pixel_size (layout, &width, &line_height);
      if (SWATCH_WIDTH + 6 + width > picture->width)
        {
          width = picture->width - SWATCH_WIDTH - 6;
          pango_layout_set_width (layout, width * PANGO_SCALE);
        }
      if (x > 0 && x + SWATCH_WIDTH + 6 + width > picture->width)
        {
          x = 0;
          picture->y += line_height + 6;
        }
      draw_swatch (picture, series, MARGIN + x, picture->y + line_height / 2.0);
      draw_text (picture, layout, MARGIN + x + SWATCH_WIDTH + 6, picture->y);
      x += SWATCH_WIDTH + 6 + width + 18;
    }

  if (line_height > 0)
    picture->y += line_height + SPACING;
}

/* Returns the chart with its title and its legend on an opaque ground, as it looks on the screen
 * but at a size that can be read; (transfer full). */
static GskRenderNode *
draw_picture (SageChart  *chart,
              const char *title)
{
  GtkWidget *widget = GTK_WIDGET (chart);
  AdwStyleManager *manager = adw_style_manager_get_for_display (gtk_widget_get_display (widget));
  Picture picture = { .chart = chart, .y = MARGIN };
  double height = MAX (gtk_widget_get_height (widget), LEAST_HEIGHT);
  GskRenderNode *content, *node;
  GtkSnapshot *snapshot;
  GdkRGBA ground;

  picture.width = MAX (gtk_widget_get_width (widget), LEAST_WIDTH);
  picture.dark = adw_style_manager_get_dark (manager);
  picture.snapshot = gtk_snapshot_new ();
  gtk_widget_get_color (widget, &picture.foreground);
  ground = picture.dark ? (GdkRGBA) { 0.133f, 0.133f, 0.149f, 1 } : (GdkRGBA) { 1, 1, 1, 1 };

  draw_title (&picture, title);
  draw_legend (&picture);
  gtk_snapshot_save (picture.snapshot);
  gtk_snapshot_translate (picture.snapshot, &GRAPHENE_POINT_INIT (MARGIN, ceil (picture.y)));
  sage_chart_draw (chart, picture.snapshot, picture.width, height, SCALE);
  gtk_snapshot_restore (picture.snapshot);
  content = gtk_snapshot_free_to_node (picture.snapshot);

  snapshot = gtk_snapshot_new ();
  gtk_snapshot_append_color (snapshot, &ground,
                             &GRAPHENE_RECT_INIT (0, 0, picture.width + 2 * MARGIN,
                                                  ceil (picture.y) + height + MARGIN));
  if (content != NULL)
    {
      gtk_snapshot_append_node (snapshot, content);
      gsk_render_node_unref (content);
    }
  node = gtk_snapshot_free_to_node (snapshot);

  return node;
}

static cairo_status_t
write_cb (void                *closure,
          const unsigned char *data,
          unsigned int         length)
{
  g_byte_array_append (closure, data, length);

  return CAIRO_STATUS_SUCCESS;
}

static GBytes *
finish_surface (cairo_surface_t  *surface,
                cairo_status_t    status,
                GByteArray       *bytes,
                GError          **error)
{
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    return g_byte_array_free_to_bytes (bytes);

  g_byte_array_unref (bytes);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "Cannot draw the chart: %s",
               cairo_status_to_string (status));

  return NULL;
}

static GBytes *
export_png (GskRenderNode  *node,
            GError        **error)
{
  GByteArray *bytes = g_byte_array_new ();
  graphene_rect_t bounds;
  cairo_surface_t *surface;
  cairo_t *cr;

  gsk_render_node_get_bounds (node, &bounds);
  surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, bounds.size.width * SCALE,
                                        bounds.size.height * SCALE);
  cr = cairo_create (surface);
  cairo_scale (cr, SCALE, SCALE);
  gsk_render_node_draw (node, cr);
  cairo_destroy (cr);

  return finish_surface (surface, cairo_surface_write_to_png_stream (surface, write_cb, bytes), bytes,
                         error);
}

static GBytes *
export_svg (GskRenderNode  *node,
            GError        **error)
{
  GByteArray *bytes = g_byte_array_new ();
  graphene_rect_t bounds;
  cairo_surface_t *surface;
  cairo_t *cr;

  gsk_render_node_get_bounds (node, &bounds);
  surface = cairo_svg_surface_create_for_stream (write_cb, bytes, bounds.size.width,
                                                 bounds.size.height);
  cairo_svg_surface_set_document_unit (surface, CAIRO_SVG_UNIT_PX);
  cr = cairo_create (surface);
  gsk_render_node_draw (node, cr);
  cairo_destroy (cr);

  return finish_surface (surface, CAIRO_STATUS_SUCCESS, bytes, error);
}

/* Adds a field as RFC 4180 has it. */
static void
append_field (GString    *csv,
              const char *text)
{
  if (strpbrk (text, ",\"\r\n") == NULL)
    {
      g_string_append (csv, text);
      return;
    }

  g_string_append_c (csv, '"');
  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '"')
        g_string_append_c (csv, '"');
      g_string_append_c (csv, *p);
    }
  g_string_append_c (csv, '"');
}

static GBytes *
export_csv (SageChart *chart)
{
  GListModel *series = sage_chart_get_series (chart);
  g_autoptr(SageChartRows) rows = sage_chart_rows_new (series);
  guint n_rows = g_list_model_get_n_items (G_LIST_MODEL (rows));
  g_autofree char *x_label = NULL;
  GString *csv = g_string_new (NULL);

  g_object_get (chart, "x-label", &x_label, NULL);
  append_field (csv, x_label != NULL && *x_label != '\0' ? x_label : "x");
  for (guint i = 0; i < g_list_model_get_n_items (series); i++)
    {
      g_autoptr(SageChartSeries) one = g_list_model_get_item (series, i);

      if (!sage_chart_series_get_visible (one))
        continue;
      g_string_append_c (csv, ',');
      append_field (csv, sage_chart_series_get_name (one));
    }
  g_string_append (csv, "\r\n");

  for (guint i = 0; i < n_rows; i++)
    {
      g_autoptr(SageChartRow) row = g_list_model_get_item (G_LIST_MODEL (rows), i);

      sage_chart_row_append_text (row, series, ',', csv);
      g_string_append (csv, "\r\n");
    }

  return g_string_free_to_bytes (csv);
}

/**
 * sage_chart_export_to_bytes:
 * @chart: what to export, as it is now: zoomed, smoothed, with what is hidden left out
 * @title: (nullable): what to write above it
 *
 * PNG and SVG are the picture with title and legend, in the style of the screen; CSV is the table
 * of all points, in and out of sight, with every digit.
 *
 * Returns: (transfer full): the contents of a file, or %NULL with @error set to
 *   %G_IO_ERROR_FAILED when it cannot be drawn
 */
GBytes *
sage_chart_export_to_bytes (SageChart            *chart,
                            const char           *title,
                            SageChartExportKind   kind,
                            GError              **error)
{
  GskRenderNode *node;
  GBytes *bytes;

  g_return_val_if_fail (SAGE_IS_CHART (chart), NULL);

  if (kind == SAGE_CHART_EXPORT_CSV)
    return export_csv (chart);

  node = draw_picture (chart, title);
  bytes = kind == SAGE_CHART_EXPORT_PNG ? export_png (node, error) : export_svg (node, error);
  gsk_render_node_unref (node);

  return bytes;
}
