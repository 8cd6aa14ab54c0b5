/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-objects.h"

G_BEGIN_DECLS

/* One multipart upload: parts arrive in any order and become an object at once, or never. */
typedef struct
{
  char   *id;            /* (owned) */
  char   *bucket;        /* (owned) */
  char   *key;           /* (owned) */
  char   *owner;         /* (owned): the principal that began it */
  double  initiated;     /* seconds since the epoch */
  char   *content_type;  /* (owned) */
  char   *headers;       /* (owned) (nullable): as in EngObject */
  char   *algorithm;     /* (owned) (nullable): "CRC32", "CRC64NVME"… */
  char   *checksum_type; /* (owned) (nullable): "COMPOSITE" or "FULL_OBJECT" */
  char   *etag;          /* (owned) (nullable): of the object it became, once completed */
} EngUpload;

typedef struct
{
  guint   number;   /* 1…10,000 */
  gint64  size;     /* bytes */
  double  modified; /* seconds since the epoch */
  char   *etag;     /* (owned): md5 hex */
  char   *sha256;   /* (owned): hex */
  char   *checksum; /* (owned) (nullable): base64, of the upload's algorithm */
  char   *path;     /* (owned) */
} EngPart;

/* What the client says one part is. */
typedef struct
{
  guint  number;
  char  *etag;     /* (owned): without quotes */
  char  *checksum; /* (owned) (nullable): base64 */
} EngPartClaim;

typedef struct
{
  const char            *upload;
  const char            *bucket;
  const char            *key;
  const char            *owner;
  const EngObjectCaller *caller; /* (nullable) */
} EngUploadRef;

char       *eng_upload_create   (EngObjects             *objects,
                                 const EngObjectCommit  *commit,
                                 const char             *owner,
                                 const char             *algorithm,
                                 const char             *checksum_type,
                                 GError                **error);
EngUpload  *eng_upload_load     (EngObjects             *objects,
                                 const EngUploadRef     *ref,
                                 GError                **error);
void        eng_upload_free     (EngUpload              *upload);
EngPart    *eng_upload_put_part (EngObjectWriter        *writer,
                                 const EngUploadRef     *ref,
                                 guint                   number,
                                 const char             *checksum,
                                 GError                **error);
void        eng_part_free       (EngPart                *part);
GPtrArray  *eng_upload_parts    (EngObjects             *objects,
                                 const char             *upload,
                                 guint                   after,
                                 guint                   limit,
                                 GError                **error);
GPtrArray  *eng_uploads_list    (EngObjects             *objects,
                                 const char             *bucket,
                                 const char             *prefix,
                                 const char             *after_key,
                                 const char             *after_id,
                                 guint                   limit,
                                 GError                **error);
EngObject  *eng_upload_complete (EngObjects             *objects,
                                 const EngUploadRef     *ref,
                                 GPtrArray              *claims,
                                 const EngObjectCommit  *commit,
                                 const char             *expected,
                                 GError                **error);
gboolean    eng_upload_abort    (EngObjects             *objects,
                                 const EngUploadRef     *ref,
                                 GError                **error);
char       *eng_upload_etag     (GPtrArray              *claims,
                                 GError                **error);
void        eng_part_claim_free (EngPartClaim           *claim);
gboolean    eng_object_checksum_kind (const char        *algorithm,
                                 SageDigestKind         *kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngUpload, eng_upload_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngPart, eng_part_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngPartClaim, eng_part_claim_free)

G_END_DECLS
