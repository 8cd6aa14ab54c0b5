/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/*
 * A picture: as large as it is, smaller where there is no room. It is decoded in another thread; one
 * that cannot be says so in its place. Actions: "picture.copy", "picture.save".
 */
#define SAGE_TYPE_PICTURE_VIEW (sage_picture_view_get_type ())

G_DECLARE_FINAL_TYPE (SagePictureView, sage_picture_view, SAGE, PICTURE_VIEW, GtkWidget)

GtkWidget  *sage_picture_view_new         (void);
void        sage_picture_view_set_bytes   (SagePictureView *self,
                                           GBytes          *bytes,
                                           const char      *mime_type);
void        sage_picture_view_set_size    (SagePictureView *self,
                                           int              width,
                                           int              height);
void        sage_picture_view_set_alt     (SagePictureView *self,
                                           const char      *alt);
void        sage_picture_view_set_message (SagePictureView *self,
                                           const char      *message);
GdkTexture *sage_picture_view_get_texture (SagePictureView *self);

G_END_DECLS
