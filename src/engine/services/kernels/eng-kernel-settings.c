/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-kernels"

#include "config.h"

#include "eng-kernels-private.h"
#include "sage-arn.h"
#include "sage-error.h"

#define IDLE "idle_seconds"

/* As SageMaker Studio has it: no sooner than a minute, no later than a year. */
#define MIN_SECONDS 60
#define MAX_SECONDS (525600 * 60)

/**
 * eng_kernel_settings_load:
 * @self: the kernels, which are being started
 *
 * Reads what somebody has set, unless the engine was started with something else.
 */
gboolean
eng_kernel_settings_load (EngKernels  *self,
                          GError     **error)
{
  g_autoptr(EngReader) reader = NULL;
  g_autoptr(EngRows) rows = NULL;
  g_autoptr(GError) local_error = NULL;

  if (self->idle_is_fixed)
    return TRUE;

  reader = eng_store_reader (self->engine->store, error);
  if (reader != NULL)
    rows = eng_query (reader, error, "SELECT value FROM kernel_setting WHERE name = ?1", "t", IDLE);
  if (rows == NULL)
    return FALSE;
  if (eng_rows_next (rows, &local_error))
    self->idle_seconds = (guint) CLAMP (eng_rows_int (rows, 0), 0, MAX_SECONDS);
  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));

  return local_error == NULL;
}

/**
 * eng_kernels_get_idle:
 * @engine: the engine
 * @is_fixed: (out) (optional): whether the engine was started with it, so that it cannot be changed
 *
 * Returns: how many seconds a kernel may have nothing to do until it is shut down; 0: for ever
 */
guint
eng_kernels_get_idle (EngEngine *engine,
                      gboolean  *is_fixed)
{
  EngKernels *self = engine->kernels;
  guint seconds;

  g_mutex_lock (&self->lock);
  seconds = self->idle_seconds;
  g_mutex_unlock (&self->lock);
  if (is_fixed != NULL)
    *is_fixed = self->idle_is_fixed;

  return seconds;
}

static gboolean
write_cb (EngTx     *tx,
          gpointer   user_data,
          GError   **error)
{
  const gint64 *seconds = user_data;

  return eng_exec (tx->connection, error,
                   "INSERT INTO kernel_setting (name, value) VALUES (?1, ?2)"
                   " ON CONFLICT (name) DO UPDATE SET value = excluded.value", "ti", IDLE, *seconds);
}

/**
 * eng_kernels_set_idle:
 * @call: who sets it
 * @seconds: how long a kernel may have nothing to do until it is shut down; 0: for ever
 *
 * Holds at once, and for engines after this one.
 *
 * Returns: whether it is set; else %SAGE_ERROR_INVALID, or %SAGE_ERROR_CONFLICT where the engine was
 *   started with something else
 */
gboolean
eng_kernels_set_idle (EngCall  *call,
                      gint64    seconds,
                      GError  **error)
{
  EngKernels *self = call->engine->kernels;
  g_autofree char *arn = sage_arn_build (call->engine->region, call->engine->account, ENG_KERNEL_KIND,
                                         "settings");

  if (seconds != 0 && (seconds < MIN_SECONDS || seconds > MAX_SECONDS))
    return sage_throw (error, SAGE_ERROR_INVALID, "idle_seconds must be 0, or from %d to %d",
                       MIN_SECONDS, MAX_SECONDS);
  if (self->idle_is_fixed)
    return sage_throw (error, SAGE_ERROR_CONFLICT,
                       "The engine was started with kernel-idle, which decides");
  if (!eng_call_write (call, arn, write_cb, &seconds, error))
    return FALSE;

  g_mutex_lock (&self->lock);
  self->idle_seconds = (guint) seconds;
  g_mutex_unlock (&self->lock);
  eng_kernels_wake (self);

  return TRUE;
}
