/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-search-row"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-file-location.h"
#include "sage-search-row.h"

struct _SageSearchRow
{
  GtkBox          parent_instance;

  GObject        *item;     /* (owned) (nullable): a SageSearchFile or a SageSearchMatch */
  char           *name;     /* (owned) (nullable): what a screen reader says of it */
  gboolean        updating; /* the box is ticked by ourselves */

  GtkCheckButton *check;
  GtkWidget      *icon;
  GtkLabel       *place;
  GtkLabel       *text;
  GtkLabel       *side;
};

enum
{
  SIGNAL_CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SageSearchRow, sage_search_row, GTK_TYPE_BOX)

/* --- What is shown ---------------------------------------------------------------------------- */

/* A part of a line as markup; tabs and what is not seen take no more room than they need. */
static void
append_part (GString    *markup,
             const char *open,
             const char *text,
             gsize       length,
             const char *close)
{
  g_autofree char *part = g_strndup (text, length);
  g_autofree char *shown = NULL;
  g_autofree char *escaped = NULL;

  g_strdelimit (part, "\t", ' ');
  shown = sage_file_name_to_show (part);
  escaped = g_markup_escape_text (shown, -1);
  g_string_append_printf (markup, "%s%s%s", open, escaped, close);
}

static void
show_line (SageSearchRow     *self,
           SageSearchMatch   *match,
           SageSearchPattern *pattern,
           const char        *replacement)
{
  g_autoptr(GString) markup = g_string_new (NULL);
  const char *line = match->shown;
  g_autofree char *by = replacement != NULL && match->chosen
    ? sage_search_pattern_expand (pattern, line, match->shown_start, replacement) : NULL;
  gsize skipped = strspn (line, " \t");

  skipped = MIN (skipped, match->shown_start);
  append_part (markup, "", line + skipped, match->shown_start - skipped, "");
  append_part (markup, by != NULL ? "<s>" : "<b><u>", line + match->shown_start,
               match->shown_end - match->shown_start, by != NULL ? "</s>" : "</u></b>");
  if (by != NULL)
    append_part (markup, "<b><u>", by, strlen (by), "</u></b>");
  append_part (markup, "", line + match->shown_end, strlen (line + match->shown_end), "");
  gtk_label_set_markup (self->text, markup->str);
}

/* Returns: (transfer full): where a match is in its file */
static char *
describe_place (const SageSearchMatch *match)
{
  if (match->cell == SAGE_SEARCH_NO_CELL)
    return g_strdup_printf ("%u", match->line + 1);
  if (match->in_output)
    /* Translators: a place in a notebook: the outputs of a cell */
    return g_strdup_printf (_("Cell %u, output"), match->cell + 1);

  /* Translators: a place in a notebook: a line of a cell */
  return g_strdup_printf (_("Cell %u, line %u"), match->cell + 1, match->line + 1);
}

static void
show_match (SageSearchRow     *self,
            SageSearchMatch   *match,
            SageSearchPattern *pattern,
            const char        *replacement)
{
  g_autofree char *place = describe_place (match);

  gtk_widget_set_visible (self->icon, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->side), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->place), TRUE);
  gtk_label_set_text (self->place, place);
  gtk_widget_remove_css_class (GTK_WIDGET (self->text), "heading");
  show_line (self, match, pattern, replacement);
  gtk_check_button_set_active (self->check, match->chosen);
  gtk_check_button_set_inconsistent (self->check, FALSE);
  gtk_widget_set_sensitive (GTK_WIDGET (self->check), !match->fixed);
  g_free (self->name);
  if (match->cell == SAGE_SEARCH_NO_CELL)
    /* Translators: the number of a line: what is in it */
    self->name = g_strdup_printf (_("Line %s: %s"), place, gtk_label_get_text (self->text));
  else
    self->name = g_strdup_printf ("%s: %s", place, gtk_label_get_text (self->text));
}

/* Why nothing can be replaced there. */
static const char *
describe_lock (SageSearchLock lock)
{
  switch (lock)
    {
    case SAGE_SEARCH_READ_ONLY:
      return _("read-only");
    case SAGE_SEARCH_FOREIGN:
      return _("not in UTF-8");
    case SAGE_SEARCH_BROKEN:
      return _("damaged");
    case SAGE_SEARCH_FREE:
    default:
      return NULL;
    }
}

