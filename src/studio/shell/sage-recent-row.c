/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-recent-row"

#include "config.h"

#include <string.h>

#include "sage-kind.h"
#include "sage-recent-row.h"
#include "sage-text.h"
#include "sage-words.h"

#define INDENT 28 /* under the name of its section: the icon and the space after it */

struct _SageRecentRow
{
  GtkListBoxRow  parent_instance;

  char          *location; /* (owned) */
};

G_DEFINE_FINAL_TYPE (SageRecentRow, sage_recent_row, GTK_TYPE_LIST_BOX_ROW)

static void
sage_recent_row_finalize (GObject *object)
{
  g_free (SAGE_RECENT_ROW (object)->location);

  G_OBJECT_CLASS (sage_recent_row_parent_class)->finalize (object);
}

static void
sage_recent_row_class_init (SageRecentRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sage_recent_row_finalize;
}

static void
sage_recent_row_init (SageRecentRow *self)
{
}

/* Returns: (transfer full): what one calls it: a version by its group too, all else by its name */
static char *
title_of (SageKind    kind,
          const char *name)
{
  const char *slash = strrchr (name, '/');
  g_autofree char *group = NULL;

  if (slash == NULL || kind != SAGE_KIND_PACKAGE)
    return sage_text_shorten_middle (slash != NULL ? slash + 1 : name, SAGE_TEXT_MAX_LINE);

  group = g_strndup (name, slash - name);

  return sage_words_version (group, slash + 1);
}

/**
 * sage_recent_row_new:
 * @location: what it opens: `training-job/NAME`
 *
 * Returns: (transfer floating) (nullable): a row for it; %NULL when it is not one thing of the engine
 */
GtkWidget *
sage_recent_row_new (const char *location)
{
  const char *slash = strchr (location, '/');
  g_autofree char *id = slash != NULL ? g_strndup (location, slash - location) : NULL;
  g_autofree char *title = NULL;
  g_autofree char *tooltip = NULL;
  SageRecentRow *self;
  GtkWidget *box;
  GtkWidget *label;
  SageKind kind;

  if (id == NULL || !sage_kind_from_id (id, &kind))
    return NULL;

  self = g_object_new (SAGE_TYPE_RECENT_ROW, NULL);
  self->location = g_strdup (location);
  title = title_of (kind, slash + 1);
  tooltip = g_strdup_printf ("%s\n%s", title, sage_words_kind (kind));

  label = gtk_label_new (title);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_set_hexpand (label, TRUE);
  box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name (sage_words_kind_icon (kind)));
  gtk_box_append (GTK_BOX (box), label);
  gtk_widget_set_margin_start (box, INDENT);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), box);
  gtk_widget_add_css_class (GTK_WIDGET (self), "recent");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, sage_words_kind (kind), -1);

  return GTK_WIDGET (self);
}

const char *
sage_recent_row_get_location (SageRecentRow *self)
{
  g_return_val_if_fail (SAGE_IS_RECENT_ROW (self), NULL);

  return self->location;
}
