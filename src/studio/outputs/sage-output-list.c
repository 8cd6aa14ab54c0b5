/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-output-list"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-output-list.h"
#include "sage-output-view.h"

/* A cell with more outputs shows the last ones: each is widgets. */
#define MAX_SHOWN 100

struct _SageOutputList
{
  GtkWidget   parent_instance;

  GListModel *outputs;    /* (owned) (nullable) */
  SageComms  *comms;      /* (owned) (nullable) */
  char       *path;       /* (owned) (nullable) */
  guint       trust;
  guint       max_shown;
  int         limit;      /* pixels; 0: none */
  gboolean    from_end;
  guint       update;     /* source id */

  GtkWidget  *more;       /* the button that shows earlier ones */
  GtkWidget  *box;        /* of SageOutputView, in the order of the outputs */
};

typedef enum
{
  PROP_OUTPUTS = 1,
  PROP_TRUST,
  PROP_COMMS,
  PROP_PATH,
} SageOutputListProperty;

static GParamSpec *properties[PROP_PATH + 1];

enum
{
  SIGNAL_TRUST_REQUESTED,
  SIGNAL_OPEN_LOCATION,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SageOutputList, sage_output_list, GTK_TYPE_WIDGET)

/* --- Views ----------------------------------------------------------------------------------- */

static void
trust_cb (SageOutputList *self)
{
  g_signal_emit (self, signals[SIGNAL_TRUST_REQUESTED], 0);
}

/* A path in a traceback may be relative to where the kernel runs: the folder of the notebook. */
static void
open_location_cb (SageOutputList *self,
                  const char     *path,
                  int             line)
{
  g_autofree char *whole = NULL;

  if (self->path != NULL && !g_path_is_absolute (path) && !g_str_has_prefix (path, "In["))
    {
      g_autofree char *folder = g_path_get_dirname (self->path);

      whole = g_canonicalize_filename (path, folder);
    }
  g_signal_emit (self, signals[SIGNAL_OPEN_LOCATION], 0, whole != NULL ? whole : path, line);
}

static GtkWidget *
make_view (SageOutputList *self,
           SageOutput     *output)
{
  GtkWidget *view = sage_output_view_new_limited (output, self->comms,
                                                  sage_output_is_trusted (output, self->trust),
                                                  self->limit, self->from_end);

  g_signal_connect_object (view, "trust-requested", G_CALLBACK (trust_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (view, "open-location", G_CALLBACK (open_location_cb), self,
                           G_CONNECT_SWAPPED);

  return view;
}

static void
update_more (SageOutputList *self,
             guint           hidden)
{
  gtk_widget_set_visible (self->more, hidden > 0);
  if (hidden > 0)
    {
      g_autofree char *text = g_strdup_printf (ngettext ("Show %'u earlier output",
                                                         "Show %'u earlier outputs", hidden), hidden);

      gtk_button_set_label (GTK_BUTTON (self->more), text);
    }
}

/* Brings the views in line with the outputs. Views of outputs that are still there stay what they are,
 * with what was selected, folded or chosen in them. */
static void
update_views (SageOutputList *self)
{
  guint n = self->outputs != NULL ? g_list_model_get_n_items (self->outputs) : 0;
  guint first = n - MIN (n, self->max_shown);
  g_autoptr(GHashTable) views = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  GtkWidget *before = NULL;
  gpointer left;

  g_clear_handle_id (&self->update, g_source_remove);
  for (GtkWidget *view = gtk_widget_get_first_child (self->box); view != NULL;
       view = gtk_widget_get_next_sibling (view))
    g_hash_table_insert (views, sage_output_view_get_output (SAGE_OUTPUT_VIEW (view)), view);

  for (guint i = first; i < n; i++)
    {
      g_autoptr(SageOutput) output = g_list_model_get_item (self->outputs, i);
      gpointer view = NULL;

      if (!g_hash_table_steal_extended (views, output, NULL, &view))
        {
          view = make_view (self, output);
          gtk_box_insert_child_after (GTK_BOX (self->box), view, before);
        }
      else if (gtk_widget_get_prev_sibling (view) != before)
        gtk_box_reorder_child_after (GTK_BOX (self->box), view, before);
      before = view;
    }
  g_hash_table_iter_init (&iter, views);
  while (g_hash_table_iter_next (&iter, NULL, &left))
    gtk_box_remove (GTK_BOX (self->box), left);
  update_more (self, first);
  gtk_widget_set_visible (GTK_WIDGET (self), n > 0);
}

static gboolean
update_cb (gpointer user_data)
{
  SageOutputList *self = user_data;

  self->update = 0;
  update_views (self);

  return G_SOURCE_REMOVE;
}

/* A loop that puts out thousands of things is looked at once between two frames. What replaces its
 * outputs does so in one frame, so that nothing flickers. */
static void
items_changed_cb (SageOutputList *self)
{
  if (self->update == 0)
    self->update = g_timeout_add_full (GDK_PRIORITY_REDRAW + 10, 16, update_cb, self, NULL);
}

static void
clear (SageOutputList *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->box)) != NULL)
    gtk_box_remove (GTK_BOX (self->box), child);
}

