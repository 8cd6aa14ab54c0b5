/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-beads"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "sage-beads.h"

#define N_STATES (SAGE_BEAD_BAD + 1)
#define WIDTH 6.0f   /* of a bead */
#define HEIGHT 16.0f
#define GAP 3.0f
#define BORDER 1.5f  /* of one that is hollow */
#define MARK_DOT 4.5f /* of an exclamation mark */

/* How the last runs of something went: one mark each, the newest at the end. The shape says it as
 * well as the colour: what went well is short, what failed is long, what needs attention is an
 * exclamation mark, what runs is hollow, and a dot is neither. */
struct _SageBeads
{
  GtkWidget        parent_instance;

  SageBeadState    states[SAGE_BEADS_MOST];
  guint            n_states;
  AdwStyleManager *manager; /* (owned) */
};

G_DEFINE_FINAL_TYPE (SageBeads, sage_beads, GTK_TYPE_WIDGET)

static const float heights[N_STATES] = {
  [SAGE_BEAD_NEUTRAL] = WIDTH,
  [SAGE_BEAD_RUNNING] = HEIGHT,
  [SAGE_BEAD_GOOD] = 10,
  [SAGE_BEAD_WARNING] = HEIGHT,
  [SAGE_BEAD_BAD] = HEIGHT,
};

static GdkRGBA
sage_beads_get_colour (SageBeads     *self,
                       SageBeadState  state)
{
  static const guint32 light[N_STATES] = { 0x8b8b93, 0, 0x2ca06a, 0xc88800, 0xd7263d };
  static const guint32 dark[N_STATES] = { 0x8e8e96, 0, 0x57c98a, 0xf0c04a, 0xff6b66 };
  g_autoptr(GdkRGBA) accent = NULL;
  guint32 rgb;

  if (state == SAGE_BEAD_RUNNING)
    {
      accent = adw_style_manager_get_accent_color_rgba (self->manager);
      return *accent;
    }
  rgb = (adw_style_manager_get_dark (self->manager) ? dark : light)[state];

  return (GdkRGBA) { (rgb >> 16) / 255.0f, ((rgb >> 8) & 0xff) / 255.0f, (rgb & 0xff) / 255.0f, 1 };
}

static void
draw_pill (GtkSnapshot   *snapshot,
           const GdkRGBA *colour,
           float          x,
           float          y,
           float          height,
           gboolean       hollow)
{
  const float widths[4] = { BORDER, BORDER, BORDER, BORDER };
  const GdkRGBA colours[4] = { *colour, *colour, *colour, *colour };
  GskRoundedRect outline;

  gsk_rounded_rect_init_from_rect (&outline, &GRAPHENE_RECT_INIT (x, y, WIDTH, height),
                                   MIN (WIDTH, height) / 2);
  if (hollow)
    {
      gtk_snapshot_append_border (snapshot, &outline, widths, colours);
      return;
    }
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  gtk_snapshot_append_color (snapshot, colour, &outline.bounds);
  gtk_snapshot_pop (snapshot);
}

static void
sage_beads_draw_bead (SageBeads     *self,
                      GtkSnapshot   *snapshot,
                      SageBeadState  state,
                      float          x)
{
  GdkRGBA colour = sage_beads_get_colour (self, state);
  float y = (gtk_widget_get_height (GTK_WIDGET (self)) - heights[state]) / 2;

  if (state == SAGE_BEAD_WARNING)
    {
      draw_pill (snapshot, &colour, x, y, HEIGHT - MARK_DOT - 1.5f, FALSE);
      draw_pill (snapshot, &colour, x, y + HEIGHT - MARK_DOT, MARK_DOT, FALSE);
      return;
    }
  draw_pill (snapshot, &colour, x, y, heights[state], state == SAGE_BEAD_RUNNING);
}

static void
sage_beads_snapshot (GtkWidget   *widget,
                     GtkSnapshot *snapshot)
{
  SageBeads *self = SAGE_BEADS (widget);
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  float width = gtk_widget_get_width (widget);
  guint n_fitting = MIN (self->n_states, (guint) ((width + GAP) / (WIDTH + GAP)));

  for (guint i = 0; i < n_fitting; i++)
    {
      /* The newest stand at the end, wherever the strip begins. */
      SageBeadState state = self->states[self->n_states - 1 - i];
      float x = i * (WIDTH + GAP);

      sage_beads_draw_bead (self, snapshot, state, rtl ? x : width - WIDTH - x);
    }
}

