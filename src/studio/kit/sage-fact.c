/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-fact"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-copy-label.h"
#include "sage-elapsed.h"
#include "sage-fact-private.h"
#include "sage-link.h"
#include "sage-relative-time.h"
#include "sage-state-chip.h"
#include "sage-text.h"

#define GAP 18        /* between label and value side by side */
#define STACKED_GAP 2 /* one above the other */
#define WIDE 10000    /* more than any window */
#define MIN_CHARS 20  /* a value narrower than this goes below its label */

/*
 * A row of facts. All rows of a card agree on how wide their labels are, and each lays itself out
 * from the width of the card alone, so they also agree on when a value goes below its label.
 */
struct _SageFact
{
  GtkWidget     parent_instance;

  SageFactKind  kind;
  char         *label_text; /* (owned) */

  GtkWidget    *label;
  GtkWidget    *value;      /* (nullable) */
};

G_DEFINE_FINAL_TYPE (SageFact, sage_fact, GTK_TYPE_WIDGET)

static int
natural_label_width (SageFact *self)
{
  int natural;

  gtk_widget_measure (self->label, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);

  return natural;
}

/* The widest label of the card. */
static int
shared_label_width (SageFact *self)
{
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self));
  int width = natural_label_width (self);

  for (GtkWidget *row = parent != NULL ? gtk_widget_get_first_child (parent) : NULL;
       row != NULL;
       row = gtk_widget_get_next_sibling (row))
    if (SAGE_IS_FACT (row) && gtk_widget_get_visible (row))
      width = MAX (width, natural_label_width (SAGE_FACT (row)));

  return width;
}

static int
min_value_width (SageFact *self)
{
  PangoContext *context = gtk_widget_get_pango_context (GTK_WIDGET (self));
  PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
  int width = MIN_CHARS * pango_font_metrics_get_approximate_char_width (metrics) / PANGO_SCALE;

  pango_font_metrics_unref (metrics);

  return width;
}

typedef struct
{
  gboolean stacked;
  int      label_width;
  int      value_width;
} Columns;

static Columns
divide (SageFact *self,
        int       width)
{
  int label = shared_label_width (self);
  Columns columns;

  columns.stacked = width - label - GAP < min_value_width (self);
  columns.label_width = columns.stacked ? width : label;
  columns.value_width = columns.stacked ? width : width - label - GAP;

  return columns;
}

static void
measure_width (SageFact *self,
               int      *minimum,
               int      *natural)
{
  int label_min;
  int value_min = 0;
  int value_nat = 0;

  gtk_widget_measure (self->label, GTK_ORIENTATION_HORIZONTAL, -1, &label_min, NULL, NULL, NULL);
  if (self->value != NULL)
    gtk_widget_measure (self->value, GTK_ORIENTATION_HORIZONTAL, -1, &value_min, &value_nat, NULL,
                        NULL);

  *minimum = MAX (label_min, value_min);
  *natural = shared_label_width (self) + GAP + MAX (value_nat, min_value_width (self));
}

typedef struct
{
  int height;
  int baseline; /* -1: none */
} Extent;

static Extent
measure_part (GtkWidget *widget,
              int        width)
{
  Extent extent = { 0, -1 };
  int min;

  if (widget != NULL)
    {
      gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &min, NULL, NULL, NULL);
      gtk_widget_measure (widget, GTK_ORIENTATION_VERTICAL, MAX (width, min), NULL, &extent.height,
                          NULL, &extent.baseline);
    }

  return extent;
}

/* How far down the label and the value start beside each other, so that their first lines meet. */
static void
align (Extent  label,
       Extent  value,
       int    *label_y,
       int    *value_y)
{
  int baseline = MAX (label.baseline, value.baseline);

  *label_y = label.baseline >= 0 && value.baseline >= 0 ? baseline - label.baseline : 0;
  *value_y = label.baseline >= 0 && value.baseline >= 0 ? baseline - value.baseline : 0;
}

static int
height_for_width (SageFact *self,
                  int       width)
{
  Columns columns = divide (self, width);
  Extent label = measure_part (self->label, columns.label_width);
  Extent value = measure_part (self->value, columns.value_width);
  int label_y;
  int value_y;

  if (columns.stacked)
    return label.height + STACKED_GAP + value.height;

  align (label, value, &label_y, &value_y);

  return MAX (label_y + label.height, value_y + value.height);
}

static void
sage_fact_measure (GtkWidget      *widget,
                   GtkOrientation  orientation,
                   int             for_size,
                   int            *minimum,
                   int            *natural,
                   int            *minimum_baseline,
                   int            *natural_baseline)
{
  SageFact *self = SAGE_FACT (widget);
  int minimum_width;
  int natural_width;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      measure_width (self, minimum, natural);
      return;
    }

  measure_width (self, &minimum_width, &natural_width);
  if (for_size < 0)
    {
      *minimum = height_for_width (self, WIDE); /* however wide it gets, it needs this */
      *natural = height_for_width (self, MAX (minimum_width, natural_width));
    }
  else
    *minimum = *natural = height_for_width (self, MAX (minimum_width, for_size));
}

/* Places a part at its logical start; @x counts from there. */
static void
place (SageFact  *self,
       GtkWidget *part,
       int        x,
       int        y,
       int        width,
       int        height)
{
  int full = gtk_widget_get_width (GTK_WIDGET (self));
  int min;

  gtk_widget_measure (part, GTK_ORIENTATION_HORIZONTAL, -1, &min, NULL, NULL, NULL);
  width = MAX (width, min);
  if (gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL)
    x = full - x - width;
  gtk_widget_size_allocate (part, &(GtkAllocation) { x, y, width, height }, -1);
}

