/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-group-cell"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-group-cell.h"
#include "sage-relative-time.h"
#include "sage-words.h"

struct _SageGroupCell
{
  GtkWidget        parent_instance;

  SageGroupDigest *digest; /* (owned) */
  char            *group;  /* (owned) (nullable) */
  SageGroupFact    fact;

  GtkWidget       *icon;
  GtkWidget       *label;
  GtkWidget       *time;
};

G_DEFINE_FINAL_TYPE (SageGroupCell, sage_group_cell, GTK_TYPE_WIDGET)

static void
show_state (SageGroupCell *self,
            SageState      state,
            const char    *words)
{
  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon), sage_words_state_icon (state));
  gtk_widget_set_css_classes (self->icon, (const char *[]) { sage_words_state_class (state), NULL });
  gtk_widget_set_visible (self->icon, state != SAGE_STATE_NONE);
  gtk_label_set_text (GTK_LABEL (self->label), words);
  if (state == SAGE_STATE_NONE)
    gtk_widget_add_css_class (self->label, "dim-label");
  else
    gtk_widget_remove_css_class (self->label, "dim-label");
}

static void
update (SageGroupCell *self)
{
  const SageGroupSummary *summary;
  g_autofree char *number = NULL;
  g_autofree char *words = NULL;

  if (self->group == NULL)
    return;

  summary = sage_group_digest_lookup (self->digest, self->group);
  switch (self->fact)
    {
    case SAGE_GROUP_APPROVED:
      number = g_strdup_printf ("%" G_GUINT64_FORMAT, summary->approved);
      if (summary->approved > 0)
        words = g_strdup_printf (_("Version %s"), number);
      show_state (self, words != NULL ? SAGE_STATE_GOOD : SAGE_STATE_NONE,
                  words != NULL ? words : C_("approved version", "None"));
      break;
    case SAGE_GROUP_WAITING:
      if (summary->waiting > 0)
        words = g_strdup_printf (g_dngettext (NULL, "%u waiting", "%u waiting", summary->waiting),
                                 summary->waiting);
      show_state (self, words != NULL ? SAGE_STATE_WAITING : SAGE_STATE_NONE,
                  words != NULL ? words : "");
      break;
    case SAGE_GROUP_LATEST:
      sage_relative_time_set_time (SAGE_RELATIVE_TIME (self->time), summary->latest);
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
sage_group_cell_dispose (GObject *object)
{
  SageGroupCell *self = SAGE_GROUP_CELL (object);
  GtkWidget *child;

  if (self->digest != NULL)
    g_signal_handlers_disconnect_by_data (self->digest, self);
  g_clear_object (&self->digest);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (sage_group_cell_parent_class)->dispose (object);
}

static void
sage_group_cell_finalize (GObject *object)
{
  g_free (SAGE_GROUP_CELL (object)->group);

  G_OBJECT_CLASS (sage_group_cell_parent_class)->finalize (object);
}

static void
sage_group_cell_class_init (SageGroupCellClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sage_group_cell_dispose;
  G_OBJECT_CLASS (klass)->finalize = sage_group_cell_finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
}

static void
sage_group_cell_init (SageGroupCell *self)
{
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self))), 6);
  self->icon = g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                             "visible", FALSE, NULL);
  self->label = gtk_label_new (NULL);
  self->time = sage_relative_time_new ();
  gtk_label_set_ellipsize (GTK_LABEL (self->label), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (self->label), 0);
  gtk_widget_set_parent (self->icon, GTK_WIDGET (self));
  gtk_widget_set_parent (self->label, GTK_WIDGET (self));
  gtk_widget_set_parent (self->time, GTK_WIDGET (self));
}

/**
 * sage_group_cell_new:
 * @digest: what to look it up in
 * @fact: what to show
 *
 * Returns: (transfer floating): a cell of no group yet
 */
GtkWidget *
sage_group_cell_new (SageGroupDigest *digest,
                     SageGroupFact    fact)
{
  SageGroupCell *self = g_object_new (SAGE_TYPE_GROUP_CELL, NULL);

  self->digest = g_object_ref (digest);
  self->fact = fact;
  gtk_widget_set_visible (self->label, fact != SAGE_GROUP_LATEST);
  gtk_widget_set_visible (self->time, fact == SAGE_GROUP_LATEST);
  g_signal_connect_swapped (digest, "changed", G_CALLBACK (update), self);

  return GTK_WIDGET (self);
}

/**
 * sage_group_cell_set_group:
 * @self: a cell
 * @group: (nullable): the name of the group that it is about
 */
void
sage_group_cell_set_group (SageGroupCell *self,
                           const char    *group)
{
  g_return_if_fail (SAGE_IS_GROUP_CELL (self));

  g_set_str (&self->group, group);
  update (self);
}
