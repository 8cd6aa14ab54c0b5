/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-capped-bin"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-capped-bin.h"
#include "sage-output-list.h"

#define SLACK 60 /* what is only so much higher than the cap is shown whole */

struct _SageCappedBin
{
  GtkWidget  parent_instance;

  GtkWidget *child;  /* (nullable): the list of outputs */
  GtkWidget *button;
  int        cap;    /* 0: none */
  gboolean   is_open;
  gboolean   follows_end;
};

enum
{
  SIGNAL_OPEN_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SageCappedBin, sage_capped_bin, GTK_TYPE_WIDGET)

/* What will be cut off need not be made. */
static void
limit_child (SageCappedBin *self)
{
  if (self->child != NULL)
    sage_output_list_set_limit (SAGE_OUTPUT_LIST (self->child),
                                self->cap > 0 && !self->is_open ? self->cap + SLACK : 0,
                                self->follows_end);
}

static gboolean
is_visible (SageCappedBin *self)
{
  return self->child != NULL && gtk_widget_should_layout (self->child);
}

/* The height of the child, and what of it is shown. */
static void
find_heights (SageCappedBin *self,
              int            width,
              int           *whole,
              int           *shown)
{
  int minimum;

  gtk_widget_measure (self->child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  gtk_widget_measure (self->child, GTK_ORIENTATION_VERTICAL, MAX (width, minimum), NULL, whole, NULL,
                      NULL);
  *shown = self->cap > 0 && *whole > self->cap + SLACK && !self->is_open ? self->cap : *whole;
}

static gboolean
needs_button (SageCappedBin *self,
              int            whole)
{
  return self->cap > 0 && whole > self->cap + SLACK;
}

static void
sage_capped_bin_measure (GtkWidget      *widget,
                         GtkOrientation  orientation,
                         int             for_size,
                         int            *minimum,
                         int            *natural,
                         int            *minimum_baseline,
                         int            *natural_baseline)
{
  SageCappedBin *self = SAGE_CAPPED_BIN (widget);
  int whole;
  int shown;
  int button;

  if (!is_visible (self))
    {
      *minimum = *natural = 0;
      return;
    }
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      gtk_widget_measure (self->child, orientation, for_size, NULL, natural, NULL, NULL);
      *minimum = 0;
      return;
    }

  if (for_size < 0)
    gtk_widget_measure (self->child, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &for_size, NULL, NULL);
  find_heights (self, for_size, &whole, &shown);
  gtk_widget_measure (self->button, orientation, -1, NULL, &button, NULL, NULL);
  *minimum = *natural = shown + (needs_button (self, whole) ? button : 0);
}

static void
sage_capped_bin_size_allocate (GtkWidget *widget,
                               int        width,
                               int        height,
                               int        baseline)
{
  SageCappedBin *self = SAGE_CAPPED_BIN (widget);
  int whole;
  int shown;
  int minimum;
  int button;
  int button_width;
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;

  if (!is_visible (self))
    return;

  find_heights (self, width, &whole, &shown);
  gtk_widget_set_child_visible (self->button, needs_button (self, whole));
  gtk_widget_measure (self->child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  gtk_widget_size_allocate (self->child, &(GtkAllocation) {
    0, self->follows_end ? shown - whole : 0, MAX (width, minimum), whole }, -1);
  if (needs_button (self, whole))
    {
      gtk_widget_measure (self->button, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &button_width, NULL,
                          NULL);
      gtk_widget_measure (self->button, GTK_ORIENTATION_VERTICAL, -1, NULL, &button, NULL, NULL);
      gtk_widget_size_allocate (self->button, &(GtkAllocation) {
        rtl ? width - button_width : 0, shown, button_width, button }, -1);
    }
}

/* What is cut fades out. */
static void
sage_capped_bin_snapshot (GtkWidget   *widget,
                          GtkSnapshot *snapshot)
{
  static const GskColorStop fade[] = {
    { 0, { 0, 0, 0, 1 } }, { 1, { 0, 0, 0, 0 } },
  };
  SageCappedBin *self = SAGE_CAPPED_BIN (widget);
  int width = gtk_widget_get_width (widget);
  gboolean has_button;
  int height;

  if (!is_visible (self))
    return;

  has_button = gtk_widget_get_child_visible (self->button);
  height = gtk_widget_get_height (widget) - (has_button ? gtk_widget_get_height (self->button) : 0);
  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  if (has_button && !self->is_open)
    {
      graphene_point_t from = GRAPHENE_POINT_INIT (0, self->follows_end ? 36 : height - 36);
      graphene_point_t to = GRAPHENE_POINT_INIT (0, self->follows_end ? 0 : height);

      gtk_snapshot_push_mask (snapshot, GSK_MASK_MODE_ALPHA);
      gtk_snapshot_append_linear_gradient (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height),
                                           &from, &to, fade, G_N_ELEMENTS (fade));
      gtk_snapshot_pop (snapshot);
      gtk_widget_snapshot_child (widget, self->child, snapshot);
      gtk_snapshot_pop (snapshot);
    }
  else
    gtk_widget_snapshot_child (widget, self->child, snapshot);
  gtk_snapshot_pop (snapshot);
  if (has_button)
    gtk_widget_snapshot_child (widget, self->button, snapshot);
}

