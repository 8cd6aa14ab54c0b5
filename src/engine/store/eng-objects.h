/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "eng-store.h"

G_BEGIN_DECLS

/* The object store: `s3://bucket/key` as files named by the hash of the exact key bytes, written
 * by temp + fsync + rename, with one row each in the database. */
typedef struct _EngObjects EngObjects;

typedef struct
{
  char   *bucket;       /* (owned) */
  char   *key;          /* (owned): UTF-8, any bytes but NUL */
  gint64  size;         /* bytes */
  double  modified;     /* seconds since the epoch */
  char   *etag;         /* (owned): without quotes: md5 hex, or md5ofmd5s-N for multipart */
  char   *sha256;       /* (owned): hex of the whole content */
  char   *content_type; /* (owned) */
  char   *path;         /* (owned): the file with the content; read it, never write it */
  char   *headers;      /* (owned) (nullable): JSON object text: stored reply headers, checksums, x-amz-meta-* */
} EngObject;

/* `s3://bucket/key`, parsed once and strictly. */
typedef struct
{
  char *bucket; /* (owned) */
  char *key;    /* (owned): may be empty */
} EngS3Uri;

EngObjects *eng_objects_new          (EngStore      *store,
                                      const char    *directory,
                                      GError       **error);
void        eng_objects_free         (EngObjects    *objects);

gboolean    eng_s3_uri_parse         (const char    *text,
                                      EngS3Uri      *uri,
                                      GError       **error);
void        eng_s3_uri_clear         (EngS3Uri      *uri);

gboolean    eng_objects_create_bucket (EngObjects   *objects,
                                      const char    *bucket,
                                      GError       **error);
gboolean    eng_objects_bucket_exists (EngObjects   *objects,
                                      const char    *bucket);
EngObject  *eng_objects_stat         (EngObjects    *objects,
                                      const char    *bucket,
                                      const char    *key,
                                      GError       **error);
void        eng_object_free          (EngObject     *object);
int         eng_objects_open         (EngObjects    *objects,
                                      const EngObject *object,
                                      GError       **error);
GBytes     *eng_objects_read         (EngObjects    *objects,
                                      const char    *s3_uri,
                                      gsize          max_bytes,
                                      GError       **error);
gboolean    eng_objects_put_file     (EngObjects    *objects,
                                      const char    *bucket,
                                      const char    *key,
                                      const char    *path,
                                      const char    *content_type,
                                      GError       **error);
gboolean    eng_objects_put_bytes    (EngObjects    *objects,
                                      const char    *bucket,
                                      const char    *key,
                                      GBytes        *bytes,
                                      const char    *content_type,
                                      GError       **error);
GPtrArray  *eng_objects_list         (EngObjects    *objects,
                                      const char    *bucket,
                                      const char    *prefix,
                                      const char    *after,
                                      guint          limit,
                                      GError       **error);
gboolean    eng_objects_download_prefix (EngObjects *objects,
                                      const char    *s3_uri,
                                      const char    *directory,
                                      guint         *n_files,
                                      GError       **error);
gboolean    eng_objects_upload_directory (EngObjects *objects,
                                      const char    *directory,
                                      const char    *s3_uri,
                                      guint         *n_files,
                                      GError       **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngObjects, eng_objects_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngObject, eng_object_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EngS3Uri, eng_s3_uri_clear)

G_END_DECLS
