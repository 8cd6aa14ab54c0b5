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
  GtkLabel       *badge;
};

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
sage_section_row_class_init (SageSectionRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sage_section_row_dispose;
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
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), box);

  return GTK_WIDGET (self);
}

const char *
sage_section_row_get_location (SageSectionRow *self)
{
  g_return_val_if_fail (SAGE_IS_SECTION_ROW (self), NULL);

  return self->section->location;
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
