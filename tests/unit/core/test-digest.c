/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib.h>
#include <string.h>

#include "sage-digest.h"

typedef struct
{
  SageDigestKind  kind;
  const char     *input;
  const char     *hex;
} Known;

/* RFC 1321 A.5, FIPS 180 examples, and the check values of the CRC catalogue ("123456789"). */
static const Known known[] = {
  { SAGE_DIGEST_MD5, "", "d41d8cd98f00b204e9800998ecf8427e" },
  { SAGE_DIGEST_MD5, "abc", "900150983cd24fb0d6963f7d28e17f72" },
  { SAGE_DIGEST_SHA1, "", "da39a3ee5e6b4b0d3255bfef95601890afd80709" },
  { SAGE_DIGEST_SHA1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d" },
  { SAGE_DIGEST_SHA256, "",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
  { SAGE_DIGEST_SHA256, "abc",
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
  { SAGE_DIGEST_CRC32, "", "00000000" },
  { SAGE_DIGEST_CRC32, "123456789", "cbf43926" },
  { SAGE_DIGEST_CRC32, "hello", "3610a686" },
  { SAGE_DIGEST_CRC32C, "", "00000000" },
  { SAGE_DIGEST_CRC32C, "123456789", "e3069283" },
  { SAGE_DIGEST_CRC64NVME, "", "0000000000000000" },
  { SAGE_DIGEST_CRC64NVME, "123456789", "ae8b14860a799888" },
};

static char *
digest_hex (SageDigestKind  kind,
            const void     *data,
            gsize           length,
            gsize           step)
{
  g_autoptr(SageDigest) digest = sage_digest_new (kind);
  guint8 out[SAGE_SHA256_SIZE];
  gsize size;

  for (gsize at = 0; at < length; at += step)
    sage_digest_update (digest, (const guint8 *) data + at, MIN (step, length - at));
  size = sage_digest_finish (digest, out);

  return sage_hex (out, size);
}

static void
test_known_answers (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    {
      g_autofree char *hex = digest_hex (known[i].kind, known[i].input,
                                         strlen (known[i].input), 1000);

      g_assert_cmpstr (hex, ==, known[i].hex);
    }
}

/* The RFC 3720 vectors of CRC32C cover the eight-byte loop. */
static void
test_crc32c_blocks (void)
{
  guint8 block[32];
  g_autofree char *zeros = NULL;
  g_autofree char *ones = NULL;
  g_autofree char *rising = NULL;

  memset (block, 0, sizeof block);
  zeros = digest_hex (SAGE_DIGEST_CRC32C, block, sizeof block, sizeof block);
  g_assert_cmpstr (zeros, ==, "8a9136aa");

  memset (block, 0xff, sizeof block);
  ones = digest_hex (SAGE_DIGEST_CRC32C, block, sizeof block, sizeof block);
  g_assert_cmpstr (ones, ==, "62a8ab43");

  for (guint i = 0; i < sizeof block; i++)
    block[i] = i;
  rising = digest_hex (SAGE_DIGEST_CRC32C, block, sizeof block, sizeof block);
  g_assert_cmpstr (rising, ==, "46dd794e");
}

/* However the bytes are cut, and wherever they start, the value is the same. */
static void
test_pieces (void)
{
  guint8 data[333];

  for (guint i = 0; i < sizeof data; i++)
    data[i] = (guint8) (i * 7 + i / 13);

  for (int kind = SAGE_DIGEST_MD5; kind <= SAGE_DIGEST_CRC64NVME; kind++)
    {
      g_autofree char *whole = digest_hex (kind, data + 1, sizeof data - 1, sizeof data);

      for (gsize step = 1; step < 40; step++)
        {
          g_autofree char *pieces = digest_hex (kind, data + 1, sizeof data - 1, step);

          g_assert_cmpstr (pieces, ==, whole);
        }
    }
}

/* finish() starts afresh, so that one digest can be used for several parts. */
static void
test_reuse (void)
{
  for (int kind = SAGE_DIGEST_MD5; kind <= SAGE_DIGEST_CRC64NVME; kind++)
    {
      g_autoptr(SageDigest) digest = sage_digest_new (kind);
      guint8 first[SAGE_SHA256_SIZE];
      guint8 second[SAGE_SHA256_SIZE];
      gsize size;

      sage_digest_update (digest, "part one", 8);
      size = sage_digest_finish (digest, first);
      sage_digest_update (digest, "part one", 8);
      g_assert_cmpuint (sage_digest_finish (digest, second), ==, size);
      g_assert_cmpmem (first, size, second, size);
    }
}

/* RFC 4231 test cases 2 and 6, RFC 2202 case 2. */
static void
test_hmac (void)
{
  guint8 long_key[131];
  guint8 out[SAGE_SHA256_SIZE];
  g_autofree char *short_hex = NULL;
  g_autofree char *long_hex = NULL;
  g_autofree char *sha1_hex = NULL;
  const char *text = "what do ya want for nothing?";
  const char *block = "Test Using Larger Than Block-Size Key - Hash Key First";

  sage_hmac_sha256 ("Jefe", 4, text, strlen (text), out);
  short_hex = sage_hex (out, 32);
  g_assert_cmpstr (short_hex, ==,
                   "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");

  memset (long_key, 0xaa, sizeof long_key);
  sage_hmac_sha256 (long_key, sizeof long_key, block, strlen (block), out);
  long_hex = sage_hex (out, 32);
  g_assert_cmpstr (long_hex, ==,
                   "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");

  sage_hmac_sha1 ("Jefe", 4, text, strlen (text), out);
  sha1_hex = sage_hex (out, 20);
  g_assert_cmpstr (sha1_hex, ==, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
}

static void
test_empty (void)
{
  guint8 out[SAGE_SHA256_SIZE];
  g_autofree char *sha = NULL;
  g_autofree char *hmac = NULL;

  sage_sha256 (NULL, 0, out);
  sha = sage_hex (out, 32);
  g_assert_cmpstr (sha, ==, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");

  sage_hmac_sha256 (NULL, 0, NULL, 0, out);
  hmac = sage_hex (out, 32);
  g_assert_cmpstr (hmac, ==, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

static void
test_equal (void)
{
  g_assert_true (sage_equal_constant_time ("abc", "abc", 3));
  g_assert_false (sage_equal_constant_time ("abc", "abd", 3));
  g_assert_false (sage_equal_constant_time ("abc", "xbc", 3));
  g_assert_true (sage_equal_constant_time ("a", "b", 0));
}

/* Lists of texts that are alike when written one after the other are told apart. */
static void
test_texts (void)
{
  static const char *const lists[][3] = {
    { "ab", "c", "" }, { "a", "bc", "" }, { "", "abc", "" }, { "abc", "", "" }, { "abc", NULL, "" },
  };
  g_autoptr(SageDigest) digest = sage_digest_new (SAGE_DIGEST_SHA256);
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      for (gsize j = 0; j < G_N_ELEMENTS (lists[i]); j++)
        sage_digest_update_text (digest, lists[i][j]);
      g_assert_true (g_hash_table_add (seen, sage_digest_finish_hex (digest)));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/digest/known-answers", test_known_answers);
  g_test_add_func ("/digest/crc32c-blocks", test_crc32c_blocks);
  g_test_add_func ("/digest/pieces", test_pieces);
  g_test_add_func ("/digest/reuse", test_reuse);
  g_test_add_func ("/digest/hmac", test_hmac);
  g_test_add_func ("/digest/empty", test_empty);
  g_test_add_func ("/digest/equal", test_equal);
  g_test_add_func ("/digest/texts", test_texts);

  return g_test_run ();
}