static void
sage_beads_measure (GtkWidget      *widget,
                    GtkOrientation  orientation,
                    int             for_size,
                    int            *minimum,
                    int            *natural,
                    int            *minimum_baseline,
                    int            *natural_baseline)
{
  if (orientation == GTK_ORIENTATION_VERTICAL)
    *minimum = *natural = (int) HEIGHT;
  else
    {
      *minimum = (int) (5 * (WIDTH + GAP) - GAP);
      *natural = (int) (SAGE_BEADS_MOST * (WIDTH + GAP) - GAP);
    }
}

/* Returns the states as counts, in words; (transfer full). */
static char *
sage_beads_describe (SageBeads *self)
{
  g_autoptr(GStrvBuilder) parts = g_strv_builder_new ();
  g_auto(GStrv) counts = NULL;
  guint n[N_STATES] = { 0 };

  if (self->n_states == 0)
    return g_strdup (_("Never run"));

  for (guint i = 0; i < self->n_states; i++)
    n[self->states[i]]++;

  if (n[SAGE_BEAD_GOOD] > 0)
    g_strv_builder_take (parts, g_strdup_printf (
      ngettext ("%u succeeded", "%u succeeded", n[SAGE_BEAD_GOOD]), n[SAGE_BEAD_GOOD]));
  if (n[SAGE_BEAD_BAD] > 0)
    g_strv_builder_take (parts, g_strdup_printf (
      ngettext ("%u failed", "%u failed", n[SAGE_BEAD_BAD]), n[SAGE_BEAD_BAD]));
  if (n[SAGE_BEAD_WARNING] > 0)
    g_strv_builder_take (parts, g_strdup_printf (
      ngettext ("%u needs attention", "%u need attention", n[SAGE_BEAD_WARNING]),
      n[SAGE_BEAD_WARNING]));
  if (n[SAGE_BEAD_RUNNING] > 0)
    g_strv_builder_take (parts, g_strdup_printf (
      ngettext ("%u running", "%u running", n[SAGE_BEAD_RUNNING]), n[SAGE_BEAD_RUNNING]));
  if (n[SAGE_BEAD_NEUTRAL] > 0)
    g_strv_builder_take (parts, g_strdup_printf (
      ngettext ("%u stopped", "%u stopped", n[SAGE_BEAD_NEUTRAL]), n[SAGE_BEAD_NEUTRAL]));
  counts = g_strv_builder_end (parts);

  /* Translators: between counts, as in "17 succeeded, 2 failed" */
  return g_strjoinv (C_("list separator", ", "), counts);
}

static void
sage_beads_changed (SageBeads *self)
{
  g_autofree char *description = sage_beads_describe (self);

  gtk_widget_set_tooltip_text (GTK_WIDGET (self), description);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  description, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
sage_beads_dispose (GObject *object)
{
  SageBeads *self = SAGE_BEADS (object);

  if (self->manager != NULL)
    g_signal_handlers_disconnect_by_data (self->manager, self);
  g_clear_object (&self->manager);

  G_OBJECT_CLASS (sage_beads_parent_class)->dispose (object);
}

static void
sage_beads_class_init (SageBeadsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sage_beads_dispose;
  widget_class->snapshot = sage_beads_snapshot;
  widget_class->measure = sage_beads_measure;
  gtk_widget_class_set_css_name (widget_class, "sage-beads");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
sage_beads_init (SageBeads *self)
{
  self->manager = g_object_ref (
    adw_style_manager_get_for_display (gtk_widget_get_display (GTK_WIDGET (self))));
  g_signal_connect_swapped (self->manager, "notify::dark", G_CALLBACK (gtk_widget_queue_draw), self);
  g_signal_connect_swapped (self->manager, "notify::accent-color-rgba",
                            G_CALLBACK (gtk_widget_queue_draw), self);
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  sage_beads_changed (self);
}

/**
 * sage_beads_new:
 *
 * Its accessible label is for the caller to set: it says what the beads are of.
 *
 * Returns: (transfer floating): a strip without beads
 */
GtkWidget *
sage_beads_new (void)
{
  return g_object_new (SAGE_TYPE_BEADS, NULL);
}

/**
 * sage_beads_set_states:
 * @states: (array length=n_states) (nullable): how each went, the newest last; only the newest
 *   %SAGE_BEADS_MOST are shown
 *
 * Replaces all beads.
 */
void
sage_beads_set_states (SageBeads           *self,
                       const SageBeadState *states,
                       gsize                n_states)
{
  gsize n_shown = MIN (n_states, SAGE_BEADS_MOST);

  g_return_if_fail (SAGE_IS_BEADS (self));
  g_return_if_fail (n_states == 0 || states != NULL);

  for (gsize i = 0; i < n_shown; i++)
    {
      SageBeadState state = states[n_states - n_shown + i];

      g_return_if_fail ((guint) state < N_STATES);
      self->states[i] = state;
    }
  self->n_states = (guint) n_shown;
  sage_beads_changed (self);
}
