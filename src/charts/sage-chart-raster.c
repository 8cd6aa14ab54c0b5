/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-chart-raster"

#include "config.h"

#include <math.h>
#include <string.h>

#include "sage-chart-raster.h"

typedef struct
{
  gsize   n_pixels;
  guint32 pixels[]; /* premultiplied, as cairo and GDK_MEMORY_DEFAULT have them */
} PixelBuffer;

/* A stroked path costs time by its length, which for a noisy line is the width of the chart times
 * its height. A column of pixels that such a line crosses many times is simply filled, and that is
 * what this does: for each column it finds what the line covers and fills that, its ends with their
 * share of a pixel. Lines that are not noisy look better stroked, because their slopes are
 * antialiased across too. */
struct _SageChartRaster
{
  guint         width;  /* device pixels */
  guint         height;
  PixelBuffer  *buffer; /* (owned) */
  float        *top;    /* (owned): of each column, what the line covers */
  float        *bottom; /* (owned) */
};

/* The buffer that was let go last, for the next picture: a chart that is drawn anew each frame needs
 * one each time, and having the system hand out fresh pages takes longer than drawing on them. */
static PixelBuffer *spare_buffer;

/* Returns a buffer without a drop of paint; (transfer full). */
static PixelBuffer *
pixel_buffer_new (gsize n_pixels)
{
  PixelBuffer *buffer = g_atomic_pointer_exchange (&spare_buffer, NULL);

  if (buffer != NULL && buffer->n_pixels < n_pixels)
    g_clear_pointer (&buffer, g_free);
  if (buffer == NULL)
    {
      buffer = g_malloc (sizeof *buffer + n_pixels * sizeof (guint32));
      buffer->n_pixels = n_pixels;
    }
  memset (buffer->pixels, 0, n_pixels * sizeof (guint32));

  return buffer;
}

static void
pixel_buffer_free (PixelBuffer *buffer)
{
  g_free (g_atomic_pointer_exchange (&spare_buffer, buffer));
}

/**
 * sage_chart_raster_new:
 * @width: in device pixels
 * @height: in device pixels
 *
 * Returns: (transfer full): an empty picture
 */
SageChartRaster *
sage_chart_raster_new (guint width,
                       guint height)
{
  SageChartRaster *self = g_new0 (SageChartRaster, 1);

  self->width = width;
  self->height = height;
  self->buffer = pixel_buffer_new ((gsize) width * height);
  self->top = g_new (float, width);
  self->bottom = g_new (float, width);

  return self;
}

/**
 * sage_chart_raster_free:
 * @self: (transfer full): the picture
 */
void
sage_chart_raster_free (SageChartRaster *self)
{
  g_clear_pointer (&self->buffer, pixel_buffer_free);
  g_free (self->top);
  g_free (self->bottom);
  g_free (self);
}

static void
cover (SageChartRaster *self,
       int              column,
       float            a,
       float            b)
{
  if (column < 0 || column >= (int) self->width)
    return;

  self->top[column] = MIN (self->top[column], MIN (a, b));
  self->bottom[column] = MAX (self->bottom[column], MAX (a, b));
}

/* Returns where a vertex is in device pixels; the very end belongs to the last column. */
static float
column_of (SageChartRaster       *self,
           const SageChartVertex *vertex,
           float                  scale)
{
  float x = vertex->x * scale;

  return x == self->width ? x - 0.001f : x;
}

/* Adds what a straight piece covers of each column it crosses. */
static void
cover_piece (SageChartRaster *self,
             float            x0,
             float            y0,
             float            x1,
             float            y1)
{
  int first, last;
  float slope;

  if (x0 > x1)
    {
      float x = x0, y = y0;

      x0 = x1;
      y0 = y1;
      x1 = x;
      y1 = y;
    }

  first = (int) floorf (x0);
  last = (int) floorf (x1);
  if (first == last)
    {
      cover (self, first, y0, y1);
      return;
    }

  slope = (y1 - y0) / (x1 - x0);
  cover (self, first, y0, y0 + (first + 1 - x0) * slope);
  for (int column = MAX (first + 1, 0); column < MIN (last, (int) self->width); column++)
    cover (self, column, y0 + (column - x0) * slope, y0 + (column + 1 - x0) * slope);
  cover (self, last, y0 + (last - x0) * slope, y1);
}

