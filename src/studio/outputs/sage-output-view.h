/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-comms.h"
#include "sage-output.h"

G_BEGIN_DECLS

/*
 * One output, in the richest of its representations that is safe; a menu has the others. It follows
 * changes of the output in place. Signals: "trust-requested", "open-location" (const char *path, int
 * line), as SageOutputList has them. Action: "output.show-as" (s: a MIME type).
 */
#define SAGE_TYPE_OUTPUT_VIEW (sage_output_view_get_type ())

G_DECLARE_FINAL_TYPE (SageOutputView, sage_output_view, SAGE, OUTPUT_VIEW, GtkWidget)

GtkWidget  *sage_output_view_new           (SageOutput     *output,
                                            SageComms      *comms,
                                            gboolean        is_trusted);
GtkWidget  *sage_output_view_new_limited   (SageOutput     *output,
                                            SageComms      *comms,
                                            gboolean        is_trusted,
                                            int             limit,
                                            gboolean        from_end);
void        sage_output_view_set_limit     (SageOutputView *self,
                                            int             limit,
                                            gboolean        from_end);
SageOutput *sage_output_view_get_output    (SageOutputView *self);
void        sage_output_view_set_trusted   (SageOutputView *self,
                                            gboolean        is_trusted);
const char *sage_output_view_get_mime_type (SageOutputView *self);
void        sage_output_view_show_as       (SageOutputView *self,
                                            const char     *mime_type);

G_END_DECLS
