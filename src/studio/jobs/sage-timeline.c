/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-timeline"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sage-json.h"
#include "sage-resource.h"
#include "sage-time.h"
#include "sage-timeline.h"
#include "sage-words.h"

#define BAR_HEIGHT 8
#define MIN_WIDTH 6 /* of a phase: a short one is still seen */
#define GAP 2
#define MAX_PHASES 64

typedef struct
{
  char   *status; /* (owned) */
  double  start;
  double  end; /* 0 while it goes on */
} Phase;

struct _SageTimeline
{
  GtkWidget  parent_instance;

  GArray    *phases; /* (owned): of Phase */
  GtkWidget *words;  /* the same in words, wrapped */
  guint      tick;   /* while a phase goes on */
};

G_DEFINE_FINAL_TYPE (SageTimeline, sage_timeline, GTK_TYPE_WIDGET)

static void
phase_clear (gpointer data)
{
  g_free (((Phase *) data)->status);
}

static Phase *
phase_at (SageTimeline *self,
          guint         index)
{
  return &g_array_index (self->phases, Phase, index);
}

static double
seconds_of (const Phase *phase)
{
  return MAX ((phase->end > 0 ? phase->end : sage_time_now ()) - phase->start, 0);
}

/* The end of a job is no phase. */
static gboolean
is_phase (const char *status)
{
  SageState state = sage_state_from_status (status);

  return state == SAGE_STATE_RUNNING || state == SAGE_STATE_NONE;
}

/* --- Drawing ---------------------------------------------------------------------------------- */

/* Phases follow each other from the accent towards the grey of the text. */
static GdkRGBA
phase_colour (SageTimeline *self,
              guint         index)
{
  AdwStyleManager *style = adw_style_manager_get_for_display (gtk_widget_get_display (GTK_WIDGET (self)));
  GdkRGBA *accent = adw_style_manager_get_accent_color_rgba (style);
  GdkRGBA colour = *accent;

  /* What the job is for stands out: training, or whatever takes its place. */
  if (strcmp (phase_at (self, index)->status, "Training") != 0
      && strcmp (phase_at (self, index)->status, "InProgress") != 0
      && strcmp (phase_at (self, index)->status, "Processing") != 0)
    colour.alpha = adw_style_manager_get_high_contrast (style) ? 0.7f : 0.4f;
  gdk_rgba_free (accent);

  return colour;
}

static void
sage_timeline_snapshot (GtkWidget   *widget,
                        GtkSnapshot *snapshot)
{
  SageTimeline *self = SAGE_TIMELINE (widget);
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int width = gtk_widget_get_width (widget);
  double room = width - (double) self->phases->len * (MIN_WIDTH + GAP);
  double total = 0;
  double x = 0;

  for (guint i = 0; i < self->phases->len; i++)
    total += seconds_of (phase_at (self, i));

  for (guint i = 0; room > 0 && i < self->phases->len; i++)
    {
      double share = total > 0 ? seconds_of (phase_at (self, i)) / total : 0;
      double length = MIN_WIDTH + room * share;
      GdkRGBA colour = phase_colour (self, i);
      GskRoundedRect bar;

      gsk_rounded_rect_init_from_rect (&bar,
                                       &GRAPHENE_RECT_INIT ((float) (mirrored ? width - x - length : x),
                                                            0, (float) length, BAR_HEIGHT),
                                       BAR_HEIGHT / 2.0f);
      gtk_snapshot_push_rounded_clip (snapshot, &bar);
      gtk_snapshot_append_color (snapshot, &colour, &bar.bounds);
      gtk_snapshot_pop (snapshot);
      x += length + GAP;
    }

  gtk_widget_snapshot_child (widget, self->words, snapshot);
}

static GtkSizeRequestMode
sage_timeline_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
sage_timeline_measure (GtkWidget      *widget,
                       GtkOrientation  orientation,
                       int             for_size,
                       int            *minimum,
                       int            *natural,
                       int            *minimum_baseline,
                       int            *natural_baseline)
{
  SageTimeline *self = SAGE_TIMELINE (widget);

  gtk_widget_measure (self->words, orientation, for_size, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_VERTICAL)
    {
      *minimum += BAR_HEIGHT + 6;
      *natural += BAR_HEIGHT + 6;
    }
}

