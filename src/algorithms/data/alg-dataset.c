/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "alg-dataset"

#include "config.h"

#include <errno.h>
#include <string.h>

#include "sage-error.h"
#include "sage-json.h"

#include "alg-dataset.h"

#define MAX_DEPTH 32

/**
 * alg_dataset_parse_type:
 * @content_type: (nullable): the ContentType of the channel
 * @format: (out): what it means
 * @error: (out): %SAGE_ERROR_UNSUPPORTED or %SAGE_ERROR_INVALID, naming the type
 *
 * As the SageMaker XGBoost container does: none means libsvm, CSV takes `label_size=1` only.
 *
 * Returns: %TRUE when @format is set
 */
gboolean
alg_dataset_parse_type (const char  *content_type,
                        AlgFormat   *format,
                        GError     **error)
{
  g_autofree char *lower = g_ascii_strdown (content_type != NULL ? content_type : "", -1);
  g_auto(GStrv) parts = g_strsplit (lower, ";", -1);
  const char *type = parts[0] != NULL ? g_strstrip (parts[0]) : "";

  if (*type == '\0' || g_str_equal (type, "libsvm") || g_str_equal (type, "text/libsvm")
      || g_str_equal (type, "text/x-libsvm"))
    {
      *format = ALG_FORMAT_LIBSVM;
      return TRUE;
    }

  if (!g_str_equal (type, "csv") && !g_str_equal (type, "text/csv"))
    return sage_throw (error, SAGE_ERROR_UNSUPPORTED,
                       "ContentType '%s' cannot be read here: use text/csv or text/libsvm",
                       content_type);

  for (guint i = 1; parts[i] != NULL; i++)
    {
      const char *parameter = g_strstrip (parts[i]);

      if (g_str_has_prefix (parameter, "label_size=")
          && !g_str_equal (parameter, "label_size=1"))
        return sage_throw (error, SAGE_ERROR_INVALID,
                           "ContentType '%s': label_size must be 1", content_type);
    }

  *format = ALG_FORMAT_CSV;

  return TRUE;
}

/**
 * alg_dataset_has_channel:
 * @job: the job
 * @channel: its name
 *
 * Returns: %TRUE when the job was created with that channel
 */
gboolean
alg_dataset_has_channel (AlgJob     *job,
                         const char *channel)
{
  return sage_json_object (job->channels, channel) != NULL;
}

static int
compare_paths (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Adds the data files beneath @directory. As on SageMaker, what starts with a dot or an underscore
 * (such as _SUCCESS) is none. */
static gboolean
list_files (const char  *directory,
            GPtrArray   *files,
            guint        depth,
            GError     **error)
{
  g_autoptr(GDir) dir = g_dir_open (directory, 0, error);
  const char *name;

  if (dir == NULL)
    return FALSE;

  if (depth > MAX_DEPTH)
    return sage_throw (error, SAGE_ERROR_LIMIT, "%s is nested more than %d folders deep",
                       directory, MAX_DEPTH);

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);

      if (name[0] == '.' || name[0] == '_' || g_file_test (path, G_FILE_TEST_IS_SYMLINK))
        continue;

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        {
          if (!list_files (path, files, depth + 1, error))
            return FALSE;
        }
      else if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
        g_ptr_array_add (files, g_steal_pointer (&path));
    }

  return TRUE;
}

static gboolean
parse_file (AlgDataset  *dataset,
            const char  *path,
            const char  *name,
            GError     **error)
{
  g_autoptr(GMappedFile) file = g_mapped_file_new (path, FALSE, error);
  const char *data;
  gsize length;

  if (file == NULL)
    return FALSE;

  data = g_mapped_file_get_contents (file);
  length = g_mapped_file_get_length (file);

  if (length == 0)
    return TRUE;

  if (dataset->format == ALG_FORMAT_CSV)
    return alg_csv_parse (&dataset->csv, data, length, name, error);

  if (alg_libsvm_parse (&dataset->libsvm, data, length, name, error))
    return TRUE;

  if (g_str_has_suffix (name, ".csv"))
    g_prefix_error (error, "ContentType text/csv is not set for this channel, so it was read as "
                    "libsvm. ");

  return FALSE;
}

/* The files of the channel and how to read them. */
static gboolean
open_channel (AlgDataset  *dataset,
              JsonObject  *config,
              const char  *content_type,
              const char  *directory,
              GPtrArray   *files,
              GError     **error)
{
  const char *mode = "File";

  if (config != NULL)
    {
      mode = sage_json_string (config, "TrainingInputMode", mode);
      content_type = sage_json_string (config, "ContentType", content_type);
    }

  if (g_str_equal (mode, "Pipe"))
    return sage_throw (error, SAGE_ERROR_UNSUPPORTED,
                       "Input mode Pipe is not available here: use File");

  if (!alg_dataset_parse_type (content_type, &dataset->format, error)
      || !list_files (directory, files, 0, error))
    return FALSE;

  g_ptr_array_sort (files, compare_paths);

  return TRUE;
}

/**
 * alg_dataset_load:
 * @job: the job
 * @channel: which channel
 * @content_type: (nullable): the ContentType that holds when the channel has none of its own
 * @error: (out): what is wrong, with channel, file, row and column
 *
 * Reads every data file of a channel, in the order of their paths.
 *
 * Returns: (transfer full): at least one row
 */
AlgDataset *
alg_dataset_load (AlgJob      *job,
                  const char  *channel,
                  const char  *content_type,
                  GError     **error)
{
  g_autofree char *directory = g_build_filename (job->root, "input", "data", channel, NULL);
  g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(AlgDataset) dataset = g_new0 (AlgDataset, 1);
  gboolean ok;

  alg_csv_init (&dataset->csv, 1);
  alg_libsvm_init (&dataset->libsvm);

  ok = open_channel (dataset, sage_json_object (job->channels, channel), content_type, directory,
                     files, error);

  for (guint i = 0; ok && i < files->len; i++)
    {
      const char *path = g_ptr_array_index (files, i);

      ok = parse_file (dataset, path, path + strlen (directory) + 1, error);
    }

  if (!ok)
    {
      g_prefix_error (error, "Channel '%s': ", channel);
      return NULL;
    }

  if (alg_dataset_rows (dataset) == 0)
    {
      sage_throw (error, SAGE_ERROR_INVALID, "Channel '%s' holds no data (%u files in it)",
                  channel, files->len);
      return NULL;
    }

  dataset->files = files->len;

  return g_steal_pointer (&dataset);
}

/**
 * alg_dataset_free:
 * @dataset: (transfer full): the data
 */
void
alg_dataset_free (AlgDataset *dataset)
{
  alg_csv_clear (&dataset->csv);
  alg_libsvm_clear (&dataset->libsvm);
  g_free (dataset);
}

/**
 * alg_dataset_rows:
 * @dataset: the data
 *
 * Returns: how many records there are
 */
gsize
alg_dataset_rows (AlgDataset *dataset)
{
  return dataset->format == ALG_FORMAT_CSV ? dataset->csv.rows : dataset->libsvm.labels->len;
}
