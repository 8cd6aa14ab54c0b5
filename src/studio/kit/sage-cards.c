/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-cards"

#include "config.h"

#include <adwaita.h>
#include <string.h>

#include "sage-cards.h"

#define SPACING 18
#define TWO_COLUMNS 760 /* sp: from this width on there are two */
#define MAX_COLUMN 860  /* sp */
#define WIDE 10000      /* more than any window */
#define SLACK 160       /* px that a fresh arrangement must save before cards change sides */

typedef enum
{
  SIDE_UNKNOWN, /* it has not stood in two columns yet */
  SIDE_WIDE,
  SIDE_START,
  SIDE_END,
} Side;

/* What is known of a child; kept on it. */
typedef struct
{
  gboolean wide;
  Side     side; /* where it stood last while there were two columns */
} Card;

/* Where everything goes at one width. */
typedef struct
{
  int     columns;
  int     column_width;
  int     x;       /* of the columns, from the start */
  int     width;
  int     height;
  GArray *sides;   /* (owned): of Side: one for each visible child */
  GArray *heights; /* (owned): of int */
} Plan;

struct _SageCards
{
  GtkWidget parent_instance;
};

static void sage_cards_buildable_init (GtkBuildableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SageCards, sage_cards, GTK_TYPE_WIDGET,
  G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE, sage_cards_buildable_init))

static GQuark
card_quark (void)
{
  return g_quark_from_static_string ("sage-card");
}

static Card *
get_card (GtkWidget *child)
{
  return g_object_get_qdata (G_OBJECT (child), card_quark ());
}

static void
plan_clear (Plan *plan)
{
  g_clear_pointer (&plan->sides, g_array_unref);
  g_clear_pointer (&plan->heights, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Plan, plan_clear)

static int
height_for (GtkWidget *child,
            int        width)
{
  int minimum;
  int natural;

  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, MAX (width, minimum), NULL, &natural, NULL,
                      NULL);

  return natural;
}

/*
 * Stacks the cards: below a wide one both columns start again, and a card of no side yet goes where
 * the least stands. Returns: the height
 */
static int
stack (Plan *plan)
{
  int start = 0;
  int end = 0;

  for (guint i = 0; i < plan->sides->len; i++)
    {
      Side *side = &g_array_index (plan->sides, Side, i);
      int height = g_array_index (plan->heights, int, i) + SPACING;

      if (*side == SIDE_UNKNOWN)
        *side = plan->columns == 1 || start <= end ? SIDE_START : SIDE_END;

      if (*side == SIDE_WIDE)
        start = end = MAX (start, end) + height;
      else if (*side == SIDE_START)
        start += height;
      else
        end += height;
    }

  return MAX (MAX (start, end) - SPACING, 0);
}

static void
plan_columns (SageCards *self,
              Plan      *plan,
              int        width)
{
  GtkSettings *settings = gtk_widget_get_settings (GTK_WIDGET (self));
  int threshold = (int) adw_length_unit_to_px (ADW_LENGTH_UNIT_SP, TWO_COLUMNS, settings);
  int limit = (int) adw_length_unit_to_px (ADW_LENGTH_UNIT_SP, MAX_COLUMN, settings);

  plan->width = width;
  plan->columns = width >= threshold ? 2 : 1;
  plan->column_width = MIN ((width - (plan->columns - 1) * SPACING) / plan->columns, limit);
  plan->x = (width - plan->columns * plan->column_width - (plan->columns - 1) * SPACING) / 2;
}

/* @keep: put the cards to where they stood, for cards must not jump because a row came in. */
static int
arrange (SageCards *self,
         Plan      *plan,
         gboolean   keep)
{
  guint i = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self));
       child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (gtk_widget_should_layout (child))
      {
        Card *card = get_card (child);
        Side side = keep ? card->side : SIDE_UNKNOWN;

        g_array_index (plan->sides, Side, i++) = card->wide ? SIDE_WIDE : side;
      }

  return stack (plan);
}

/* A pure function of the width and of what the children need: measuring and allocating must agree. */
static void
make_plan (SageCards *self,
           Plan      *plan,
           int        width)
{
  int fresh;

  plan_columns (self, plan, width);
  plan->sides = g_array_new (FALSE, TRUE, sizeof (Side));
  plan->heights = g_array_new (FALSE, TRUE, sizeof (int));
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self));
       child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (gtk_widget_should_layout (child))
      {
        int height = height_for (child, get_card (child)->wide ? width : plan->column_width);

        g_array_append_val (plan->heights, height);
      }
  g_array_set_size (plan->sides, plan->heights->len);

  plan->height = fresh = arrange (self, plan, FALSE);
  if (plan->columns == 1)
    return;

  plan->height = arrange (self, plan, TRUE);
  if (plan->height > fresh + SLACK)
    plan->height = arrange (self, plan, FALSE);
}