static void
sage_fact_size_allocate (GtkWidget *widget,
                         int        width,
                         int        height,
                         int        baseline)
{
  SageFact *self = SAGE_FACT (widget);
  Columns columns = divide (self, width);
  Extent label = measure_part (self->label, columns.label_width);
  Extent value = measure_part (self->value, columns.value_width);
  int label_y = 0;
  int value_y = label.height + STACKED_GAP;

  if (!columns.stacked)
    align (label, value, &label_y, &value_y);

  place (self, self->label, 0, label_y, columns.label_width, label.height);
  if (self->value != NULL)
    place (self, self->value, columns.stacked ? 0 : columns.label_width + GAP, value_y,
           columns.value_width, value.height);
}

static GtkSizeRequestMode
sage_fact_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
sage_fact_dispose (GObject *object)
{
  SageFact *self = SAGE_FACT (object);

  g_clear_pointer (&self->label, gtk_widget_unparent);
  g_clear_pointer (&self->value, gtk_widget_unparent);

  G_OBJECT_CLASS (sage_fact_parent_class)->dispose (object);
}

static void
sage_fact_finalize (GObject *object)
{
  g_free (SAGE_FACT (object)->label_text);

  G_OBJECT_CLASS (sage_fact_parent_class)->finalize (object);
}

static void
sage_fact_class_init (SageFactClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sage_fact_dispose;
  object_class->finalize = sage_fact_finalize;
  widget_class->measure = sage_fact_measure;
  widget_class->size_allocate = sage_fact_size_allocate;
  widget_class->get_request_mode = sage_fact_get_request_mode;

  gtk_widget_class_set_css_name (widget_class, "fact");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST_ITEM);
}

static void
sage_fact_init (SageFact *self)
{
  self->label = g_object_new (GTK_TYPE_LABEL, "xalign", 0.0, "wrap", TRUE,
                              "wrap-mode", PANGO_WRAP_WORD_CHAR, "max-width-chars", 30, NULL);
  gtk_widget_add_css_class (self->label, "dim-label");
  gtk_widget_set_parent (self->label, GTK_WIDGET (self));
}

/* Returns: (transfer floating): a row without a value, hidden */
GtkWidget *
sage_fact_new (const char *label)
{
  SageFact *self = g_object_new (SAGE_TYPE_FACT, "visible", FALSE, NULL);

  sage_fact_set_label (self, label);

  return GTK_WIDGET (self);
}

void
sage_fact_set_label (SageFact   *self,
                     const char *label)
{
  if (g_set_str (&self->label_text, label))
    gtk_label_set_text (GTK_LABEL (self->label), label);
}

static GtkWidget *
make_text (gboolean figure)
{
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL,
                                   "xalign", 0.0, "wrap", TRUE, "wrap-mode", PANGO_WRAP_WORD_CHAR,
                                   "natural-wrap-mode", GTK_NATURAL_WRAP_WORD, "selectable", TRUE,
                                   "max-width-chars", 60, "width-chars", 6, NULL);

  if (figure)
    gtk_widget_add_css_class (label, "numeric");

  return label;
}

/* Exact, and beside it how long ago that is. */
static GtkWidget *
make_time (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *relative = sage_relative_time_new ();

  gtk_widget_add_css_class (relative, "dim-label");
  gtk_box_append (GTK_BOX (box), make_text (TRUE));
  gtk_box_append (GTK_BOX (box), relative);

  return box;
}

static GtkWidget *
make_value (SageFactKind kind)
{
  GtkWidget *value;

  switch (kind)
    {
    case SAGE_FACT_TEXT:
    case SAGE_FACT_FIGURE:
      return make_text (kind == SAGE_FACT_FIGURE);
    case SAGE_FACT_COPY:
      value = sage_copy_label_new (NULL);
      gtk_widget_add_css_class (value, "identifier");
      return value;
    case SAGE_FACT_LINK:
      return sage_link_new (NULL, NULL);
    case SAGE_FACT_TIME:
      return make_time ();
    case SAGE_FACT_ELAPSED:
      return sage_elapsed_new ();
    case SAGE_FACT_STATE:
      return sage_state_chip_new ();
    case SAGE_FACT_NONE:
    case SAGE_FACT_WIDGET:
    default:
      return NULL;
    }
}

/* Returns: (transfer none): the widget for values of that kind, the one of before where there is
 *   one */
GtkWidget *
sage_fact_take_kind (SageFact     *self,
                     SageFactKind  kind)
{
  g_assert (kind != SAGE_FACT_NONE && kind != SAGE_FACT_WIDGET);

  if (self->kind != kind)
    {
      sage_fact_set_child (self, make_value (kind));
      self->kind = kind;
    }

  return self->value;
}

/* Puts a widget of the caller's in the place of the value. */
void
sage_fact_set_child (SageFact  *self,
                     GtkWidget *child)
{
  if (self->value == child)
    return;

  g_clear_pointer (&self->value, gtk_widget_unparent);
  self->kind = child != NULL ? SAGE_FACT_WIDGET : SAGE_FACT_NONE;
  self->value = child;
  if (child != NULL)
    gtk_widget_set_parent (child, GTK_WIDGET (self));
}

/* Shows the row or not; @words (nullable) is what a screen reader says of it after the label, where
 * the value is not a widget that speaks for itself. */
void
sage_fact_show (SageFact   *self,
                gboolean    visible,
                const char *words)
{
  g_autofree char *text = NULL;
  g_autofree char *shown = sage_text_shorten_end (words, SAGE_TEXT_MAX_LINE);

  if (words != NULL)
    /* Translators: the label and the value of a fact: "Instance type: ml.m5.large" */
    text = g_strdup_printf (_("%s: %s"), self->label_text, shown);

  gtk_widget_set_visible (GTK_WIDGET (self), visible);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  text != NULL ? text : self->label_text, -1);
}
