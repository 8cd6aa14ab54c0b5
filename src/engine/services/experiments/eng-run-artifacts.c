/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-run"

#include "config.h"

#include <string.h>

#include "eng-tracking-private.h"
#include "sage-error.h"
#include "sage-json.h"

/* MLflow's clients read on where this ends. */
#define PAGE 1000

/**
 * eng_artifact_path_check:
 * @path: of an artifact, decoded once
 *
 * An artifact's path becomes the key of an object and no path of the engine's; but clients make files of
 * it, on their own disks.
 *
 * Returns: whether it leads nowhere else than below where it begins
 */
gboolean
eng_artifact_path_check (const char  *path,
                         GError     **error)
{
  g_autofree char *trimmed = g_strdup (path);
  gsize length = strlen (trimmed);
  g_auto(GStrv) words = NULL;
  gboolean good = length > 0 && strpbrk (path, "\\#") == NULL && g_utf8_validate (path, -1, NULL);

  if (length > 0 && trimmed[length - 1] == '/')
    trimmed[length - 1] = '\0';
  words = g_strsplit (trimmed, "/", -1);
  for (guint i = 0; words[i] != NULL; i++)
    good = good && *words[i] != '\0' && strcmp (words[i], ".") != 0 && strcmp (words[i], "..") != 0;
  for (const char *at = path; *at != '\0'; at++)
    good = good && (guchar) *at >= 0x20 && *at != 0x7f &&
           (*at != '%' || !g_ascii_isxdigit (at[1]) || !g_ascii_isxdigit (at[2]));

  return (good && words[0] != NULL && eng_s3_key_check (path, length, NULL)) ||
         sage_throw (error, SAGE_ERROR_INVALID, "Invalid path: '%.200s'", path);
}

/* Where a run's artifacts are: a bucket, and what their keys begin with. */
static gboolean
locate (const char  *uri,
        EngS3Uri    *where,
        GError     **error)
{
  if (!g_str_has_prefix (uri, ENG_MLFLOW_SCHEME))
    return eng_s3_uri_parse (uri, where, error);
  where->bucket = g_strdup (ENG_MLFLOW_BUCKET);
  where->key = g_strdup (uri + strlen (ENG_MLFLOW_SCHEME));

  return TRUE;
}

static void
out_file (GString    *out,
          const char *path,
          gsize       length,
          gint64      size)
{
  g_autofree char *text = g_strndup (path, length);

  eng_out_open (out, '{');
  eng_out_text (out, "path", text);
  eng_out_member (out, "is_dir");
  g_string_append (out, size < 0 ? "true" : "false");
  if (size >= 0)
    eng_out_int (out, "file_size", size);
  g_string_append_c (out, '}');
}

/* @skip: how much of a key is not part of the paths that are told */
static void
out_page (GString       *out,
          EngObjectPage *page,
          gsize          skip)
{
  for (guint i = 0; i < page->prefixes->len; i++)
    {
      const char *prefix = g_ptr_array_index (page->prefixes, i);

      out_file (out, prefix + skip, strlen (prefix) - skip - 1, -1);
    }
  for (guint i = 0; i < page->objects->len; i++)
    {
      const EngObject *object = g_ptr_array_index (page->objects, i);

      if (strlen (object->key) > skip)
        out_file (out, object->key + skip, strlen (object->key) - skip, object->size);
    }
}

/**
 * eng_artifact_list:
 * @call: the call, to whose reply the member `files` is added, and `next_page_token`
 * @bucket: where the artifacts are
 * @root: what their keys begin with; "" or with a slash at the end
 * @path: (nullable): which directory, below @root
 *
 * Lists what is right in a directory; where there is none, or the artifact is a file, nothing.
 */
gboolean
eng_artifact_list (EngCall     *call,
                   const char  *bucket,
                   const char  *root,
                   const char  *path,
                   GError     **error)
{
  gboolean has_slash = path == NULL || *path == '\0' || g_str_has_suffix (path, "/");
  g_autofree char *prefix = g_strconcat (root, path != NULL ? path : "", has_slash ? "" : "/", NULL);
  const char *after = sage_json_string (call->input, "page_token", NULL);
  EngObjectQuery query = { prefix, "/", after != NULL && *after != '\0' ? after : NULL, PAGE };
  g_autoptr(EngObjectPage) page = NULL;

  eng_out_member (call->output, "files");
  g_string_append_c (call->output, '[');
  if (eng_objects_bucket_exists (call->engine->objects, bucket))
    {
      page = eng_objects_list_page (call->engine->objects, bucket, &query, error);
      if (page == NULL)
        return FALSE;
      out_page (call->output, page, strlen (root));
    }
  g_string_append_c (call->output, ']');
  if (page != NULL && page->next != NULL)
    eng_out_text (call->output, "next_page_token", page->next);

  return TRUE;
}

static gboolean
list (EngCall  *call,
      GError  **error)
{
  g_autoptr(EngReader) reader = NULL;
  g_autoptr(EngTrackedRun) run = NULL;
  g_auto(EngS3Uri) where = { 0 };
  g_autofree char *root = NULL;
  const char *run_id = NULL;
  const char *path = NULL;

  if (!eng_input_run_id (call->input, &run_id, error) ||
      !eng_input_text (call->input, "path", &path, error) ||
      (path != NULL && *path != '\0' && !eng_artifact_path_check (path, error)))
    return FALSE;
  reader = eng_store_reader (call->engine->store, error);
  run = reader != NULL ? eng_tracked_run_load (reader, run_id, error) : NULL;
  if (run == NULL || !locate (run->artifact_uri, &where, error))
    return FALSE;

  root = g_strconcat (where.key, "/", NULL);
  g_string_append_c (call->output, '{');
  eng_out_text (call->output, "root_uri", run->artifact_uri);
  if (!eng_artifact_list (call, where.bucket, root, path, error))
    return FALSE;
  g_string_append_c (call->output, '}');

  return TRUE;
}

/* The directory of a proxy that has no runs: `path` is all of it. */
static gboolean
list_proxied (EngCall  *call,
              GError  **error)
{
  const char *path = NULL;
  g_autofree char *root = NULL;

  if (!eng_input_text (call->input, "path", &path, error) ||
      (path != NULL && *path != '\0' && !eng_artifact_path_check (path, error)))
    return FALSE;
  root = path != NULL && *path != '\0' && !g_str_has_suffix (path, "/")
           ? g_strconcat (path, "/", NULL) : g_strdup (path != NULL ? path : "");
  g_string_append_c (call->output, '{');
  if (!eng_artifact_list (call, ENG_MLFLOW_BUCKET, root, NULL, error))
    return FALSE;
  g_string_append_c (call->output, '}');

  return TRUE;
}

static const EngOperation operations[] = {
  { "sagemaker-mlflow", "ListArtifacts", ENG_ACCESS_READ, list },
  { "sagemaker-mlflow", "ListProxiedArtifacts", ENG_ACCESS_READ, list_proxied },
};

void
eng_run_artifacts_register (EngEngine *engine)
{
  eng_operations_add (engine->operations, operations, G_N_ELEMENTS (operations));
}
