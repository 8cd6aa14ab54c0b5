/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-object-upload.h"
#include "eng-objects.h"

G_BEGIN_DECLS

/* The columns that object_from_row() reads, in its order. */
#define ENG_OBJECT_COLUMNS \
  "key, size, modified, etag, sha256, content_type, headers, blob, blob_mtime"

struct _EngObjects
{
  EngStore   *store;     /* (not owned) */
  char       *blobs;     /* (owned): the directory of the files, below it 00 … ff */
  char       *temporary; /* (owned): the directory of files being written; same file system */

  GMutex      lock;
  GCond       checked;
  GHashTable *sound;     /* (owned): path → EngSeen: large files found intact; under lock */
  GHashTable *checking;  /* (owned): paths that a thread is reading right now; under lock */
  gboolean    made[256]; /* which directories below `blobs` are known to be there; under lock */
};

/* A file of the store under its final name, not yet named by a row. */
typedef struct
{
  char   *id;    /* (owned) */
  char   *path;  /* (owned) */
  gint64  mtime; /* nanoseconds */
} EngBlob;

/* How one row is written, shared by the writer, copies and completed uploads. */
typedef struct
{
  EngObjects            *objects;
  const EngObjectCommit *commit;
  const EngBlob         *blob;
  gint64                 size;
  const char            *etag;
  const char            *sha256;
  const char            *content_type;
  const char            *headers;  /* (nullable) */
  double                 modified; /* out */
  char                  *replaced; /* (owned) (nullable): out: the blob the row named before */
  gboolean               refused;  /* out: the row was not written, whatever became of the commit */
} EngObjectPut;

gboolean   eng_objects_check_name   (const char         *bucket,
                                     const char         *key,
                                     GError            **error);
EngObject *eng_object_from_row      (EngObjects         *objects,
                                     const char         *bucket,
                                     EngRows            *rows);
gboolean   eng_object_put_row       (EngTx              *tx,
                                     EngObjectPut       *put,
                                     GError            **error);
EngObject *eng_object_put           (EngObjectPut       *put,
                                     GError            **error);
EngObject *eng_object_put_result    (const EngObjectPut *put);
gboolean   eng_objects_audit        (EngTx              *tx,
                                     const EngObjectCaller *caller,
                                     const char         *bucket,
                                     const char         *key,
                                     GError            **error);
gboolean   eng_objects_put_fd       (EngObjects         *objects,
                                     const char         *bucket,
                                     const char         *key,
                                     int                 fd,
                                     const char         *what,
                                     const char         *content_type,
                                     GError            **error);
EngUpload *eng_upload_find          (EngConnection      *connection,
                                     const EngUploadRef *ref,
                                     GError            **error);
GPtrArray *eng_upload_find_parts    (EngObjects         *objects,
                                     EngConnection      *connection,
                                     const char         *upload,
                                     guint               after,
                                     guint               limit,
                                     GError            **error);
gboolean   eng_upload_drop_parts    (EngTx              *tx,
                                     const char         *upload,
                                     GPtrArray          *blobs,
                                     GError            **error);
gboolean   eng_uploads_expire       (EngObjects         *objects,
                                     GError            **error);
gboolean   eng_objects_need_bucket  (EngConnection      *connection,
                                     const char         *bucket,
                                     GError            **error);
GBytes    *eng_key_bytes            (const char         *key);

char      *eng_blob_id              (void);
char      *eng_blob_path            (EngObjects         *objects,
                                     const char         *id);
gboolean   eng_blob_publish         (EngObjects         *objects,
                                     const char         *id,
                                     const char         *temporary,
                                     EngBlob            *blob,
                                     GError            **error);
gboolean   eng_blob_link            (EngObjects         *objects,
                                     int                 fd,
                                     EngBlob            *blob,
                                     GError            **error);
void       eng_blob_remove          (EngObjects         *objects,
                                     const char         *id);
void       eng_blob_trust           (EngObjects         *objects,
                                     const EngBlob      *blob,
                                     gint64              size);
gboolean   eng_blob_check           (EngObjects         *objects,
                                     const EngObject    *object,
                                     int                 fd,
                                     GError            **error);
gboolean   eng_blobs_prepare        (EngObjects         *objects,
                                     GError            **error);
gboolean   eng_blobs_collect        (EngObjects         *objects,
                                     GError            **error);
void       eng_blob_clear           (EngBlob            *blob);

gboolean   eng_object_writer_settle (EngObjectWriter    *writer,
                                     EngBlob            *blob,
                                     GError            **error);
EngObjects *eng_object_writer_objects (EngObjectWriter  *writer);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EngBlob, eng_blob_clear)

G_END_DECLS
