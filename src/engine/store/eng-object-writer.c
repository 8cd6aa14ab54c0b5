/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-objects"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "eng-objects-private.h"
#include "sage-error.h"
#include "sage-failpoint.h"

#define N_DIGESTS (SAGE_DIGEST_CRC64NVME + 1)
#define COPY_BUFFER (256 * 1024)

/* The disk begins to write each stretch of this many bytes while the next one is still arriving. */
#define WRITE_BEHIND (8 * 1024 * 1024)

struct _EngObjectWriter
{
  EngObjects *objects;             /* (not owned) */
  char       *id;                  /* (owned): the name its file will have */
  char       *temporary;           /* (owned) (nullable): its path now; %NULL once it moved */
  int         fd;
  gint64      size;                /* bytes so far */
  gint64      flushed;             /* bytes that the disk was told to begin with */
  SageDigest *digests[N_DIGESTS];  /* (owned) (nullable): running; %NULL where not asked for */
  guint8      values[N_DIGESTS][SAGE_SHA256_SIZE];
  gsize       lengths[N_DIGESTS];  /* 0 until the digest is taken */
};

/**
 * eng_object_writer_new:
 * @objects: the store
 * @digests: a bit `1 << kind` for each further #SageDigestKind wanted; MD5 and SHA-256 always come
 *
 * Begins a file of the store. Nothing of it is visible before a commit, and freeing the writer
 * takes it away.
 *
 * Returns: (transfer full): the writer, or %NULL: %SAGE_ERROR_NO_SPACE, %SAGE_ERROR_IO
 */
EngObjectWriter *
eng_object_writer_new (EngObjects  *objects,
                       guint        digests,
                       GError     **error)
{
  g_autofree char *id = eng_blob_id ();
  g_autofree char *path = g_build_filename (objects->temporary, id, NULL);
  EngObjectWriter *writer;
  int fd = open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd < 0)
    {
      sage_throw_errno (error, "Cannot create the object's file '%s'", path);
      return NULL;
    }

  digests |= 1u << SAGE_DIGEST_MD5 | 1u << SAGE_DIGEST_SHA256;
  writer = g_new0 (EngObjectWriter, 1);
  writer->objects = objects;
  writer->id = g_steal_pointer (&id);
  writer->temporary = g_steal_pointer (&path);
  writer->fd = fd;
  for (guint kind = 0; kind < N_DIGESTS; kind++)
    if ((digests & 1u << kind) != 0)
      writer->digests[kind] = sage_digest_new ((SageDigestKind) kind);

  return writer;
}

/**
 * eng_object_writer_free:
 * @writer: (nullable): the writer
 *
 * Frees @writer; what was not committed is gone.
 */
void
eng_object_writer_free (EngObjectWriter *writer)
{
  if (writer == NULL)
    return;

  if (writer->fd >= 0)
    close (writer->fd);
  if (writer->temporary != NULL)
    unlink (writer->temporary);
  for (guint kind = 0; kind < N_DIGESTS; kind++)
    sage_digest_free (writer->digests[kind]);
  g_free (writer->temporary);
  g_free (writer->id);
  g_free (writer);
}

/**
 * eng_object_writer_write:
 * @writer: the writer
 * @data: the next bytes
 * @length: how many
 *
 * Returns: whether they are in the file; else %SAGE_ERROR_TOO_LARGE, %SAGE_ERROR_NO_SPACE or
 *   %SAGE_ERROR_IO
 */
gboolean
eng_object_writer_write (EngObjectWriter  *writer,
                         const void       *data,
                         gsize             length,
                         GError          **error)
{
  const guint8 *at = data;
  gsize left = length;

  while (left > 0)
    {
      ssize_t n = write (writer->fd, at, left);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return sage_throw_errno (error, "Cannot write the object's file '%s'", writer->temporary);
      at += n;
      left -= (gsize) n;
    }

  for (guint kind = 0; kind < N_DIGESTS; kind++)
    if (writer->digests[kind] != NULL)
      sage_digest_update (writer->digests[kind], data, length);
  writer->size += (gint64) length;

  /* Only a hint; the sync before the commit is what counts. */
  if (writer->size - writer->flushed >= WRITE_BEHIND)
    {
      sync_file_range (writer->fd, writer->flushed, writer->size - writer->flushed,
                       SYNC_FILE_RANGE_WRITE);
      writer->flushed = writer->size;
    }

  return TRUE;
}

/**
 * eng_object_writer_size:
 * @writer: the writer
 *
 * Returns: the bytes written so far
 */
gint64
eng_object_writer_size (EngObjectWriter *writer)
{
  return writer->size;
}

/**
 * eng_object_writer_digest:
 * @writer: the writer, all bytes in it
 * @kind: MD5, SHA-256 or a kind asked for at the start
 * @out: (out caller-allocates): the value
 *
 * Returns: the length of the value in bytes, 0 for a kind that was not asked for
 */
gsize
eng_object_writer_digest (EngObjectWriter *writer,
                          SageDigestKind   kind,
                          guint8           out[SAGE_SHA256_SIZE])
{
  if (writer->digests[kind] == NULL)
    return 0;

  if (writer->lengths[kind] == 0)
    writer->lengths[kind] = sage_digest_finish (writer->digests[kind], writer->values[kind]);
  memcpy (out, writer->values[kind], writer->lengths[kind]);

  return writer->lengths[kind];
}

