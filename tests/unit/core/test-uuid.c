/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib.h>
#include <string.h>

#include "sage-uuid.h"

#define EACH 1000
#define THREADS 4

typedef char Names[EACH][SAGE_UUID_SIZE];

static gpointer
make_many (gpointer data)
{
  Names *names = data;

  for (guint i = 0; i < EACH; i++)
    sage_uuid_write ((*names)[i]);

  return NULL;
}

/* All are version 4 of RFC 9562 §5.4, and none comes twice, whichever threads make them. */
static void
test_unlike (void)
{
  static Names names[THREADS];
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  GThread *threads[THREADS];

  for (guint t = 0; t < THREADS; t++)
    threads[t] = g_thread_new ("uuids", make_many, &names[t]);
  for (guint t = 0; t < THREADS; t++)
    g_thread_join (threads[t]);

  for (guint t = 0; t < THREADS; t++)
    for (guint i = 0; i < EACH; i++)
      {
        char *name = names[t][i];

        g_assert_true (g_uuid_string_is_valid (name));
        g_assert_cmpint (name[14], ==, '4');
        g_assert_nonnull (strchr ("89ab", name[19]));
        g_assert_true (g_hash_table_add (seen, name));
      }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/core/uuid/unlike", test_unlike);
  return g_test_run ();
}
