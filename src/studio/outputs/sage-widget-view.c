/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-widget-view"

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sage-html-sanitise.h"
#include "sage-json.h"
#include "sage-text.h"
#include "sage-widget-view.h"

#define MAX_DEPTH 8
#define MAX_CHILDREN 200
#define REFERENCE "IPY_MODEL_"

typedef enum
{
  KIND_NONE,
  KIND_PROGRESS,
  KIND_TEXT,
  KIND_ROW,
  KIND_COLUMN,
} Kind;

static const struct
{
  const char *name;
  Kind        kind;
} models[] = {
  { "IntProgressModel", KIND_PROGRESS }, { "FloatProgressModel", KIND_PROGRESS },
  { "HTMLModel", KIND_TEXT }, { "HTMLMathModel", KIND_TEXT }, { "LabelModel", KIND_TEXT },
  { "HBoxModel", KIND_ROW }, { "BoxModel", KIND_ROW }, { "VBoxModel", KIND_COLUMN },
};

struct _SageWidgetView
{
  GtkWidget  parent_instance;

  SageComms *comms;    /* (owned) */
  char      *comm_id;  /* (owned) */
  char      *layout;   /* (owned) (nullable): the id of its layout, which is watched too */
  char      *children; /* (owned) (nullable): those that are shown, as JSON */
  Kind       kind;
  guint      depth;
  GtkWidget *content;
};

G_DEFINE_FINAL_TYPE (SageWidgetView, sage_widget_view, GTK_TYPE_WIDGET)

static GtkWidget *make_view (SageComms  *comms,
                             const char *comm_id,
                             guint       depth);

static Kind
find_kind (JsonObject *state)
{
  const char *name = sage_json_string (state, "_model_name", NULL);

  for (gsize i = 0; name != NULL && i < G_N_ELEMENTS (models); i++)
    if (strcmp (models[i].name, name) == 0)
      return models[i].kind;

  return KIND_NONE;
}

/* Returns: (nullable): the id in a reference to another model */
static const char *
read_reference (const char *text)
{
  return text != NULL && g_str_has_prefix (text, REFERENCE) ? text + strlen (REFERENCE) : NULL;
}

static gboolean
can_show (SageComms  *comms,
          const char *comm_id,
          guint       depth)
{
  JsonObject *state = sage_comms_get_state (comms, comm_id);
  Kind kind = state != NULL ? find_kind (state) : KIND_NONE;
  JsonArray *children;

  if (kind == KIND_NONE || depth == MAX_DEPTH)
    return FALSE;
  if (kind != KIND_ROW && kind != KIND_COLUMN)
    return TRUE;

  children = sage_json_array (state, "children");
  if (children == NULL || json_array_get_length (children) > MAX_CHILDREN)
    return FALSE;
  for (guint i = 0; i < json_array_get_length (children); i++)
    if (!can_show (comms, read_reference (sage_json_array_string (children, i)), depth + 1))
      return FALSE;

  return TRUE;
}

/**
 * sage_widget_view_can_show:
 * @comms: the kernel's widgets
 * @comm_id: one of them
 *
 * Returns: whether it, and all that is in it, is of a kind that is shown natively
 */
gboolean
sage_widget_view_can_show (SageComms  *comms,
                           const char *comm_id)
{
  g_return_val_if_fail (SAGE_IS_COMMS (comms), FALSE);

  return comm_id != NULL && can_show (comms, comm_id, 0);
}

/* --- Showing --------------------------------------------------------------------------------- */

static void
update_progress (SageWidgetView *self,
                 JsonObject     *state)
{
  static const char * const styles[] = { "success", "warning", "danger" };
  static const char * const classes[] = { "success", "warning", "error" };
  GtkWidget *bar = gtk_widget_get_last_child (self->content);
  GtkWidget *label = gtk_widget_get_first_child (self->content);
  double min = sage_json_double (state, "min", 0);
  double max = sage_json_double (state, "max", 100);
  double value = sage_json_double (state, "value", 0);
  double fraction = max > min ? CLAMP ((value - min) / (max - min), 0, 1) : 0;
  const char *style = sage_json_string (state, "bar_style", "");
  g_autofree char *description = sage_text_shorten_end (sage_json_string (state, "description", ""), 200);

  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (bar), isfinite (fraction) ? fraction : 0);
  for (gsize i = 0; i < G_N_ELEMENTS (styles); i++)
    if (strcmp (style, styles[i]) == 0)
      gtk_widget_add_css_class (bar, classes[i]);
    else
      gtk_widget_remove_css_class (bar, classes[i]);
  gtk_label_set_text (GTK_LABEL (label), description);
  gtk_widget_set_visible (label, description[0] != '\0');
  gtk_accessible_update_property (GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  description[0] != '\0' ? description : _("Progress"), -1);
}

static void
update_text (SageWidgetView *self,
             JsonObject     *state)
{
  const char *value = sage_json_string (state, "value", "");
  gboolean html = g_str_has_prefix (sage_json_string (state, "_model_name", ""), "HTML");
  g_autofree char *text = html ? sage_html_to_text (value, strlen (value)) : g_strdup (value);
  g_autofree char *shown = sage_text_shorten_end (text, SAGE_TEXT_MAX_PARAGRAPH);

  gtk_label_set_text (GTK_LABEL (self->content), shown);
  gtk_widget_set_visible (self->content, shown[0] != '\0');
}

