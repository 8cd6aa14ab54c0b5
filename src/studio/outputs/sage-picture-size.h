/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SAGE_PICTURE_MAX_PIXELS (64 * 1000 * 1000) /* decoded, a pixel is four bytes */
#define SAGE_PICTURE_MAX_BYTES (64 * 1024 * 1024)  /* as it comes */

typedef enum
{
  SAGE_PICTURE_UNKNOWN,
  SAGE_PICTURE_PNG,
  SAGE_PICTURE_JPEG,
  SAGE_PICTURE_GIF,
  SAGE_PICTURE_WEBP,
} SagePictureFormat;

SagePictureFormat sage_picture_probe           (const guint8 *data,
                                                gsize         length,
                                                guint        *width,
                                                guint        *height);
gboolean          sage_picture_size_is_bounded (guint         width,
                                                guint         height);
gboolean          sage_picture_uri_is_harmless (const char   *uri);

G_END_DECLS
