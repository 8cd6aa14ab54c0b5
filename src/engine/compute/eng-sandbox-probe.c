/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-sandbox"

#include "config.h"

#include <gio/gio.h>
#include <string.h>

#include "eng-limits-private.h"
#include "eng-sandbox.h"

/**
 * eng_sandbox_probe:
 * @why: (out) (optional) (transfer full): a sentence with the cause when jobs cannot be sandboxed
 *
 * Tries a sandbox with every namespace that jobs get. It takes a few milliseconds.
 *
 * Returns: whether jobs can run here
 */
gboolean
eng_sandbox_probe (char **why)
{
  const char *const argv[] = { "bwrap", "--unshare-all", "--unshare-user", "--disable-userns",
                               "--die-with-parent", "--new-session", "--cap-drop", "ALL",
                               "--uid", "1000", "--gid", "1000", "--ro-bind", "/usr", "/usr",
                               "--ro-bind-try", "/lib", "/lib", "--ro-bind-try", "/lib64", "/lib64",
                               "--proc", "/proc", "--", "/usr/bin/true", NULL };
  g_autoptr(GSubprocess) process = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *said = NULL;

  process = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  if (process == NULL)
    {
      if (why != NULL)
        *why = g_strdup_printf ("Jobs need bubblewrap, which cannot be started: %s",
                                error->message);
      return FALSE;
    }

  if (g_subprocess_communicate_utf8 (process, NULL, NULL, NULL, &said, &error) &&
      g_subprocess_get_successful (process))
    return TRUE;

  if (why != NULL)
    *why = g_strdup_printf ("This machine does not let a user make a sandbox for jobs: %s",
                            said != NULL ? g_strstrip (said) : error->message);

  return FALSE;
}

static gpointer
probe_limits (gpointer ignored)
{
  g_autoptr(EngJobSpec) spec = eng_job_spec_new ("probe");
  g_autoptr(EngLimits) limits = eng_limits_new (spec);

  if (eng_limits_count (limits))
    return g_strdup ("per process (rlimits and regular looks; no cgroup can be made here)");

  return g_strdup_printf ("per job (%s)", eng_limits_name (limits));
}

/**
 * eng_limits_probe:
 *
 * Finds out once how strictly memory, processes and processor time of jobs can be limited here.
 *
 * Returns: (transfer none): a few words: "per job" with the kind of cgroup, or "per process"
 */
const char *
eng_limits_probe (void)
{
  static GOnce once = G_ONCE_INIT;

  return g_once (&once, probe_limits, NULL);
}