static void
sage_cards_measure (GtkWidget      *widget,
                    GtkOrientation  orientation,
                    int             for_size,
                    int            *minimum,
                    int            *natural,
                    int            *minimum_baseline,
                    int            *natural_baseline)
{
  g_auto(Plan) plan = { 0 };
  g_auto(Plan) wide = { 0 };

  *minimum = *natural = 0;
  for (GtkWidget *child = gtk_widget_get_first_child (widget);
       child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      int child_minimum;
      int child_natural;

      if (!gtk_widget_should_layout (child))
        continue;
      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &child_minimum, &child_natural,
                          NULL, NULL);
      *minimum = MAX (*minimum, child_minimum);
      *natural = MAX (*natural, child_natural);
    }
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    return;

  make_plan (SAGE_CARDS (widget), &plan, for_size < 0 ? *natural : MAX (for_size, *minimum));
  *minimum = *natural = plan.height;
  if (for_size < 0)
    {
      make_plan (SAGE_CARDS (widget), &wide, WIDE);
      *minimum = MIN (plan.height, wide.height); /* however wide it gets, it needs this */
    }
}

static void
place (SageCards *self,
       GtkWidget *child,
       int        x,
       int        y,
       int        width,
       int        height)
{
  if (gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL)
    x = gtk_widget_get_width (GTK_WIDGET (self)) - x - width;

  gtk_widget_size_allocate (child, &(GtkAllocation) { x, y, width, height }, -1);
}

static void
sage_cards_size_allocate (GtkWidget *widget,
                          int        width,
                          int        height,
                          int        baseline)
{
  SageCards *self = SAGE_CARDS (widget);
  g_auto(Plan) plan = { 0 };
  int y[2] = { 0, 0 };
  guint i = 0;

  make_plan (self, &plan, width);
  for (GtkWidget *child = gtk_widget_get_first_child (widget);
       child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      int child_height;
      Side side;
      int *top;

      if (!gtk_widget_should_layout (child))
        continue;

      side = g_array_index (plan.sides, Side, i);
      child_height = g_array_index (plan.heights, int, i++);
      if (plan.columns == 2)
        get_card (child)->side = side;
      if (side == SIDE_WIDE)
        {
          place (self, child, 0, MAX (y[0], y[1]), width, child_height);
          y[0] = y[1] = MAX (y[0], y[1]) + child_height + SPACING;
          continue;
        }

      top = &y[side == SIDE_END];
      place (self, child, plan.x + (side == SIDE_END ? plan.column_width + SPACING : 0), *top,
             plan.column_width, child_height);
      *top += child_height + SPACING;
    }
}

static GtkSizeRequestMode
sage_cards_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
sage_cards_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (sage_cards_parent_class)->dispose (object);
}

static void
sage_cards_class_init (SageCardsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sage_cards_dispose;
  widget_class->measure = sage_cards_measure;
  widget_class->size_allocate = sage_cards_size_allocate;
  widget_class->get_request_mode = sage_cards_get_request_mode;

  gtk_widget_class_set_css_name (widget_class, "cards");
}

static void
sage_cards_init (SageCards *self)
{
}

static void
add_child (SageCards *self,
           GtkWidget *child,
           gboolean   wide)
{
  Card *card = g_new0 (Card, 1);

  card->wide = wide;
  g_object_set_qdata_full (G_OBJECT (child), card_quark (), card, g_free);
  gtk_widget_set_parent (child, GTK_WIDGET (self));
}

static GtkBuildableIface *parent_buildable;

static void
sage_cards_add_child (GtkBuildable *buildable,
                      GtkBuilder   *builder,
                      GObject      *child,
                      const char   *type)
{
  if (GTK_IS_WIDGET (child))
    add_child (SAGE_CARDS (buildable), GTK_WIDGET (child), g_strcmp0 (type, "wide") == 0);
  else
    parent_buildable->add_child (buildable, builder, child, type);
}

static void
sage_cards_buildable_init (GtkBuildableIface *iface)
{
  parent_buildable = g_type_interface_peek_parent (iface);
  iface->add_child = sage_cards_add_child;
}

/**
 * sage_cards_new:
 *
 * Returns: (transfer floating): a container without cards
 */
GtkWidget *
sage_cards_new (void)
{
  return g_object_new (SAGE_TYPE_CARDS, NULL);
}

/**
 * sage_cards_add:
 * @self: a container of cards
 * @card: (transfer floating): what to add after the others, e.g. #SageFacts
 */
void
sage_cards_add (SageCards *self,
                GtkWidget *card)
{
  g_return_if_fail (SAGE_IS_CARDS (self));
  g_return_if_fail (GTK_IS_WIDGET (card) && gtk_widget_get_parent (card) == NULL);

  add_child (self, card, FALSE);
}

/**
 * sage_cards_add_wide:
 * @self: a container of cards
 * @child: (transfer floating): what takes the whole width, below the cards before it
 */
void
sage_cards_add_wide (SageCards *self,
                     GtkWidget *child)
{
  g_return_if_fail (SAGE_IS_CARDS (self));
  g_return_if_fail (GTK_IS_WIDGET (child) && gtk_widget_get_parent (child) == NULL);

  add_child (self, child, TRUE);
}

/**
 * sage_cards_remove:
 * @self: a container of cards
 * @child: one that was added
 */
void
sage_cards_remove (SageCards *self,
                   GtkWidget *child)
{
  g_return_if_fail (SAGE_IS_CARDS (self));
  g_return_if_fail (gtk_widget_get_parent (child) == GTK_WIDGET (self));

  gtk_widget_unparent (child);
}
