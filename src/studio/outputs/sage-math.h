/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A formula, in the part of LaTeX that notebooks use. */
typedef struct _SageMath SageMath;

SageMath    *sage_math_parse        (const char     *source,
                                     GError        **error);
void         sage_math_free         (SageMath       *self);

/* A formula laid out at one size. Its origin is the left end of its baseline. */
typedef struct _SageMathBox SageMathBox;

SageMathBox *sage_math_layout       (SageMath       *self,
                                     PangoContext   *context,
                                     double          size,
                                     gboolean        display);
void         sage_math_box_free     (SageMathBox    *self);
void         sage_math_box_get_size (SageMathBox    *self,
                                     double         *width,
                                     double         *ascent,
                                     double         *descent);
void         sage_math_box_draw     (SageMathBox    *self,
                                     GtkSnapshot    *snapshot,
                                     const GdkRGBA  *colour);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageMath, sage_math_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageMathBox, sage_math_box_free)

G_END_DECLS
