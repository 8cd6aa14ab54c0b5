/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "eng-grant.h"

static const guint8 KEY[ENG_GRANT_KEY_SIZE] = "the key of this engine";
static const guint8 OTHER_KEY[ENG_GRANT_KEY_SIZE] = "the key of another one";

static EngGrant
session (void)
{
  EngGrant grant = { .kind = ENG_GRANT_SESSION, .user = "alice", .epoch = 7, .issued = 1800000000,
                     .expires = 1800003600, .access_key = "ASIAABCDEFGHIJKLMNOP" };

  return grant;
}

static gboolean
is_same (const EngGrant *a,
         const EngGrant *b)
{
  return a->kind == b->kind && strcmp (a->user, b->user) == 0 && a->epoch == b->epoch &&
         a->issued == b->issued && a->expires == b->expires &&
         strcmp (a->access_key, b->access_key) == 0;
}

static void
test_round_trip (void)
{
  EngGrant grants[3] = { session (), session (), session () };

  grants[1].kind = ENG_GRANT_BEARER;
  grants[1].access_key[0] = '\0';
  memset (grants[2].user, 'u', ENG_USER_NAME_MAX);
  grants[2].epoch = G_MAXINT64;
  grants[2].issued = -1;

  for (guint i = 0; i < G_N_ELEMENTS (grants); i++)
    {
      g_autofree char *text = eng_grant_seal (KEY, &grants[i]);
      EngGrant read;

      g_assert_cmpuint (strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
                        ==, strlen (text));
      g_assert_true (eng_grant_open (KEY, text, &read));
      g_assert_true (is_same (&grants[i], &read));
      g_assert_false (eng_grant_open (OTHER_KEY, text, &read));
    }
}

/* No other text than the one that was made opens: not by a changed character, whatever bits of it
 * count, nor by one more or less. */
static void
test_every_character_counts (void)
{
  static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. \n\x80";
  EngGrant grant = session ();
  g_autofree char *good = eng_grant_seal (KEY, &grant);
  gsize length = strlen (good);
  EngGrant read;

  for (gsize at = 0; at < length; at++)
    {
      g_autofree char *cut = g_strndup (good, at);
      g_autofree char *without = g_strconcat (cut, good + at + 1, NULL);

      g_assert_false (eng_grant_open (KEY, cut, &read));
      g_assert_false (eng_grant_open (KEY, without, &read));
      for (const char *other = alphabet; *other != '\0'; other++)
        {
          g_autofree char *changed = g_strdup (good);
          g_autofree char *more = g_strdup_printf ("%s%c%s", cut, *other, good + at);

          changed[at] = *other;
          g_assert_cmpint (eng_grant_open (KEY, changed, &read), ==, *other == good[at]);
          g_assert_false (eng_grant_open (KEY, more, &read));
        }
    }
}

/* Whatever bytes there are, nothing opens and nothing is read that is not there. */
static void
test_rubbish (void)
{
  EngGrant grant = session ();
  g_autofree char *good = eng_grant_seal (KEY, &grant);
  g_autofree char *big = g_malloc (1000001);
  EngGrant read;

  memset (big, 'A', 1000000);
  big[1000000] = '\0';
  g_assert_false (eng_grant_open (KEY, big, &read));
  g_assert_false (eng_grant_open (KEY, "", &read));

  for (guint i = 0; i < 100000; i++)
    {
      g_autofree char *text = g_strdup (good);
      guint n = (guint) g_test_rand_int_range (1, 6);
      gsize length = strlen (text);

      for (guint j = 0; j < n; j++)
        text[g_test_rand_int_range (0, (gint32) length)] = (char) g_test_rand_int_range (1, 256);
      if (strcmp (text, good) != 0)
        g_assert_false (eng_grant_open (KEY, text, &read));
    }
}

/* The secret belongs to everything that the grant says, and to the engine. */
static void
test_secret (void)
{
  EngGrant grant = session ();
  char secret[ENG_GRANT_SECRET_SIZE], other[ENG_GRANT_SECRET_SIZE];

  eng_grant_secret (KEY, &grant, secret);
  g_assert_cmpuint (strlen (secret), ==, 40);
  eng_grant_secret (OTHER_KEY, &grant, other);
  g_assert_cmpstr (secret, !=, other);
  grant.expires++;
  eng_grant_secret (KEY, &grant, other);
  g_assert_cmpstr (secret, !=, other);
  grant = session ();
  grant.user[0] = 'b';
  eng_grant_secret (KEY, &grant, other);
  g_assert_cmpstr (secret, !=, other);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/grant/round-trip", test_round_trip);
  g_test_add_func ("/grant/every-character-counts", test_every_character_counts);
  g_test_add_func ("/grant/rubbish", test_rubbish);
  g_test_add_func ("/grant/secret", test_secret);

  return g_test_run ();
}
