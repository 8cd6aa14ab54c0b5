/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean sage_git_attributes_has (const char  *folder,
                                  gboolean    *has,
                                  GError     **error);
gboolean sage_git_attributes_set (const char  *folder,
                                  gboolean     is_set,
                                  GError     **error);

G_END_DECLS
