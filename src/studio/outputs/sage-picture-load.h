/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gdk/gdk.h>

G_BEGIN_DECLS

GdkTexture *sage_picture_decode      (GBytes               *bytes,
                                      gboolean              is_svg,
                                      double                scale,
                                      GError              **error);
void        sage_picture_load_async  (GBytes               *bytes,
                                      gboolean              is_svg,
                                      double                scale,
                                      GCancellable         *cancellable,
                                      GAsyncReadyCallback   callback,
                                      gpointer              user_data);
void        sage_picture_load_thumbnail_async (GBytes        *bytes,
                                      gboolean              is_svg,
                                      int                   size,
                                      GCancellable         *cancellable,
                                      GAsyncReadyCallback   callback,
                                      gpointer              user_data);
GdkTexture *sage_picture_load_finish (GAsyncResult         *result,
                                      GError              **error);

G_END_DECLS
