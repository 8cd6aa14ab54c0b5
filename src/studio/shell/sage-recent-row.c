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
  SageResource  *resource; /* (owned) */
  GtkLabel      *label;
};

G_DEFINE_FINAL_TYPE (SageRecentRow, sage_recent_row, GTK_TYPE_LIST_BOX_ROW)

static void
sage_recent_row_dispose (GObject *object)
{
  SageRecentRow *self = SAGE_RECENT_ROW (object);

  if (self->resource != NULL)
    g_signal_handlers_disconnect_by_data (self->resource, self);
  g_clear_object (&self->resource);

  G_OBJECT_CLASS (sage_recent_row_parent_class)->dispose (object);
}

static void
sage_recent_row_finalize (GObject *object)
{
  g_free (SAGE_RECENT_ROW (object)->location);

  G_OBJECT_CLASS (sage_recent_row_parent_class)->finalize (object);
}

static void
sage_recent_row_class_init (SageRecentRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sage_recent_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = sage_recent_row_finalize;
}

static void
sage_recent_row_init (SageRecentRow *self)
{
}

/* A version is called by its group too, all else by its title. */
static void
update (SageRecentRow *self)
{
  SageKind kind = sage_resource_get_kind (self->resource);
  const char *words = sage_words_kind (kind);
  g_autofree char *title = NULL;
  g_autofree char *tooltip = NULL;

  title = kind == SAGE_KIND_PACKAGE
            ? sage_words_name (self->resource)
            : sage_text_shorten_middle (sage_resource_get_title (self->resource), SAGE_TEXT_MAX_LINE);
  tooltip = g_strdup_printf ("%s\n%s", title, words);
  gtk_label_set_text (self->label, title);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words, -1);
}

/**
 * sage_recent_row_new:
 * @connection: the engine
 * @location: what it opens, of sage_recent_list(): `training-job/NAME`
 *
 * Returns: (transfer floating): a row for it
 */
GtkWidget *
sage_recent_row_new (SageConnection *connection,
                     const char     *location)
{
  SageRecentRow *self = g_object_new (SAGE_TYPE_RECENT_ROW, NULL);
  const char *slash = strchr (location, '/');
  g_autofree char *id = g_strndup (location, slash - location);
  GtkWidget *box;
  SageKind kind;

  if (!sage_kind_from_id (id, &kind))
    g_assert_not_reached ();

  self->location = g_strdup (location);
  self->resource = sage_connection_get_resource (connection, kind, slash + 1);
  self->label = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->label, 0);
  gtk_label_set_ellipsize (self->label, PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_set_hexpand (GTK_WIDGET (self->label), TRUE);
  box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  gtk_widget_set_margin_start (box, INDENT);
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name (sage_words_kind_icon (kind)));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->label));
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), box);
  gtk_widget_add_css_class (GTK_WIDGET (self), "recent");
  g_signal_connect_swapped (self->resource, "notify::title", G_CALLBACK (update), self);
  update (self);

  return GTK_WIDGET (self);
}

const char *
sage_recent_row_get_location (SageRecentRow *self)
{
  g_return_val_if_fail (SAGE_IS_RECENT_ROW (self), NULL);

  return self->location;
}