static void
update_children (SageWidgetView *self,
                 JsonObject     *state)
{
  JsonArray *children = sage_json_array (state, "children");
  g_autoptr(JsonNode) node = children != NULL ? json_node_init_array (json_node_alloc (), children) : NULL;
  g_autofree char *text = node != NULL ? json_to_string (node, FALSE) : NULL;
  GtkWidget *child;

  if (!g_set_str (&self->children, text))
    return;
  while ((child = gtk_widget_get_first_child (self->content)) != NULL)
    gtk_box_remove (GTK_BOX (self->content), child);
  for (guint i = 0; children != NULL && i < MIN (json_array_get_length (children), MAX_CHILDREN); i++)
    {
      const char *comm_id = read_reference (sage_json_array_string (children, i));
      GtkWidget *view = comm_id != NULL ? make_view (self->comms, comm_id, self->depth + 1) : NULL;

      if (view != NULL)
        gtk_box_append (GTK_BOX (self->content), view);
    }
}

/* A bar that is done and not to be left is hidden by its layout. */
static gboolean
is_hidden (SageWidgetView *self)
{
  JsonObject *layout = self->layout != NULL ? sage_comms_get_state (self->comms, self->layout) : NULL;

  return layout != NULL && (strcmp (sage_json_string (layout, "display", ""), "none") == 0 ||
                            strcmp (sage_json_string (layout, "visibility", ""), "hidden") == 0);
}

static void
update (SageWidgetView *self)
{
  JsonObject *state = sage_comms_get_state (self->comms, self->comm_id);

  if (state == NULL || find_kind (state) != self->kind)
    return; /* the kernel has gone: it stays as it was last */

  switch (self->kind)
    {
    case KIND_PROGRESS:
      update_progress (self, state);
      break;
    case KIND_TEXT:
      update_text (self, state);
      break;
    case KIND_ROW:
    case KIND_COLUMN:
      update_children (self, state);
      break;
    case KIND_NONE:
    default:
      break;
    }
  gtk_widget_set_visible (GTK_WIDGET (self), !is_hidden (self));
}

static GtkWidget *
make_progress (void)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *bar = gtk_progress_bar_new ();

  gtk_box_append (GTK_BOX (row), gtk_label_new (NULL));
  gtk_widget_set_valign (bar, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (bar, TRUE);
  gtk_widget_set_size_request (bar, 120, -1);
  gtk_box_append (GTK_BOX (row), bar);

  return row;
}

static GtkWidget *
make_content (SageWidgetView *self)
{
  GtkWidget *label;

  switch (self->kind)
    {
    case KIND_PROGRESS:
      return make_progress ();
    case KIND_TEXT:
      label = gtk_label_new (NULL);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_label_set_selectable (GTK_LABEL (label), TRUE);
      gtk_widget_add_css_class (label, "numeric");
      return label;
    case KIND_ROW:
      return gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
    case KIND_COLUMN:
    case KIND_NONE:
    default:
      return gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
    }
}

static void
watch (SageWidgetView *self,
       const char     *comm_id)
{
  g_autofree char *signal = g_strdup_printf ("changed::%s", comm_id);

  g_signal_connect_object (self->comms, signal, G_CALLBACK (update), self, G_CONNECT_SWAPPED);
}

static GtkWidget *
make_view (SageComms  *comms,
           const char *comm_id,
           guint       depth)
{
  JsonObject *state = sage_comms_get_state (comms, comm_id);
  Kind kind = state != NULL ? find_kind (state) : KIND_NONE;
  SageWidgetView *self;

  if (kind == KIND_NONE || depth == MAX_DEPTH)
    return NULL;

  self = g_object_new (SAGE_TYPE_WIDGET_VIEW, NULL);
  self->comms = g_object_ref (comms);
  self->comm_id = g_strdup (comm_id);
  self->layout = g_strdup (read_reference (sage_json_string (state, "layout", NULL)));
  self->kind = kind;
  self->depth = depth;
  self->content = make_content (self);
  gtk_widget_set_parent (self->content, GTK_WIDGET (self));
  gtk_widget_set_hexpand (GTK_WIDGET (self), kind == KIND_PROGRESS);
  watch (self, comm_id);
  if (self->layout != NULL)
    watch (self, self->layout);
  update (self);

  return GTK_WIDGET (self);
}

/* --- The object ------------------------------------------------------------------------------ */

static void
sage_widget_view_dispose (GObject *object)
{
  SageWidgetView *self = SAGE_WIDGET_VIEW (object);

  g_clear_pointer (&self->content, gtk_widget_unparent);
  g_clear_object (&self->comms);

  G_OBJECT_CLASS (sage_widget_view_parent_class)->dispose (object);
}

static void
sage_widget_view_finalize (GObject *object)
{
  SageWidgetView *self = SAGE_WIDGET_VIEW (object);

  g_free (self->comm_id);
  g_free (self->layout);
  g_free (self->children);

  G_OBJECT_CLASS (sage_widget_view_parent_class)->finalize (object);
}

static void
sage_widget_view_class_init (SageWidgetViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = sage_widget_view_dispose;
  object_class->finalize = sage_widget_view_finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
sage_widget_view_init (SageWidgetView *self)
{
}

/**
 * sage_widget_view_new:
 * @comms: the kernel's widgets
 * @comm_id: one that can be shown
 *
 * Returns: (transfer floating) (nullable): a widget that shows it and follows it
 */
GtkWidget *
sage_widget_view_new (SageComms  *comms,
                      const char *comm_id)
{
  g_return_val_if_fail (SAGE_IS_COMMS (comms), NULL);

  return make_view (comms, comm_id, 0);
}
