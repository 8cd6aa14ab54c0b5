/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "krn-journal"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "krn-journal-private.h"
#include "krn-record.h"
#include "sage-error.h"
#include "sage-failpoint.h"
#include "sage-file.h"

/*
 * What a kernel says is written before any client has it, and not synced. That loses nothing when the
 * host, the engine or Studio is killed. A power cut takes the kernel as well, with all that it had
 * computed, and of what it had said the last half minute or so, which the system had not written back;
 * a record of which only a part is on the disk is found by its checksum, and those before it stand. To
 * sync each record would have every kernel that prints wait for the disk. What is to last is synced
 * elsewhere: the notebook that is saved, and the copy of one that is not; a segment goes only when the
 * saved one holds it.
 */

#define SEGMENT_BYTES (8 * 1024 * 1024)
#define MIN_SEGMENTS 8 /* so that dropping the oldest loses little */

#define NAME_DIGITS 20
#define NAME_SUFFIX ".log"

char *
krn_segment_path (KrnJournal *journal,
                  guint64     first)
{
  return g_strdup_printf ("%s/%0*" G_GUINT64_FORMAT NAME_SUFFIX, journal->directory, NAME_DIGITS, first);
}

static gboolean
parse_name (const char *name,
            guint64    *first)
{
  return strspn (name, "0123456789") == NAME_DIGITS && g_str_equal (name + NAME_DIGITS, NAME_SUFFIX) &&
         sscanf (name, "%" G_GUINT64_FORMAT, first) == 1 && *first > 0;
}

static int
compare_segments (gconstpointer a,
                  gconstpointer b)
{
  const KrnSegment *left = a;
  const KrnSegment *right = b;

  return (left->first > right->first) - (left->first < right->first);
}

static KrnSegment *
last_segment (KrnJournal *self)
{
  return self->segments->len > 0 ? &g_array_index (self->segments, KrnSegment, self->segments->len - 1)
                                 : NULL;
}

/* Appends to the segment in one call, and takes back what of it was not whole. */
static gboolean
write_whole (KrnJournal    *self,
             struct iovec  *parts,
             int            n_parts,
             GError       **error)
{
  KrnSegment *segment = last_segment (self);
  gsize total = 0;
  gsize done = 0;

  for (int i = 0; i < n_parts; i++)
    total += parts[i].iov_len;

  while (done < total)
    {
      ssize_t n = writev (self->fd, parts, n_parts);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        {
          sage_throw_errno (error, "Cannot write the journal in '%s'", self->directory);
          if (ftruncate (self->fd, (off_t) segment->bytes) != 0 ||
              lseek (self->fd, (off_t) segment->bytes, SEEK_SET) < 0)
            g_clear_fd (&self->fd, NULL); /* another segment takes what follows */
          return FALSE;
        }

      done += (gsize) n;
      for (int i = 0; i < n_parts && n > 0; i++)
        {
          gsize taken = MIN ((gsize) n, parts[i].iov_len);

          parts[i].iov_base = (guint8 *) parts[i].iov_base + taken;
          parts[i].iov_len -= taken;
          n -= (ssize_t) taken;
        }
    }

  segment->bytes += total;

  return TRUE;
}

/* Makes the segment that begins with the next number, and drops what is too much. */
static gboolean
begin_segment (KrnJournal  *self,
               GError     **error)
{
  KrnSegment segment = { .first = self->last + 1 };
  g_autofree char *path = krn_segment_path (self, segment.first);
  guint8 head[KRN_SEGMENT_HEAD];
  struct iovec part = { head, sizeof head };

  g_clear_fd (&self->fd, NULL);
  self->fd = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (self->fd < 0)
    return sage_throw_errno (error, "Cannot create '%s'", path);

  if (last_segment (self) == NULL || last_segment (self)->first < segment.first)
    g_array_append_val (self->segments, segment);
  else
    last_segment (self)->bytes = 0; /* no record of it was ever whole */

  krn_segment_head_write (head);
  if (!write_whole (self, &part, 1, error))
    {
      g_clear_fd (&self->fd, NULL);
      return FALSE;
    }

  return TRUE;
}

static gboolean
list_segments (KrnJournal  *self,
               GError     **error)
{
  g_autoptr(GDir) dir = g_dir_open (self->directory, 0, error);
  const char *name;

  if (dir == NULL)
    return FALSE;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      KrnSegment segment = { 0 };
      g_autofree char *path = g_build_filename (self->directory, name, NULL);
      struct stat info;

      if (!parse_name (name, &segment.first) || lstat (path, &info) != 0 || !S_ISREG (info.st_mode))
        continue;
      segment.bytes = (guint64) info.st_size;
      g_array_append_val (self->segments, segment);
    }
  g_array_sort (self->segments, compare_segments);

  return TRUE;
}

/* Cuts off what a crash left of a record at the end of the last segment and goes on behind it. A
 * segment that does not begin as one of ours is put aside. */
