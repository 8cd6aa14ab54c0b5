/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "exact-bounds"

/* A GIO module that tells assistive technology where widgets are, to the pixel, and gives those that
 * are not in sight no size. GTK 4.18 leaves the padding and the borders of ancestors out, so that what
 * AT-SPI calls the middle of a button may be beside it. It also ends the program at a critical warning.
 * The tests load it with GIO_EXTRA_MODULES; it is no part of what is installed. */

#include <dlfcn.h>
#include <gio/gio.h>
#include <gtk/gtk.h>
#include <math.h>

#include "criticals.h"

G_MODULE_EXPORT void g_io_exact_bounds_load (GIOModule *module);
G_MODULE_EXPORT void g_io_exact_bounds_unload (GIOModule *module);
G_MODULE_EXPORT char **g_io_exact_bounds_query (void);

/* Where a surface is inside that of its window. */
static void
add_surface_position (GdkSurface *surface,
                      double     *x,
                      double     *y)
{
  while (GDK_IS_POPUP (surface))
    {
      *x += gdk_popup_get_position_x (GDK_POPUP (surface));
      *y += gdk_popup_get_position_y (GDK_POPUP (surface));
      surface = gdk_popup_get_parent (GDK_POPUP (surface));
    }
}

/* The border box of @widget in the coordinates of its window's surface. */
static gboolean
locate (GtkWidget       *widget,
        graphene_rect_t *bounds)
{
  GtkNative *native = gtk_widget_get_native (widget);
  double x;
  double y;

  if (native == NULL || !gtk_widget_get_mapped (widget) || gtk_native_get_surface (native) == NULL
      || !gtk_widget_compute_bounds (widget, GTK_WIDGET (native), bounds))
    return FALSE;

  gtk_native_get_surface_transform (native, &x, &y);
  add_surface_position (gtk_native_get_surface (native), &x, &y);
  graphene_rect_offset (bounds, x, y);

  return TRUE;
}

static gboolean
have_no_bounds (GtkAccessible *accessible,
                int           *x,
                int           *y,
                int           *width,
                int           *height)
{
  *x = *y = *width = *height = 0;

  return FALSE;
}

/* AT-SPI adds what this answers up, from the widget to its window, or to the first that has no
 * answer: a page of a stack, which would only repeat what its widget has said. */
static gboolean
get_bounds (GtkAccessible *accessible,
            int           *x,
            int           *y,
            int           *width,
            int           *height)
{
  g_autoptr(GtkAccessible) parent = gtk_accessible_get_accessible_parent (accessible);
  graphene_rect_t bounds;
  graphene_rect_t around = GRAPHENE_RECT_INIT_ZERO;

  if (!locate (GTK_WIDGET (accessible), &bounds)
      || (GTK_IS_WIDGET (parent) && !locate (GTK_WIDGET (parent), &around)))
    return have_no_bounds (accessible, x, y, width, height);
  if (parent != NULL && !GTK_IS_WIDGET (parent))
    GTK_ACCESSIBLE_GET_IFACE (parent)->get_bounds = have_no_bounds;

  *x = (int) floorf (bounds.origin.x) - (int) floorf (around.origin.x);
  *y = (int) floorf (bounds.origin.y) - (int) floorf (around.origin.y);
  *width = (int) ceilf (bounds.size.width);
  *height = (int) ceilf (bounds.size.height);

  return TRUE;
}

void
g_io_exact_bounds_load (GIOModule *module)
{
  g_autoptr(GTypeClass) widget_class = NULL;
  GtkAccessibleInterface *iface;

  g_type_module_use (G_TYPE_MODULE (module));
  criticals_end_the_program (G_LOG_LEVEL_CRITICAL);

  /* Programs without GTK, which Studio starts, load it too. */
  if (dlsym (RTLD_DEFAULT, "gtk_widget_get_type") == NULL)
    return;

  widget_class = g_type_class_ref (GTK_TYPE_WIDGET);
  iface = g_type_interface_peek (widget_class, GTK_TYPE_ACCESSIBLE);
  iface->get_bounds = get_bounds;
}

void
g_io_exact_bounds_unload (GIOModule *module)
{
}

char **
g_io_exact_bounds_query (void)
{
  return NULL;
}