static char *
digest_hex (EngObjectWriter *writer,
            SageDigestKind   kind)
{
  guint8 value[SAGE_SHA256_SIZE];
  gsize length = eng_object_writer_digest (writer, kind, value);

  return sage_hex (value, length);
}

EngObjects *
eng_object_writer_objects (EngObjectWriter *writer)
{
  return writer->objects;
}

/**
 * eng_object_writer_copy:
 * @writer: the writer
 * @fd: a file to read
 * @offset: where to begin
 * @length: how many bytes, or -1 for all there are
 * @what: the file's name, for messages
 * @error: (out) (optional): where the error goes
 *
 * Appends a part of a file.
 *
 * Returns: whether all of it is written; fails as eng_object_writer_write() does
 */
gboolean
eng_object_writer_copy (EngObjectWriter  *writer,
                        int               fd,
                        gint64            offset,
                        gint64            length,
                        const char       *what,
                        GError          **error)
{
  g_autofree guint8 *buffer = g_malloc (COPY_BUFFER);

  while (length != 0)
    {
      gsize want = length < 0 ? COPY_BUFFER : (gsize) MIN (length, COPY_BUFFER);
      ssize_t n = pread (fd, buffer, want, offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return sage_throw_errno (error, "Cannot read %s", what);
      if (n == 0 && length < 0)
        break;
      if (n == 0)
        return sage_throw (error, SAGE_ERROR_CORRUPT, "%s is shorter than it should be", what);
      if (!eng_object_writer_write (writer, buffer, (gsize) n, error))
        return FALSE;
      offset += n;
      if (length > 0)
        length -= n;
    }

  return TRUE;
}

/* Makes the bytes durable under the file's final name, which comes before any row that names it. */
gboolean
eng_object_writer_settle (EngObjectWriter  *writer,
                          EngBlob          *blob,
                          GError          **error)
{
  if (fchmod (writer->fd, 0444) != 0 || fsync (writer->fd) != 0)
    return sage_throw_errno (error, "Cannot sync the object's file '%s'", writer->temporary);

  SAGE_FAILPOINT ("object-synced");

  if (!eng_blob_publish (writer->objects, writer->id, writer->temporary, blob, error))
    return FALSE;

  g_clear_pointer (&writer->temporary, g_free);
  eng_blob_trust (writer->objects, blob, writer->size);

  return TRUE;
}

/**
 * eng_object_writer_commit:
 * @writer: the writer, all bytes in it; of no further use afterwards
 * @commit: the object it becomes
 *
 * Makes the bytes an object: first the file is durable, then the row that names it.
 *
 * Returns: (transfer full): the object; or %NULL and nothing changed: %SAGE_ERROR_NOT_FOUND (no
 *   such bucket, or none to match), %SAGE_ERROR_EXISTS (only_if_absent), %SAGE_ERROR_CONFLICT
 *   (if_match), %SAGE_ERROR_INVALID, %SAGE_ERROR_NO_SPACE, %SAGE_ERROR_IO
 */
EngObject *
eng_object_writer_commit (EngObjectWriter        *writer,
                          const EngObjectCommit  *commit,
                          GError                **error)
{
  g_autofree char *md5 = digest_hex (writer, SAGE_DIGEST_MD5);
  g_autofree char *sha256 = digest_hex (writer, SAGE_DIGEST_SHA256);
  g_auto(EngBlob) blob = { 0 };
  EngObjectPut put = {
    .objects = writer->objects,
    .commit = commit,
    .blob = &blob,
    .size = writer->size,
    .etag = commit->etag != NULL ? commit->etag : md5,
    .sha256 = sha256,
    .content_type = commit->content_type,
    .headers = commit->headers,
  };

  if (!eng_objects_check_name (commit->bucket, commit->key, error) ||
      !eng_object_writer_settle (writer, &blob, error))
    return NULL;

  SAGE_FAILPOINT ("object-stored");

  return eng_object_put (&put, error);
}

/* Stores a copy of the regular file open at @fd; @what is its name in messages. */
gboolean
eng_objects_put_fd (EngObjects  *objects,
                    const char  *bucket,
                    const char  *key,
                    int          fd,
                    const char  *what,
                    const char  *content_type,
                    GError     **error)
{
  EngObjectCommit commit = { .bucket = bucket, .key = key, .content_type = content_type };
  g_autoptr(EngObjectWriter) writer = NULL;
  g_autoptr(EngObject) object = NULL;
  struct stat info;

  if (fstat (fd, &info) != 0)
    return sage_throw_errno (error, "Cannot read '%s'", what);
  if (!S_ISREG (info.st_mode))
    return sage_throw (error, SAGE_ERROR_INVALID, "'%s' is not a regular file", what);

  writer = eng_object_writer_new (objects, 0, error);
  if (writer == NULL || !eng_object_writer_copy (writer, fd, 0, -1, what, error))
    return FALSE;

  object = eng_object_writer_commit (writer, &commit, error);

  return object != NULL;
}
