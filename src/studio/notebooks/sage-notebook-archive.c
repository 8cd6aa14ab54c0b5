/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-archive"

#include "config.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#include "sage-error.h"
#include "sage-file.h"
#include "sage-notebook-archive.h"

/* One notebook out of the outputs of a job, which the job may have filled with anything. */

#define BLOCK_BYTES (64 * 1024)
#define MAX_ENTRIES 100000
#define MAX_BYTES (200 * 1024 * 1024)
#define MAX_SKIPPED ((gint64) 16 * 1024 * 1024 * 1024) /* bytes before it, which have to be unpacked */

typedef struct archive ArchiveReader;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ArchiveReader, archive_read_free)

typedef struct
{
  char *archive; /* (owned): the path of the file */
  char *name;    /* (owned) */
  char *target;  /* (owned) */
} Extraction;

static void
extraction_free (Extraction *self)
{
  g_free (self->archive);
  g_free (self->name);
  g_free (self->target);
  g_free (self);
}

static gboolean
throw_archive (ArchiveReader  *reader,
               GError        **error)
{
  const char *text = archive_error_string (reader);

  return sage_throw (error, SAGE_ERROR_CORRUPT, "The outputs of the job cannot be read: %s",
                     text != NULL ? text : "no reason given");
}

/* Whether it is the file @name itself: one that is a link to another has no content of its own. */
static gboolean
is_wanted (struct archive_entry *entry,
           const char           *name)
{
  const char *path = archive_entry_pathname (entry);

  if (path != NULL && g_str_has_prefix (path, "./"))
    path += strlen ("./");

  return g_strcmp0 (path, name) == 0 && archive_entry_filetype (entry) == AE_IFREG
         && archive_entry_hardlink (entry) == NULL;
}

/* Goes to the regular file @name at the top of the archive. */
static gboolean
find_entry (ArchiveReader  *reader,
            const char     *name,
            GCancellable   *cancellable,
            GError        **error)
{
  struct archive_entry *entry;
  gint64 skipped = 0;

  for (guint i = 0; i < MAX_ENTRIES; i++)
    {
      int rc = archive_read_next_header (reader, &entry);

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (rc == ARCHIVE_EOF)
        break;
      if (rc < ARCHIVE_WARN)
        return throw_archive (reader, error);
      if (is_wanted (entry, name))
        return TRUE;
      if (archive_entry_size (entry) > MAX_SKIPPED - skipped)
        return sage_throw (error, SAGE_ERROR_TOO_LARGE, "Too much stands before the notebook '%s'", name);
      skipped += MAX (archive_entry_size (entry), 0);
    }

  return sage_throw (error, SAGE_ERROR_NOT_FOUND, "The job has kept no notebook '%s'", name);
}

static gboolean
read_entry (ArchiveReader  *reader,
            GByteArray     *bytes,
            GError        **error)
{
  g_autofree guint8 *block = g_malloc (BLOCK_BYTES);
  la_ssize_t n;

  while ((n = archive_read_data (reader, block, BLOCK_BYTES)) > 0)
    {
      g_byte_array_append (bytes, block, (guint) n);
      if (bytes->len > MAX_BYTES)
        return sage_throw (error, SAGE_ERROR_TOO_LARGE, "The executed notebook is too large");
    }

  return n == 0 || throw_archive (reader, error);
}

static gboolean
extract (Extraction    *self,
         GCancellable  *cancellable,
         GError       **error)
{
  g_autoptr(ArchiveReader) reader = archive_read_new ();
  g_autoptr(GByteArray) bytes = g_byte_array_new ();

  archive_read_support_filter_gzip (reader);
  archive_read_support_format_tar (reader);
  if (archive_read_open_filename (reader, self->archive, BLOCK_BYTES) != ARCHIVE_OK)
    return throw_archive (reader, error);

  return find_entry (reader, self->name, cancellable, error) && read_entry (reader, bytes, error)
         && sage_file_write_durable (self->target, bytes->data, bytes->len, 0644, error);
}

static void
extract_thread (GTask        *task,
                gpointer      source,
                gpointer      task_data,
                GCancellable *cancellable)
{
  GError *error = NULL;

  if (extract (task_data, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * sage_notebook_archive_extract_async:
 * @archive: path of a tar.gz
 * @name: a file at its top
 * @target: where that is to be written to
 * @cancellable: (nullable): gives it up
 * @callback: called when it is
 * @user_data: for @callback
 *
 * Takes a notebook out of a job's outputs, on a thread of its own.
 */
void
sage_notebook_archive_extract_async (const char          *archive,
                                     const char          *name,
                                     const char          *target,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Extraction *self = g_new0 (Extraction, 1);

  self->archive = g_strdup (archive);
  self->name = g_strdup (name);
  self->target = g_strdup (target);
  g_task_set_source_tag (task, sage_notebook_archive_extract_async);
  g_task_set_task_data (task, self, (GDestroyNotify) extraction_free);
  g_task_run_in_thread (task, extract_thread);
}

/**
 * sage_notebook_archive_extract_finish:
 * @result: what the callback got
 * @error: return location
 *
 * Returns: whether it is written; %SAGE_ERROR_NOT_FOUND where the archive has no such file,
 *   %SAGE_ERROR_TOO_LARGE where it, or what stands before it, is, %SAGE_ERROR_CORRUPT for no archive
 */
gboolean
sage_notebook_archive_extract_finish (GAsyncResult  *result,
                                      GError       **error)
{
  g_return_val_if_fail (G_IS_TASK (result), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
