/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-object-upload.h"
#include "eng-s3-chunked.h"
#include "eng-s3-error.h"
#include "eng-s3-xml.h"
#include "eng-s3.h"
#include "sage-http-uri.h"

G_BEGIN_DECLS

/* Bodies that are kept in memory: XML, and whatever comes where none is expected. */
#define ENG_S3_XML_MAX (4 * 1024 * 1024)

typedef struct _EngS3Operation EngS3Operation;

/* What a client says about the content it sends, and the checksum asked for. */
typedef struct
{
  gboolean       wanted;       /* there is a checksum, or one is to be computed */
  SageDigestKind kind;
  const char    *header;       /* "x-amz-checksum-crc32" */
  char          *value;        /* (owned) (nullable): base64, as claimed */
  gboolean       in_trailer;   /* the claim comes behind the body */
} EngS3Checksum;

/* A request's body as it arrives: unframed, digested, and written to a file or kept. */
typedef struct
{
  EngObjectWriter *writer;     /* (owned) (nullable): where it goes */
  GByteArray      *bytes;      /* (owned) (nullable): or this */
  gint64           limit;      /* bytes */
  gint64           decoded;    /* -1, or how long the unframed body says it is */
  EngS3Chunked    *chunked;    /* (owned) (nullable) */
  EngS3Checksum    checksum;
} EngS3Body;

struct _EngS3Call
{
  EngEngine            *engine;  /* (not owned) */
  const SageSigResult  *sig;     /* (not owned) */
  const EngCaller      *who;     /* (not owned) */
  SageHttpRequest      *http;    /* (not owned) */
  SageHttpParams       *query;   /* (owned) */
  char                 *bucket;  /* (owned) (nullable) */
  char                 *key;     /* (owned) (nullable) */
  const EngS3Operation *operation;
  EngS3Body             body;
  char                 *expected; /* (owned) (nullable): checksum of a completed upload's object */
  char                 *if_match; /* (owned) (nullable): the ETag that a write may replace */
  char                 *source;  /* (owned): the user agent, for the audit log */
  char                  request_id[17];
  EngObjectCaller       caller;
};

/* One operation; eng-s3-operations.c lists them. */
struct _EngS3Operation
{
  const char *name;
  const char *method;
  guint       level;     /* 0: service, 1: bucket, 2: object */
  const char *parameter; /* (nullable): the query parameter that tells it from others */
  const char *header;    /* (nullable): the header that does */
  gboolean  (*begin)  (EngS3Call  *call,
                       GError    **error); /* (nullable): sets up the body; default: in memory */
  gboolean  (*handle) (EngS3Call  *call,
                       GError    **error); /* answers, or returns FALSE with the error to answer */
};

const EngS3Operation *eng_s3_find_operation (EngS3Call *call,
                                       GError        **error);

/* eng-s3-call.c: reading a request, giving a reply */
const char *eng_s3_header             (EngS3Call      *call,
                                       const char     *name);
const char *eng_s3_param              (EngS3Call      *call,
                                       const char     *name);
gboolean    eng_s3_uint_param         (EngS3Call      *call,
                                       const char     *name,
                                       guint           fallback,
                                       guint           maximum,
                                       guint          *value,
                                       GError        **error);
gboolean    eng_s3_url_encoding       (EngS3Call      *call,
                                       gboolean       *url,
                                       GError        **error);
gboolean    eng_s3_check_owner        (EngS3Call      *call,
                                       GError        **error);
char       *eng_s3_decode             (const char     *text,
                                       gssize          length,
                                       GError        **error);
void        eng_s3_reply_headers      (EngS3Call      *call);
void        eng_s3_reply_empty        (EngS3Call      *call,
                                       guint           status);
void        eng_s3_reply_xml          (EngS3Call      *call,
                                       GString        *xml,
                                       const char     *root);
void        eng_s3_reply_error        (EngS3Call      *call,
                                       const GError   *error);
gboolean    eng_s3_parse_date         (const char     *text,
                                       double         *seconds);

/* eng-s3-body.c */
gboolean    eng_s3_body_begin_memory  (EngS3Call      *call,
                                       gint64          limit,
                                       GError        **error);
