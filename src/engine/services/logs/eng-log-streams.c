/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-logs"

#include "config.h"

#include <string.h>

#include "eng-job-run.h"
#include "eng-log-streams.h"
#include "sage-error.h"

static const struct
{
  const char *group;
  const char *kind;
} groups[] = {
  { "/aws/sagemaker/TrainingJobs", "training-job" },
  { "/aws/sagemaker/ProcessingJobs", "processing-job" },
};

/**
 * eng_log_stream_free:
 * @stream: (nullable): a stream
 */
void
eng_log_stream_free (EngLogStream *stream)
{
  if (stream == NULL)
    return;

  g_free (stream->name);
  g_free (stream->path);
  g_free (stream);
}

/**
 * eng_log_streams_groups:
 *
 * Returns: (array zero-terminated=1): the names of all log groups
 */
const char * const *
eng_log_streams_groups (void)
{
  static const char *names[G_N_ELEMENTS (groups) + 1];

  for (gsize i = 0; i < G_N_ELEMENTS (groups); i++)
    names[i] = groups[i].group;

  return names;
}

static const char *
find_kind (const char  *group,
           GError     **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (groups); i++)
    if (strcmp (groups[i].group, group) == 0)
      return groups[i].kind;

  sage_throw (error, SAGE_ERROR_NOT_FOUND, "The specified log group does not exist.");

  return NULL;
}

/* NULL while the job has not written a line. */
static EngLogStream *
stream_of (EngEngine   *engine,
           EngResource *resource)
{
  g_autofree char *directory = eng_job_run_directory (engine, resource);
  g_autofree char *path = g_build_filename (directory, "log", NULL);
  EngLogStream *stream;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;

  stream = g_new0 (EngLogStream, 1);
  stream->name = g_strdup_printf ("%s/algo-1-%.0f", resource->name, resource->created);
  stream->path = g_steal_pointer (&path);
  stream->created = (gint64) (resource->created * 1000.0);

  return stream;
}

/* Jobs whose stream names may begin with the prefix: a slash in it ends the job's name. */
static EngRows *
query_jobs (EngConnection  *reader,
            const char     *kind,
            const char     *prefix,
            GError        **error)
{
  const char *slash = prefix != NULL ? strchr (prefix, '/') : NULL;
  g_autofree char *name = slash != NULL ? g_strndup (prefix, slash - prefix) : NULL;

  if (slash != NULL)
    return eng_query (reader, error, "SELECT name FROM resource WHERE kind = ?1 AND name = ?2",
                      "tt", kind, name);

  return eng_query (reader, error,
                    "SELECT name FROM resource WHERE kind = ?1"
                    " AND substr (name, 1, length (?2)) = ?2 ORDER BY name",
                    "tt", kind, prefix != NULL ? prefix : "");
}

static GPtrArray *
job_names (EngConnection  *reader,
           const char     *kind,
           const char     *prefix,
           GError        **error)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(EngRows) rows = query_jobs (reader, kind, prefix, error);
  g_autoptr(GError) local_error = NULL;

  if (rows == NULL)
    return NULL;

  while (eng_rows_next (rows, &local_error))
    g_ptr_array_add (names, eng_rows_dup_text (rows, 0));
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  return g_steal_pointer (&names);
}

/**
 * eng_log_streams_find:
 * @engine: the engine
 * @group: a log group
 * @prefix: (nullable): what the stream names begin with
 *
 * Returns: (transfer full) (element-type EngLogStream): the streams in the order of their names;
 *   %NULL with %SAGE_ERROR_NOT_FOUND for an unknown group
 */
GPtrArray *
eng_log_streams_find (EngEngine   *engine,
                      const char  *group,
                      const char  *prefix,
                      GError     **error)
{
  g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) eng_log_stream_free);
  const char *kind = find_kind (group, error);
  g_autoptr(EngReader) reader = kind != NULL ? eng_store_reader (engine->store, error) : NULL;
  g_autoptr(GPtrArray) names = reader != NULL ? job_names (reader, kind, prefix, error) : NULL;

  if (names == NULL)
    return NULL;

  for (guint i = 0; i < names->len; i++)
    {
      g_autoptr(EngResource) resource = eng_resource_load (reader, kind,
                                                           g_ptr_array_index (names, i), NULL);
      EngLogStream *stream = resource != NULL ? stream_of (engine, resource) : NULL;

      if (stream == NULL)
        continue;
      if (prefix == NULL || g_str_has_prefix (stream->name, prefix))
        g_ptr_array_add (found, stream);
      else
        eng_log_stream_free (stream);
    }

  return g_steal_pointer (&found);
}

/**
 * eng_log_streams_get:
 * @engine: the engine
 * @group: a log group
 * @name: a stream's exact name
 *
 * Returns: (transfer full): the stream; %NULL with %SAGE_ERROR_NOT_FOUND
 */
EngLogStream *
eng_log_streams_get (EngEngine   *engine,
                     const char  *group,
                     const char  *name,
                     GError     **error)
{
  g_autoptr(GPtrArray) found = eng_log_streams_find (engine, group, name, error);

  if (found == NULL)
    return NULL;
  for (guint i = 0; i < found->len; i++)
    if (strcmp (((EngLogStream *) g_ptr_array_index (found, i))->name, name) == 0)
      return g_ptr_array_steal_index (found, i);

  sage_throw (error, SAGE_ERROR_NOT_FOUND, "The specified log stream does not exist.");

  return NULL;
}

/**
 * eng_log_streams_index:
 * @streams: (element-type EngLogStream): streams
 * @name: a stream that stood at @position
 * @position: index to fall back to
 *
 * Other jobs may have come and gone between two pages.
 *
 * Returns: where @name stands now; @position, at most the number of streams, where it is gone
 */
guint
eng_log_streams_index (GPtrArray  *streams,
                     const char *name,
                     gint64      position)
{
  for (guint i = 0; i < streams->len; i++)
    if (strcmp (((EngLogStream *) g_ptr_array_index (streams, i))->name, name) == 0)
      return i;

  return (guint) CLAMP (position, 0, (gint64) streams->len);
}
