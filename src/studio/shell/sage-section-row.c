/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-section-row"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-feed.h"
#include "sage-section-row.h"
#include "sage-shortcut-table.h"

#define MAX_KINDS 3

/* What a section counts: the rows of these kinds in this state. */
typedef struct
{
  const char *location;
  SageState   state;
  int         kinds[MAX_KINDS]; /* ends in -1 */
} Section;

static const Section sections[] = {
  { "home", SAGE_STATE_NONE, { -1 } },
  { "pipelines", SAGE_STATE_RUNNING, { SAGE_KIND_EXECUTION, -1 } },
  { "models", SAGE_STATE_WAITING, { SAGE_KIND_PACKAGE, -1 } },
  { "endpoints", SAGE_STATE_BAD, { SAGE_KIND_ENDPOINT, -1 } },
  { "jobs", SAGE_STATE_RUNNING, { SAGE_KIND_TRAINING_JOB, SAGE_KIND_PROCESSING_JOB, -1 } },
};

struct _SageSectionRow
{
  GtkListBoxRow   parent_instance;

  const Section  *section;
  SageFeed       *counted; /* (owned) (nullable): what the badge counts */
  gboolean        expanded;
  GtkLabel       *badge;
  GtkWidget      *expander;
};

enum
{
  PROP_EXPANDED = 1,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (SageSectionRow, sage_section_row, GTK_TYPE_LIST_BOX_ROW)

static void
forget_counted (SageSectionRow *self)
{
  if (self->counted != NULL)
    g_signal_handlers_disconnect_by_data (self->counted, self);
  g_clear_object (&self->counted);
}

static void
sage_section_row_dispose (GObject *object)
{
  forget_counted (SAGE_SECTION_ROW (object));

  G_OBJECT_CLASS (sage_section_row_parent_class)->dispose (object);
}

static void
sage_section_row_get_property (GObject    *object,
                               guint       id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  SageSectionRow *self = SAGE_SECTION_ROW (object);

  if (id == PROP_EXPANDED)
    g_value_set_boolean (value, self->expanded);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
sage_section_row_set_property (GObject      *object,
                               guint         id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  if (id == PROP_EXPANDED)
    sage_section_row_set_expanded (SAGE_SECTION_ROW (object), g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
sage_section_row_class_init (SageSectionRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = sage_section_row_dispose;
  object_class->get_property = sage_section_row_get_property;
  object_class->set_property = sage_section_row_set_property;

  properties[PROP_EXPANDED] = g_param_spec_boolean ("expanded", NULL, NULL, FALSE,
                                                    G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY
                                                      | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
sage_section_row_init (SageSectionRow *self)
{
}

/* What the badge says to somebody who does not see where it stands. */
static char *
describe_badge (SageSectionRow *self,
                guint           n)
{
  switch (self->section->state)
    {
    case SAGE_STATE_RUNNING:
      return g_strdup_printf (g_dngettext (NULL, "%u running", "%u running", n), n);
    case SAGE_STATE_WAITING:
      return g_strdup_printf (g_dngettext (NULL, "%u waiting for approval",
                                           "%u waiting for approval", n), n);
    case SAGE_STATE_BAD:
      return g_strdup_printf (g_dngettext (NULL, "%u failed", "%u failed", n), n);
    case SAGE_STATE_NONE:
    case SAGE_STATE_IDLE:
    case SAGE_STATE_GOOD:
    default:
      return g_strdup ("");
    }
}

static void
update_badge (SageSectionRow *self)
{
  guint n = self->counted != NULL ? sage_feed_get_total (self->counted) : 0;
  g_autofree char *number = NULL;
  g_autofree char *words = NULL;

  number = g_strdup_printf ("%u", n);
  words = describe_badge (self, n);
  gtk_label_set_text (self->badge, number);
  gtk_widget_set_visible (GTK_WIDGET (self->badge), n > 0);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->badge), words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  n > 0 ? words : "", -1);
}

static void
expander_cb (SageSectionRow *self)
{
  sage_section_row_set_expanded (self, !self->expanded);
}

/* As in a tree: towards the text unfolds, back folds. */
static gboolean
key_cb (SageSectionRow *self,
        guint           keyval,
        guint           keycode,
        GdkModifierType state)
{
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  gboolean left = keyval == GDK_KEY_Left || keyval == GDK_KEY_KP_Left;
  gboolean right = keyval == GDK_KEY_Right || keyval == GDK_KEY_KP_Right;

  if ((!left && !right) || (state & gtk_accelerator_get_default_mod_mask ()) != 0
      || !gtk_widget_get_visible (self->expander))
    return GDK_EVENT_PROPAGATE;

  sage_section_row_set_expanded (self, right != rtl);

  return GDK_EVENT_STOP;
}

/* What shows and hides the recent items; it is there when there are some. */
static GtkWidget *
make_expander (SageSectionRow *self,
               const char     *title)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("pan-end-symbolic");
  GtkEventController *keys = gtk_event_controller_key_new ();
  g_autofree char *label = g_strdup_printf (_("Recently opened: %s"), title);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "expander");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_visible (button, FALSE);
  gtk_widget_set_tooltip_text (button, _("Recently opened"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_accessible_update_state (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_STATE_EXPANDED, FALSE, -1);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (expander_cb), self);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);

  return button;
}

/**
 * sage_section_row_new:
 * @location: where the section is: `jobs`
 *
 * Returns: (transfer floating): a row for it
 */
GtkWidget *
sage_section_row_new (const char *location)
{
  SageSectionRow *self = g_object_new (SAGE_TYPE_SECTION_ROW, NULL);
  g_autofree char *action = g_strconcat ("win.open::", location, NULL);
  const SageShortcut *shortcut = sage_shortcut_find (action);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *icon;
  GtkWidget *label;

  g_assert (shortcut != NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (sections); i++)
    if (strcmp (sections[i].location, location) == 0)
      self->section = &sections[i];
  g_assert (self->section != NULL);

  icon = gtk_image_new_from_icon_name (shortcut->icon);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _(shortcut->title), -1);
  label = gtk_label_new (_(shortcut->title));
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (label, TRUE);
  self->badge = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_set_visible (GTK_WIDGET (self->badge), FALSE);
  gtk_widget_set_valign (GTK_WIDGET (self->badge), GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (GTK_WIDGET (self->badge), "badge");
  gtk_widget_add_css_class (GTK_WIDGET (self->badge), "numeric");
  if (self->section->state == SAGE_STATE_WAITING)
    gtk_widget_add_css_class (GTK_WIDGET (self->badge), "waiting");
  if (self->section->state == SAGE_STATE_BAD)
    gtk_widget_add_css_class (GTK_WIDGET (self->badge), "bad");

  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->badge));
  self->expander = make_expander (self, _(shortcut->title));
  gtk_box_append (GTK_BOX (box), self->expander);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), box);

  return GTK_WIDGET (self);
}

