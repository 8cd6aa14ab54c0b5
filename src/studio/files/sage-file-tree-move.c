/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-file-tree"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "sage-error.h"
#include "sage-file-location.h"
#include "sage-file-moves.h"
#include "sage-file-tree-private.h"
#include "sage-notebook-console.h"
#include "sage-notebook-document.h"
#include "sage-page.h"
#include "sage-take-back.h"
#include "sage-text-document.h"

/* A file that is dragged onto a folder of the tree is moved there; one from another program stays for
 * the window to open. */

/* What was moved, or called something else. */
typedef struct
{
  GFile *before; /* (owned) */
  GFile *after;  /* (owned) */
} Move;

static void
move_free (gpointer data)
{
  Move *done = data;

  g_object_unref (done->before);
  g_object_unref (done->after);
  g_free (done);
}

static gboolean
rename_path (const char  *from,
             const char  *to,
             GError     **error)
{
  if (renameat2 (AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
    return TRUE;
  if (errno == EEXIST)
    return sage_throw (error, SAGE_ERROR_EXISTS, "There is a file of that name already");
  if (errno == EXDEV)
    return sage_throw (error, SAGE_ERROR_UNSUPPORTED, "The folder is on another file system");

  return sage_throw_errno (error, "Cannot move '%s'", from);
}

/* Whether something of @file is being written, which would make the old name anew. */
typedef struct
{
  GFile    *file;
  gboolean  any;
} Saving;

static void
look_at (Saving   *saving,
         GFile    *file,
         gboolean  is_saving)
{
  if (is_saving && file != NULL && (g_file_equal (file, saving->file) || g_file_has_prefix (file, saving->file)))
    saving->any = TRUE;
}

static void
text_cb (gpointer document,
         gpointer user_data)
{
  look_at (user_data, sage_text_file_get_file (sage_text_document_get_file (document)),
           sage_text_document_is_saving (document));
}

/* A console is written when its script runs. */
static void
notebook_cb (gpointer document,
             gpointer user_data)
{
  look_at (user_data, sage_notebook_document_get_run_file (document),
           sage_notebook_document_is_saving (document));
}

static gboolean
is_being_saved (GFile *file)
{
  Saving saving = { file, FALSE };

  sage_text_document_foreach (text_cb, &saving);
  sage_notebook_document_foreach (notebook_cb, &saving);

  return saving.any;
}

static void
tell (GFile *from,
      GFile *to)
{
  sage_file_moves_tell (from, to);
  sage_notebook_console_follow (from, to);
}

/**
 * sage_file_tree_follow:
 * @from: a file or a folder that has been moved
 * @to: where it is now
 *
 * Has what shows it, and the consoles of its scripts, go with it; unless some of it is being saved just
 * now, which makes the old name anew.
 */
void
sage_file_tree_follow (GFile *from,
                       GFile *to)
{
  g_return_if_fail (G_IS_FILE (from));
  g_return_if_fail (G_IS_FILE (to));

  if (!is_being_saved (from))
    tell (from, to);
}

/* Moves a file or a folder, and what shows it. */
static gboolean
move (GFile   *from,
      GFile   *to,
      GError **error)
{
  if (is_being_saved (from))
    return sage_throw (error, SAGE_ERROR_BUSY, "It is being saved just now");
  if (!rename_path (g_file_peek_path (from), g_file_peek_path (to), error))
    return FALSE;

  tell (from, to);

  return TRUE;
}

static void
take_back (GtkWidget *widget,
           gpointer   data)
{
  Move *done = data;
  g_autoptr(GError) error = NULL;

  if (!move (done->after, done->before, &error))
    sage_toast_error (widget, _("Could not move it back"), error);
}

/**
 * sage_file_tree_rename_to:
 * @self: a file tree
 * @file: one of its files or folders
 * @target: where it is to be from now on; what is there already stays
 * @error: why it is not there
 *
 * Moves a file, and what shows it, with an offer to take it back.
 *
 * Returns: whether it is there
 */
gboolean
sage_file_tree_rename_to (SageFileTree  *self,
                          GFile         *file,
                          GFile         *target,
                          GError       **error)
{
  g_autofree char *base = g_file_get_basename (target);
  g_autofree char *name = sage_file_name_to_show (base);
  g_autofree char *title = NULL;
  g_autoptr(GFile) folder = g_file_get_parent (target);
  g_autoptr(GFile) before = g_file_get_parent (file);
  Move *done;

  if (g_file_equal (file, target))
    return TRUE;
  if (!move (file, target, error))
    return FALSE;

  done = g_new0 (Move, 1);
  done->before = g_object_ref (file);
  done->after = g_object_ref (target);
  title = g_strdup_printf (g_file_equal (folder, before) ? _("It is called “%s” now")
                                                          : _("“%s” has been moved"), name);
  sage_take_back_offer (GTK_WIDGET (self), title, take_back, done, move_free);

  return TRUE;
}

/* --- Dragging --------------------------------------------------------------------------------- */

/* Returns: (transfer full) (nullable): the row at a place of the tree */
static GtkTreeListRow *
find_row (SageFileTree *self,
          double        x,
          double        y)
{
  GtkTreeExpander *expander = sage_file_tree_find_expander (self, x, y);
  GtkTreeListRow *row = expander != NULL ? gtk_tree_expander_get_list_row (expander) : NULL;

  return row != NULL ? g_object_ref (row) : NULL;
}

static GFile *
file_of (GtkTreeListRow *row)
{
  g_autoptr(GFileInfo) info = gtk_tree_list_row_get_item (row);

  return G_FILE (g_file_info_get_attribute_object (info, "standard::file"));
}

static GdkContentProvider *
prepare_cb (SageFileTree *self,
            double        x,
            double        y)
{
  g_autoptr(GtkTreeListRow) row = find_row (self, x, y);
  GSList files = { NULL, NULL };
  g_auto(GValue) value = G_VALUE_INIT;

  if (row == NULL)
    return NULL;

  files.data = file_of (row);
  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_set_boxed (&value, &files);

  return gdk_content_provider_new_for_value (&value);
}

/* --- Dropping --------------------------------------------------------------------------------- */

/* Returns: (transfer full): the folder that is meant by a place of the tree */
static GFile *
find_folder (SageFileTree   *self,
             GtkTreeListRow *row)
{
  if (row == NULL)
    return g_object_ref (self->folder);
  if (gtk_tree_list_row_is_expandable (row))
    return g_object_ref (file_of (row));

  return g_file_get_parent (file_of (row));
}

static void
mark_target (SageFileTree    *self,
             GtkTreeExpander *expander)
{
  if (self->drop_target == (GtkWidget *) expander)
    return;

  if (self->drop_target != NULL)
    gtk_widget_unset_state_flags (self->drop_target, GTK_STATE_FLAG_DROP_ACTIVE);
  g_set_weak_pointer (&self->drop_target, (GtkWidget *) expander);
  if (expander != NULL)
    gtk_widget_set_state_flags (GTK_WIDGET (expander), GTK_STATE_FLAG_DROP_ACTIVE, FALSE);
}

static GdkDragAction
motion_cb (SageFileTree *self,
           double        x,
           double        y)
{
  if (self->folder == NULL)
    return 0;

  mark_target (self, sage_file_tree_find_expander (self, x, y));

  return GDK_ACTION_MOVE;
}

static void
leave_cb (SageFileTree *self)
{
  mark_target (self, NULL);
}

/* Only what is dragged here is moved: a file of another program's is none of the project's. */
static gboolean
accept_cb (SageFileTree *self,
           GdkDrop      *drop)
{
  return gdk_drop_get_drag (drop) != NULL
         && gdk_content_formats_contain_gtype (gdk_drop_get_formats (drop), GDK_TYPE_FILE_LIST);
}

static gboolean
drop_cb (SageFileTree *self,
         const GValue *value,
         double        x,
         double        y)
{
  GSList *files = g_value_get_boxed (value);
  g_autoptr(GtkTreeListRow) row = find_row (self, x, y);
  g_autoptr(GFile) folder = self->folder != NULL ? find_folder (self, row) : NULL;
  g_autofree char *base = NULL;
  g_autoptr(GFile) to = NULL;
  g_autoptr(GError) error = NULL;

  leave_cb (self);
  if (folder == NULL || files == NULL || !g_file_has_prefix (files->data, self->folder))
    return FALSE;

  base = g_file_get_basename (files->data);
  to = g_file_get_child (folder, base);
  if (g_file_equal (files->data, folder) || g_file_has_prefix (folder, files->data))
    sage_toast (GTK_WIDGET (self), _("A folder cannot be moved into itself"));
  else if (!sage_file_tree_rename_to (self, files->data, to, &error))
    sage_toast_error (GTK_WIDGET (self), _("Could not move it"), error);

  return TRUE;
}

/* Has files be moved by dragging them. */
void
sage_file_tree_move_init (SageFileTree *self)
{
  GtkDragSource *source = gtk_drag_source_new ();
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_MOVE | GDK_ACTION_COPY);

  gtk_drag_source_set_actions (source, GDK_ACTION_MOVE | GDK_ACTION_COPY);
  g_signal_connect_swapped (source, "prepare", G_CALLBACK (prepare_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (source));
  g_signal_connect_swapped (target, "accept", G_CALLBACK (accept_cb), self);
  g_signal_connect_swapped (target, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect_swapped (target, "leave", G_CALLBACK (leave_cb), self);
  g_signal_connect_swapped (target, "drop", G_CALLBACK (drop_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}
