/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-driver"

#include "config.h"

#include <gio/gio.h>

/*
 * Runs a fuzz target over the files of a corpus, so that whatever the fuzzer once found stays
 * found: driver CORPUS-FOLDER. Prints TAP; a finding ends the process, which fails the test.
 */

int LLVMFuzzerTestOneInput (const guint8 *data,
                            size_t        size);

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

static GPtrArray *
list_folder (const char  *folder,
             GError     **error)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GDir) dir = g_dir_open (folder, 0, error);
  const char *name;

  if (dir == NULL)
    return NULL;

  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);

  return g_steal_pointer (&names);
}

/* Runs every prefix of a short input too: a reader that stops early must stop cleanly anywhere. */
static void
run_input (const char *data,
           gsize       length)
{
  /* A copy of the exact size lets AddressSanitizer see a read past the end. */
  for (gsize size = length < 512 ? 0 : length; size <= length; size++)
    {
      g_autofree guint8 *copy = g_memdup2 (data, size);

      LLVMFuzzerTestOneInput (copy, size);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) names = NULL;

  if (argc != 2)
    {
      g_printerr ("Usage: %s CORPUS-FOLDER\n", argv[0]);
      return 2;
    }

  names = list_folder (argv[1], &error);
  if (names == NULL || names->len == 0)
    {
      g_printerr ("No corpus: %s\n", error != NULL ? error->message : argv[1]);
      return 1;
    }

  g_print ("1..%u\n", names->len);
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      g_autofree char *path = g_build_filename (argv[1], name, NULL);
      g_autofree char *data = NULL;
      gsize length = 0;

      if (!g_file_get_contents (path, &data, &length, &error))
        {
          g_print ("Bail out! %s\n", error->message);
          return 1;
        }

      g_print ("# %s\n", name);
      run_input (data, length);
      g_print ("ok %u - %s\n", i + 1, name);
    }

  return 0;
}