const char *
sage_section_row_get_location (SageSectionRow *self)
{
  g_return_val_if_fail (SAGE_IS_SECTION_ROW (self), NULL);

  return self->section->location;
}

/**
 * sage_section_row_set_expandable:
 * @self: a row
 * @expandable: whether there is anything to unfold
 */
void
sage_section_row_set_expandable (SageSectionRow *self,
                                 gboolean        expandable)
{
  g_return_if_fail (SAGE_IS_SECTION_ROW (self));

  gtk_widget_set_visible (self->expander, expandable);
}

gboolean
sage_section_row_get_expanded (SageSectionRow *self)
{
  g_return_val_if_fail (SAGE_IS_SECTION_ROW (self), FALSE);

  return self->expanded;
}

/**
 * sage_section_row_set_expanded:
 * @self: a row
 * @expanded: whether the section's recent items show under it; who made the row shows them
 */
void
sage_section_row_set_expanded (SageSectionRow *self,
                               gboolean        expanded)
{
  g_return_if_fail (SAGE_IS_SECTION_ROW (self));

  if (self->expanded == expanded)
    return;

  self->expanded = expanded;
  gtk_button_set_icon_name (GTK_BUTTON (self->expander),
                            expanded ? "pan-down-symbolic" : "pan-end-symbolic");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->expander), GTK_ACCESSIBLE_STATE_EXPANDED,
                               expanded, -1);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_EXPANDED]);
}

static gboolean
is_counted (SageResource *resource,
            gpointer      user_data)
{
  return sage_resource_get_state (resource) == ((const Section *) user_data)->state;
}

/**
 * sage_section_row_set_connection:
 * @self: a row
 * @connection: (nullable): the engine whose rows the badge counts
 */
void
sage_section_row_set_connection (SageSectionRow *self,
                                 SageConnection *connection)
{
  g_return_if_fail (SAGE_IS_SECTION_ROW (self));

  forget_counted (self);
  if (connection != NULL && self->section->kinds[0] >= 0)
    {
      self->counted = sage_feed_new (connection, is_counted, (gpointer) self->section, 0,
                                     self->section->kinds);
      g_signal_connect_swapped (self->counted, "notify::total", G_CALLBACK (update_badge), self);
    }
  update_badge (self);
}