static GtkSizeRequestMode
sage_capped_bin_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
clicked_cb (SageCappedBin *self)
{
  sage_capped_bin_set_is_open (self, !self->is_open);
  g_signal_emit (self, signals[SIGNAL_OPEN_CHANGED], 0);
}

static void
sage_capped_bin_dispose (GObject *object)
{
  SageCappedBin *self = SAGE_CAPPED_BIN (object);

  g_clear_pointer (&self->child, gtk_widget_unparent);
  g_clear_pointer (&self->button, gtk_widget_unparent);

  G_OBJECT_CLASS (sage_capped_bin_parent_class)->dispose (object);
}

static void
sage_capped_bin_class_init (SageCappedBinClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sage_capped_bin_dispose;
  widget_class->measure = sage_capped_bin_measure;
  widget_class->size_allocate = sage_capped_bin_size_allocate;
  widget_class->snapshot = sage_capped_bin_snapshot;
  widget_class->get_request_mode = sage_capped_bin_get_request_mode;

  /* The reader opened it or closed it again. */
  signals[SIGNAL_OPEN_CHANGED] = g_signal_new ("open-changed", G_TYPE_FROM_CLASS (klass),
                                               G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                               0);
}

static void
sage_capped_bin_init (SageCappedBin *self)
{
  self->button = gtk_button_new_with_label (_("Show all"));
  gtk_widget_add_css_class (self->button, "flat");
  gtk_widget_add_css_class (self->button, "show-all");
  gtk_widget_set_parent (self->button, GTK_WIDGET (self));
  gtk_widget_set_child_visible (self->button, FALSE);
  g_signal_connect_swapped (self->button, "clicked", G_CALLBACK (clicked_cb), self);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

GtkWidget *
sage_capped_bin_new (void)
{
  return g_object_new (SAGE_TYPE_CAPPED_BIN, NULL);
}

/**
 * sage_capped_bin_set_child:
 * @self: a bin without a child
 * @child: a list of outputs, which it shows
 */
void
sage_capped_bin_set_child (SageCappedBin *self,
                           GtkWidget     *child)
{
  g_return_if_fail (SAGE_IS_CAPPED_BIN (self) && self->child == NULL);

  self->child = child;
  gtk_widget_insert_before (child, GTK_WIDGET (self), self->button);
  limit_child (self);
}

/**
 * sage_capped_bin_set_cap:
 * @self: a bin
 * @cap: how high the child may be, in pixels; 0 for any height
 */
void
sage_capped_bin_set_cap (SageCappedBin *self,
                         int            cap)
{
  g_return_if_fail (SAGE_IS_CAPPED_BIN (self));

  if (self->cap != cap)
    {
      self->cap = cap;
      limit_child (self);
      gtk_widget_queue_resize (GTK_WIDGET (self));
    }
}

gboolean
sage_capped_bin_get_is_open (SageCappedBin *self)
{
  g_return_val_if_fail (SAGE_IS_CAPPED_BIN (self), FALSE);

  return self->is_open;
}

void
sage_capped_bin_set_is_open (SageCappedBin *self,
                             gboolean       is_open)
{
  g_return_if_fail (SAGE_IS_CAPPED_BIN (self));

  if (self->is_open != is_open)
    {
      self->is_open = is_open;
      limit_child (self);
      gtk_button_set_label (GTK_BUTTON (self->button), is_open ? _("Show less") : _("Show all"));
      gtk_widget_queue_resize (GTK_WIDGET (self));
    }
}

/**
 * sage_capped_bin_set_follows_end:
 * @self: a bin
 * @follows_end: whether the end of the child is shown, which still grows
 */
void
sage_capped_bin_set_follows_end (SageCappedBin *self,
                                 gboolean       follows_end)
{
  g_return_if_fail (SAGE_IS_CAPPED_BIN (self));

  if (self->follows_end != follows_end)
    {
      self->follows_end = follows_end;
      limit_child (self);
      gtk_widget_queue_allocate (GTK_WIDGET (self));
    }
}
