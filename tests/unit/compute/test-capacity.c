/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-capacity"

#include "config.h"

#include "eng-capacity.h"

#define GIB (G_GUINT64_CONSTANT (1) << 30)

/* Notes who was granted, in which order. */
typedef struct
{
  GString   *order;
  char       name;
  EngTicket *release; /* release this one from within the callback */
} Grant;

static void
granted_cb (EngTicket *ticket,
            gpointer   user_data)
{
  Grant *grant = user_data;

  g_string_append_c (grant->order, grant->name);
  if (grant->release != NULL)
    eng_capacity_release (g_steal_pointer (&grant->release));
}

static void
test_grants_in_order (void)
{
  g_autoptr(EngCapacity) capacity = eng_capacity_new (4, 16 * GIB);
  g_autoptr(GString) order = g_string_new (NULL);
  Grant a = { order, 'a', NULL }, b = { order, 'b', NULL }, c = { order, 'c', NULL };
  Grant d = { order, 'd', NULL };
  EngTicket *ta = eng_capacity_request (capacity, 3, GIB, granted_cb, &a);
  EngTicket *tb = eng_capacity_request (capacity, 2, GIB, granted_cb, &b);
  /* fits beside a, but must not overtake b */
  EngTicket *tc = eng_capacity_request (capacity, 1, GIB, granted_cb, &c);
  EngTicket *td = eng_capacity_request (capacity, 1, GIB, granted_cb, &d);
  g_autofree char *nothing = eng_capacity_describe_wait (ta);
  g_autofree char *first = eng_capacity_describe_wait (tb);
  g_autofree char *third = eng_capacity_describe_wait (td);

  g_assert_cmpstr (order->str, ==, "a");
  g_assert_null (nothing);
  g_assert_cmpstr (first, ==, "Waiting for capacity: needs 2 vCPU and 1 GiB; 0 jobs ahead");
  g_assert_cmpstr (third, ==, "Waiting for capacity: needs 1 vCPU and 1 GiB; 2 jobs ahead");

  eng_capacity_release (ta);
  g_assert_cmpstr (order->str, ==, "abcd");
  eng_capacity_release (tb);
  eng_capacity_release (tc);
  eng_capacity_release (td);
}

static void
test_memory_counts_too (void)
{
  g_autoptr(EngCapacity) capacity = eng_capacity_new (8, 4 * GIB);
  g_autoptr(GString) order = g_string_new (NULL);
  Grant a = { order, 'a', NULL }, b = { order, 'b', NULL };
  EngTicket *ta = eng_capacity_request (capacity, 1, 3 * GIB, granted_cb, &a);
  EngTicket *tb = eng_capacity_request (capacity, 1, 2 * GIB, granted_cb, &b);

  g_assert_cmpstr (order->str, ==, "a");
  eng_capacity_release (ta);
  g_assert_cmpstr (order->str, ==, "ab");
  eng_capacity_release (tb);
}

static void
test_bigger_than_the_machine_runs_alone (void)
{
  g_autoptr(EngCapacity) capacity = eng_capacity_new (2, 4 * GIB);
  g_autoptr(GString) order = g_string_new (NULL);
  Grant a = { order, 'a', NULL }, b = { order, 'b', NULL };
  EngTicket *ta = eng_capacity_request (capacity, 96, 384 * GIB, granted_cb, &a);
  EngTicket *tb = eng_capacity_request (capacity, 0.5, GIB, granted_cb, &b);

  g_assert_cmpstr (order->str, ==, "a");
  eng_capacity_release (ta);
  g_assert_cmpstr (order->str, ==, "ab");
  eng_capacity_release (tb);
}

static void
test_adopted_jobs_may_overfill (void)
{
  g_autoptr(EngCapacity) capacity = eng_capacity_new (2, 4 * GIB);
  g_autoptr(GString) order = g_string_new (NULL);
  Grant a = { order, 'a', NULL };
  EngTicket *one = eng_capacity_take (capacity, 2, 3 * GIB);
  EngTicket *two = eng_capacity_take (capacity, 2, 3 * GIB);
  EngTicket *ta = eng_capacity_request (capacity, 1, GIB, granted_cb, &a);

  g_assert_cmpstr (order->str, ==, "");
  eng_capacity_release (one);
  g_assert_cmpstr (order->str, ==, "");
  eng_capacity_release (two);
  g_assert_cmpstr (order->str, ==, "a");
  eng_capacity_release (ta);
}

