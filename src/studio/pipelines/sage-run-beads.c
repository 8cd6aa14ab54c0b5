/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-run-beads"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-beads.h"
#include "sage-run-beads.h"

struct _SageRunBeads
{
  GtkWidget         parent_instance;

  SageConnection   *connection; /* (owned) */
  SageResourceList *executions; /* (owned) (nullable) */

  SageBeads        *beads;
  GtkLabel         *rate;
};

G_DEFINE_FINAL_TYPE (SageRunBeads, sage_run_beads, GTK_TYPE_WIDGET)

static SageBeadState
bead_of (SageResource *execution)
{
  switch (sage_resource_get_state (execution))
    {
    case SAGE_STATE_RUNNING:
      return SAGE_BEAD_RUNNING;
    case SAGE_STATE_GOOD:
      return SAGE_BEAD_GOOD;
    case SAGE_STATE_BAD:
      return SAGE_BEAD_BAD;
    case SAGE_STATE_WAITING:
      return SAGE_BEAD_WARNING;
    case SAGE_STATE_NONE:
    case SAGE_STATE_IDLE:
    default:
      return SAGE_BEAD_NEUTRAL;
    }
}

/* The oldest of the last ones first, so that the newest stands at the end. */
static void
update (SageRunBeads *self)
{
  GListModel *model = G_LIST_MODEL (self->executions);
  guint n = MIN (g_list_model_get_n_items (model), SAGE_BEADS_MOST);
  SageBeadState states[SAGE_BEADS_MOST];
  guint good = 0;
  guint ended = 0;
  g_autofree char *rate = NULL;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr(SageResource) execution = g_list_model_get_item (model, i);
      SageBeadState state = bead_of (execution);

      states[n - 1 - i] = state;
      good += state == SAGE_BEAD_GOOD;
      ended += state == SAGE_BEAD_GOOD || state == SAGE_BEAD_BAD;
    }

  sage_beads_set_states (self->beads, states, n);
  if (ended > 0)
    /* Translators: how many of the last executions succeeded, in percent */
    rate = g_strdup_printf (_("%u %%"), (100 * good + ended / 2) / ended);
  gtk_label_set_text (self->rate, rate != NULL ? rate : "");
}

static void
event_cb (SageRunBeads *self,
          SageResource *resource)
{
  if (sage_resource_get_kind (resource) == SAGE_KIND_EXECUTION)
    update (self);
}

static void
forget (SageRunBeads *self)
{
  if (self->executions == NULL)
    return;

  g_signal_handlers_disconnect_by_data (self->executions, self);
  g_signal_handlers_disconnect_by_data (self->connection, self);
  g_clear_object (&self->executions);
}

static void
sage_run_beads_dispose (GObject *object)
{
  SageRunBeads *self = SAGE_RUN_BEADS (object);
  GtkWidget *child;

  forget (self);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->connection);

  G_OBJECT_CLASS (sage_run_beads_parent_class)->dispose (object);
}

static void
sage_run_beads_class_init (SageRunBeadsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sage_run_beads_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
}

static void
sage_run_beads_init (SageRunBeads *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 12);
  self->beads = SAGE_BEADS (sage_beads_new ());
  gtk_widget_set_halign (GTK_WIDGET (self), GTK_ALIGN_START);
  self->rate = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->rate), "numeric");
  gtk_widget_add_css_class (GTK_WIDGET (self->rate), "dim-label");
  gtk_widget_set_parent (GTK_WIDGET (self->beads), GTK_WIDGET (self));
  gtk_widget_set_parent (GTK_WIDGET (self->rate), GTK_WIDGET (self));
}

/**
 * sage_run_beads_new:
 * @connection: the engine
 *
 * Returns: (transfer floating): beads of no pipeline yet
 */
GtkWidget *
sage_run_beads_new (SageConnection *connection)
{
  SageRunBeads *self = g_object_new (SAGE_TYPE_RUN_BEADS, NULL);

  self->connection = g_object_ref (connection);

  return GTK_WIDGET (self);
}

/**
 * sage_run_beads_set_pipeline:
 * @self: the beads
 * @pipeline: (nullable): the name of the pipeline whose executions they show
 */
void
sage_run_beads_set_pipeline (SageRunBeads *self,
                             const char   *pipeline)
{
  g_return_if_fail (SAGE_IS_RUN_BEADS (self));

  forget (self);
  if (pipeline == NULL)
    return;

  self->executions = sage_connection_get_list (self->connection, SAGE_KIND_EXECUTION, pipeline);
  g_signal_connect_swapped (self->executions, "items-changed", G_CALLBACK (update), self);
  g_signal_connect_swapped (self->connection, "event", G_CALLBACK (event_cb), self);
  update (self);
}
