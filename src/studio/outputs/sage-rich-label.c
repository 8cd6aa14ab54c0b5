/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-rich-label"

#include "config.h"

#include <math.h>
#include <string.h>

#include "sage-math-view.h"
#include "sage-rich-label.h"

struct _SageRichLabel
{
  GtkWidget  parent_instance;

  GtkWidget *label;
  GPtrArray *formulas; /* of SageMath */
  GPtrArray *boxes;    /* of SageMathBox; empty: to be made */
  GArray    *places;   /* of guint: where each stands in the text, in bytes */
};

G_DEFINE_FINAL_TYPE (SageRichLabel, sage_rich_label, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_LINK_ACTIVATED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* The label's text leaves room for each formula: a character whose shape is as large as it. */
static void
lay_out (SageRichLabel *self)
{
  g_autoptr(PangoAttrList) attributes = pango_attr_list_new ();
  PangoContext *context = gtk_widget_get_pango_context (self->label);
  PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
  double size = sage_math_font_size (self->label) * 1.05;

  g_ptr_array_set_size (self->boxes, 0);
  for (guint i = 0; i < self->formulas->len; i++)
    {
      SageMathBox *box = sage_math_layout (g_ptr_array_index (self->formulas, i), context, size, FALSE);
      PangoRectangle shape;
      PangoAttribute *attribute;
      double width;
      double ascent;
      double descent;

      sage_math_box_get_size (box, &width, &ascent, &descent);
      shape.x = 0;
      /* as high as a line of text at least, so that it stands as text beside it does */
      ascent = MAX (ascent, (double) pango_font_metrics_get_ascent (metrics) / PANGO_SCALE);
      descent = MAX (descent, (double) pango_font_metrics_get_descent (metrics) / PANGO_SCALE);
      shape.y = (int) (-ascent * PANGO_SCALE);
      shape.width = (int) ((width + 1) * PANGO_SCALE);
      shape.height = (int) ((ascent + descent) * PANGO_SCALE);
      attribute = pango_attr_shape_new (&shape, &shape);
      attribute->start_index = g_array_index (self->places, guint, i);
      attribute->end_index = attribute->start_index + (guint) strlen (SAGE_RICH_LABEL_OBJECT);
      pango_attr_list_insert (attributes, attribute);
      g_ptr_array_add (self->boxes, box);
    }
  pango_font_metrics_unref (metrics);
  gtk_label_set_attributes (GTK_LABEL (self->label), attributes);
}

static void
sage_rich_label_css_changed (GtkWidget         *widget,
                             GtkCssStyleChange *change)
{
  SageRichLabel *self = SAGE_RICH_LABEL (widget);

  GTK_WIDGET_CLASS (sage_rich_label_parent_class)->css_changed (widget, change);
  if (self->formulas->len > 0)
    lay_out (self);
}

static void
sage_rich_label_snapshot (GtkWidget   *widget,
                          GtkSnapshot *snapshot)
{
  SageRichLabel *self = SAGE_RICH_LABEL (widget);
  PangoLayout *layout = gtk_label_get_layout (GTK_LABEL (self->label));
  GdkRGBA colour;
  int x;
  int y;

  GTK_WIDGET_CLASS (sage_rich_label_parent_class)->snapshot (widget, snapshot);

  gtk_widget_get_color (self->label, &colour);
  gtk_label_get_layout_offsets (GTK_LABEL (self->label), &x, &y);
  for (guint i = 0; i < self->boxes->len; i++)
    {
      guint place = g_array_index (self->places, guint, i);
      PangoRectangle at;
      PangoLayoutIter *iter = pango_layout_get_iter (layout);
      int baseline = 0;

      /* the line that it is on knows its baseline */
      do
        {
          PangoLayoutLine *line = pango_layout_iter_get_line_readonly (iter);

          baseline = pango_layout_iter_get_baseline (iter);
          if (place >= (guint) line->start_index && place < (guint) (line->start_index + line->length))
            break;
        }
      while (pango_layout_iter_next_line (iter));
      pango_layout_iter_free (iter);
      pango_layout_index_to_pos (layout, (int) place, &at);

      gtk_snapshot_save (snapshot);
      gtk_snapshot_translate (snapshot,
                              &GRAPHENE_POINT_INIT ((float) x + (float) MIN (at.x, at.x + at.width) / PANGO_SCALE,
                                                    (float) y + (float) baseline / PANGO_SCALE));
      sage_math_box_draw (g_ptr_array_index (self->boxes, i), snapshot, &colour);
      gtk_snapshot_restore (snapshot);
    }
}

static gboolean
activate_link_cb (SageRichLabel *self,
                  const char    *uri)
{
  g_signal_emit (self, signals[SIGNAL_LINK_ACTIVATED], 0, uri);

  return TRUE;
}

static void
sage_rich_label_dispose (GObject *object)
{
  g_clear_pointer (&SAGE_RICH_LABEL (object)->label, gtk_widget_unparent);

  G_OBJECT_CLASS (sage_rich_label_parent_class)->dispose (object);
}

static void
sage_rich_label_finalize (GObject *object)
{
  SageRichLabel *self = SAGE_RICH_LABEL (object);

  g_ptr_array_unref (self->formulas);
  g_ptr_array_unref (self->boxes);
  g_array_unref (self->places);

  G_OBJECT_CLASS (sage_rich_label_parent_class)->finalize (object);
}

static void
sage_rich_label_class_init (SageRichLabelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sage_rich_label_dispose;
  object_class->finalize = sage_rich_label_finalize;
  widget_class->snapshot = sage_rich_label_snapshot;
  widget_class->css_changed = sage_rich_label_css_changed;

  signals[SIGNAL_LINK_ACTIVATED] =
    g_signal_new ("link-activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
sage_rich_label_init (SageRichLabel *self)
{
  self->formulas = g_ptr_array_new_with_free_func ((GDestroyNotify) sage_math_free);
  self->boxes = g_ptr_array_new_with_free_func ((GDestroyNotify) sage_math_box_free);
  self->places = g_array_new (FALSE, FALSE, sizeof (guint));
}

/**
 * sage_rich_label_new:
 * @role: what the text is to a screen reader
 *
 * Returns: (transfer floating): an empty text
 */
GtkWidget *
sage_rich_label_new (GtkAccessibleRole role)
{
  SageRichLabel *self = g_object_new (SAGE_TYPE_RICH_LABEL, NULL);

  self->label = g_object_new (GTK_TYPE_LABEL, "accessible-role", role, "selectable", TRUE, "wrap", TRUE,
                              "wrap-mode", PANGO_WRAP_WORD_CHAR, "xalign", 0.0,
                              "natural-wrap-mode", GTK_NATURAL_WRAP_NONE, NULL);
  g_signal_connect_swapped (self->label, "activate-link", G_CALLBACK (activate_link_cb), self);
  gtk_widget_set_parent (self->label, GTK_WIDGET (self));

  return GTK_WIDGET (self);
}

/* Returns: (transfer none): the label that shows the text */
GtkWidget *
sage_rich_label_get_label (SageRichLabel *self)
{
  g_return_val_if_fail (SAGE_IS_RICH_LABEL (self), NULL);

  return self->label;
}

/**
 * sage_rich_label_set:
 * @self: a text
 * @markup: Pango markup, with links; %SAGE_RICH_LABEL_OBJECT where a formula stands
 * @formulas: (array zero-terminated=1): their sources, all of which can be read
 *
 * Shows a text.
 */
void
sage_rich_label_set (SageRichLabel      *self,
                     const char         *markup,
                     const char * const *formulas)
{
  const char *text;

  g_return_if_fail (SAGE_IS_RICH_LABEL (self));

  g_ptr_array_set_size (self->formulas, 0);
  g_array_set_size (self->places, 0);
  gtk_label_set_markup (GTK_LABEL (self->label), markup);
  text = gtk_label_get_text (GTK_LABEL (self->label));
  for (const char *at = text;
       formulas[self->formulas->len] != NULL && (at = strstr (at, SAGE_RICH_LABEL_OBJECT)) != NULL;
       at += strlen (SAGE_RICH_LABEL_OBJECT))
    {
      SageMath *math = sage_math_parse (formulas[self->formulas->len], NULL);
      guint place = (guint) (at - text);

      g_return_if_fail (math != NULL);
      g_ptr_array_add (self->formulas, math);
      g_array_append_val (self->places, place);
    }
  lay_out (self);
}
