/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib.h>

#include "sage-sig-memory.h"
#include "sage-sigv4.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define START (1000 * SECOND)

/* A signature as the verifier passes it on; spread over all its digits, as HMACs are. */
static void
make_signature (guint64 number,
                char    signature[65])
{
  guint64 mixed = (number + 1) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  g_snprintf (signature, 65, "%016" G_GINT64_MODIFIER "x%048d", mixed, 0);
}

static SageSigSight
see (SageSigMemory *memory,
     guint64        number,
     double         age,
     gint64         now)
{
  char signature[65];
  double seconds;

  make_signature (number, signature);

  return sage_sig_memory_see (memory, signature, age, now, &seconds);
}

static void
expect_warning (void)
{
  g_test_expect_message ("sage-sig-memory", G_LOG_LEVEL_WARNING, "*was sent again and refused*");
}

/* Once, again at once, and never more; said once in the log. */
static void
test_repeats (void)
{
  g_autoptr(SageSigMemory) memory = sage_sig_memory_new (0, SAGE_SIG_MEMORY_COMPLETE);
  char signature[65];
  double seconds;

  g_assert_cmpint (see (memory, 1, 0, START), ==, SAGE_SIG_SIGHT_FIRST);
  g_assert_cmpint (see (memory, 1, 1, START + SECOND), ==, SAGE_SIG_SIGHT_FIRST);
  g_assert_cmpint (see (memory, 1, 2, START + 2 * SECOND), ==, SAGE_SIG_SIGHT_FIRST);
  expect_warning ();
  g_assert_cmpint (see (memory, 1, 3, START + 3 * SECOND), ==, SAGE_SIG_SIGHT_REPEATED);
  g_test_assert_expected_messages ();
  make_signature (1, signature);
  g_assert_cmpint (sage_sig_memory_see (memory, signature, 240, START + 240 * SECOND, &seconds), ==,
                   SAGE_SIG_SIGHT_REPEATED);
  g_assert_cmpfloat (seconds, ==, 240);
  g_assert_cmpint (see (memory, 2, 240, START + 240 * SECOND), ==, SAGE_SIG_SIGHT_FIRST);
}

/* A signature that was made long before it is first seen, by a clock that is behind or ahead. */
static void
test_clocks (void)
{
  g_autoptr(SageSigMemory) memory = sage_sig_memory_new (0, SAGE_SIG_MEMORY_COMPLETE);

  for (int age = -300; age <= 300; age += 100)
    {
      g_assert_cmpint (see (memory, (guint64) (age + 300), age, START), ==, SAGE_SIG_SIGHT_FIRST);
      expect_warning ();
      g_assert_cmpint (see (memory, (guint64) (age + 300), age + 3, START + 3 * SECOND), ==,
                       SAGE_SIG_SIGHT_REPEATED);
      g_test_assert_expected_messages ();
    }
}

/* What came before the memory began may have been accepted then, unless it was only just made. */
static void
test_start (void)
{
  g_autoptr(SageSigMemory) memory = sage_sig_memory_new (0, START);
  char signature[65];
  double seconds;

  g_assert_cmpint (see (memory, 1, 2.9, START), ==, SAGE_SIG_SIGHT_FIRST);
  g_assert_cmpint (see (memory, 2, 3.1, START), ==, SAGE_SIG_SIGHT_TOO_OLD);
  g_assert_cmpint (see (memory, 2, 3.2, START), ==, SAGE_SIG_SIGHT_TOO_OLD);
  make_signature (3, signature);
  g_assert_cmpint (sage_sig_memory_see (memory, signature, 60.5, START + 60 * SECOND, &seconds), ==,
                   SAGE_SIG_SIGHT_TOO_OLD);
  g_assert_cmpfloat (seconds, ==, 60);
  g_assert_cmpint (see (memory, 4, 59.5, START + 60 * SECOND), ==, SAGE_SIG_SIGHT_FIRST);
  g_assert_cmpint (see (memory, 5, 300, START + 301 * SECOND), ==, SAGE_SIG_SIGHT_FIRST);
}

/* More than there is room for: each that was forgotten is refused for its age, each that is still
 * known as repeated, and a new one is taken. */
static void
test_overflow (void)
{
  g_autoptr(SageSigMemory) memory = sage_sig_memory_new (4096, SAGE_SIG_MEMORY_COMPLETE);
  const guint n = 10000;
  const gint64 step = SECOND / 100;
  gint64 end = START + n * step + 5 * SECOND;
  guint n_old = 0;

  for (guint i = 0; i < n; i++)
    g_assert_cmpint (see (memory, i, 0, START + i * step), ==, SAGE_SIG_SIGHT_FIRST);

  for (guint i = 0; i < n; i++)
    {
      SageSigSight sight;

      if (i >= n - 4096)
        expect_warning ();
      sight = see (memory, i, (double) (end - START - i * step) / G_USEC_PER_SEC, end);
      g_assert_cmpint (sight, !=, SAGE_SIG_SIGHT_FIRST);
      n_old += sight == SAGE_SIG_SIGHT_TOO_OLD;
    }
  g_test_assert_expected_messages ();
  g_assert_cmpuint (n_old, ==, n - 4096);
  g_assert_cmpint (see (memory, n, 40, end), ==, SAGE_SIG_SIGHT_FIRST);
}

/* Signatures that no longer hold give their places without a loss. */
static void
test_expiry (void)
{
  g_autoptr(SageSigMemory) memory = sage_sig_memory_new (1024, SAGE_SIG_MEMORY_COMPLETE);
  gint64 hold = 2 * SAGE_SIG_S3_SKEW * SECOND;

  for (guint64 i = 0; i < 20000; i++)
    g_assert_cmpint (see (memory, i, SAGE_SIG_S3_SKEW, START + (gint64) i * (hold / 1024 + 1)), ==,
                     SAGE_SIG_SIGHT_FIRST);
}

static gpointer
see_thread (gpointer memory)
{
  for (guint i = 0; i < 10000; i++)
    g_assert_cmpint (see (memory, i, 0, START), ==, SAGE_SIG_SIGHT_FIRST);

  return NULL;
}

/* All show it the same, while it grows: then it knows each. */
static void
test_threads (void)
{
  g_autoptr(SageSigMemory) memory = sage_sig_memory_new (1 << 16, SAGE_SIG_MEMORY_COMPLETE);
  GThread *threads[4];

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("see", see_thread, memory);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);

  for (guint i = 0; i < 10000; i++)
    {
      expect_warning ();
      g_assert_cmpint (see (memory, i, 3, START + 3 * SECOND), ==, SAGE_SIG_SIGHT_REPEATED);
    }
  g_test_assert_expected_messages ();
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/sig-memory/repeats", test_repeats);
  g_test_add_func ("/sig-memory/clocks", test_clocks);
  g_test_add_func ("/sig-memory/start", test_start);
  g_test_add_func ("/sig-memory/overflow", test_overflow);
  g_test_add_func ("/sig-memory/expiry", test_expiry);
  g_test_add_func ("/sig-memory/threads", test_threads);

  return g_test_run ();
}
