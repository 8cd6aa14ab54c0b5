/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-picture-load"

#include "config.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <webp/decode.h>

#include "sage-error.h"
#include "sage-picture-load.h"
#include "sage-picture-size.h"

#define MAX_SVG_BYTES (16 * 1024 * 1024)

typedef struct
{
  double   scale;
  gboolean too_large;
} Size;

/* Before anything is decoded. Some loaders take a size of 0 for none, so what is too large is made
 * tiny, and thrown away. */
static void
size_prepared_cb (GdkPixbufLoader *loader,
                  int              width,
                  int              height,
                  gpointer         user_data)
{
  Size *size = user_data;
  double wanted = (double) width * height * size->scale * size->scale;

  if (!sage_picture_size_is_bounded ((guint) MAX (width, 0), (guint) MAX (height, 0)) ||
      wanted > SAGE_PICTURE_MAX_PIXELS)
    {
      size->too_large = TRUE;
      gdk_pixbuf_loader_set_size (loader, 1, 1);
    }
  else if (size->scale != 1)
    gdk_pixbuf_loader_set_size (loader, (int) (width * size->scale), (int) (height * size->scale));
}

static GdkTexture *
texture_of_pixbuf (GdkPixbuf *pixbuf)
{
  g_autoptr(GBytes) pixels = gdk_pixbuf_read_pixel_bytes (pixbuf);

  return gdk_memory_texture_new (gdk_pixbuf_get_width (pixbuf), gdk_pixbuf_get_height (pixbuf),
                                 gdk_pixbuf_get_has_alpha (pixbuf) ? GDK_MEMORY_R8G8B8A8
                                                                   : GDK_MEMORY_R8G8B8,
                                 pixels, (gsize) gdk_pixbuf_get_rowstride (pixbuf));
}

/* @type: the only format that the data may have: a picture must not choose its decoder. An SVG is
 * drawn without an address of its own, so nothing that it names can be found, and without scripts. */
static GdkTexture *
decode_pixbuf (GBytes      *bytes,
               const char  *type,
               double       scale,
               GError     **error)
{
  g_autoptr(GdkPixbufLoader) loader = gdk_pixbuf_loader_new_with_type (type, error);
  Size size = { scale, FALSE };
  GdkPixbuf *pixbuf;
  gboolean fine;

  if (loader == NULL)
    return NULL;

  g_signal_connect (loader, "size-prepared", G_CALLBACK (size_prepared_cb), &size);
  fine = gdk_pixbuf_loader_write_bytes (loader, bytes, error);
  /* it must be closed in any case, and has no second error to give */
  if (!gdk_pixbuf_loader_close (loader, fine ? error : NULL) || !fine)
    return NULL;

  if (size.too_large)
    {
      sage_throw (error, SAGE_ERROR_TOO_LARGE, "The picture is too large");
      return NULL;
    }
  pixbuf = gdk_pixbuf_loader_get_pixbuf (loader);
  if (pixbuf == NULL)
    {
      sage_throw (error, SAGE_ERROR_INVALID, "There is no picture in the data");
      return NULL;
    }

  return texture_of_pixbuf (pixbuf);
}

static GdkTexture *
decode_webp (GBytes  *bytes,
             GError **error)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  g_autoptr(GBytes) pixels = NULL;
  guint8 *rgba;
  int width;
  int height;

  rgba = WebPDecodeRGBA (data, length, &width, &height);
  if (rgba == NULL)
    {
      sage_throw (error, SAGE_ERROR_INVALID, "The WebP picture is broken");
      return NULL;
    }
  pixels = g_bytes_new_with_free_func (rgba, (gsize) width * (gsize) height * 4, WebPFree, rgba);

  return gdk_memory_texture_new (width, height, GDK_MEMORY_R8G8B8A8, pixels, (gsize) width * 4);
}

/**
 * sage_picture_decode:
 * @bytes: a picture
 * @is_svg: whether it is an SVG; else it is one of PNG, JPEG, GIF and WebP, by its first bytes
 * @scale: device pixels of a pixel, for an SVG
 *
 * Decodes a picture that nobody vouches for. It runs in any thread.
 *
 * Returns: (transfer full): the texture, or %NULL with @error set: broken, of an unknown format, or
 *   larger than %SAGE_PICTURE_MAX_PIXELS
 */
