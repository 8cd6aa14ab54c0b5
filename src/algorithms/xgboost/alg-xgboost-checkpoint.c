/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "alg-xgboost-checkpoint"

#include "config.h"

#include <string.h>

#include <glib/gstdio.h>

#include "sage-file.h"

#include "alg-xgboost-checkpoint.h"

/* As in the SageMaker container: `xgboost-checkpoint.N`, N the round it was taken after, counted
 * from 0; the newest five stay. */
#define PREFIX "xgboost-checkpoint."
#define KEPT 5

static int
compare_descending (gconstpointer a,
                    gconstpointer b)
{
  guint first = *(const guint *) a;
  guint second = *(const guint *) b;

  return (first < second) - (first > second);
}

/* The rounds of which there are checkpoints, the newest first. */
static GArray *
list_rounds (const char *directory)
{
  g_autoptr(GArray) rounds = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr(GDir) dir = g_dir_open (directory, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      guint64 number;
      guint round;

      if (!g_str_has_prefix (name, PREFIX)
          || !g_ascii_string_to_unsigned (name + strlen (PREFIX), 10, 0, G_MAXINT, &number, NULL))
        continue;

      round = (guint) number;
      g_array_append_val (rounds, round);
    }

  g_array_sort (rounds, compare_descending);

  return g_steal_pointer (&rounds);
}

static char *
checkpoint_path (const char *directory,
                 guint       round)
{
  return g_strdup_printf ("%s/" PREFIX "%u", directory, round);
}

/**
 * alg_xgboost_checkpoint_find:
 * @directory: (nullable): the checkpoint directory
 * @skip: how many of the newest to pass over, because they did not load
 * @rounds: (out): how many rounds it holds
 *
 * Returns: (transfer full) (nullable): the path of a checkpoint, %NULL when there is no (other) one
 */
char *
alg_xgboost_checkpoint_find (const char *directory,
                             guint       skip,
                             guint      *rounds)
{
  g_autoptr(GArray) found = NULL;

  *rounds = 0;

  if (directory == NULL)
    return NULL;

  found = list_rounds (directory);

  if (skip >= found->len)
    return NULL;

  *rounds = g_array_index (found, guint, skip) + 1;

  return checkpoint_path (directory, *rounds - 1);
}

/**
 * alg_xgboost_checkpoint_save:
 * @directory: the checkpoint directory
 * @booster: the model as it is
 * @round: the round it was taken after, from 0
 * @error: (out): from libxgboost or the file system
 *
 * Saves a checkpoint and drops the ones that are too old.
 *
 * Returns: %TRUE when it is on disk
 */
gboolean
alg_xgboost_checkpoint_save (const char     *directory,
                             BoosterHandle   booster,
                             guint           round,
                             GError        **error)
{
  g_autofree char *path = checkpoint_path (directory, round);
  g_autoptr(GArray) rounds = NULL;

  if (!sage_dir_make (directory, 0755, error)
      || !alg_xgboost_booster_save (booster, path, error))
    return FALSE;

  rounds = list_rounds (directory);

  for (guint i = KEPT; i < rounds->len; i++)
    {
      g_autofree char *old = checkpoint_path (directory, g_array_index (rounds, guint, i));

      g_unlink (old);
    }

  return TRUE;
}