static gboolean
resume_segment (KrnJournal  *self,
                GError     **error)
{
  KrnSegment *segment = last_segment (self);
  g_autofree char *path = krn_segment_path (self, segment->first);
  g_autoptr(GMappedFile) file = g_mapped_file_new (path, FALSE, error);
  const guint8 *data;
  gsize length;

  if (file == NULL)
    return FALSE;

  data = (const guint8 *) g_mapped_file_get_contents (file);
  length = g_mapped_file_get_length (file);
  self->last = segment->first - 1;

  if (!krn_segment_head_check (data, length))
    {
      g_autofree char *aside = g_strconcat (path, ".bad", NULL);

      if (length > KRN_SEGMENT_HEAD && rename (path, aside) != 0)
        return sage_throw_errno (error, "Cannot put '%s' aside", path);
      return begin_segment (self, error);
    }

  segment->bytes = KRN_SEGMENT_HEAD + krn_segment_scan (data + KRN_SEGMENT_HEAD, length - KRN_SEGMENT_HEAD,
                                                        self->last, &self->last);
  self->fd = open (path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
  if (self->fd < 0 || ftruncate (self->fd, (off_t) segment->bytes) != 0 ||
      lseek (self->fd, (off_t) segment->bytes, SEEK_SET) < 0)
    return sage_throw_errno (error, "Cannot go on with '%s'", path);

  return TRUE;
}

/**
 * krn_journal_open:
 * @directory: where it is; made if it is not there
 * @max_bytes: what it may take of the disk; the oldest segments give way
 *
 * Opens a journal and goes on where it ended. A record that was torn is cut off.
 *
 * Returns: (transfer full): the journal, or %NULL with @error set
 */
KrnJournal *
krn_journal_open (const char  *directory,
                  guint64      max_bytes,
                  GError     **error)
{
  g_autoptr(KrnJournal) self = g_new0 (KrnJournal, 1);

  self->fd = -1;
  self->directory = g_strdup (directory);
  self->segments = g_array_new (FALSE, FALSE, sizeof (KrnSegment));
  self->max_bytes = max_bytes;
  self->segment_bytes = MIN (SEGMENT_BYTES, max_bytes / MIN_SEGMENTS);

  if (!sage_dir_make (directory, 0700, error) || !list_segments (self, error))
    return NULL;
  if (self->segments->len > 0 ? !resume_segment (self, error) : !begin_segment (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * krn_journal_free:
 *
 * Closes it. Cursors of it must be gone.
 */
void
krn_journal_free (KrnJournal *journal)
{
  g_clear_fd (&journal->fd, NULL);
  g_clear_pointer (&journal->segments, g_array_unref);
  g_free (journal->directory);
  g_free (journal);
}

/**
 * krn_journal_get_first:
 *
 * Returns: the number that the oldest record may have; more than the last where there is none
 */
guint64
krn_journal_get_first (KrnJournal *journal)
{
  return journal->segments->len > 0 ? g_array_index (journal->segments, KrnSegment, 0).first
                                    : journal->last + 1;
}

/**
 * krn_journal_get_last:
 *
 * Returns: the number given last; 0 where none was
 */
guint64
krn_journal_get_last (KrnJournal *journal)
{
  return journal->last;
}

/**
 * krn_journal_get_bytes:
 *
 * Returns: what it takes of the disk
 */
guint64
krn_journal_get_bytes (KrnJournal *journal)
{
  guint64 bytes = 0;

  for (guint i = 0; i < journal->segments->len; i++)
    bytes += g_array_index (journal->segments, KrnSegment, i).bytes;

  return bytes;
}

static void
drop_oldest (KrnJournal *self)
{
  g_autofree char *path = krn_segment_path (self, g_array_index (self->segments, KrnSegment, 0).first);

  if (g_unlink (path) != 0 && errno != ENOENT)
    g_warning ("Cannot remove '%s': %s", path, g_strerror (errno));
  g_array_remove_index (self->segments, 0);
}

/**
 * krn_journal_append:
 * @frame: a message
 *
 * Gives @frame the next number and writes it.
 *
 * Returns: its number, which it has also where @error tells that it was not written
 */
guint64
krn_journal_append (KrnJournal  *journal,
                    GBytes      *frame,
                    GError     **error)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (frame, &length);
  guint8 head[KRN_RECORD_HEAD];
  struct iovec parts[] = { { head, sizeof head }, { (void *) data, length } };

  if (journal->fd < 0 || last_segment (journal)->bytes >= journal->segment_bytes)
    if (!begin_segment (journal, error))
      return ++journal->last;

  while (journal->segments->len > 1 && krn_journal_get_bytes (journal) + length > journal->max_bytes)
    drop_oldest (journal);

  krn_record_head_write (++journal->last, data, length, head);
  SAGE_FAILPOINT ("kernel-journal-append");
  write_whole (journal, parts, G_N_ELEMENTS (parts), error);

  return journal->last;
}

/**
 * krn_journal_drop:
 * @held: the number up to which all is safe elsewhere
 *
 * Removes the segments that hold nothing beyond @held.
 */
void
krn_journal_drop (KrnJournal *journal,
                  guint64     held)
{
  if (held >= journal->last && journal->fd >= 0 && last_segment (journal)->bytes > KRN_SEGMENT_HEAD)
    begin_segment (journal, NULL);

  while (journal->segments->len > 1 && g_array_index (journal->segments, KrnSegment, 1).first <= held + 1)
    drop_oldest (journal);
}
