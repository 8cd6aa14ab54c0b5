/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-page"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-notebook-create.h"
#include "sage-notebook-page-private.h"

#define MAX_TRIES 100

/* Returns: (transfer full) (nullable): a copy of the notebook, with its broken parts made anew */
static SageNotebook *
repair (SageNotebook  *notebook,
        GError       **error)
{
  g_autoptr(GBytes) bytes = sage_notebook_serialise (notebook);
  SageNotebook *copy = sage_notebook_parse (bytes, error);

  if (copy != NULL)
    sage_notebook_repair (copy);

  return copy;
}

/* Writes @notebook beside @file, under a name that is free. Returns: (transfer full) (nullable): where */
static GFile *
write_beside (GFile         *file,
              SageNotebook  *notebook,
              GError       **error)
{
  g_autoptr(GFile) folder = g_file_get_parent (file);
  g_autofree char *base = g_file_get_basename (file);
  int stem = (int) strlen (base) - (g_str_has_suffix (base, ".ipynb") ? (int) strlen (".ipynb") : 0);

  for (guint i = 1; i <= MAX_TRIES; i++)
    {
      g_autofree char *name = i == 1 ? g_strdup_printf ("%.*s-repaired.ipynb", stem, base)
                                     : g_strdup_printf ("%.*s-repaired-%u.ipynb", stem, base, i);
      g_autoptr(GFile) target = g_file_get_child (folder, name);

      g_clear_error (error);
      if (sage_notebook_write_new (notebook, target, FALSE, error))
        return g_steal_pointer (&target);
      if (!g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_EXISTS))
        return NULL;
    }

  return NULL;
}

/* Writes a copy of a broken notebook that can be edited, and opens it; the file stays as it is. */
void
sage_notebook_page_repair_copy (SageNotebookPage *self)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(SageNotebook) repaired = repair (sage_notebook_document_get_notebook (self->document), &error);
  g_autoptr(GFile) copy = NULL;
  g_autofree char *uri = NULL;

  if (repaired != NULL)
    copy = write_beside (sage_notebook_document_get_file (self->document), repaired, &error);
  if (copy == NULL)
    {
      sage_toast_error (GTK_WIDGET (self), _("Could not repair it"), error);
      return;
    }

  uri = g_file_get_uri (copy);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.open-file", "(s@a{sv})", uri,
                              g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0));
}
