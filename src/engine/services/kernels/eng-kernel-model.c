/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-kernels"

#include "config.h"

#include <string.h>

#include "eng-kernel-host.h"
#include "eng-kernels-private.h"
#include "sage-json.h"
#include "sage-notebook-report.h"
#include "sage-time.h"

/* A host answers at once, whatever its kernel does. */
#define INFO_MS 2000

/**
 * eng_kernel_outcome:
 * @status: (nullable): what its host wrote last
 * @cause: (nullable): why the kernel ended, where the host could not tell
 * @idle_seconds: how long nobody had used it, if it ended for that; 0: it did not
 *
 * Returns: (transfer full): how the kernel ended: JSON text
 */
char *
eng_kernel_outcome (JsonObject *status,
                    const char *cause,
                    guint       idle_seconds)
{
  static const char * const members[] = { "exit_code", "signal", "oom", "peak_memory_bytes",
                                          "stderr_tail" };
  g_autoptr(JsonObject) outcome = json_object_new ();
  g_autofree char *end = cause == NULL ? sage_notebook_report_death (status) : NULL;

  json_object_set_string_member (outcome, "message", cause != NULL ? cause : end);
  json_object_set_double_member (outcome, "ended", sage_time_now ());
  if (idle_seconds > 0)
    json_object_set_int_member (outcome, "idle_seconds", idle_seconds);
  for (guint i = 0; status != NULL && i < G_N_ELEMENTS (members); i++)
    if (json_object_has_member (status, members[i]))
      json_object_set_member (outcome, members[i],
                              json_node_copy (json_object_get_member (status, members[i])));

  return sage_json_object_to_string (outcome);
}

static JsonObject *
parse_outcome (const EngKernelRow *row)
{
  g_autoptr(JsonNode) node = row->outcome != NULL
                               ? sage_json_parse_object (row->outcome, -1, NULL, NULL) : NULL;

  return node != NULL ? json_object_ref (json_node_get_object (node)) : NULL;
}

static guint
count_connections (EngKernels *self,
                   const char *id)
{
  EngKernelLive *live;
  guint n;

  g_mutex_lock (&self->lock);
  live = g_hash_table_lookup (self->live, id);
  n = live != NULL ? live->connections : 0;
  g_mutex_unlock (&self->lock);

  return n;
}

/* As Jupyter writes it, with microseconds. */
static char *
format_time (double seconds)
{
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc ((gint64) seconds);
  g_autofree char *text = g_date_time_format (time, "%Y-%m-%dT%H:%M:%S");

  return g_strdup_printf ("%s.%06dZ", text, (int) ((seconds - (double) (gint64) seconds) * 1e6));
}

static JsonObject *
model (EngEngine          *engine,
       const EngKernelRow *row,
       JsonObject         *status)
{
  JsonObject *object = json_object_new ();
  gboolean dead = strcmp (row->state, ENG_KERNEL_DEAD) == 0;
  double activity = eng_kernel_host_activity (status);
  g_autoptr(JsonObject) outcome = parse_outcome (row);
  g_autofree char *time = format_time (activity > 0 ? activity : row->modified);

  json_object_set_string_member (object, "id", row->id);
  json_object_set_string_member (object, "name", row->name);
  json_object_set_string_member (object, "last_activity", time);
  json_object_set_string_member (object, "execution_state",
                                 dead ? "dead" : sage_json_string (status, "state", "starting"));
  json_object_set_int_member (object, "connections", count_connections (engine->kernels, row->id));
  if (dead && outcome != NULL)
    json_object_set_string_member (object, "reason", sage_json_string (outcome, "message", ""));

  return object;
}

/**
 * eng_kernel_model:
 * @engine: the engine
 * @row: a kernel
 *
 * Returns: (transfer full): the kernel as the Jupyter Server protocol shows it
 */
JsonObject *
eng_kernel_model (EngEngine          *engine,
                  const EngKernelRow *row)
{
  g_autoptr(JsonObject) status = eng_kernel_host_status (engine, row->id, NULL);

  return model (engine, row, status);
}

/* The files whose sessions the kernel serves. */
static void
add_notebooks (EngEngine  *engine,
               const char *id,
               JsonObject *object)
{
  g_autoptr(GPtrArray) sessions = eng_kernel_sessions_load (engine, NULL);
  JsonArray *paths = json_array_new ();

  for (guint i = 0; sessions != NULL && i < sessions->len; i++)
    {
      const EngKernelSession *session = g_ptr_array_index (sessions, i);

      if (strcmp (session->kernel, id) == 0)
        json_array_add_string_element (paths, session->path);
    }
  json_object_set_array_member (object, "notebooks", paths);
}

/**
 * eng_kernel_describe:
 * @engine: the engine
 * @row: a kernel
 *
 * Returns: (transfer full): the kernel with all that this engine knows of it: beside what Jupyter
 *   shows where it works and for which notebooks, what it takes, how far its journal goes, and how it
 *   ended or when it is to
 */
JsonObject *
eng_kernel_describe (EngEngine          *engine,
                     const EngKernelRow *row)
{
  static const char * const members[] = { "pid", "started", "restarts", "first_seq", "last_seq",
                                          "held", "unsaved", "journal_bytes", "peak_memory_bytes",
                                          "memory_bytes", "cpu_seconds", "measured", "processes",
                                          "beating" };
  g_autoptr(JsonObject) status = eng_kernel_host_tell (engine, row->id, "info", INFO_MS, NULL);
  JsonObject *outcome = parse_outcome (row);
  JsonObject *object;

  /* what a host wrote last is older than what it says, but better than nothing */
  if (status == NULL)
    status = eng_kernel_host_status (engine, row->id, NULL);
  object = model (engine, row, status);
  json_object_set_string_member (object, "directory", row->directory);
  json_object_set_double_member (object, "created", row->created);
  for (guint i = 0; status != NULL && i < G_N_ELEMENTS (members); i++)
    if (json_object_has_member (status, members[i]))
      json_object_set_member (object, members[i],
                              json_node_copy (json_object_get_member (status, members[i])));
  add_notebooks (engine, row->id, object);
  eng_kernel_idle_describe (engine->kernels, row->id, status, object);
  if (outcome != NULL)
    json_object_set_object_member (object, "outcome", outcome);

  return object;
}