static guint32
scale_pixel (guint32 pixel,
             guint   share)
{
  guint32 even = (pixel & 0x00ff00ff) * share + 0x00800080;
  guint32 odd = ((pixel >> 8) & 0x00ff00ff) * share + 0x00800080;

  even = ((even + ((even >> 8) & 0x00ff00ff)) >> 8) & 0x00ff00ff;
  odd = (odd + ((odd >> 8) & 0x00ff00ff)) & 0xff00ff00;

  return even | odd;
}

/* Lays @colour, of which @share of 255 covers the pixel, over what is there. */
static inline void
blend (guint32 *pixel,
       guint32  colour,
       guint    share)
{
  guint32 source = share == 255 ? colour : scale_pixel (colour, share);

  if (source >> 24 == 255)
    *pixel = source;
  else
    *pixel = source + scale_pixel (*pixel, 255 - (source >> 24));
}

static guint
share_of (float part)
{
  return (guint) (part * 255 + 0.5f);
}

static void
fill_column (SageChartRaster *self,
             guint            column,
             float            top,
             float            bottom,
             guint32          colour)
{
  guint32 *pixel;
  guint first, last;

  top = MAX (top, 0);
  bottom = MIN (bottom, (float) self->height);
  if (top >= bottom)
    return;

  first = (guint) top;
  last = MIN ((guint) ceilf (bottom), self->height) - 1;
  pixel = &self->buffer->pixels[(gsize) first * self->width + column];
  blend (pixel, colour, share_of (MIN (bottom, first + 1) - top));
  if (first == last)
    return;

  for (guint row = first + 1; row < last; row++)
    {
      pixel += self->width;
      blend (pixel, colour, 255);
    }
  pixel += self->width;
  blend (pixel, colour, share_of (bottom - last));
}

static guint32
pixel_of (const GdkRGBA *colour)
{
  guint alpha = (guint) (colour->alpha * 255 + 0.5f);
  guint red = (guint) (colour->red * colour->alpha * 255 + 0.5f);
  guint green = (guint) (colour->green * colour->alpha * 255 + 0.5f);
  guint blue = (guint) (colour->blue * colour->alpha * 255 + 0.5f);

  return alpha << 24 | red << 16 | green << 8 | blue;
}

/**
 * sage_chart_raster_add:
 * @vertices: (element-type SageChartVertex): the line
 * @scale_factor: device pixels in a pixel of @vertices
 * @line_width: in pixels of @vertices
 * @colour: the line's
 *
 * Draws a line over what is there.
 */
void
sage_chart_raster_add (SageChartRaster *self,
                       const GArray    *vertices,
                       double           scale_factor,
                       double           line_width,
                       const GdkRGBA   *colour)
{
  float half_width = (float) (line_width * scale_factor / 2);
  float scale = (float) scale_factor;
  guint32 pixel = pixel_of (colour);

  for (guint i = 0; i < self->width; i++)
    {
      self->top[i] = INFINITY;
      self->bottom[i] = -INFINITY;
    }

  for (guint i = 0; i < vertices->len; i++)
    {
      const SageChartVertex *b = &g_array_index (vertices, SageChartVertex, i);
      const SageChartVertex *a = b->begins ? b : b - 1;

      cover_piece (self, column_of (self, a, scale), a->y * scale, column_of (self, b, scale),
                   b->y * scale);
    }

  for (guint i = 0; i < self->width; i++)
    if (self->top[i] <= self->bottom[i])
      fill_column (self, i, self->top[i] - half_width, self->bottom[i] + half_width, pixel);
}

/**
 * sage_chart_raster_new_texture:
 *
 * Hands over the picture, which is empty and cannot be drawn to afterwards.
 *
 * Returns: (transfer full): what was drawn
 */
GdkTexture *
sage_chart_raster_new_texture (SageChartRaster *self)
{
  gsize stride = (gsize) self->width * sizeof (guint32);
  PixelBuffer *buffer = g_steal_pointer (&self->buffer);
  g_autoptr(GBytes) bytes =
    g_bytes_new_with_free_func (buffer->pixels, stride * self->height,
                                (GDestroyNotify) pixel_buffer_free, buffer);

  return gdk_memory_texture_new (self->width, self->height, GDK_MEMORY_DEFAULT, bytes, stride);
}
