/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-traffic-card"

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>

#include "sage-clock.h"
#include "sage-error.h"
#include "sage-metrics-feed.h"
#include "sage-traffic-card.h"
#include "sage-traffic-row.h"
#include "sage-words.h"

struct _SageTrafficCard
{
  GtkWidget        parent_instance;

  SageMetricsFeed *feed;    /* (owned) (nullable) */
  SageTraffic     *traffic; /* (owned) */
  GPtrArray       *shown;   /* (owned): of SageTrafficRow, borrowed from the box */

  GtkLabel        *caption;
  GtkStack        *stack;
  GtkBox          *rows;
};

G_DEFINE_FINAL_TYPE (SageTrafficCard, sage_traffic_card, GTK_TYPE_WIDGET)

/* What was counted before today needs its date. */
static char *
describe_start (double uptime)
{
  double start = (double) g_get_real_time () / G_USEC_PER_SEC - uptime;

  return uptime < 12 * 60 * 60 ? sage_clock_time (start) : sage_words_exact_time (start);
}

static void
update_caption (SageTrafficCard *self)
{
  g_autofree char *start = describe_start (sage_traffic_get_uptime (self->traffic));
  g_autofree char *text = NULL;

  /* Translators: of when the numbers are that stand big, and those that stand beneath them: a time */
  text = g_strdup_printf (_("The last 5 minutes, and overall since %s"), start);
  gtk_label_set_text (self->caption, text);
}

static void
ensure_rows (SageTrafficCard *self,
             guint            n)
{
  while (self->shown->len > n)
    {
      gtk_box_remove (self->rows, g_ptr_array_index (self->shown, self->shown->len - 1));
      g_ptr_array_set_size (self->shown, (int) self->shown->len - 1);
    }
  while (self->shown->len < n)
    {
      GtkWidget *row = sage_traffic_row_new ();

      gtk_box_append (self->rows, row);
      g_ptr_array_add (self->shown, row);
    }
}

static void
answer_cb (SageTrafficCard *self,
           JsonObject      *answer)
{
  gint64 calls = 0;
  guint n;

  sage_traffic_add (self->traffic, answer);
  n = sage_traffic_get_n_variants (self->traffic);
  ensure_rows (self, n);
  for (guint i = 0; i < n; i++)
    {
      SageTrafficFigures figures;

      sage_traffic_read (self->traffic, i, &figures);
      sage_traffic_row_show (g_ptr_array_index (self->shown, i), &figures, n > 1);
      calls += figures.calls;
    }

  update_caption (self);
  gtk_stack_set_visible_child_name (self->stack, calls > 0 ? "figures" : "none");
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}

/* What stands there stays; the next answer goes on from it. */
static void
failed_cb (SageTrafficCard *self,
           const GError    *error)
{
  g_autofree char *why = sage_words_error (error);

  g_debug ("%s", error->message);
  if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND))
    gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  else
    gtk_label_set_text (self->caption, g_error_matches (error, SAGE_ERROR, SAGE_ERROR_BUSY)
                        ? _("The gateway does not answer at the moment.") : why);
}

static void
sage_traffic_card_dispose (GObject *object)
{
  SageTrafficCard *self = SAGE_TRAFFIC_CARD (object);
  GtkWidget *child;

  if (self->feed != NULL)
    {
      sage_metrics_feed_set_active (self->feed, FALSE);
      g_signal_handlers_disconnect_by_data (self->feed, self);
    }
  g_clear_object (&self->feed);
  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_TRAFFIC_CARD);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child); /* what the template has without a name stays */

  G_OBJECT_CLASS (sage_traffic_card_parent_class)->dispose (object);
}

static void
sage_traffic_card_finalize (GObject *object)
{
  SageTrafficCard *self = SAGE_TRAFFIC_CARD (object);

  sage_traffic_free (self->traffic);
  g_ptr_array_unref (self->shown);

  G_OBJECT_CLASS (sage_traffic_card_parent_class)->finalize (object);
}

static void
sage_traffic_card_class_init (SageTrafficCardClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sage_traffic_card_dispose;
  object_class->finalize = sage_traffic_card_finalize;
  gtk_widget_class_set_css_name (widget_class, "facts");
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/sagebrush/Studio/ui/endpoints/sage-traffic-card.ui");
  gtk_widget_class_bind_template_child (widget_class, SageTrafficCard, caption);
  gtk_widget_class_bind_template_child (widget_class, SageTrafficCard, stack);
  gtk_widget_class_bind_template_child (widget_class, SageTrafficCard, rows);
}

static void
sage_traffic_card_init (SageTrafficCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->traffic = sage_traffic_new ();
  self->shown = g_ptr_array_new ();
  ensure_rows (self, 1); /* most have one; it keeps its room until it is known */
}

/**
 * sage_traffic_card_new:
 *
 * Returns: (transfer floating): a card about no endpoint yet
 */
GtkWidget *
sage_traffic_card_new (void)
{
  return g_object_new (SAGE_TYPE_TRAFFIC_CARD, NULL);
}

/**
 * sage_traffic_card_follow:
 * @self: the card
 * @connection: the engine
 * @endpoint: an endpoint's name
 *
 * Says what it is about; once, before it is active.
 */
void
sage_traffic_card_follow (SageTrafficCard *self,
                          SageConnection  *connection,
                          const char      *endpoint)
{
  g_return_if_fail (SAGE_IS_TRAFFIC_CARD (self) && self->feed == NULL);

  self->feed = sage_metrics_feed_new (connection, endpoint);
  g_signal_connect_swapped (self->feed, "answer", G_CALLBACK (answer_cb), self);
  g_signal_connect_swapped (self->feed, "failed", G_CALLBACK (failed_cb), self);
}

/**
 * sage_traffic_card_set_active:
 * @self: the card
 * @active: whether to ask the engine: its page is in sight, and the endpoint answers
 */
void
sage_traffic_card_set_active (SageTrafficCard *self,
                              gboolean         active)
{
  g_return_if_fail (SAGE_IS_TRAFFIC_CARD (self));

  if (self->feed != NULL)
    sage_metrics_feed_set_active (self->feed, active);
}