gboolean    eng_s3_body_begin_object  (EngS3Call      *call,
                                       const char     *algorithm,
                                       GError        **error);
gboolean    eng_s3_body_finish        (EngS3Call      *call,
                                       GError        **error);
GBytes     *eng_s3_body_bytes         (EngS3Call      *call);
char       *eng_s3_body_checksum      (EngS3Call      *call);
void        eng_s3_body_clear         (EngS3Body      *body);

/* eng-s3-headers.c: what is stored with an object */
gboolean    eng_s3_collect_headers    (EngS3Call      *call,
                                       JsonObject    **headers,
                                       GError        **error);
gboolean    eng_s3_refuse_unsupported (EngS3Call      *call,
                                       GError        **error);
void        eng_s3_send_object_headers (EngS3Call     *call,
                                       const EngObject *object,
                                       gboolean        checksums);
JsonObject *eng_s3_object_headers     (const EngObject *object);
void        eng_s3_send_checksums     (EngS3Call      *call,
                                       const EngObject *object);
void        eng_s3_xml_checksums      (GString        *xml,
                                       const EngObject *object);
gboolean    eng_s3_checksum_from_headers (EngS3Call   *call,
                                       EngS3Checksum  *checksum,
                                       GError        **error);
gboolean    eng_s3_checksum_from_name (const char     *algorithm,
                                       EngS3Checksum  *checksum,
                                       GError        **error);

/* eng-s3-conditions.c */
guint       eng_s3_read_condition     (EngS3Call      *call,
                                       const EngObject *object);
gboolean    eng_s3_copy_condition     (EngS3Call      *call,
                                       const EngObject *source,
                                       GError        **error);
gboolean    eng_s3_write_condition    (EngS3Call      *call,
                                       EngObjectCommit *commit,
                                       GError        **error);
gboolean    eng_s3_range              (const char     *text,
                                       gint64          size,
                                       gint64         *offset,
                                       gint64         *length,
                                       gboolean       *satisfiable);

/* The operations. */
gboolean    eng_s3_list_buckets       (EngS3Call *call, GError **error);
gboolean    eng_s3_create_bucket      (EngS3Call *call, GError **error);
gboolean    eng_s3_delete_bucket      (EngS3Call *call, GError **error);
gboolean    eng_s3_head_bucket        (EngS3Call *call, GError **error);
gboolean    eng_s3_get_location       (EngS3Call *call, GError **error);
gboolean    eng_s3_get_versioning     (EngS3Call *call, GError **error);
gboolean    eng_s3_list_objects       (EngS3Call *call, GError **error);
gboolean    eng_s3_list_objects_v2    (EngS3Call *call, GError **error);
gboolean    eng_s3_delete_objects     (EngS3Call *call, GError **error);
gboolean    eng_s3_list_uploads       (EngS3Call *call, GError **error);
gboolean    eng_s3_get_object         (EngS3Call *call, GError **error);
gboolean    eng_s3_head_object        (EngS3Call *call, GError **error);
gboolean    eng_s3_get_tagging        (EngS3Call *call, GError **error);
gboolean    eng_s3_put_object_begin   (EngS3Call *call, GError **error);
gboolean    eng_s3_put_object         (EngS3Call *call, GError **error);
gboolean    eng_s3_copy_object        (EngS3Call *call, GError **error);
gboolean    eng_s3_delete_object      (EngS3Call *call, GError **error);
gboolean    eng_s3_create_upload      (EngS3Call *call, GError **error);
gboolean    eng_s3_upload_part_begin  (EngS3Call *call, GError **error);
gboolean    eng_s3_upload_part        (EngS3Call *call, GError **error);
gboolean    eng_s3_upload_part_copy   (EngS3Call *call, GError **error);
gboolean    eng_s3_complete_upload_begin (EngS3Call *call, GError **error);
gboolean    eng_s3_complete_upload    (EngS3Call *call, GError **error);
gboolean    eng_s3_abort_upload       (EngS3Call *call, GError **error);
gboolean    eng_s3_list_parts         (EngS3Call *call, GError **error);

EngObject  *eng_s3_open_source        (EngS3Call      *call,
                                       int            *fd,
                                       GError        **error);

G_END_DECLS