static void
sage_timeline_size_allocate (GtkWidget *widget,
                             int        width,
                             int        height,
                             int        baseline)
{
  SageTimeline *self = SAGE_TIMELINE (widget);
  GskTransform *below = gsk_transform_translate (NULL, &GRAPHENE_POINT_INIT (0, BAR_HEIGHT + 6));

  gtk_widget_allocate (self->words, width, MAX (height - BAR_HEIGHT - 6, 0), -1, below);
}

/* --- What it says ----------------------------------------------------------------------------- */

static void
add_words (SageTimeline *self,
           const Phase  *phase)
{
  g_autofree char *took = sage_words_duration (seconds_of (phase));
  /* Translators: a phase of a job, how long it took */
  g_autofree char *text = g_strdup_printf (_("%s %s"), sage_words_status (phase->status), took);
  GtkWidget *label = gtk_label_new (text);

  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "numeric");
  gtk_widget_add_css_class (label, "dim-label");
  adw_wrap_box_append (ADW_WRAP_BOX (self->words), label);
}

static void
update_words (SageTimeline *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->words)) != NULL)
    adw_wrap_box_remove (ADW_WRAP_BOX (self->words), child);
  for (guint i = 0; i < self->phases->len; i++)
    add_words (self, phase_at (self, i));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
tick_cb (gpointer user_data)
{
  update_words (user_data);

  return G_SOURCE_CONTINUE;
}

static void
update_tick (SageTimeline *self)
{
  gboolean live = gtk_widget_get_mapped (GTK_WIDGET (self)) && self->phases->len > 0
                  && phase_at (self, self->phases->len - 1)->end == 0;

  if (live && self->tick == 0)
    self->tick = g_timeout_add_seconds (1, tick_cb, self);
  else if (!live)
    g_clear_handle_id (&self->tick, g_source_remove);
}

static void
sage_timeline_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sage_timeline_parent_class)->map (widget);
  update_tick (SAGE_TIMELINE (widget));
}

static void
sage_timeline_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sage_timeline_parent_class)->unmap (widget);
  g_clear_handle_id (&SAGE_TIMELINE (widget)->tick, g_source_remove);
}

static void
sage_timeline_dispose (GObject *object)
{
  SageTimeline *self = SAGE_TIMELINE (object);

  g_clear_handle_id (&self->tick, g_source_remove);
  g_clear_pointer (&self->words, gtk_widget_unparent);
  g_clear_pointer (&self->phases, g_array_unref);

  G_OBJECT_CLASS (sage_timeline_parent_class)->dispose (object);
}

static void
sage_timeline_class_init (SageTimelineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sage_timeline_dispose;
  widget_class->map = sage_timeline_map;
  widget_class->unmap = sage_timeline_unmap;
  widget_class->snapshot = sage_timeline_snapshot;
  widget_class->measure = sage_timeline_measure;
  widget_class->size_allocate = sage_timeline_size_allocate;
  widget_class->get_request_mode = sage_timeline_get_request_mode;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
sage_timeline_init (SageTimeline *self)
{
  self->phases = g_array_new (FALSE, TRUE, sizeof (Phase));
  g_array_set_clear_func (self->phases, phase_clear);
  self->words = adw_wrap_box_new ();
  adw_wrap_box_set_child_spacing (ADW_WRAP_BOX (self->words), 12);
  gtk_widget_set_parent (self->words, GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Timeline"), -1);
}

GtkWidget *
sage_timeline_new (void)
{
  return g_object_new (SAGE_TYPE_TIMELINE, NULL);
}

/**
 * sage_timeline_set_transitions:
 * @self: a timeline
 * @transitions: (nullable): the SecondaryStatusTransitions of a description
 */
void
sage_timeline_set_transitions (SageTimeline *self,
                               JsonArray    *transitions)
{
  g_return_if_fail (SAGE_IS_TIMELINE (self));

  g_array_set_size (self->phases, 0);
  for (guint i = 0; transitions != NULL && i < json_array_get_length (transitions)
                    && self->phases->len < MAX_PHASES; i++)
    {
      JsonObject *transition = sage_json_array_object (transitions, i);
      const char *status = transition != NULL ? sage_json_string (transition, "Status", NULL) : NULL;
      Phase phase;

      if (status == NULL || !is_phase (status))
        continue;
      phase.status = g_strdup (status);
      phase.start = sage_json_double (transition, "StartTime", 0);
      phase.end = sage_json_double (transition, "EndTime", 0);
      g_array_append_val (self->phases, phase);
    }
  update_words (self);
  update_tick (self);
}
