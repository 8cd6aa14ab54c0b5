/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-digest"

#include "config.h"

#include <nettle/hmac.h>
#include <nettle/md5.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <string.h>

#include "sage-digest.h"

#if defined (__x86_64__)
#define HAVE_CRC32C_INSTRUCTION 1
#else
#define HAVE_CRC32C_INSTRUCTION 0
#endif

/* The reversed polynomials of the reflected CRCs; every register starts and ends inverted. */
#define POLYNOMIAL_CRC32 G_GUINT64_CONSTANT (0xedb88320)
#define POLYNOMIAL_CRC32C G_GUINT64_CONSTANT (0x82f63b78)
#define POLYNOMIAL_CRC64NVME G_GUINT64_CONSTANT (0x9a6c9329ac4bc9b5)

/* One table per distance: entry [k][b] is the CRC of byte b followed by k zero bytes. */
typedef struct
{
  guint64 entry[8][256];
} CrcTable;

struct _SageDigest
{
  SageDigestKind kind;
  union
  {
    struct md5_ctx    md5;
    struct sha1_ctx   sha1;
    struct sha256_ctx sha256;
    guint64           crc; /* inverted */
  } state;
};

static void
crc_table_fill (CrcTable *table,
                guint64   polynomial)
{
  for (guint byte = 0; byte < 256; byte++)
    {
      guint64 crc = byte;

      for (guint bit = 0; bit < 8; bit++)
        crc = (crc & 1) != 0 ? (crc >> 1) ^ polynomial : crc >> 1;
      table->entry[0][byte] = crc;
    }

  for (guint distance = 1; distance < 8; distance++)
    for (guint byte = 0; byte < 256; byte++)
      {
        guint64 nearer = table->entry[distance - 1][byte];

        table->entry[distance][byte] = (nearer >> 8) ^ table->entry[0][nearer & 0xff];
      }
}

/* Slicing by 8; a 32-bit register lives in the low half and shifts out completely. */
static guint64
crc_table_update (const CrcTable *table,
                  guint64         crc,
                  const guint8   *data,
                  gsize           length)
{
  for (; length >= 8; data += 8, length -= 8)
    {
      guint64 word;

      memcpy (&word, data, sizeof word);
      word = GUINT64_FROM_LE (word) ^ crc;
      crc = table->entry[7][word & 0xff]
          ^ table->entry[6][(word >> 8) & 0xff]
          ^ table->entry[5][(word >> 16) & 0xff]
          ^ table->entry[4][(word >> 24) & 0xff]
          ^ table->entry[3][(word >> 32) & 0xff]
          ^ table->entry[2][(word >> 40) & 0xff]
          ^ table->entry[1][(word >> 48) & 0xff]
          ^ table->entry[0][word >> 56];
    }

  for (; length > 0; data++, length--)
    crc = (crc >> 8) ^ table->entry[0][(crc ^ *data) & 0xff];

  return crc;
}

#if HAVE_CRC32C_INSTRUCTION
__attribute__ ((target ("sse4.2")))
static guint64
crc32c_instruction_update (guint64       crc,
                           const guint8 *data,
                           gsize         length)
{
  for (; length >= 8; data += 8, length -= 8)
    {
      guint64 word;

      memcpy (&word, data, sizeof word);
      crc = __builtin_ia32_crc32di (crc, word);
    }

  for (; length > 0; data++, length--)
    crc = __builtin_ia32_crc32qi ((guint32) crc, *data);

  return crc;
}
#endif

static const CrcTable *
crc_table_get (SageDigestKind kind)
{
  static CrcTable tables[3];
  static gsize ready;

  if (g_once_init_enter (&ready))
    {
      crc_table_fill (&tables[0], POLYNOMIAL_CRC32);
      crc_table_fill (&tables[1], POLYNOMIAL_CRC32C);
      crc_table_fill (&tables[2], POLYNOMIAL_CRC64NVME);
      g_once_init_leave (&ready, 1);
    }

  return &tables[kind - SAGE_DIGEST_CRC32];
}

static guint64
crc_update (SageDigestKind  kind,
            guint64         crc,
            const guint8   *data,
            gsize           length)
{
#if HAVE_CRC32C_INSTRUCTION
  if (kind == SAGE_DIGEST_CRC32C && __builtin_cpu_supports ("sse4.2"))
    return crc32c_instruction_update (crc, data, length);
#endif

  return crc_table_update (crc_table_get (kind), crc, data, length);
}

