/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-text-file"

#include "config.h"

#include <string.h>

#include "sage-digest.h"
#include "sage-error.h"
#include "sage-file-replace.h"
#include "sage-text-file.h"
#include "sage-text-recovery.h"

#define GONE_MS 500 /* what is replaced by another program is away for a moment */

struct _SageTextFile
{
  GObject         parent_instance;

  GFile          *file;     /* (owned) */
  GFileMonitor   *monitor;  /* (owned) (nullable) */
  GCancellable   *check;    /* (owned) (nullable): of a look at the disk under way */
  SageTextCoding  coding;
  goffset         size;     /* on the disk */
  gboolean        cut;      /* it is too large: only its beginning was read */
  gint            serial;   /* atomic: of the recovery copy that counts */
  guint           busy;     /* being read or written by ourselves */
  SageDisk        disk;     /* what was said last */
  guint           gone_id;  /* until it is believed that the file is gone */
  char            digest[SAGE_SHA256_HEX]; /* of what was read or written last */
};

enum
{
  SIGNAL_DISK_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SageTextFile, sage_text_file, G_TYPE_OBJECT)

/* --- What others do to it --------------------------------------------------------------------- */

static void
check_thread (GTask        *task,
              gpointer      source,
              gpointer      task_data,
              GCancellable *cancellable)
{
  char digest[SAGE_SHA256_HEX];
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_file_get_path (task_data);
  g_autoptr(GBytes) bytes = sage_file_read_marked (path, SAGE_TEXT_FILE_MAX_BYTES, digest, &error);

  if (bytes != NULL)
    g_task_return_pointer (task, g_strdup (digest), g_free);
  else if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND))
    g_task_return_pointer (task, g_strdup (SAGE_FILE_ABSENT), g_free);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void look (SageTextFile *self);

static gboolean
gone_cb (gpointer user_data)
{
  SageTextFile *self = user_data;

  self->gone_id = 0;
  self->disk = SAGE_DISK_GONE;
  look (self);

  return G_SOURCE_REMOVE;
}

static void
checked_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  SageTextFile *self = SAGE_TEXT_FILE (object);
  g_autoptr(GError) error = NULL;
  g_autofree char *digest = g_task_propagate_pointer (G_TASK (result), &error);
  SageDisk disk = SAGE_DISK_CHANGED;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->busy > 0)
    return;

  if (digest != NULL && strcmp (digest, self->digest) == 0)
    disk = SAGE_DISK_SAME;
  else if (digest != NULL && digest[0] == '\0')
    disk = SAGE_DISK_GONE;
  g_clear_handle_id (&self->gone_id, g_source_remove);
  if (disk == SAGE_DISK_GONE && self->disk != SAGE_DISK_GONE)
    self->gone_id = g_timeout_add (GONE_MS, gone_cb, self);
  if (self->gone_id != 0 || (disk == SAGE_DISK_SAME && self->disk == SAGE_DISK_SAME))
    return;
  self->disk = disk;
  g_signal_emit (self, signals[SIGNAL_DISK_CHANGED], 0, disk);
}

static void
look (SageTextFile *self)
{
  g_autoptr(GTask) task = NULL;

  g_cancellable_cancel (self->check);
  g_clear_object (&self->check);
  if (self->busy > 0 || self->cut)
    return;

  self->check = g_cancellable_new ();
  task = g_task_new (self, self->check, checked_cb, NULL);
  g_task_set_source_tag (task, look);
  g_task_set_task_data (task, g_object_ref (self->file), g_object_unref);
  g_task_run_in_thread (task, check_thread);
}

static void
monitor_cb (SageTextFile      *self,
            GFile             *file,
            GFile             *other,
            GFileMonitorEvent  event)
{
  if (event != G_FILE_MONITOR_EVENT_CHANGED && event != G_FILE_MONITOR_EVENT_ATTRIBUTE_CHANGED
      && event != G_FILE_MONITOR_EVENT_PRE_UNMOUNT)
    look (self);
}

