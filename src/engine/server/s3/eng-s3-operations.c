/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-s3"

#include "config.h"

#include <string.h>

#include "eng-s3-private.h"

enum { SERVICE, BUCKET, OBJECT };

/* The first that fits is meant, so those told by a parameter or header stand before plain ones. */
static const EngS3Operation operations[] = {
  { "ListBuckets", "GET", SERVICE, NULL, NULL, NULL, eng_s3_list_buckets },

  { "GetBucketLocation", "GET", BUCKET, "location", NULL, NULL, eng_s3_get_location },
  { "GetBucketVersioning", "GET", BUCKET, "versioning", NULL, NULL, eng_s3_get_versioning },
  { "ListMultipartUploads", "GET", BUCKET, "uploads", NULL, NULL, eng_s3_list_uploads },
  { "ListObjectsV2", "GET", BUCKET, "list-type", NULL, NULL, eng_s3_list_objects_v2 },
  { "ListObjects", "GET", BUCKET, NULL, NULL, NULL, eng_s3_list_objects },
  { "HeadBucket", "HEAD", BUCKET, NULL, NULL, NULL, eng_s3_head_bucket },
  { "CreateBucket", "PUT", BUCKET, NULL, NULL, NULL, eng_s3_create_bucket },
  { "DeleteBucket", "DELETE", BUCKET, NULL, NULL, NULL, eng_s3_delete_bucket },
  { "DeleteObjects", "POST", BUCKET, "delete", NULL, NULL, eng_s3_delete_objects },

  { "ListParts", "GET", OBJECT, "uploadId", NULL, NULL, eng_s3_list_parts },
  { "GetObjectTagging", "GET", OBJECT, "tagging", NULL, NULL, eng_s3_get_tagging },
  { "GetObject", "GET", OBJECT, NULL, NULL, NULL, eng_s3_get_object },
  { "HeadObject", "HEAD", OBJECT, NULL, NULL, NULL, eng_s3_head_object },
  { "UploadPartCopy", "PUT", OBJECT, "uploadId", "x-amz-copy-source", NULL,
    eng_s3_upload_part_copy },
  { "UploadPart", "PUT", OBJECT, "uploadId", NULL, eng_s3_upload_part_begin, eng_s3_upload_part },
  { "CopyObject", "PUT", OBJECT, NULL, "x-amz-copy-source", NULL, eng_s3_copy_object },
  { "PutObject", "PUT", OBJECT, NULL, NULL, eng_s3_put_object_begin, eng_s3_put_object },
  { "AbortMultipartUpload", "DELETE", OBJECT, "uploadId", NULL, NULL, eng_s3_abort_upload },
  { "DeleteObject", "DELETE", OBJECT, NULL, NULL, NULL, eng_s3_delete_object },
  { "CreateMultipartUpload", "POST", OBJECT, "uploads", NULL, NULL, eng_s3_create_upload },
  { "CompleteMultipartUpload", "POST", OBJECT, "uploadId", NULL, eng_s3_complete_upload_begin,
    eng_s3_complete_upload },
};

/* Parameters that select an operation. One that the operation found is not selected by means
 * another, which is not here; passing it over would answer another question than the one asked. */
static const char * const selectors[] = {
  "accelerate", "acl", "analytics", "attributes", "cors", "delete", "encryption",
  "intelligent-tiering", "inventory", "legal-hold", "lifecycle", "location", "logging",
  "metadataTable", "metrics", "notification", "object-lock", "ownershipControls", "partNumber",
  "policy", "policyStatus", "publicAccessBlock", "renameObject", "replication", "requestPayment",
  "restore", "retention", "select", "session", "tagging", "torrent", "uploads", "versioning",
  "versions", "website",
};

/* Refuses what @parameter, of the operation found or NULL, does not cover. */
static gboolean
refuse_selectors (EngS3Call   *call,
                  const char  *parameter,
                  GError     **error)
{
  const char *version = eng_s3_param (call, "versionId");

  for (guint i = 0; i < G_N_ELEMENTS (selectors); i++)
    {
      const char *name = selectors[i];
      gboolean is_part = strcmp (name, "partNumber") == 0 && g_strcmp0 (parameter, "uploadId") == 0;

      if (sage_http_params_has (call->query, name) && g_strcmp0 (parameter, name) != 0 && !is_part)
        return eng_s3_throw (error, ENG_S3_NOT_IMPLEMENTED,
                             "The sub-resource '%s' is not implemented for this method", name);
    }

  if (version != NULL && *version != '\0' && strcmp (version, "null") != 0)
    return eng_s3_throw (error, ENG_S3_NOT_IMPLEMENTED, "Object versions are not implemented");

  return TRUE;
}

/* The operation that method, path, parameters and headers of @call select. */
const EngS3Operation *
eng_s3_find_operation (EngS3Call  *call,
                       GError    **error)
{
  const char *method = sage_http_request_method (call->http);
  guint level = call->bucket == NULL ? SERVICE : call->key == NULL ? BUCKET : OBJECT;

  for (guint i = 0; i < G_N_ELEMENTS (operations); i++)
    {
      const EngS3Operation *operation = &operations[i];

      if (operation->level != level || strcmp (operation->method, method) != 0)
        continue;
      if (operation->parameter != NULL && !sage_http_params_has (call->query, operation->parameter))
        continue;
      if (operation->header != NULL && eng_s3_header (call, operation->header) == NULL)
        continue;
      return refuse_selectors (call, operation->parameter, error) ? operation : NULL;
    }

  if (refuse_selectors (call, NULL, error))
    eng_s3_throw (error, ENG_S3_METHOD_NOT_ALLOWED,
                  "The specified method is not allowed against this resource");

  return NULL;
}