static void
sage_digest_reset (SageDigest *digest)
{
  switch (digest->kind)
    {
    case SAGE_DIGEST_MD5:
      md5_init (&digest->state.md5);
      break;
    case SAGE_DIGEST_SHA1:
      sha1_init (&digest->state.sha1);
      break;
    case SAGE_DIGEST_SHA256:
      sha256_init (&digest->state.sha256);
      break;
    case SAGE_DIGEST_CRC32:
    case SAGE_DIGEST_CRC32C:
      digest->state.crc = G_MAXUINT32;
      break;
    case SAGE_DIGEST_CRC64NVME:
      digest->state.crc = G_MAXUINT64;
      break;
    default:
      g_assert_not_reached ();
    }
}

/**
 * sage_digest_new:
 * @kind: the digest or checksum
 *
 * Returns: (transfer full): the digest of nothing yet
 */
SageDigest *
sage_digest_new (SageDigestKind kind)
{
  SageDigest *digest = g_new0 (SageDigest, 1);

  digest->kind = kind;
  sage_digest_reset (digest);

  return digest;
}

/**
 * sage_digest_free:
 * @digest: (nullable): the digest
 *
 * Frees @digest.
 */
void
sage_digest_free (SageDigest *digest)
{
  g_free (digest);
}

/**
 * sage_digest_update:
 * @digest: the digest
 * @data: (nullable): the next bytes; %NULL only with a @length of 0
 * @length: how many
 *
 * Adds bytes.
 */
void
sage_digest_update (SageDigest *digest,
                    const void *data,
                    gsize       length)
{
  g_return_if_fail (digest != NULL);

  if (length == 0)
    return;

  switch (digest->kind)
    {
    case SAGE_DIGEST_MD5:
      md5_update (&digest->state.md5, length, data);
      break;
    case SAGE_DIGEST_SHA1:
      sha1_update (&digest->state.sha1, length, data);
      break;
    case SAGE_DIGEST_SHA256:
      sha256_update (&digest->state.sha256, length, data);
      break;
    case SAGE_DIGEST_CRC32:
    case SAGE_DIGEST_CRC32C:
    case SAGE_DIGEST_CRC64NVME:
      digest->state.crc = crc_update (digest->kind, digest->state.crc, data, length);
      break;
    default:
      g_assert_not_reached ();
    }
}

/**
 * sage_digest_update_text:
 * @digest: the digest
 * @text: (nullable): the next of a list of texts
 *
 * Adds a text with its length, so that no two lists of texts have the same digest; no text at all
 * is another one than an empty text.
 */
void
sage_digest_update_text (SageDigest *digest,
                         const char *text)
{
  guint64 length = GUINT64_TO_LE (text != NULL ? strlen (text) : G_MAXUINT64);

  sage_digest_update (digest, &length, sizeof length);
  if (text != NULL)
    sage_digest_update (digest, text, strlen (text));
}

/**
 * sage_digest_finish:
 * @digest: the digest
 * @out: (out caller-allocates): the value; CRCs are big endian, as S3's headers want them
 *
 * Gives the value of the bytes so far and starts afresh.
 *
 * Returns: the length of the value in bytes
 */
gsize
sage_digest_finish (SageDigest *digest,
                    guint8      out[SAGE_SHA256_SIZE])
{
  guint64 crc;
  gsize size = 0;

  g_return_val_if_fail (digest != NULL, 0);

  switch (digest->kind)
    {
    case SAGE_DIGEST_MD5:
      size = MD5_DIGEST_SIZE;
      md5_digest (&digest->state.md5, size, out);
      break;
    case SAGE_DIGEST_SHA1:
      size = SHA1_DIGEST_SIZE;
      sha1_digest (&digest->state.sha1, size, out);
      break;
    case SAGE_DIGEST_SHA256:
      size = SHA256_DIGEST_SIZE;
      sha256_digest (&digest->state.sha256, size, out);
      break;
    case SAGE_DIGEST_CRC32:
    case SAGE_DIGEST_CRC32C:
    case SAGE_DIGEST_CRC64NVME:
      size = digest->kind == SAGE_DIGEST_CRC64NVME ? 8 : 4;
      crc = ~digest->state.crc;
      for (gsize i = 0; i < size; i++)
        out[i] = (guint8) (crc >> (8 * (size - 1 - i)));
      sage_digest_reset (digest);
      break;
    default:
      g_assert_not_reached ();
    }

  return size;
}