static void
more_cb (SageOutputList *self)
{
  self->max_shown += MAX_SHOWN;
  update_views (self);
}

/* --- Properties ------------------------------------------------------------------------------ */

/* Returns: (transfer none) (nullable): what is shown */
GListModel *
sage_output_list_get_outputs (SageOutputList *self)
{
  g_return_val_if_fail (SAGE_IS_OUTPUT_LIST (self), NULL);

  return self->outputs;
}

/**
 * sage_output_list_set_outputs:
 * @self: a list
 * @outputs: (nullable): a list of SageOutput, which is followed
 *
 * Shows other outputs.
 */
void
sage_output_list_set_outputs (SageOutputList *self,
                              GListModel     *outputs)
{
  g_return_if_fail (SAGE_IS_OUTPUT_LIST (self));
  g_return_if_fail (outputs == NULL || G_IS_LIST_MODEL (outputs));

  if (self->outputs == outputs)
    return;
  if (self->outputs != NULL)
    g_signal_handlers_disconnect_by_func (self->outputs, items_changed_cb, self);
  g_set_object (&self->outputs, outputs);
  if (outputs != NULL)
    g_signal_connect_object (outputs, "items-changed", G_CALLBACK (items_changed_cb), self,
                             G_CONNECT_SWAPPED);
  self->max_shown = MAX_SHOWN;
  clear (self);
  update_views (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OUTPUTS]);
}

guint
sage_output_list_get_trust (SageOutputList *self)
{
  g_return_val_if_fail (SAGE_IS_OUTPUT_LIST (self), 0);

  return self->trust;
}

/* @trust: the number by which outputs are vouched for, as sage_output_is_trusted() has it; 0: none */
void
sage_output_list_set_trust (SageOutputList *self,
                            guint           trust)
{
  g_return_if_fail (SAGE_IS_OUTPUT_LIST (self));

  if (self->trust == trust)
    return;
  self->trust = trust;
  for (GtkWidget *view = gtk_widget_get_first_child (self->box); view != NULL;
       view = gtk_widget_get_next_sibling (view))
    {
      SageOutput *output = sage_output_view_get_output (SAGE_OUTPUT_VIEW (view));

      sage_output_view_set_trusted (SAGE_OUTPUT_VIEW (view), sage_output_is_trusted (output, trust));
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TRUST]);
}

/**
 * sage_output_list_set_limit:
 * @self: a list
 * @limit: how much of the height will be seen, in pixels; 0 for all
 * @from_end: whether the end of it will be
 *
 * Says that the list will be cut: what is not to be seen of a long output is not made.
 */
void
sage_output_list_set_limit (SageOutputList *self,
                            int             limit,
                            gboolean        from_end)
{
  g_return_if_fail (SAGE_IS_OUTPUT_LIST (self));

  if (self->limit == limit && self->from_end == from_end)
    return;
  self->limit = limit;
  self->from_end = from_end;
  for (GtkWidget *view = gtk_widget_get_first_child (self->box); view != NULL;
       view = gtk_widget_get_next_sibling (view))
    sage_output_view_set_limit (SAGE_OUTPUT_VIEW (view), limit, from_end);
}

