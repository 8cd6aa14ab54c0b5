/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-file-moves"

#include "config.h"

#include <string.h>

#include "sage-file-location.h"
#include "sage-file-moves.h"

struct _SageFileMoves
{
  GObject parent_instance;
};

enum
{
  SIGNAL_MOVED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SageFileMoves, sage_file_moves, G_TYPE_OBJECT)

static void
sage_file_moves_class_init (SageFileMovesClass *klass)
{
  signals[SIGNAL_MOVED] = g_signal_new ("moved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                        NULL, NULL, G_TYPE_NONE, 2, G_TYPE_FILE, G_TYPE_FILE);
}

static void
sage_file_moves_init (SageFileMoves *self)
{
}

/* Returns: (transfer none): the one that tells of all moves */
SageFileMoves *
sage_file_moves_get (void)
{
  static SageFileMoves *moves;

  if (moves == NULL)
    moves = g_object_new (SAGE_TYPE_FILE_MOVES, NULL);

  return moves;
}

/**
 * sage_file_moves_tell:
 * @from: what has been moved
 * @to: where it is now
 *
 * Tells everybody.
 */
void
sage_file_moves_tell (GFile *from,
                      GFile *to)
{
  g_return_if_fail (G_IS_FILE (from));
  g_return_if_fail (G_IS_FILE (to));

  g_signal_emit (sage_file_moves_get (), signals[SIGNAL_MOVED], 0, from, to);
}

/**
 * sage_file_moves_follow:
 * @file: any file
 * @from: what has been moved
 * @to: where that is now
 *
 * Returns: (transfer full) (nullable): where @file is now; %NULL if it has not been moved
 */
GFile *
sage_file_moves_follow (GFile *file,
                        GFile *from,
                        GFile *to)
{
  g_autofree char *inner = NULL;

  if (g_file_equal (file, from))
    return g_object_ref (to);

  inner = g_file_get_relative_path (from, file);

  return inner != NULL ? g_file_resolve_relative_path (to, inner) : NULL;
}

/**
 * sage_file_moves_follow_location:
 * @location: what a page shows
 * @from: what has been moved
 * @to: where that is now
 *
 * Returns: (transfer full) (nullable): what the page shows now; %NULL if it shows no file that has been
 *   moved
 */
char *
sage_file_moves_follow_location (const char *location,
                                 GFile      *from,
                                 GFile      *to)
{
  static const char * const pages[] = { "file", "notebook", "definition", "compare-disk", "compare-head",
                                        NULL };
  g_autofree char *page = g_strndup (location, strcspn (location, "/"));
  g_autoptr(GFile) file = NULL;
  g_autoptr(GFile) moved = NULL;

  if (!g_strv_contains (pages, page))
    return NULL;

  file = sage_file_location_parse (location);
  moved = sage_file_moves_follow (file, from, to);

  return moved != NULL ? sage_file_location_new (page, moved) : NULL;
}