static void
show_file (SageSearchRow  *self,
           SageSearchFile *file,
           gboolean        replacing)
{
  g_autofree char *base = g_path_get_basename (file->relative);
  g_autofree char *name = sage_file_name_to_show (base);
  g_autofree char *folder = g_path_get_dirname (file->relative);
  g_autofree char *where = sage_file_name_to_show (strcmp (folder, ".") != 0 ? folder : "");
  const char *lock = replacing ? describe_lock (file->lock) : NULL;
  g_autoptr(GString) side = g_string_new (where);
  guint n_chosen;
  guint n = sage_search_file_count (file, &n_chosen);

  g_string_append_printf (side, "%s%u", side->len > 0 ? " · " : "", n);
  if (lock != NULL)
    g_string_append_printf (side, " · %s", lock);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon), sage_search_is_notebook (file->relative)
                                                          ? "sagebrush-notebook-symbolic"
                                                          : "text-x-generic-symbolic");
  gtk_widget_set_visible (self->icon, TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self->place), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->side), TRUE);
  gtk_label_set_text (self->text, name);
  gtk_widget_add_css_class (GTK_WIDGET (self->text), "heading");
  gtk_label_set_text (self->side, side->str);
  gtk_check_button_set_active (self->check, n_chosen > 0);
  gtk_check_button_set_inconsistent (self->check, n_chosen > 0 && n_chosen < n);
  gtk_widget_set_sensitive (GTK_WIDGET (self->check), file->lock == SAGE_SEARCH_FREE);
  g_free (self->name);
  self->name = g_strdup_printf (g_dngettext (NULL, "%s, %u match", "%s, %u matches", n), name, n);
}

/**
 * sage_search_row_update:
 * @self: a row
 * @pattern: what was found
 * @replacement: (nullable): what is to take its place; %NULL when nothing is to
 *
 * Shows the item as it is by now.
 */
void
sage_search_row_update (SageSearchRow     *self,
                        SageSearchPattern *pattern,
                        const char        *replacement)
{
  g_return_if_fail (SAGE_IS_SEARCH_ROW (self));

  self->updating = TRUE;
  gtk_widget_set_visible (GTK_WIDGET (self->check), replacement != NULL);
  if (SAGE_IS_SEARCH_MATCH (self->item))
    show_match (self, SAGE_SEARCH_MATCH (self->item), pattern, replacement);
  else if (self->item != NULL)
    show_file (self, SAGE_SEARCH_FILE (self->item), replacement != NULL);
  if (self->item != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->check), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    self->name, -1);
  self->updating = FALSE;
}

/* --- What is chosen --------------------------------------------------------------------------- */

static void
toggled_cb (SageSearchRow *self)
{
  gboolean chosen = gtk_check_button_get_active (self->check);

  if (self->updating)
    return;

  if (SAGE_IS_SEARCH_MATCH (self->item))
    sage_search_match_set_chosen (SAGE_SEARCH_MATCH (self->item), chosen);
  else
    sage_search_file_set_chosen (SAGE_SEARCH_FILE (self->item), chosen);
  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0);
}

/* Ticks the box, or not any more. Returns: whether there is one */
gboolean
sage_search_row_flip (SageSearchRow *self)
{
  g_return_val_if_fail (SAGE_IS_SEARCH_ROW (self), FALSE);

  if (!gtk_widget_get_visible (GTK_WIDGET (self->check))
      || !gtk_widget_get_sensitive (GTK_WIDGET (self->check)))
    return FALSE;
  gtk_check_button_set_active (self->check, !gtk_check_button_get_active (self->check));

  return TRUE;
}

/* --- The row ---------------------------------------------------------------------------------- */

static void
sage_search_row_dispose (GObject *object)
{
  SageSearchRow *self = SAGE_SEARCH_ROW (object);

  g_clear_object (&self->item);
  g_clear_pointer (&self->name, g_free);

  G_OBJECT_CLASS (sage_search_row_parent_class)->dispose (object);
}

static void
sage_search_row_class_init (SageSearchRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sage_search_row_dispose;

  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 0);
}

static void
sage_search_row_init (SageSearchRow *self)
{
  self->check = GTK_CHECK_BUTTON (gtk_check_button_new ());
  self->icon = gtk_image_new ();
  self->place = GTK_LABEL (gtk_label_new (NULL));
  self->text = GTK_LABEL (gtk_label_new (NULL));
  self->side = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_width_chars (self->place, 4);
  gtk_label_set_xalign (self->place, 1);
  gtk_label_set_xalign (self->text, 0);
  gtk_label_set_ellipsize (self->text, PANGO_ELLIPSIZE_END);
  gtk_label_set_ellipsize (self->side, PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_add_css_class (GTK_WIDGET (self->place), "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (self->place), "numeric");
  gtk_widget_add_css_class (GTK_WIDGET (self->side), "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (self->side), "numeric");
  gtk_box_set_spacing (GTK_BOX (self), 6);
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->check));
  gtk_box_append (GTK_BOX (self), self->icon);
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->place));
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->text));
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->side));
  g_signal_connect_swapped (self->check, "toggled", G_CALLBACK (toggled_cb), self);
}

GtkWidget *
sage_search_row_new (void)
{
  return g_object_new (SAGE_TYPE_SEARCH_ROW, NULL);
}

/* @item: (nullable): a #SageSearchFile or a #SageSearchMatch */
void
sage_search_row_set_item (SageSearchRow *self,
                          GObject       *item)
{
  g_return_if_fail (SAGE_IS_SEARCH_ROW (self));

  g_set_object (&self->item, item);
}

/* (nullable): what a screen reader says of it */
const char *
sage_search_row_get_name (SageSearchRow *self)
{
  g_return_val_if_fail (SAGE_IS_SEARCH_ROW (self), NULL);

  return self->name;
}