/**
 * sage_digest_finish_hex:
 * @digest: the digest, which is then empty again
 *
 * Returns: (transfer full): the digest in lower-case hex
 */
char *
sage_digest_finish_hex (SageDigest *digest)
{
  guint8 out[SAGE_SHA256_SIZE];
  gsize length = sage_digest_finish (digest, out);

  return sage_hex (out, length);
}

/**
 * sage_sha256:
 * @data: (nullable): the bytes; %NULL only with a @length of 0
 * @length: how many
 * @out: (out caller-allocates): their SHA-256
 */
void
sage_sha256 (const void *data,
             gsize       length,
             guint8      out[SAGE_SHA256_SIZE])
{
  struct sha256_ctx context;

  sha256_init (&context);
  if (length > 0)
    sha256_update (&context, length, data);
  sha256_digest (&context, SHA256_DIGEST_SIZE, out);
}

/**
 * sage_hmac_sha256:
 * @key: (nullable): the key; %NULL only with a @key_length of 0
 * @key_length: its length
 * @data: (nullable): the bytes; %NULL only with a @length of 0
 * @length: how many
 * @out: (out caller-allocates): the HMAC-SHA-256 (RFC 2104); may be @key
 */
void
sage_hmac_sha256 (const void *key,
                  gsize       key_length,
                  const void *data,
                  gsize       length,
                  guint8      out[SAGE_SHA256_SIZE])
{
  struct hmac_sha256_ctx context;

  hmac_sha256_set_key (&context, key_length, key != NULL ? key : (const void *) "");
  if (length > 0)
    hmac_sha256_update (&context, length, data);
  hmac_sha256_digest (&context, SHA256_DIGEST_SIZE, out);
}

/**
 * sage_hmac_sha1:
 * @key: (nullable): the key; %NULL only with a @key_length of 0
 * @key_length: its length
 * @data: (nullable): the bytes; %NULL only with a @length of 0
 * @length: how many
 * @out: (out caller-allocates): the HMAC-SHA-1, which only old presigned S3 URLs use
 */
void
sage_hmac_sha1 (const void *key,
                gsize       key_length,
                const void *data,
                gsize       length,
                guint8      out[20])
{
  struct hmac_sha1_ctx context;

  hmac_sha1_set_key (&context, key_length, key != NULL ? key : (const void *) "");
  if (length > 0)
    hmac_sha1_update (&context, length, data);
  hmac_sha1_digest (&context, SHA1_DIGEST_SIZE, out);
}

/**
 * sage_hex_write:
 * @data: the bytes
 * @length: how many
 * @out: (out caller-allocates): room for 2 × @length + 1 characters
 *
 * Writes them as lower-case hexadecimal text.
 */
void
sage_hex_write (const guint8 *data,
                gsize         length,
                char         *out)
{
  static const char digits[] = "0123456789abcdef";

  for (gsize i = 0; i < length; i++)
    {
      out[2 * i] = digits[data[i] >> 4];
      out[2 * i + 1] = digits[data[i] & 15];
    }
  out[2 * length] = '\0';
}

/**
 * sage_hex:
 * @data: the bytes
 * @length: how many
 *
 * Returns: (transfer full): them as lower-case hexadecimal text
 */
char *
sage_hex (const guint8 *data,
          gsize         length)
{
  char *text = g_malloc (2 * length + 1);

  sage_hex_write (data, length, text);

  return text;
}

/**
 * sage_equal_constant_time:
 * @a: some bytes
 * @b: as many others
 * @length: how many
 *
 * Compares secrets: the time taken tells nothing about where they differ.
 *
 * Returns: whether they are equal
 */
gboolean
sage_equal_constant_time (const void *a,
                          const void *b,
                          gsize       length)
{
  const guint8 *left = a;
  const guint8 *right = b;
  guint64 different = 0;

  for (; length >= sizeof (guint64); length -= sizeof (guint64))
    {
      guint64 x, y;

      memcpy (&x, left, sizeof x);
      memcpy (&y, right, sizeof y);
      different |= x ^ y;
      /* the compiler must not see that it could stop here */
      __asm__ volatile ("" : "+r" (different));
      left += sizeof x;
      right += sizeof y;
    }
  for (gsize i = 0; i < length; i++)
    different |= left[i] ^ right[i];

  return different == 0;
}
