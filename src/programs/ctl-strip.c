/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sagebrushctl"

#include "config.h"

#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <unistd.h>

#include "ctl-strip.h"
#include "sage-error.h"
#include "sage-notebook-percent.h"

/* `sagebrushctl strip-outputs`: a clean filter of git. */

#define MAX_BYTES (512 * 1024 * 1024)

static GBytes *
read_input (GError **error)
{
  g_autoptr(GInputStream) input = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr(GOutputStream) bytes = g_memory_output_stream_new_resizable ();

  if (g_output_stream_splice (bytes, input, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, error) < 0)
    return NULL;

  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (bytes));
}

static GBytes *
strip (GBytes  *input,
       GError **error)
{
  g_autoptr(SageNotebook) notebook = NULL;

  if (g_bytes_get_size (input) == 0) /* a notebook that nobody has written into yet */
    return g_bytes_ref (input);
  if (g_bytes_get_size (input) > MAX_BYTES)
    {
      sage_throw (error, SAGE_ERROR_TOO_LARGE, "The notebook is larger than allowed");
      return NULL;
    }
  notebook = sage_notebook_parse (input, error);

  return notebook != NULL ? sage_notebook_strip_outputs (notebook, error) : NULL;
}

/**
 * ctl_strip_outputs:
 *
 * Copies a notebook from the standard input to the standard output, without its outputs. What cannot be
 * stripped is copied as it is and counts as an error: git then refuses to add the file, and nothing is
 * lost.
 *
 * Returns: whether it was stripped
 */
gboolean
ctl_strip_outputs (GError **error)
{
  g_autoptr(GOutputStream) output = g_unix_output_stream_new (STDOUT_FILENO, FALSE);
  g_autoptr(GBytes) input = read_input (error);
  g_autoptr(GBytes) stripped = input != NULL ? strip (input, error) : NULL;
  GBytes *result = stripped != NULL ? stripped : input;

  if (result == NULL)
    return FALSE;
  if (!g_output_stream_write_all (output, g_bytes_get_data (result, NULL), g_bytes_get_size (result), NULL,
                                  NULL, stripped != NULL ? error : NULL))
    return FALSE;

  return stripped != NULL;
}
