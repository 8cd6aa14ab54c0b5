/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib.h>

#include "sage-sig-backoff.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define START (1000 * SECOND)
#define HERE "127.0.0.1"
#define THERE "192.0.2.7"

/* Returns: how many of @n guesses were answered as usual */
static guint
guess (SageSigBackoff *backoff,
       const char     *access_key,
       const char     *peer,
       guint           n,
       gint64          now)
{
  guint n_usual = 0;

  for (guint i = 0; i < n; i++)
    n_usual += sage_sig_backoff_fail (backoff, access_key, peer, now) == 0;

  return n_usual;
}

/* The wait grows to a minute and passes with time. */
static void
test_growth (void)
{
  g_autoptr(SageSigBackoff) backoff = sage_sig_backoff_new ();
  guint last = 0;

  g_assert_cmpuint (guess (backoff, "AKIAOWNER", HERE, 10000, START), ==, 300);
  g_assert_cmpuint (sage_sig_backoff_fail (backoff, "AKIAOWNER", HERE, START), ==, 60);
  g_assert_cmpuint (sage_sig_backoff_fail (backoff, "AKIAOWNER", HERE, START + 50 * SECOND), ==, 11);
  g_assert_cmpuint (sage_sig_backoff_fail (backoff, "AKIAOWNER", HERE, START + 70 * SECOND), ==, 0);

  for (guint i = 0; i < 2000; i++)
    {
      guint wait = sage_sig_backoff_fail (backoff, "AKIAOTHER", HERE, START + 200 * SECOND);

      g_assert_cmpuint (wait, >=, last);
      g_assert_cmpuint (wait, <=, last + 1);
      last = wait;
    }
  g_assert_cmpuint (last, ==, 60);
}

/* Now and then a mistake is no guessing. */
static void
test_mistakes (void)
{
  g_autoptr(SageSigBackoff) backoff = sage_sig_backoff_new ();

  for (guint i = 0; i < 10000; i++)
    g_assert_cmpuint (sage_sig_backoff_fail (backoff, "AKIAOWNER", HERE, START + i * SECOND / 4), ==,
                      0);
}

/* Neither the owner's other keys nor other addresses are held up for one that is guessed at. */
static void
test_others (void)
{
  g_autoptr(SageSigBackoff) backoff = sage_sig_backoff_new ();

  g_assert_cmpuint (guess (backoff, "AKIAOWNER", THERE, 1000, START), ==, 300);
  g_assert_cmpuint (guess (backoff, "AKIAOTHER", THERE, 1, START), ==, 1);
  g_assert_cmpuint (guess (backoff, "AKIAOWNER", HERE, 300, START), ==, 300);
}

/* A new key for every guess does not help. */
static void
test_many_keys (void)
{
  g_autoptr(SageSigBackoff) backoff = sage_sig_backoff_new ();
  guint n_usual = 0;

  for (guint i = 0; i < 100000; i++)
    {
      g_autofree char *key = g_strdup_printf ("AKIA%016u", i * 7919);

      n_usual += guess (backoff, key, THERE, 1, START);
    }
  g_assert_cmpuint (n_usual, ==, 1200);
  g_assert_cmpuint (guess (backoff, "AKIAOWNER", HERE, 1, START), ==, 1);
}

/* What can be guessed is not even tried while its sender has to wait; asking costs nothing. */
static void
test_wait (void)
{
  const SageSigLimit user = { 3, 0.5 }, peer = { 1000, 10 };
  g_autoptr(SageSigBackoff) backoff = sage_sig_backoff_new_with (&user, &peer, 4711);

  for (guint i = 0; i < 100; i++)
    g_assert_cmpuint (sage_sig_backoff_wait (backoff, "alice", HERE, START), ==, 0);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (sage_sig_backoff_fail (backoff, "alice", HERE, START), ==, 0);
  g_assert_cmpuint (sage_sig_backoff_fail (backoff, "alice", HERE, START), ==, 2);
  g_assert_cmpuint (sage_sig_backoff_wait (backoff, "alice", HERE, START), ==, 2);
  g_assert_cmpuint (sage_sig_backoff_wait (backoff, "alice", HERE, START + SECOND), ==, 1);
  g_assert_cmpuint (sage_sig_backoff_wait (backoff, "alice", HERE, START + 2 * SECOND), ==, 0);

  for (guint i = 0; i < 1000; i++)
    sage_sig_backoff_fail (backoff, "alice", HERE, START + 2 * SECOND);
  g_assert_cmpuint (sage_sig_backoff_wait (backoff, "alice", HERE, START + 2 * SECOND), ==, 60);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/sig-backoff/growth", test_growth);
  g_test_add_func ("/sig-backoff/mistakes", test_mistakes);
  g_test_add_func ("/sig-backoff/others", test_others);
  g_test_add_func ("/sig-backoff/many-keys", test_many_keys);
  g_test_add_func ("/sig-backoff/wait", test_wait);

  return g_test_run ();
}
