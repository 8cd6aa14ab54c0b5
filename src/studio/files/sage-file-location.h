/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Files as locations that pages are opened by: `file/PATH`, or `definition/PATH` for a pipeline and
 * `notebook/PATH` for a notebook. A name that is no UTF-8 stands as a URI in place of the path.
 */
char  *sage_file_location_new     (const char *page,
                                   GFile      *file);
char  *sage_file_location_for     (GFile      *file);
GFile *sage_file_location_parse   (const char *location);
char  *sage_file_name_to_show     (const char *name);
gboolean sage_file_is_text        (const char *name);

G_END_DECLS