/* Returns: (transfer none) (nullable): the kernel's widgets */
SageComms *
sage_output_list_get_comms (SageOutputList *self)
{
  g_return_val_if_fail (SAGE_IS_OUTPUT_LIST (self), NULL);

  return self->comms;
}

/* @comms: (nullable): the kernel's widgets */
void
sage_output_list_set_comms (SageOutputList *self,
                            SageComms      *comms)
{
  g_return_if_fail (SAGE_IS_OUTPUT_LIST (self));

  if (!g_set_object (&self->comms, comms))
    return;
  clear (self);
  update_views (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COMMS]);
}

/* --- The object ------------------------------------------------------------------------------ */

static void
sage_output_list_get_property (GObject    *object,
                               guint       prop_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  SageOutputList *self = SAGE_OUTPUT_LIST (object);

  switch ((SageOutputListProperty) prop_id)
    {
    case PROP_OUTPUTS:
      g_value_set_object (value, self->outputs);
      break;
    case PROP_TRUST:
      g_value_set_uint (value, self->trust);
      break;
    case PROP_COMMS:
      g_value_set_object (value, self->comms);
      break;
    case PROP_PATH:
      g_value_set_string (value, self->path);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_output_list_set_property (GObject      *object,
                               guint         prop_id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  SageOutputList *self = SAGE_OUTPUT_LIST (object);

  switch ((SageOutputListProperty) prop_id)
    {
    case PROP_OUTPUTS:
      sage_output_list_set_outputs (self, g_value_get_object (value));
      break;
    case PROP_TRUST:
      sage_output_list_set_trust (self, g_value_get_uint (value));
      break;
    case PROP_COMMS:
      sage_output_list_set_comms (self, g_value_get_object (value));
      break;
    case PROP_PATH:
      if (g_set_str (&self->path, g_value_get_string (value)))
        g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_output_list_dispose (GObject *object)
{
  SageOutputList *self = SAGE_OUTPUT_LIST (object);

  g_clear_handle_id (&self->update, g_source_remove);
  g_clear_pointer (&self->more, gtk_widget_unparent);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->outputs);
  g_clear_object (&self->comms);

  G_OBJECT_CLASS (sage_output_list_parent_class)->dispose (object);
}

static void
sage_output_list_finalize (GObject *object)
{
  g_free (SAGE_OUTPUT_LIST (object)->path);

  G_OBJECT_CLASS (sage_output_list_parent_class)->finalize (object);
}

static void
sage_output_list_class_init (SageOutputListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = sage_output_list_get_property;
  object_class->set_property = sage_output_list_set_property;
  object_class->dispose = sage_output_list_dispose;
  object_class->finalize = sage_output_list_finalize;

  properties[PROP_OUTPUTS] = g_param_spec_object ("outputs", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  properties[PROP_TRUST] = g_param_spec_uint ("trust", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_COMMS] = g_param_spec_object ("comms", NULL, NULL, SAGE_TYPE_COMMS, flags);
  properties[PROP_PATH] = g_param_spec_string ("path", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  signals[SIGNAL_TRUST_REQUESTED] = g_signal_new ("trust-requested", G_TYPE_FROM_CLASS (klass),
                                                  G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_OPEN_LOCATION] = g_signal_new ("open-location", G_TYPE_FROM_CLASS (klass),
                                                G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                                G_TYPE_STRING, G_TYPE_INT);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
sage_output_list_init (SageOutputList *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  self->max_shown = MAX_SHOWN;
  self->more = gtk_button_new ();
  gtk_widget_add_css_class (self->more, "flat");
  gtk_widget_set_halign (self->more, GTK_ALIGN_START);
  gtk_widget_set_visible (self->more, FALSE);
  g_signal_connect_swapped (self->more, "clicked", G_CALLBACK (more_cb), self);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9);
  gtk_widget_set_parent (self->more, GTK_WIDGET (self));
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Outputs"), -1);
}

/**
 * sage_output_list_new:
 *
 * Returns: (transfer floating): a list without outputs
 */
GtkWidget *
sage_output_list_new (void)
{
  return g_object_new (SAGE_TYPE_OUTPUT_LIST, NULL);
}
