/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-archive"

#include "config.h"

#include <errno.h>
#include <gio/gio.h>
#include <unistd.h>

#include "sage-error.h"

#include "eng-archive-source.h"

#define BUFFER_SIZE  (64 * 1024)
#define RATIO_FLOOR  (64 * G_GUINT64_CONSTANT (1048576))

struct _EngArchiveSource
{
  int         fd;         /* borrowed */
  guint       max_ratio;
  gboolean    probed;     /* the first bytes were looked at */
  gboolean    between;    /* a gzip member has ended, none has begun */
  gboolean    ended;      /* the descriptor is at its end */
  GConverter *gunzip;     /* (owned) (nullable): NULL for a plain tar */
  gsize       start;      /* of the unread bytes in input */
  gsize       filled;     /* end of the unread bytes in input */
  guint64     packed;     /* bytes read from fd */
  guint64     total;      /* bytes handed out */
  guint64     last_data;  /* offset after the last byte that was not zero */
  guint8      input[BUFFER_SIZE];
  guint8      output[BUFFER_SIZE];
};

/**
 * eng_archive_source_new:
 * @fd: (transfer none): a tar file or a gzipped one, read from where it stands
 * @max_ratio: most unpacked bytes for each packed one, counted beyond the first 64 MiB
 *
 * libarchive's own gzip reader ignores the checksum, the length and whatever follows, so the
 * bytes go through zlib here.
 *
 * Returns: (transfer full): the source
 */
EngArchiveSource *
eng_archive_source_new (int   fd,
                        guint max_ratio)
{
  EngArchiveSource *source = g_new0 (EngArchiveSource, 1);

  source->fd = fd;
  source->max_ratio = max_ratio;

  return source;
}

void
eng_archive_source_free (EngArchiveSource *source)
{
  if (source == NULL)
    return;

  g_clear_object (&source->gunzip);
  g_free (source);
}

/* Makes sure that at least @wanted bytes are unread, unless the file ends before. */
static gboolean
fill (EngArchiveSource  *source,
      gsize              wanted,
      GError           **error)
{
  while (!source->ended && source->filled - source->start < wanted)
    {
      gssize n;

      if (source->start > 0)
        {
          memmove (source->input, source->input + source->start, source->filled - source->start);
          source->filled -= source->start;
          source->start = 0;
        }

      n = read (source->fd, source->input + source->filled, BUFFER_SIZE - source->filled);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return sage_throw_errno (error, "Reading the archive failed");

      source->filled += n;
      source->packed += n;
      source->ended = n == 0;
    }

  return TRUE;
}

static gboolean
at_gzip_magic (EngArchiveSource *source)
{
  return source->filled - source->start >= 2 &&
         source->input[source->start] == 0x1f &&
         source->input[source->start + 1] == 0x8b;
}

static gboolean
probe (EngArchiveSource  *source,
       GError           **error)
{
  if (!fill (source, 2, error))
    return FALSE;

  source->probed = TRUE;
  if (at_gzip_magic (source))
    source->gunzip = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));

  return TRUE;
}

/* Notes what was handed out: where the last byte that is not zero stands tells trailing data. */
static gboolean
account (EngArchiveSource  *source,
         const guint8      *data,
         gsize              length,
         GError           **error)
{
  gsize end = length;

  while (end > 0 && data[end - 1] == 0)
    end--;

  if (end > 0)
    source->last_data = source->total + end;
  source->total += length;

  if (source->total > RATIO_FLOOR && source->total / source->max_ratio > source->packed)
    return sage_throw (error, SAGE_ERROR_TOO_LARGE,
                       "The archive unpacks to more than %u times its size", source->max_ratio);

  return TRUE;
}

static gssize
read_plain (EngArchiveSource  *source,
            const void       **buffer,
            GError           **error)
{
  gsize length;

  if (!fill (source, 1, error))
    return -1;

  *buffer = source->input + source->start;
  length = source->filled - source->start;
  source->start = source->filled;

  return account (source, *buffer, length, error) ? (gssize) length : -1;
}

/* Between two members: another one may follow, nothing else may. */
static gboolean
begin_member (EngArchiveSource  *source,
              gboolean          *at_end,
              GError           **error)
{
  if (!fill (source, 2, error))
    return FALSE;

  *at_end = source->filled == source->start;
  if (*at_end)
    return TRUE;

  if (!at_gzip_magic (source))
    return sage_throw (error, SAGE_ERROR_CORRUPT, "The archive has data after its gzip stream");

  g_converter_reset (source->gunzip);
  source->between = FALSE;

  return TRUE;
}

static gssize
read_gzip (EngArchiveSource  *source,
           const void       **buffer,
           GError           **error)
{
  gsize produced = 0;

  while (produced == 0)
    {
      g_autoptr(GError) local = NULL;
      gboolean at_end = FALSE;
      gsize consumed = 0;
      GConverterResult result;

      if (source->between && !begin_member (source, &at_end, error))
        return -1;
      if (at_end)
        return 0;
      if (!fill (source, 1, error))
        return -1;

      result = g_converter_convert (source->gunzip,
                                    source->input + source->start, source->filled - source->start,
                                    source->output, BUFFER_SIZE,
                                    source->ended ? G_CONVERTER_INPUT_AT_END : G_CONVERTER_NO_FLAGS,
                                    &consumed, &produced, &local);
      source->start += consumed;

      if (result == G_CONVERTER_ERROR &&
          g_error_matches (local, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT) && !source->ended)
        {
          if (!fill (source, source->filled - source->start + 1, error))
            return -1;
          continue;
        }
      if (result == G_CONVERTER_ERROR)
        {
          sage_throw (error, SAGE_ERROR_CORRUPT, "The archive's gzip stream is damaged or cut off: %s",
                      local->message);
          return -1;
        }
      if (result == G_CONVERTER_FINISHED)
        source->between = TRUE;
    }

  *buffer = source->output;

  return account (source, source->output, produced, error) ? (gssize) produced : -1;
}

/**
 * eng_archive_source_read:
 * @source: the source
 * @buffer: (out): where the next bytes stand, until the next call
 * @error: return location
 *
 * Returns: how many bytes there are, 0 at a well-formed end, -1 with @error set:
 *   %SAGE_ERROR_CORRUPT, %SAGE_ERROR_TOO_LARGE, %SAGE_ERROR_IO
 */
gssize
eng_archive_source_read (EngArchiveSource  *source,
                         const void       **buffer,
                         GError           **error)
{
  if (!source->probed && !probe (source, error))
    return -1;

  return source->gunzip != NULL ? read_gzip (source, buffer, error)
                                : read_plain (source, buffer, error);
}

/**
 * eng_archive_source_total:
 *
 * Returns: how many unpacked bytes were handed out so far
 */
guint64
eng_archive_source_total (EngArchiveSource *source)
{
  return source->total;
}

/**
 * eng_archive_source_last_data:
 *
 * Returns: the offset after the last unpacked byte that was not zero
 */
guint64
eng_archive_source_last_data (EngArchiveSource *source)
{
  return source->last_data;
}