static void
test_a_waiting_one_may_leave (void)
{
  g_autoptr(EngCapacity) capacity = eng_capacity_new (2, 4 * GIB);
  g_autoptr(GString) order = g_string_new (NULL);
  Grant a = { order, 'a', NULL }, b = { order, 'b', NULL }, c = { order, 'c', NULL };
  EngTicket *ta = eng_capacity_request (capacity, 1, GIB, granted_cb, &a);
  EngTicket *tb = eng_capacity_request (capacity, 2, GIB, granted_cb, &b);
  EngTicket *tc = eng_capacity_request (capacity, 1, GIB, granted_cb, &c);

  eng_capacity_release (tb);
  g_assert_cmpstr (order->str, ==, "ac");
  eng_capacity_release (ta);
  eng_capacity_release (tc);
}

static void
test_release_within_the_callback (void)
{
  g_autoptr(EngCapacity) capacity = eng_capacity_new (1, GIB);
  g_autoptr(GString) order = g_string_new (NULL);
  Grant a = { order, 'a', NULL }, b = { order, 'b', NULL }, c = { order, 'c', NULL };
  EngTicket *ta = eng_capacity_request (capacity, 1, GIB, granted_cb, &a);
  EngTicket *tb = eng_capacity_request (capacity, 1, GIB, granted_cb, &b);
  EngTicket *tc = eng_capacity_request (capacity, 1, GIB, granted_cb, &c);

  b.release = tb; /* b gives its share back at once */
  eng_capacity_release (ta);
  g_assert_cmpstr (order->str, ==, "abc");
  eng_capacity_release (tc);
}

/* Many threads, each taking the whole machine in turn: never two at once. */
typedef struct
{
  EngCapacity *capacity;
  int          inside; /* atomic */
  int          most;   /* atomic */
} Crowd;

typedef struct
{
  GMutex   lock;
  GCond    cond;
  gboolean granted;
} Gate;

static void
open_gate_cb (EngTicket *ticket,
              gpointer   user_data)
{
  Gate *gate = user_data;

  g_mutex_lock (&gate->lock);
  gate->granted = TRUE;
  g_cond_signal (&gate->cond);
  g_mutex_unlock (&gate->lock);
}

static gpointer
crowd_thread (gpointer data)
{
  Crowd *crowd = data;

  for (int i = 0; i < 200; i++)
    {
      Gate gate = { 0 };
      EngTicket *ticket = eng_capacity_request (crowd->capacity, 1, GIB, open_gate_cb, &gate);

      g_mutex_lock (&gate.lock);
      while (!gate.granted)
        g_cond_wait (&gate.cond, &gate.lock);
      g_mutex_unlock (&gate.lock);

      if (g_atomic_int_add (&crowd->inside, 1) > 0)
        g_atomic_int_set (&crowd->most, 2);
      g_atomic_int_add (&crowd->inside, -1);
      eng_capacity_release (ticket);
    }

  return NULL;
}

static void
test_threads (void)
{
  g_autoptr(EngCapacity) capacity = eng_capacity_new (1, GIB);
  Crowd crowd = { capacity, 0, 0 };
  GThread *threads[8];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("crowd", crowd_thread, &crowd);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);

  g_assert_cmpint (crowd.most, ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/compute/capacity/grants-in-order", test_grants_in_order);
  g_test_add_func ("/compute/capacity/memory-counts-too", test_memory_counts_too);
  g_test_add_func ("/compute/capacity/bigger-than-the-machine",
                   test_bigger_than_the_machine_runs_alone);
  g_test_add_func ("/compute/capacity/adopted-jobs-may-overfill", test_adopted_jobs_may_overfill);
  g_test_add_func ("/compute/capacity/a-waiting-one-may-leave", test_a_waiting_one_may_leave);
  g_test_add_func ("/compute/capacity/release-within-the-callback",
                   test_release_within_the_callback);
  g_test_add_func ("/compute/capacity/threads", test_threads);

  return g_test_run ();
}
