/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "eng-store.h"
#include "sage-digest.h"

G_BEGIN_DECLS

/* The object store: `s3://bucket/key` as one file with the bytes and one row in the database. A
 * file has a name of its own that no key can influence, is written by temp + fsync + rename and is
 * never written again: an overwriting PUT makes a second file, switches the row in one
 * transaction and then removes the first, so a reader sees one whole version. */
typedef struct _EngObjects EngObjects;

/* The limits of S3. */
#define ENG_OBJECT_KEY_MAX 1024                                /* bytes */
#define ENG_OBJECT_SIZE_MAX (G_GINT64_CONSTANT (5) << 30)      /* bytes in one PUT or part */
#define ENG_OBJECT_PART_MIN (G_GINT64_CONSTANT (5) << 20)      /* bytes, all parts but the last */
#define ENG_OBJECT_PARTS_MAX 10000

/* Up to here an object is read whole and checked against its SHA-256 on every read. */
#define ENG_OBJECT_SMALL (G_GINT64_CONSTANT (8) << 20)

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
  char   *headers;      /* (owned) (nullable): JSON object text: stored reply headers, checksums,
                         * x-amz-meta-*, names in lower case */
  gint64  file_mtime;   /* nanoseconds since the epoch: the file's own, as it was written */
} EngObject;

/* `s3://bucket/key`, parsed once and strictly. */
typedef struct
{
  char *bucket; /* (owned) */
  char *key;    /* (owned): may be empty */
} EngS3Uri;

typedef struct
{
  char   *name;    /* (owned) */
  double  created; /* seconds since the epoch */
} EngBucket;

/* Who asked for a change, for the audit row written in the same transaction. Where a function
 * takes one, %NULL is the engine itself on behalf of something audited already. */
typedef struct
{
  const char *principal;
  const char *source;     /* where the request came from */
  const char *operation;  /* "PutObject" */
  const char *request_id;
} EngObjectCaller;

/* What a writer's bytes become. Nothing is copied before the commit returns. */
typedef struct
{
  const char            *bucket;
  const char            *key;
  const char            *content_type;   /* (nullable): application/octet-stream */
  const char            *headers;        /* (nullable): as in EngObject */
  const char            *etag;           /* (nullable): the md5 of the content */
  const char            *if_match;       /* (nullable): only over this etag */
  gboolean               only_if_absent; /* never over another object */
  const EngObjectCaller *caller;         /* (nullable) */
} EngObjectCommit;

/* Takes bytes as they arrive. Used by one thread at a time. */
typedef struct _EngObjectWriter EngObjectWriter;

/* A page of a listing. */
typedef struct
{
  const char *prefix;    /* (nullable) */
  const char *delimiter; /* (nullable): keys alike up to it after the prefix become one entry */
  const char *after;     /* (nullable): only what sorts behind it */
  guint       limit;     /* keys and common prefixes together */
} EngObjectQuery;

typedef struct
{
  GPtrArray *objects;  /* (owned): of EngObject, in byte order of their keys */
  GPtrArray *prefixes; /* (owned): of char *, the common prefixes */
  char      *next;     /* (owned) (nullable): the `after` of the next page; %NULL at the end */
} EngObjectPage;

EngObjects *eng_objects_new          (EngStore      *store,
                                      const char    *directory,
                                      GError       **error);
void        eng_objects_free         (EngObjects    *objects);

gboolean    eng_s3_uri_parse         (const char    *text,
                                      EngS3Uri      *uri,
                                      GError       **error);
void        eng_s3_uri_clear         (EngS3Uri      *uri);
gboolean    eng_s3_bucket_check      (const char    *bucket,
                                      GError       **error);
gboolean    eng_s3_key_check         (const char    *key,
                                      gsize          length,
                                      GError       **error);

gboolean    eng_objects_create_bucket (EngObjects   *objects,
                                      const char    *bucket,
                                      GError       **error);
gboolean    eng_objects_create_bucket_for (EngObjects *objects,
                                      const char    *bucket,
                                      const EngObjectCaller *caller,
                                      GError       **error);
gboolean    eng_objects_delete_bucket (EngObjects   *objects,
                                      const char    *bucket,
                                      const EngObjectCaller *caller,
                                      GError       **error);
gboolean    eng_objects_bucket_exists (EngObjects   *objects,
                                      const char    *bucket);
GPtrArray  *eng_objects_list_buckets (EngObjects    *objects,
                                      GError       **error);
void        eng_bucket_free          (EngBucket     *bucket);

EngObject  *eng_objects_stat         (EngObjects    *objects,
                                      const char    *bucket,
                                      const char    *key,
                                      GError       **error);
void        eng_object_free          (EngObject     *object);
int         eng_objects_open         (EngObjects    *objects,
                                      const EngObject *object,
                                      GError       **error);
EngObject  *eng_objects_open_key     (EngObjects    *objects,
                                      const char    *bucket,
                                      const char    *key,
                                      int           *fd,
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
EngObject  *eng_objects_copy         (EngObjects    *objects,
                                      const EngObject *source,
                                      int            fd,
                                      const EngObjectCommit *commit,
                                      GError       **error);
gboolean    eng_objects_delete       (EngObjects    *objects,
                                      const char    *bucket,
                                      const char * const *keys,
                                      const EngObjectCaller *caller,
                                      GError       **error);
GPtrArray  *eng_objects_list         (EngObjects    *objects,
                                      const char    *bucket,
                                      const char    *prefix,
                                      const char    *after,
                                      guint          limit,
                                      GError       **error);
GPtrArray  *eng_objects_list_all     (EngObjects    *objects,
                                      const char    *bucket,
                                      const char    *prefix,
                                      GError       **error);
EngObjectPage *eng_objects_list_page (EngObjects    *objects,
                                      const char    *bucket,
                                      const EngObjectQuery *query,
                                      GError       **error);
void        eng_object_page_free     (EngObjectPage *page);
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

EngObjectWriter *eng_object_writer_new (EngObjects  *objects,
                                      guint          digests,
                                      GError       **error);
gboolean    eng_object_writer_write  (EngObjectWriter *writer,
                                      const void    *data,
                                      gsize          length,
                                      GError       **error);
gboolean    eng_object_writer_copy   (EngObjectWriter *writer,
                                      int            fd,
                                      gint64         offset,
                                      gint64         length,
                                      const char    *what,
                                      GError       **error);
gint64      eng_object_writer_size   (EngObjectWriter *writer);
gsize       eng_object_writer_digest (EngObjectWriter *writer,
                                      SageDigestKind kind,
                                      guint8         out[SAGE_SHA256_SIZE]);
EngObject  *eng_object_writer_commit (EngObjectWriter *writer,
                                      const EngObjectCommit *commit,
                                      GError       **error);
void        eng_object_writer_free   (EngObjectWriter *writer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngObjects, eng_objects_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngObject, eng_object_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngBucket, eng_bucket_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngObjectPage, eng_object_page_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngObjectWriter, eng_object_writer_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EngS3Uri, eng_s3_uri_clear)

G_END_DECLS
