/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <dlfcn.h>
#include <glib.h>
#include <nettle/hmac.h>
#include <string.h>

#include "sage-sigv4.h"

/*
 * H8: a refusal takes the same work whether the access key is known or not, and whoever has used it
 * before. Time is too noisy to be tested, so what takes it is counted: this program stands between the
 * verifier and the library that hashes.
 */

#define NOW 1440938160.0 /* 2015-08-30T12:36:00Z */
#define DATE "20150830T123600Z"
#define OWNER "AKIDOWNEROWNEROWNER0"
#define OTHER "AKIDOTHEROTHEROTHER0"
#define STRANGER "AKIDSTRANGERSTRANGE0"
#define OWNERS_SECRET "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
#define OTHERS_SECRET "bPxRfiCYEXAMPLEKEYwJalrXUtnFEMI/K7MDENG/"
#define WRONG_SECRET "/K7MDENG/bPxRfiCYEXAMPLEKEYwJalrXUtnFEMI"
#define BODY_HASH "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"

#define HEADERS "Host", "127.0.0.1:8642", "X-Amz-Date", DATE

typedef struct
{
  guint n_keys;
  gsize bytes; /* hashed behind a key */
} Work;

static Work work;

#define REAL(name) ((__typeof__ (&name)) dlsym (RTLD_NEXT, #name))

void
nettle_hmac_sha256_set_key (struct hmac_sha256_ctx *context,
                            size_t                  length,
                            const uint8_t          *key)
{
  g_assert_cmpuint (length, <=, 64); /* a longer one is hashed first */
  work.n_keys++;
  REAL (nettle_hmac_sha256_set_key) (context, length, key);
}

void
nettle_hmac_sha256_update (struct hmac_sha256_ctx *context,
                           size_t                  length,
                           const uint8_t          *data)
{
  work.bytes += length;
  REAL (nettle_hmac_sha256_update) (context, length, data);
}

void
nettle_hmac_sha1_set_key (struct hmac_sha1_ctx *context,
                          size_t                length,
                          const uint8_t        *key)
{
  g_assert_cmpuint (length, <=, 64);
  work.n_keys++;
  REAL (nettle_hmac_sha1_set_key) (context, length, key);
}

void
nettle_hmac_sha1_update (struct hmac_sha1_ctx *context,
                         size_t                length,
                         const uint8_t        *data)
{
  work.bytes += length;
  REAL (nettle_hmac_sha1_update) (context, length, data);
}

static const char *
find_secret (const char *access_key,
             gpointer    user_data)
{
  return strcmp (access_key, OWNER) == 0   ? OWNERS_SECRET
         : strcmp (access_key, OTHER) == 0 ? OTHERS_SECRET
                                           : NULL;
}

/* What verifying a request takes that is signed for @region. */
static Work
verify (const char     *access_key,
        const char     *secret,
        const char     *region,
        SageSigVerdict  expected)
{
  const char *unsigned_headers[] = { HEADERS, NULL };
  SageSigRequest request = { "POST", "/", "", unsigned_headers, BODY_HASH };
  g_autofree char *authorization = sage_sig_authorization (&request, access_key, secret, region,
                                                           "sagemaker", BODY_HASH);
  const char *headers[] = { HEADERS, "Authorization", authorization, NULL };
  g_auto(SageSigResult) result = { 0 };

  request.headers = headers;
  work = (Work) { 0 };
  g_assert_cmpint (sage_sig_verify (&request, NOW, find_secret, NULL, &result, NULL), ==, expected);

  return work;
}

static void
assert_equal (Work a,
              Work b)
{
  g_assert_cmpuint (a.n_keys, ==, b.n_keys);
  g_assert_cmpuint (a.bytes, ==, b.bytes);
}

/* All refusals there can be for one scope. */
static void
assert_alike (const char *region)
{
  Work stranger = verify (STRANGER, WRONG_SECRET, region, SAGE_SIG_UNKNOWN_KEY);

  g_assert_cmpuint (stranger.n_keys, ==, 5); /* a derived key and the signature */
  for (guint again = 0; again < 2; again++)
    {
      assert_equal (verify (OWNER, WRONG_SECRET, region, SAGE_SIG_MISMATCH), stranger);
      assert_equal (verify (OTHER, WRONG_SECRET, region, SAGE_SIG_MISMATCH), stranger);
      assert_equal (verify (STRANGER, WRONG_SECRET, region, SAGE_SIG_UNKNOWN_KEY), stranger);
    }
}

static void
test_version_4 (void)
{
  Work first, second;

  /* nobody has been here */
  assert_alike ("us-east-1");
  /* one has, who is known the second time */
  first = verify (OWNER, OWNERS_SECRET, "us-east-1", SAGE_SIG_OK);
  second = verify (OWNER, OWNERS_SECRET, "us-east-1", SAGE_SIG_OK);
  g_assert_cmpuint (second.n_keys, <, first.n_keys);
  assert_alike ("us-east-1");
  /* both have */
  verify (OTHER, OTHERS_SECRET, "us-east-1", SAGE_SIG_OK);
  assert_alike ("us-east-1");
  /* elsewhere nobody */
  assert_alike ("eu-west-1");
}

static Work
verify_2 (const char     *access_key,
          SageSigVerdict  expected)
{
  static const char * const headers[] = { "Host", "127.0.0.1:8642", NULL };
  g_autofree char *query = g_strdup_printf ("AWSAccessKeyId=%s&Expires=4000000000&Signature="
                                            "AAAAAAAAAAAAAAAAAAAAAAAAAAA%%3D", access_key);
  SageSigRequest request = { "GET", "/bucket/key", query, headers, NULL };
  g_auto(SageSigResult) result = { 0 };

  work = (Work) { 0 };
  g_assert_cmpint (sage_sig_verify (&request, NOW, find_secret, NULL, &result, NULL), ==, expected);

  return work;
}

static void
test_version_2 (void)
{
  Work stranger = verify_2 (STRANGER, SAGE_SIG_UNKNOWN_KEY);

  g_assert_cmpuint (stranger.n_keys, ==, 1);
  assert_equal (verify_2 (OWNER, SAGE_SIG_MISMATCH), stranger);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/equal-work/version-4", test_version_4);
  g_test_add_func ("/equal-work/version-2", test_version_2);

  return g_test_run ();
}
