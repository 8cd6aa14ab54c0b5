/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-cell-source"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-cell-source.h"

#define MARGIN 9 /* above and below the text */
#define SIDE   12

struct _SageCellSource
{
  GtkSourceView  parent_instance;

  GtkTextBuffer *followed;    /* (owned) (nullable): whose changes are followed */
  int            line_height; /* 0: not known yet */
  int            char_width;
};

G_DEFINE_FINAL_TYPE (SageCellSource, sage_cell_source, GTK_SOURCE_TYPE_VIEW)

/* --- How high it is --------------------------------------------------------------------------- */

/* A text view lays out its lines in slices, after it has been shown: it would be too low at first,
 * and push down what is under it. So the height is found here; of most lines the length tells it. */

static void
learn_font (SageCellSource *self)
{
  g_autoptr(PangoLayout) layout = NULL;
  PangoRectangle box;

  if (self->line_height > 0)
    return;

  layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), "XXXXXXXXXX");
  pango_layout_get_extents (layout, NULL, &box);
  self->line_height = PANGO_PIXELS (box.height); /* as GTK rounds it */
  self->char_width = PANGO_PIXELS_CEIL (box.width / 10);
}

static gboolean
is_plain (const char *line,
          gsize       length)
{
  for (gsize i = 0; i < length; i++)
    if (line[i] < ' ' || line[i] > '~')
      return FALSE;

  return TRUE;
}

static int
measure_line (SageCellSource *self,
              PangoLayout   **layout,
              const char     *line,
              gsize           length,
              int             width)
{
  PangoRectangle box;

  if (length == 0 || (is_plain (line, length) && (gint64) length * self->char_width <= width))
    return self->line_height;

  if (*layout == NULL)
    {
      g_autoptr(PangoTabArray) tabs = pango_tab_array_new_with_positions (1, TRUE, PANGO_TAB_LEFT,
                                                                          4 * self->char_width);

      *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), NULL);
      pango_layout_set_wrap (*layout, PANGO_WRAP_WORD_CHAR);
      pango_layout_set_width (*layout, MAX (width, self->char_width) * PANGO_SCALE);
      pango_layout_set_tabs (*layout, tabs);
    }
  pango_layout_set_text (*layout, line, (int) length);
  pango_layout_get_extents (*layout, NULL, &box);

  return MAX (PANGO_PIXELS (box.height), self->line_height);
}

static int
measure_text (SageCellSource *self,
              int             width)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self));
  g_autoptr(PangoLayout) layout = NULL;
  g_autofree char *text = NULL;
  const char *line;
  GtkTextIter start;
  GtkTextIter end;
  int height = 2 * MARGIN;

  learn_font (self);
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
  line = text;
  for (;;)
    {
      gsize length = strcspn (line, "\r\n");

      height += measure_line (self, &layout, line, length, width);
      line += length;
      if (*line == '\0')
        return height;
      line += line[0] == '\r' && line[1] == '\n' ? 2 : 1;
    }
}

static void
sage_cell_source_measure (GtkWidget      *widget,
                          GtkOrientation  orientation,
                          int             for_size,
                          int            *minimum,
                          int            *natural,
                          int            *minimum_baseline,
                          int            *natural_baseline)
{
  GtkWidget *gutter = GTK_WIDGET (gtk_source_view_get_gutter (GTK_SOURCE_VIEW (widget),
                                                              GTK_TEXT_WINDOW_LEFT));
  int gutter_width = 0;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      GTK_WIDGET_CLASS (sage_cell_source_parent_class)->measure (widget, orientation, for_size,
                                                                 minimum, natural, minimum_baseline,
                                                                 natural_baseline);
      *minimum = MIN (*minimum, 120);
      return;
    }

  if (for_size < 0)
    for_size = MAX (gtk_widget_get_width (widget), 240);
  if (gutter != NULL && gtk_source_view_get_show_line_numbers (GTK_SOURCE_VIEW (widget)))
    gtk_widget_measure (gutter, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &gutter_width, NULL, NULL);
  *minimum = *natural = measure_text (SAGE_CELL_SOURCE (widget),
                                      for_size - 2 * SIDE - gutter_width);
}

static GtkSizeRequestMode
sage_cell_source_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
buffer_cb (SageCellSource *self)
{
  if (self->followed != NULL)
    g_signal_handlers_disconnect_by_func (self->followed, gtk_widget_queue_resize, self);
  g_set_object (&self->followed, gtk_text_view_get_buffer (GTK_TEXT_VIEW (self)));
  if (self->followed != NULL)
    g_signal_connect_swapped (self->followed, "changed", G_CALLBACK (gtk_widget_queue_resize), self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/**
 * sage_cell_source_clear:
 * @self: a view
 *
 * Shows the text of no cell. Without a buffer a view makes one of its own, which goes with the next that is
 * set; but GTK's cache of laid out lines keeps those that were drawn of it meanwhile, and looks into them
 * as it sorts others in. So there is one empty buffer, for all views, that stays.
 */
void
sage_cell_source_clear (SageCellSource *self)
{
  static GtkTextBuffer *empty;

  g_return_if_fail (SAGE_IS_CELL_SOURCE (self));

  if (empty == NULL)
    empty = GTK_TEXT_BUFFER (gtk_source_buffer_new (NULL));
  gtk_text_view_set_buffer (GTK_TEXT_VIEW (self), empty);
}

/* --- The widget ------------------------------------------------------------------------------- */

static void
sage_cell_source_dispose (GObject *object)
{
  SageCellSource *self = SAGE_CELL_SOURCE (object);

  if (self->followed != NULL)
    g_signal_handlers_disconnect_by_func (self->followed, gtk_widget_queue_resize, self);
  g_clear_object (&self->followed);

  G_OBJECT_CLASS (sage_cell_source_parent_class)->dispose (object);
}

static void
sage_cell_source_css_changed (GtkWidget         *widget,
                              GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (sage_cell_source_parent_class)->css_changed (widget, change);
  SAGE_CELL_SOURCE (widget)->line_height = 0;
}

static void
sage_cell_source_class_init (SageCellSourceClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sage_cell_source_dispose;
  widget_class->measure = sage_cell_source_measure;
  widget_class->get_request_mode = sage_cell_source_get_request_mode;
  widget_class->css_changed = sage_cell_source_css_changed;
}

static void
sage_cell_source_init (SageCellSource *self)
{
  g_object_set (self, "monospace", TRUE, "wrap-mode", GTK_WRAP_WORD_CHAR, "top-margin", MARGIN,
                "bottom-margin", MARGIN, "left-margin", SIDE, "right-margin", SIDE, "auto-indent", TRUE,
                "indent-on-tab", TRUE, "indent-width", 4, "tab-width", 4,
                "insert-spaces-instead-of-tabs", TRUE, "smart-backspace", TRUE, "smart-home-end",
                GTK_SOURCE_SMART_HOME_END_BEFORE, "hexpand", TRUE, NULL);
  sage_cell_source_clear (self);
  g_signal_connect (self, "notify::buffer", G_CALLBACK (buffer_cb), NULL);
  gtk_widget_add_css_class (GTK_WIDGET (self), "cell-source");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Source"),
                                  -1);
}

GtkWidget *
sage_cell_source_new (void)
{
  return g_object_new (SAGE_TYPE_CELL_SOURCE, NULL);
}