static void
set_file (SageTextFile *self,
          GFile        *file)
{
  g_cancellable_cancel (self->check);
  g_clear_object (&self->check);
  g_clear_handle_id (&self->gone_id, g_source_remove);
  g_set_object (&self->file, file);
  if (self->monitor != NULL)
    g_signal_handlers_disconnect_by_data (self->monitor, self);
  g_clear_object (&self->monitor);
  self->monitor = g_file_monitor_file (file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
  if (self->monitor != NULL)
    g_signal_connect_object (self->monitor, "changed", G_CALLBACK (monitor_cb), self,
                             G_CONNECT_SWAPPED);
}

/* --- The object ------------------------------------------------------------------------------- */

static void
sage_text_file_dispose (GObject *object)
{
  SageTextFile *self = SAGE_TEXT_FILE (object);

  g_cancellable_cancel (self->check);
  g_clear_object (&self->check);
  g_clear_handle_id (&self->gone_id, g_source_remove);
  g_clear_object (&self->monitor);
  g_clear_object (&self->file);

  G_OBJECT_CLASS (sage_text_file_parent_class)->dispose (object);
}

static void
sage_text_file_class_init (SageTextFileClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sage_text_file_dispose;

  signals[SIGNAL_DISK_CHANGED] = g_signal_new ("disk-changed", G_TYPE_FROM_CLASS (klass),
                                               G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                               G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
sage_text_file_init (SageTextFile *self)
{
  self->coding = (SageTextCoding) { "UTF-8", FALSE, SAGE_NEWLINE_LF };
}

/**
 * sage_text_file_new:
 * @file: a file of this machine, which need not be there yet
 *
 * Returns: (transfer full): the file, not read yet
 */
SageTextFile *
sage_text_file_new (GFile *file)
{
  SageTextFile *self = g_object_new (SAGE_TYPE_TEXT_FILE, NULL);

  set_file (self, file);

  return self;
}

GFile *
sage_text_file_get_file (SageTextFile *self)
{
  g_return_val_if_fail (SAGE_IS_TEXT_FILE (self), NULL);

  return self->file;
}

/**
 * sage_text_file_set_file:
 * @self: an open file
 * @file: where it is to be saved from now on
 *
 * For “Save as” and for a file that was renamed: what it holds there is not asked for.
 */
void
sage_text_file_set_file (SageTextFile *self,
                         GFile        *file)
{
  g_return_if_fail (SAGE_IS_TEXT_FILE (self));

  set_file (self, file);
}

const SageTextCoding *
sage_text_file_get_coding (SageTextFile *self)
{
  g_return_val_if_fail (SAGE_IS_TEXT_FILE (self), NULL);

  return &self->coding;
}

goffset
sage_text_file_get_size (SageTextFile *self)
{
  g_return_val_if_fail (SAGE_IS_TEXT_FILE (self), 0);

  return self->size;
}

/**
 * sage_text_file_is_cut:
 *
 * Returns: whether it is too large to be edited, so that only its beginning was read
 */
gboolean
sage_text_file_is_cut (SageTextFile *self)
{
  g_return_val_if_fail (SAGE_IS_TEXT_FILE (self), FALSE);

  return self->cut;
}

/**
 * sage_text_file_holds:
 * @self: a file that has been loaded
 * @text: a text
 *
 * Returns: whether @text is what was read or written last, so that there is nothing to save
 */
gboolean
sage_text_file_holds (SageTextFile *self,
                      const char   *text)
{
  gsize length;
  g_autofree char *data = NULL;
  guint8 digest[SAGE_SHA256_SIZE];
  g_autofree char *hex = NULL;

  g_return_val_if_fail (SAGE_IS_TEXT_FILE (self), FALSE);

  data = sage_text_encode (text, strlen (text), &self->coding, &length);
  sage_sha256 (data, length, digest);
  hex = sage_hex (digest, sizeof digest);

  return strcmp (hex, self->digest) == 0;
}

/**
 * sage_text_file_make_utf8:
 *
 * Has it written as UTF-8 from now on, whatever it was read as.
 */
void
sage_text_file_make_utf8 (SageTextFile *self)
{
  g_return_if_fail (SAGE_IS_TEXT_FILE (self));

  self->coding.charset = "UTF-8";
  self->coding.bom = FALSE;
}

/* --- Loading ---------------------------------------------------------------------------------- */

/* What a load found. Owned by its task. */
typedef struct
{
  GFile          *file; /* (owned) */
  char           *text; /* (owned) (nullable) */
  SageTextCoding  coding;
  goffset         size;
  gboolean        cut;
  char            digest[SAGE_SHA256_HEX];
} Load;

static void
load_free (Load *load)
{
  g_object_unref (load->file);
  g_free (load->text);
  g_free (load);
}

/* The beginning of a file, up to the end of a line. */
static GBytes *
read_beginning (Load    *load,
                GError **error)
{
  g_autoptr(GFileInputStream) stream = g_file_read (load->file, NULL, error);
  g_autofree char *data = NULL;
  gsize length = 0;

  if (stream == NULL)
    return NULL;
  data = g_malloc (SAGE_TEXT_FILE_PREVIEW);
  if (!g_input_stream_read_all (G_INPUT_STREAM (stream), data, SAGE_TEXT_FILE_PREVIEW, &length, NULL,
                                error))
    return NULL;
  for (gsize at = length; at > length / 2; at--)
    if (data[at - 1] == '\n')
      {
        length = at;
        break;
      }
  /* A line as long as all that was read may be cut within a character. */
  for (guint i = 0; i < 4 && length > 0 && !g_utf8_validate_len (data, length, NULL); i++)
    length--;

  load->cut = TRUE;

  return g_bytes_new_take (g_steal_pointer (&data), length);
}

static void
load_thread (GTask        *task,
             gpointer      source,
             gpointer      task_data,
             GCancellable *cancellable)
{
  Load *load = task_data;
  g_autofree char *path = g_file_get_path (load->file);
  g_autoptr(GError) error = NULL;
  g_autoptr(GFileInfo) info = NULL;
  g_autoptr(GBytes) bytes = NULL;

  if (path == NULL)
    {
      g_task_return_new_error (task, SAGE_ERROR, SAGE_ERROR_UNSUPPORTED,
                               "It is not a file of this machine");
      return;
    }
  bytes = sage_file_read_marked (path, SAGE_TEXT_FILE_MAX_BYTES, load->digest, &error);
  if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_TOO_LARGE))
    {
      g_clear_error (&error);
      bytes = read_beginning (load, &error);
    }
  info = g_file_query_info (load->file, "standard::size", G_FILE_QUERY_INFO_NONE, NULL, NULL);
  load->size = info != NULL ? g_file_info_get_size (info) : 0;
  if (bytes != NULL)
    load->text = sage_text_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                                   &load->coding, &error);

  if (load->text != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * sage_text_file_load_async:
 * @self: a file
 * @cancellable: (nullable): gives up waiting
 *
 * Reads the file.
 */
void
sage_text_file_load_async (SageTextFile        *self,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  Load *load = g_new0 (Load, 1);

  g_return_if_fail (SAGE_IS_TEXT_FILE (self));

  load->file = g_object_ref (self->file);
  self->busy++;
  g_task_set_source_tag (task, sage_text_file_load_async);
  g_task_set_task_data (task, load, (GDestroyNotify) load_free);
  g_task_run_in_thread (task, load_thread);
}

/**
 * sage_text_file_load_finish:
 *
 * Returns: (transfer full): the text; %NULL with @error set: %SAGE_ERROR_NOT_FOUND,
 *   %SAGE_ERROR_SYNTAX for what is no text, %SAGE_ERROR_INVALID for what is no regular file
 */
char *
sage_text_file_load_finish (SageTextFile  *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  Load *load = g_task_get_task_data (G_TASK (result));

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  self->busy--;
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;

  self->coding = load->coding;
  self->size = load->size;
  self->cut = load->cut;
  self->disk = SAGE_DISK_SAME;
  memcpy (self->digest, load->digest, sizeof self->digest);

  return g_steal_pointer (&load->text);
}

/* --- Saving ----------------------------------------------------------------------------------- */

/* What is to be written. Owned by its task. */
typedef struct
{
  GFile    *file; /* (owned) */
  char     *data; /* (owned) */
  gsize     length;
  gboolean  overwrite;
  char      expected[SAGE_SHA256_HEX];
  char      digest[SAGE_SHA256_HEX];
} Save;

static void
save_free (Save *save)
{
  g_object_unref (save->file);
  g_free (save->data);
  g_free (save);
}

static void
save_thread (GTask        *task,
             gpointer      source,
             gpointer      task_data,
             GCancellable *cancellable)
{
  Save *save = task_data;
  g_autofree char *path = g_file_get_path (save->file);
  g_autoptr(GError) error = NULL;

  if (path != NULL
      && sage_file_replace (path, save->data, save->length, save->overwrite ? NULL : save->expected,
                            save->digest, &error))
    {
      g_task_return_boolean (task, TRUE);
    }
  else if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_new_error (task, SAGE_ERROR, SAGE_ERROR_UNSUPPORTED,
                             "It is not a file of this machine");
}

/**
 * sage_text_file_save_async:
 * @self: a file
 * @text: what it is to hold
 * @overwrite: whatever another program has put there
 * @cancellable: (nullable): gives up waiting
 *
 * Writes the file as it was written, and removes the recovery copy.
 */
void
sage_text_file_save_async (SageTextFile        *self,
                           const char          *text,
                           gboolean             overwrite,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  Save *save = g_new0 (Save, 1);

  g_return_if_fail (SAGE_IS_TEXT_FILE (self));
  g_return_if_fail (!self->cut);

  save->file = g_object_ref (self->file);
  save->data = sage_text_encode (text, strlen (text), &self->coding, &save->length);
  save->overwrite = overwrite;
  g_atomic_int_inc (&self->serial);
  memcpy (save->expected, self->digest, sizeof save->expected);
  self->busy++;
  g_task_set_source_tag (task, sage_text_file_save_async);
  g_task_set_task_data (task, save, (GDestroyNotify) save_free);
  g_task_run_in_thread (task, save_thread);
}

/**
 * sage_text_file_save_finish:
 *
 * Returns: whether it is on the disk; %FALSE with @error set: %SAGE_ERROR_CONFLICT when another
 *   program has written it since, %SAGE_ERROR_NO_SPACE, %SAGE_ERROR_IO
 */
gboolean
sage_text_file_save_finish (SageTextFile  *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  Save *save = g_task_get_task_data (G_TASK (result));

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  self->busy--;
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;

  self->size = (goffset) save->length;
  self->disk = SAGE_DISK_SAME;
  memcpy (self->digest, save->digest, sizeof self->digest);
  sage_text_file_forget_copy (self);
  look (self); /* somebody may have written while this did */

  return TRUE;
}

/* --- Recovery --------------------------------------------------------------------------------- */

/* A copy that is written late must not come after the removal of it. */
static GMutex copies;

/* What is to be kept. Owned by its task. */
typedef struct
{
  GFile *file; /* (owned) */
  char  *text; /* (owned) */
  gint   serial;
  char   base[SAGE_SHA256_HEX];
} Copy;

static void
copy_free (Copy *copy)
{
  g_object_unref (copy->file);
  g_free (copy->text);
  g_free (copy);
}

static void
copy_thread (GTask        *task,
             gpointer      source,
             gpointer      task_data,
             GCancellable *cancellable)
{
  SageTextFile *self = source;
  Copy *copy = task_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&copies);

  if (copy->serial == g_atomic_int_get (&self->serial)
      && !sage_text_recovery_write (copy->file, copy->base, copy->text, strlen (copy->text), &error))
    g_warning ("No recovery copy: %s", error->message);
  g_task_return_boolean (task, TRUE);
}

/**
 * sage_text_file_keep_copy:
 * @self: a file
 * @text: what has been typed and not saved
 * @wait: until it is kept, instead of leaving that to a thread
 *
 * Keeps @text for the case that it is not saved.
 */
void
sage_text_file_keep_copy (SageTextFile *self,
                          const char   *text,
                          gboolean      wait)
{
  g_autoptr(GTask) task = g_task_new (self, NULL, NULL, NULL);
  Copy *copy = g_new0 (Copy, 1);

  g_return_if_fail (SAGE_IS_TEXT_FILE (self));

  copy->file = g_object_ref (self->file);
  copy->text = g_strdup (text);
  copy->serial = g_atomic_int_add (&self->serial, 1) + 1;
  memcpy (copy->base, self->digest, sizeof copy->base);
  g_task_set_source_tag (task, sage_text_file_keep_copy);
  g_task_set_task_data (task, copy, (GDestroyNotify) copy_free);
  if (wait)
    g_task_run_in_thread_sync (task, copy_thread);
  else
    g_task_run_in_thread (task, copy_thread);
}

/**
 * sage_text_file_forget_copy:
 *
 * Removes what was kept: it is given up.
 */
void
sage_text_file_forget_copy (SageTextFile *self)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&copies);

  g_return_if_fail (SAGE_IS_TEXT_FILE (self));

  g_atomic_int_inc (&self->serial);
  sage_text_recovery_remove (self->file);
}

/**
 * sage_text_file_dup_copy:
 * @self: a file that has been loaded
 * @outdated: (out): whether the file has been changed by somebody else since
 *
 * Returns: (transfer full) (nullable): what was typed last time and not saved
 */
char *
sage_text_file_dup_copy (SageTextFile *self,
                         gboolean     *outdated)
{
  g_autofree char *base = NULL;
  char *text;

  g_return_val_if_fail (SAGE_IS_TEXT_FILE (self), NULL);

  text = sage_text_recovery_read (self->file, &base);
  *outdated = text != NULL && strcmp (base, self->digest) != 0;
  if (*outdated) /* saving compares with what it was made from, and so asks */
    g_strlcpy (self->digest, base, sizeof self->digest);

  return text;
}
