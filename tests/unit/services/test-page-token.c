/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "eng-operation.h"
#include "eng-page-token.h"
#include "sage-error.h"
#include "sage-json.h"

static const EngOperation list_models = { "sagemaker", "ListModels", ENG_ACCESS_READ, NULL };
static const EngOperation list_jobs = { "sagemaker", "ListTrainingJobs", ENG_ACCESS_READ, NULL };

/* A listing call that can be changed in one way. */
typedef struct
{
  EngEngine   engine;
  JsonNode   *input; /* (owned) */
  EngCaller   caller;
  EngCall     call;
} Listing;

static void
listing_init (Listing            *listing,
              const EngOperation *operation,
              const char         *principal,
              const char         *input)
{
  g_autoptr(GError) error = NULL;

  memset (listing, 0, sizeof *listing);
  memset (listing->engine.token_key, 7, sizeof listing->engine.token_key);
  listing->input = sage_json_parse_object (input, -1, NULL, &error);
  g_assert_no_error (error);
  listing->call.engine = &listing->engine;
  listing->call.operation = operation;
  listing->caller = (EngCaller) { .principal = principal, .role = ENG_ROLE_VIEWER };
  listing->call.caller = &listing->caller;
  listing->call.input = json_node_get_object (listing->input);
}

static void
listing_clear (Listing *listing)
{
  json_node_unref (listing->input);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Listing, listing_clear)

static gboolean
accepts (Listing    *listing,
         const char *token)
{
  g_autofree char *position = NULL;
  g_autoptr(GError) error = NULL;
  gint64 id;

  if (eng_page_token_parse (&listing->call, token, &position, &id, &error))
    return TRUE;

  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
  g_assert_true (g_str_has_prefix (error->message, "Invalid pagination token"));
  g_assert_null (position);

  return FALSE;
}

static void
test_round_trip (void)
{
  static const struct
  {
    const char *position;
    gint64      id;
  } cases[] = {
    { "name", 1 },
    { "", 0 },
    { "two words  and more ", G_MAXINT64 },
    { "1700000000.123456789", 42 },
    { "\xc3\xa9\xe8\xb3\x87", -1 },
    { "quote\" ' % \n", 7 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto(Listing) listing = { 0 };
      g_autofree char *token = NULL;
      g_autofree char *position = NULL;
      g_autoptr(GError) error = NULL;
      gint64 id;

      listing_init (&listing, &list_models, "AKIA1", "{\"NameContains\":\"x\"}");
      token = eng_page_token_make (&listing.call, cases[i].position, cases[i].id);
      g_assert_true (eng_page_token_parse (&listing.call, token, &position, &id, &error));
      g_assert_no_error (error);
      g_assert_cmpstr (position, ==, cases[i].position);
      g_assert_cmpint (id, ==, cases[i].id);
    }
}

/* The token of one listing, tried on another. */
static void
test_other_listings (void)
{
  static const struct
  {
    const EngOperation *operation;
    const char         *principal;
    const char         *input;
    gboolean            accepted;
  } cases[] = {
    { &list_models, "AKIA1", "{\"NameContains\":\"x\"}", TRUE },
    { &list_models, "AKIA1", "{\"NameContains\":\"x\",\"MaxResults\":5,\"NextToken\":\"t\"}", TRUE },
    { &list_models, "AKIA1", "{\"NameContains\":\"x\",\"limit\":5,\"nextToken\":\"t\"}", TRUE },
    { &list_models, "AKIA1", "{\"NameContains\":\"y\"}", FALSE },
    { &list_models, "AKIA1", "{}", FALSE },
    { &list_models, "AKIA1", "{\"NameContains\":\"x\",\"SortOrder\":\"Ascending\"}", FALSE },
    { &list_models, "AKIA2", "{\"NameContains\":\"x\"}", FALSE },
    { &list_jobs, "AKIA1", "{\"NameContains\":\"x\"}", FALSE },
  };
  g_auto(Listing) listing = { 0 };
  g_autofree char *token = NULL;

  listing_init (&listing, &list_models, "AKIA1", "{\"NameContains\":\"x\"}");
  token = eng_page_token_make (&listing.call, "position", 3);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto(Listing) other = { 0 };

      listing_init (&other, cases[i].operation, cases[i].principal, cases[i].input);
      g_test_message ("%s %s %s", cases[i].operation->name, cases[i].principal, cases[i].input);
      g_assert_cmpint (accepts (&other, token), ==, cases[i].accepted);
    }

  listing.engine.token_key[31] ^= 1;
  g_assert_false (accepts (&listing, token));
}

static void
test_every_bit (void)
{
  g_auto(Listing) listing = { 0 };
  g_autofree char *token = NULL;
  g_autofree guint8 *bytes = NULL;
  gsize length;

  listing_init (&listing, &list_models, "AKIA1", "{}");
  token = eng_page_token_make (&listing.call, "position", 3);
  bytes = g_base64_decode (token, &length);

  for (gsize bit = 0; bit < length * 8; bit++)
    {
      g_autofree char *changed = NULL;

      bytes[bit / 8] ^= (guint8) (1 << bit % 8);
      changed = g_base64_encode (bytes, length);
      g_assert_false (accepts (&listing, changed));
      bytes[bit / 8] ^= (guint8) (1 << bit % 8);
    }

  for (gsize cut = 0; cut < length; cut++)
    {
      g_autofree char *shorter = g_base64_encode (bytes, cut);

      g_assert_false (accepts (&listing, shorter));
    }
}

static void
test_garbage (void)
{
  static const char * const tokens[] = { "", "=", "====", "x", "not base64 at all!", "\xff\xfe",
                                         "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" };
  g_auto(Listing) listing = { 0 };
  g_autofree char *large = g_strnfill (1000000, 'A');

  listing_init (&listing, &list_models, "AKIA1", "{}");
  for (gsize i = 0; i < G_N_ELEMENTS (tokens); i++)
    g_assert_false (accepts (&listing, tokens[i]));
  g_assert_false (accepts (&listing, large));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/page-token/round-trip", test_round_trip);
  g_test_add_func ("/page-token/other-listings", test_other_listings);
  g_test_add_func ("/page-token/every-bit", test_every_bit);
  g_test_add_func ("/page-token/garbage", test_garbage);

  return g_test_run ();
}
