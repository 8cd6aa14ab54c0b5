/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "sage-embedded.h"
#include "sage-profile.h"

static SageProfile *
round_trip (SageProfile *profile)
{
  g_autoptr(GVariant) variant = g_variant_ref_sink (sage_profile_to_variant (profile));
  g_autofree char *text = g_variant_print (variant, TRUE);
  g_autoptr(GVariant) parsed = g_variant_parse (NULL, text, NULL, NULL, NULL);

  return sage_profile_from_variant (parsed);
}

static void
test_embedded (void)
{
  SageProfile *profile = sage_profile_new_embedded ("/data/\xfflatin");
  SageProfile *copy = round_trip (profile);
  g_autofree char *dir = sage_embedded_default_dir ();

  g_assert_true (sage_profile_is_embedded (copy));
  g_assert_cmpstr (sage_profile_get_id (copy), ==, "embedded");
  g_assert_cmpstr (sage_profile_get_data_dir (copy), ==, "/data/\xfflatin");
  g_assert_null (sage_profile_get_url (copy));
  g_assert_finalize_object (copy);
  g_assert_finalize_object (profile);

  profile = sage_profile_new_embedded (NULL);
  g_assert_cmpstr (sage_profile_get_data_dir (profile), ==, dir);
  g_assert_true (g_path_is_absolute (dir));
  g_assert_finalize_object (profile);
}

static void
test_remote (void)
{
  SageProfile *profile = sage_profile_new_remote ("Team", "https://ml.example:8443", "AKIDEXAMPLE",
                                                  NULL);
  SageProfile *other = sage_profile_new_remote ("Team", "https://ml.example:8443", NULL, "eu-west-1");
  SageProfile *copy;

  sage_profile_set_colour (profile, "red");
  copy = round_trip (profile);
  g_assert_false (sage_profile_is_embedded (copy));
  g_assert_cmpstr (sage_profile_get_id (copy), ==, sage_profile_get_id (profile));
  g_assert_cmpstr (sage_profile_get_id (other), !=, sage_profile_get_id (profile));
  g_assert_cmpstr (sage_profile_get_name (copy), ==, "Team");
  g_assert_cmpstr (sage_profile_get_url (copy), ==, "https://ml.example:8443");
  g_assert_cmpstr (sage_profile_get_access_key (copy), ==, "AKIDEXAMPLE");
  g_assert_cmpstr (sage_profile_get_region (copy), ==, "us-east-1");
  g_assert_cmpstr (sage_profile_get_colour (copy), ==, "red");
  g_assert_null (sage_profile_get_data_dir (copy));
  g_assert_cmpstr (sage_profile_get_region (other), ==, "eu-west-1");
  g_assert_null (sage_profile_get_access_key (other));

  g_assert_finalize_object (copy);
  g_assert_finalize_object (other);
  g_assert_finalize_object (profile);
}

static void
count_cb (GObject    *object,
          GParamSpec *pspec,
          guint      *n)
{
  (*n)++;
}

static void
test_changes (void)
{
  SageProfile *profile = sage_profile_new_remote ("Team", "http://a", NULL, NULL);
  guint n = 0;

  g_signal_connect (profile, "notify", G_CALLBACK (count_cb), &n);
  sage_profile_set_name (profile, "Team");
  sage_profile_set_url (profile, "http://a");
  sage_profile_set_region (profile, NULL);
  sage_profile_set_access_key (profile, "");
  sage_profile_set_colour (profile, NULL);
  sage_profile_set_colour (profile, "infrared");
  g_assert_cmpuint (n, ==, 0);

  sage_profile_set_name (profile, "Ours");
  g_object_set (profile, "url", "http://b", "region", "eu-west-1", "access-key", "AK", "colour",
                "blue", NULL);
  g_assert_cmpuint (n, ==, 5);
  g_assert_cmpstr (sage_profile_get_name (profile), ==, "Ours");
  g_assert_cmpstr (sage_profile_get_colour (profile), ==, "blue");
  g_assert_finalize_object (profile);
}

/* Settings may have been edited by anybody. */
static void
test_hostile (void)
{
  static const char * const texts[] = {
    "1",
    "'embedded'",
    "@a{sv} {}",
    "{'id': <'embedded'>}",
    "{'id': <'embedded'>, 'data-dir': <b'relative'>}",
    "{'id': <'embedded'>, 'data-dir': <'/wrong-type'>}",
    "{'id': <'no-uuid'>, 'url': <'http://a'>}",
    "{'id': <7>, 'url': <'http://a'>}",
    "{'id': <'6ba7b810-9dad-11d1-80b4-00c04fd430c8'>}",
    "{'id': <'6ba7b810-9dad-11d1-80b4-00c04fd430c8'>, 'url': <['http://a']>}",
    "@a{ss} {'id': 'embedded'}",
  };
  g_autoptr(GVariant) odd = NULL;
  SageProfile *profile;

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(GVariant) variant = g_variant_parse (NULL, texts[i], NULL, NULL, &error);

      g_assert_no_error (error);
      g_assert_null (sage_profile_from_variant (variant));
    }

  odd = g_variant_parse (NULL, "{'id': <'6ba7b810-9dad-11d1-80b4-00c04fd430c8'>, 'url': <'http://a'>,"
                         " 'name': <5>, 'region': <''>, 'colour': <'<b>'>, 'new': <1>}",
                         NULL, NULL, NULL);
  profile = sage_profile_from_variant (odd);
  g_assert_cmpstr (sage_profile_get_name (profile), ==, "");
  g_assert_cmpstr (sage_profile_get_region (profile), ==, "us-east-1");
  g_assert_null (sage_profile_get_colour (profile));
  g_assert_finalize_object (profile);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/client/profile/embedded", test_embedded);
  g_test_add_func ("/client/profile/remote", test_remote);
  g_test_add_func ("/client/profile/changes", test_changes);
  g_test_add_func ("/client/profile/hostile", test_hostile);

  return g_test_run ();
}