GdkTexture *
sage_picture_decode (GBytes    *bytes,
                     gboolean   is_svg,
                     double     scale,
                     GError   **error)
{
  gsize length;
  const guint8 *data;
  guint width;
  guint height;
  SagePictureFormat format;

  g_return_val_if_fail (bytes != NULL, NULL);

  data = g_bytes_get_data (bytes, &length);
  if (length > (is_svg ? MAX_SVG_BYTES : SAGE_PICTURE_MAX_BYTES))
    {
      sage_throw (error, SAGE_ERROR_TOO_LARGE, "A picture of %zu bytes is too large", length);
      return NULL;
    }
  if (is_svg)
    return decode_pixbuf (bytes, "svg", scale, error);

  format = sage_picture_probe (data, length, &width, &height);
  if (format != SAGE_PICTURE_UNKNOWN && !sage_picture_size_is_bounded (width, height))
    {
      sage_throw (error, SAGE_ERROR_TOO_LARGE, "A picture of %u by %u pixels is too large", width,
                  height);
      return NULL;
    }
  switch (format)
    {
    case SAGE_PICTURE_PNG:
      return decode_pixbuf (bytes, "png", 1, error);
    case SAGE_PICTURE_JPEG:
      return decode_pixbuf (bytes, "jpeg", 1, error);
    case SAGE_PICTURE_GIF:
      return decode_pixbuf (bytes, "gif", 1, error);
    case SAGE_PICTURE_WEBP:
      return decode_webp (bytes, error);
    case SAGE_PICTURE_UNKNOWN:
    default:
      sage_throw (error, SAGE_ERROR_INVALID, "The data are no picture of a known format");
      return NULL;
    }
}

typedef struct
{
  GBytes   *bytes; /* (owned) */
  gboolean  is_svg;
  double    scale;
  int       size; /* the longer side may have; 0: any */
} Load;

static void
load_free (gpointer data)
{
  Load *load = data;

  g_bytes_unref (load->bytes);
  g_free (load);
}

/* Returns: (transfer full): the picture, or a smaller one */
static GdkTexture *
shrink (GdkTexture *texture, /* taken */
        int         size)
{
  g_autoptr(GdkTexture) whole = texture;
  g_autoptr(GdkTextureDownloader) downloader = NULL;
  g_autoptr(GBytes) pixels = NULL;
  g_autoptr(GdkPixbuf) large = NULL;
  g_autoptr(GdkPixbuf) small = NULL;
  int width = gdk_texture_get_width (whole);
  int height = gdk_texture_get_height (whole);
  double factor = (double) size / MAX (width, height);
  gsize stride;

  if (factor >= 1)
    return g_steal_pointer (&whole);

  downloader = gdk_texture_downloader_new (whole);
  gdk_texture_downloader_set_format (downloader, GDK_MEMORY_R8G8B8A8);
  pixels = gdk_texture_downloader_download_bytes (downloader, &stride);
  large = gdk_pixbuf_new_from_bytes (pixels, GDK_COLORSPACE_RGB, TRUE, 8, width, height, (int) stride);
  small = gdk_pixbuf_scale_simple (large, MAX ((int) (width * factor), 1),
                                   MAX ((int) (height * factor), 1), GDK_INTERP_BILINEAR);

  return texture_of_pixbuf (small);
}

static void
load_thread (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  Load *load = data;
  GError *error = NULL;
  GdkTexture *texture;

  if (g_task_return_error_if_cancelled (task))
    return;
  texture = sage_picture_decode (load->bytes, load->is_svg, load->scale, &error);
  if (texture != NULL && load->size > 0)
    texture = shrink (texture, load->size);
  if (texture != NULL)
    g_task_return_pointer (task, texture, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
start (GBytes              *bytes,
       gboolean             is_svg,
       double               scale,
       int                  size,
       GCancellable        *cancellable,
       GAsyncReadyCallback  callback,
       gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Load *load = g_new0 (Load, 1);

  load->bytes = g_bytes_ref (bytes);
  load->is_svg = is_svg;
  load->scale = scale;
  load->size = size;
  g_task_set_source_tag (task, start);
  g_task_set_task_data (task, load, load_free);
  g_task_run_in_thread (task, load_thread);
}

/**
 * sage_picture_load_async:
 * @bytes: a picture
 * @is_svg: whether it is an SVG
 * @scale: device pixels of a pixel, for an SVG
 * @cancellable: (nullable): cancel it when nobody waits any more
 *
 * Decodes a picture in another thread.
 */
void
sage_picture_load_async (GBytes              *bytes,
                         gboolean             is_svg,
                         double               scale,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  start (bytes, is_svg, scale, 0, cancellable, callback, user_data);
}

/**
 * sage_picture_load_thumbnail_async:
 * @bytes: a picture
 * @is_svg: whether it is an SVG
 * @size: pixels that its longer side may have
 * @cancellable: (nullable): cancel it when nobody waits any more
 *
 * Decodes a picture in another thread, and keeps no more of it than is to be shown.
 */
void
sage_picture_load_thumbnail_async (GBytes              *bytes,
                                   gboolean             is_svg,
                                   int                  size,
                                   GCancellable        *cancellable,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data)
{
  start (bytes, is_svg, 1, size, cancellable, callback, user_data);
}

/**
 * sage_picture_load_finish:
 *
 * Returns: (transfer full): the texture, or %NULL with @error set as sage_picture_decode() does
 */
GdkTexture *
sage_picture_load_finish (GAsyncResult  *result,
                          GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
