/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-picture-size"

#include "config.h"

#include <string.h>

#include "sage-picture-size.h"

static guint
big_16 (const guint8 *at)
{
  return (guint) at[0] << 8 | at[1];
}

static guint
little_16 (const guint8 *at)
{
  return (guint) at[1] << 8 | at[0];
}

static guint
little_24 (const guint8 *at)
{
  return (guint) at[2] << 16 | little_16 (at);
}

/* JPEG (ITU-T T.81 B.1): segments up to the start of the frame. */
static gboolean
probe_jpeg (const guint8 *data,
            gsize         length,
            guint        *width,
            guint        *height)
{
  gsize at = 2;

  while (at + 9 < length && data[at] == 0xff)
    {
      guint8 marker = data[at + 1];

      if (marker == 0xff)
        {
          at++;
          continue;
        }
      if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc)
        {
          *height = big_16 (data + at + 5);
          *width = big_16 (data + at + 7);
          return TRUE;
        }
      if (marker == 0xda || marker == 0xd9)
        break; /* data before a frame */
      at += (marker >= 0xd0 && marker <= 0xd8) || marker == 0x01 ? 2 : 2 + big_16 (data + at + 2);
    }

  return FALSE;
}

/* WebP (RFC 9649): a lossy, a lossless or an extended first chunk. */
static gboolean
probe_webp (const guint8 *data,
            gsize         length,
            guint        *width,
            guint        *height)
{
  if (length < 30)
    return FALSE;

  if (memcmp (data + 12, "VP8X", 4) == 0)
    {
      *width = little_24 (data + 24) + 1;
      *height = little_24 (data + 27) + 1;
    }
  else if (memcmp (data + 12, "VP8L", 4) == 0)
    {
      guint bits = little_24 (data + 21) | (guint) data[24] << 24;

      *width = (bits & 0x3fff) + 1;
      *height = (bits >> 14 & 0x3fff) + 1;
    }
  else if (memcmp (data + 12, "VP8 ", 4) == 0)
    {
      *width = little_16 (data + 26) & 0x3fff;
      *height = little_16 (data + 28) & 0x3fff;
    }
  else
    return FALSE;

  return TRUE;
}

/**
 * sage_picture_probe:
 * @data: the beginning of a file
 * @length: how much of it there is
 * @width: (out): pixels, as the file says
 * @height: (out): likewise
 *
 * Reads of a picture what it says of its size, before anything is decoded.
 *
 * Returns: its format, or %SAGE_PICTURE_UNKNOWN if it is none of those that are shown, or broken
 */
SagePictureFormat
sage_picture_probe (const guint8 *data,
                    gsize         length,
                    guint        *width,
                    guint        *height)
{
  *width = *height = 0;

  if (length >= 24 && memcmp (data, "\x89PNG\r\n\x1a\n", 8) == 0 && memcmp (data + 12, "IHDR", 4) == 0)
    {
      *width = big_16 (data + 16) << 16 | big_16 (data + 18);
      *height = big_16 (data + 20) << 16 | big_16 (data + 22);
      return SAGE_PICTURE_PNG;
    }
  if (length >= 10 && (memcmp (data, "GIF87a", 6) == 0 || memcmp (data, "GIF89a", 6) == 0))
    {
      *width = little_16 (data + 6);
      *height = little_16 (data + 8);
      return SAGE_PICTURE_GIF;
    }
  if (length >= 4 && data[0] == 0xff && data[1] == 0xd8 && probe_jpeg (data, length, width, height))
    return SAGE_PICTURE_JPEG;
  if (length >= 16 && memcmp (data, "RIFF", 4) == 0 && memcmp (data + 8, "WEBP", 4) == 0 &&
      probe_webp (data, length, width, height))
    return SAGE_PICTURE_WEBP;

  return SAGE_PICTURE_UNKNOWN;
}

/**
 * sage_picture_size_is_bounded:
 * @width: pixels
 * @height: pixels
 *
 * Returns: whether a picture of that size may be decoded
 */
gboolean
sage_picture_size_is_bounded (guint width,
                              guint height)
{
  return width > 0 && height > 0 && (guint64) width * height <= SAGE_PICTURE_MAX_PIXELS;
}

/**
 * sage_picture_uri_is_harmless:
 * @uri: an address
 *
 * Returns: whether it holds a picture itself, of a format and a size that may be decoded; an SVG is
 *   none, because it is a document
 */
gboolean
sage_picture_uri_is_harmless (const char *uri)
{
  static const char * const heads[] = {
    "data:image/png;base64,", "data:image/jpeg;base64,", "data:image/gif;base64,",
    "data:image/webp;base64,",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (heads); i++)
    if (g_ascii_strncasecmp (uri, heads[i], strlen (heads[i])) == 0)
      {
        const char *text = uri + strlen (heads[i]);
        g_autofree guint8 *data = NULL;
        gsize length;
        guint width;
        guint height;

        for (const char *at = text; *at != '\0'; at++)
          if (!g_ascii_isalnum (*at) && strchr ("+/=\n", *at) == NULL)
            return FALSE;
        data = g_base64_decode (text, &length);

        return length <= SAGE_PICTURE_MAX_BYTES &&
               sage_picture_probe (data, length, &width, &height) != SAGE_PICTURE_UNKNOWN &&
               sage_picture_size_is_bounded (width, height);
      }

  return FALSE;
}
