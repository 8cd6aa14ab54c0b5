/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What patterns say of a path: the last one that matches decides. */
typedef enum
{
  SAGE_GLOBS_SILENT,
  SAGE_GLOBS_MATCH,
  SAGE_GLOBS_EXCEPT, /* by a pattern that begins with “!” */
} SageGlobsVerdict;

/* Patterns for paths below a folder, as a .gitignore has them. Not changed once made. */
typedef struct _SagePathGlobs SagePathGlobs;

SagePathGlobs    *sage_path_globs_parse (const char          *text,
                                         const char          *separators);
void              sage_path_globs_free  (SagePathGlobs       *self);
gboolean          sage_path_globs_is_empty (const SagePathGlobs *self);
SageGlobsVerdict  sage_path_globs_match (const SagePathGlobs *self,
                                         const char          *path,
                                         gboolean             is_folder);
gboolean          sage_path_globs_hold  (const SagePathGlobs *self,
                                         const char          *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagePathGlobs, sage_path_globs_free)

G_END_DECLS
