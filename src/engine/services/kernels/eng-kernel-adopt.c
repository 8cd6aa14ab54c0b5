/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-kernels"

#include "config.h"

#include <string.h>

#include "eng-kernel-host.h"
#include "eng-kernels-private.h"
#include "sage-error.h"
#include "sage-file.h"
#include "sage-json.h"

/* How the kernel ended while no engine ran, or when it was to start. */
static void
tell_end (EngKernels         *self,
          const EngKernelRow *row)
{
  g_autoptr(JsonObject) status = eng_kernel_host_status (self->engine, row->id, NULL);
  const char *state = sage_json_string (status, "state", "");
  g_autofree char *outcome = NULL;
  g_autoptr(GError) error = NULL;
  const char *cause = NULL;

  if (status == NULL)
    cause = "The engine ended before the kernel had started";
  else if (strcmp (state, ENG_KERNEL_DEAD) != 0)
    cause = "The program that served the kernel ended, and the kernel with it";
  outcome = eng_kernel_outcome (status, cause, 0);
  if (!eng_kernel_row_tell (self->engine, row->id, ENG_KERNEL_DEAD, outcome, &error))
    g_warning ("The end of kernel %s is not recorded: %s", row->id, error->message);
}

static void
adopt (EngKernels         *self,
       const EngKernelRow *row)
{
  EngKernelLive *live;

  g_mutex_lock (&self->lock);
  live = eng_kernels_enter (self, row->id, row->state);
  g_mutex_unlock (&self->lock);
  if (eng_kernel_adopt (self, row->id, NULL))
    return;

  if (strcmp (row->state, ENG_KERNEL_DEAD) != 0)
    tell_end (self, row);
  g_mutex_lock (&self->lock);
  g_set_str (&live->told, ENG_KERNEL_DEAD);
  g_mutex_unlock (&self->lock);
}

/* Of kernels that were forgotten right before an engine ended. */
static void
sweep (EngKernels *self)
{
  g_autofree char *path = g_build_filename (self->engine->data_dir, "kernels", NULL);
  g_autoptr(GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *directory = g_build_filename (path, name, NULL);
      g_autoptr(GError) error = NULL;

      if (g_hash_table_contains (self->live, name) || !g_uuid_string_is_valid (name))
        continue;
      eng_kernel_end_host (self, name);
      if (!sage_dir_remove (directory, &error))
        g_warning ("What is left of kernel %s stays: %s", name, error->message);
    }
}

/**
 * eng_kernels_adopt_all:
 * @self: the kernels
 *
 * Takes over what an engine before this one started, and records what ended in between.
 */
gboolean
eng_kernels_adopt_all (EngKernels  *self,
                       GError     **error)
{
  g_autoptr(GPtrArray) rows = eng_kernel_rows_load (self->engine, error);

  if (rows == NULL)
    return FALSE;

  for (guint i = 0; i < rows->len; i++)
    adopt (self, g_ptr_array_index (rows, i));
  sweep (self);

  return TRUE;
}
