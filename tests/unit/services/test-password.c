/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <crypt.h>
#include <dlfcn.h>
#include <string.h>

#include "eng-password.h"
#include "sage-error.h"

#define GOOD "correct horse battery"

/* How often something was hashed, and with what cost: this program stands before the library. */
static guint n_hashed;
static char cost[8];

char *
crypt_ra (const char  *phrase,
          const char  *setting,
          void       **data,
          int         *size)
{
  n_hashed++;
  g_strlcpy (cost, setting, sizeof cost);

  return ((__typeof__ (&crypt_ra)) dlsym (RTLD_NEXT, "crypt_ra")) (phrase, setting, data, size);
}

static void
test_check (void)
{
  static const struct
  {
    const char *password;
    const char *why; /* (nullable) */
  } cases[] = {
    { GOOD, NULL },
    { "ñandú-æøå-12", NULL },
    { "", "empty" },
    { "eleven char", "11 characters" },
    { "ñññññññññññ", "11 characters" },
    { "aaaaaaaaaaaaaaaaaaaa", "one character" },
    { "Alexandria-b", "user's name" },
    { "\xff\xfe\xff\xfe\xff\xfe\xff\xfe\xff\xfe\xff\xfe", "UTF-8" },
  };
  g_autofree char *big = g_strnfill (ENG_PASSWORD_MAX + 1, 'x');
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) why = NULL;
      gboolean ok = eng_password_check (cases[i].password, "alexandria-b", &why);

      g_assert_cmpint (ok, ==, cases[i].why == NULL);
      if (cases[i].why != NULL)
        {
          g_assert_error (why, SAGE_ERROR, SAGE_ERROR_INVALID);
          g_assert_nonnull (strstr (why->message, cases[i].why));
        }
    }

  big[0] = 'y';
  g_assert_false (eng_password_check (big, "a", &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
  big[ENG_PASSWORD_MAX] = '\0';
  g_assert_true (eng_password_check (big, "a", NULL));
}

static void
test_verify (void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *verifier = eng_password_hash (GOOD, &error);
  g_autofree char *again = eng_password_hash (GOOD, NULL);
  g_autofree char *big = g_strnfill (100000, 'x');

  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (verifier, "$y$"));
  g_assert_cmpstr (verifier, !=, again); /* a salt of its own */
  g_assert_true (eng_password_verify (GOOD, verifier));
  g_assert_true (eng_password_verify (GOOD, again));
  g_assert_false (eng_password_verify (GOOD "x", verifier));
  g_assert_false (eng_password_verify ("", verifier));
  g_assert_false (eng_password_verify (big, verifier));
  g_assert_false (eng_password_verify (GOOD, NULL));
  g_assert_false (eng_password_verify (GOOD, ""));
  g_assert_false (eng_password_verify ("", ""));
}

/* What a damaged row holds lets nobody in, the empty password of crypt(3)'s oldest form included. */
static void
test_damaged_verifiers (void)
{
  static const char * const damaged[] = { "*", "*0", "*1", "!", "x", "$", "$y$", "$y$j9T$", "$1$",
                                          "$y$j9T$$", "aa", "$y$zzz$salt$hash", GOOD };
  g_autofree char *verifier = eng_password_hash (GOOD, NULL);
  gsize length = strlen (verifier);

  for (guint i = 0; i < G_N_ELEMENTS (damaged); i++)
    {
      g_assert_false (eng_password_verify (GOOD, damaged[i]) && strcmp (damaged[i], "*") != 0);
      g_assert_false (eng_password_verify (damaged[i], damaged[i]));
      g_assert_false (eng_password_verify ("", damaged[i]));
    }
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *changed = g_strdup (verifier);
      gsize at = (gsize) g_test_rand_int_range (0, (gint32) length);

      changed[at] = changed[at] == 'a' ? 'b' : 'a';
      g_assert_false (eng_password_verify (GOOD, changed));
    }
}

/* H8: whatever is wrong, one password is hashed, and at the same cost. Time is too noisy to be tested. */
static void
test_equal_work (void)
{
  g_autofree char *verifier = eng_password_hash (GOOD, NULL);
  g_autofree char *big = g_strnfill (100000, 'x');
  const struct
  {
    const char *password;
    const char *verifier;
  } cases[] = {
    { GOOD "x", verifier }, { GOOD, NULL }, { GOOD, "" }, { "", verifier }, { "", NULL },
    { big, verifier }, { big, NULL },
  };
  g_autofree char *usual = NULL;

  /* what stands for nobody is made once */
  g_assert_false (eng_password_verify (GOOD, NULL));
  n_hashed = 0;
  g_assert_true (eng_password_verify (GOOD, verifier));
  g_assert_cmpuint (n_hashed, ==, 1);
  usual = g_strdup (cost);
  g_assert_true (g_str_has_prefix (usual, "$y$j"));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      n_hashed = 0;
      g_assert_false (eng_password_verify (cases[i].password, cases[i].verifier));
      g_assert_cmpuint (n_hashed, ==, 1);
      g_assert_cmpstr (cost, ==, usual);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/password/check", test_check);
  g_test_add_func ("/password/verify", test_verify);
  g_test_add_func ("/password/damaged-verifiers", test_damaged_verifiers);
  g_test_add_func ("/password/equal-work", test_equal_work);

  return g_test_run ();
}
