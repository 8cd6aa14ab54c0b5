/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SAGE_SHA256_SIZE 32
#define SAGE_SHA256_HEX (2 * SAGE_SHA256_SIZE + 1) /* as text, with its end */

/* The digests and checksums that AWS's protocols name. */
typedef enum
{
  SAGE_DIGEST_MD5,
  SAGE_DIGEST_SHA1,
  SAGE_DIGEST_SHA256,
  SAGE_DIGEST_CRC32,
  SAGE_DIGEST_CRC32C,
  SAGE_DIGEST_CRC64NVME,
} SageDigestKind;

typedef struct _SageDigest SageDigest;

SageDigest *sage_digest_new       (SageDigestKind  kind);
void        sage_digest_free      (SageDigest     *digest);
void        sage_digest_update    (SageDigest     *digest,
                                   const void     *data,
                                   gsize           length);
void        sage_digest_update_text (SageDigest   *digest,
                                   const char     *text);
gsize       sage_digest_finish    (SageDigest     *digest,
                                   guint8          out[SAGE_SHA256_SIZE]);
char       *sage_digest_finish_hex (SageDigest    *digest);

void        sage_sha256           (const void     *data,
                                   gsize           length,
                                   guint8          out[SAGE_SHA256_SIZE]);
void        sage_hmac_sha256      (const void     *key,
                                   gsize           key_length,
                                   const void     *data,
                                   gsize           length,
                                   guint8          out[SAGE_SHA256_SIZE]);
void        sage_hmac_sha1        (const void     *key,
                                   gsize           key_length,
                                   const void     *data,
                                   gsize           length,
                                   guint8          out[20]);
char       *sage_hex              (const guint8   *data,
                                   gsize           length);
void        sage_hex_write        (const guint8   *data,
                                   gsize           length,
                                   char           *out);
gboolean    sage_equal_constant_time (const void  *a,
                                   const void     *b,
                                   gsize           length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageDigest, sage_digest_free)

G_END_DECLS
