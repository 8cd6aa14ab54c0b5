/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-job"

#include "config.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "eng-log.h"
#include "job-fixture.h"
#include "sage-file.h"

#define DEADLINE_US (60 * G_USEC_PER_SEC)

/* A program that the build made; the tests cannot do without it. */
static const char *
required (const char *variable)
{
  const char *path = g_getenv (variable);

  if (path == NULL)
    g_error ("%s does not name the program: run this test through meson", variable);

  return path;
}

void
job_fixture_set_up (JobFixture    *self,
                    gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  const char *const folders[] = { "opt-ml/input/data", "opt-ml/model", "opt-ml/output" };

  self->dir = g_dir_make_tmp ("sagebrush-job-XXXXXX", &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *path = job_fixture_path (self, folders[i]);

      g_assert_cmpint (g_mkdir_with_parents (path, 0755), ==, 0);
    }

  self->shim = required ("SAGEBRUSH_SHIM");
  self->spec = eng_job_spec_new ("test");
  self->spec->environment = g_strdupv ((char *[]) { (char *) "PATH=/usr/bin:/bin", NULL });
  self->spec->memory_bytes = 512 << 20;
  self->spec->disk_bytes = 64 << 20;
  self->spec->max_processes = 64;
  self->spec->grace_seconds = 5;
  eng_job_spec_add_mount (self->spec, required ("SAGEBRUSH_JOB_HELPER"), HELPER, FALSE);
}

void
job_fixture_tear_down (JobFixture    *self,
                       gconstpointer  data)
{
  g_autofree char *errors = job_fixture_path (self, "shim.err");
  g_autofree char *said = NULL;

  if (eng_job_is_alive (self->dir))
    {
      kill (job_fixture_shim_pid (self), SIGCONT);
      eng_job_stop (self->dir, 0, NULL);
      job_fixture_wait (self);
    }

  /* a sanitizer's report would be there */
  if (g_file_get_contents (errors, &said, NULL, NULL))
    g_assert_cmpstr (said, ==, "");

  g_assert_true (sage_dir_remove (self->dir, NULL));
  eng_job_spec_free (self->spec);
  eng_job_status_clear (&self->status);
  g_free (self->dir);
}

void
job_fixture_command (JobFixture *self,
                     ...)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  const char *argument;
  va_list list;

  va_start (list, self);
  while ((argument = va_arg (list, const char *)) != NULL)
    g_strv_builder_add (builder, argument);
  va_end (list);

  g_strfreev (self->spec->argv);
  self->spec->argv = g_strv_builder_end (builder);
}

void
job_fixture_launch (JobFixture *self)
{
  g_autoptr(GError) error = NULL;

  eng_job_spec_write (self->spec, self->dir, &error);
  g_assert_no_error (error);
  eng_job_launch (self->shim, self->dir, &error);
  g_assert_no_error (error);
}

void
job_fixture_wait (JobFixture *self)
{
  g_autoptr(GError) error = NULL;

  eng_job_wait (self->dir, -1, g_get_monotonic_time () + DEADLINE_US, &self->status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (self->status.state, !=, ENG_JOB_RUNNING);
}

void
job_fixture_run (JobFixture *self)
{
  job_fixture_launch (self);
  job_fixture_wait (self);
}

/* Waits until the job has printed @line. */
void
job_fixture_await (JobFixture *self,
                   const char *line)
{
  g_autofree char *log = job_fixture_path (self, "log");
  gint64 deadline = g_get_monotonic_time () + DEADLINE_US;
  g_autofd int watch = inotify_init1 (IN_CLOEXEC | IN_NONBLOCK);
  char events[4096];
  guint64 offset = 0;

  g_assert_cmpint (inotify_add_watch (watch, log, IN_MODIFY), >=, 0);
  for (;;)
    {
      g_autoptr(GPtrArray) entries = eng_log_read (log, offset, 1000, &offset, NULL);
      struct pollfd ready = { watch, POLLIN, 0 };

      for (guint i = 0; entries != NULL && i < entries->len; i++)
        if (strcmp (((EngLogEntry *) entries->pdata[i])->message, line) == 0)
          return;

      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      poll (&ready, 1, 1000);
      while (read (watch, events, sizeof events) > 0)
        continue;
    }
}

/* (transfer full): all that the job printed */
char *
job_fixture_output (JobFixture *self)
{
  g_autofree char *log = job_fixture_path (self, "log");
  GString *out = g_string_new (NULL);
  g_autoptr(GPtrArray) entries = NULL;
  g_autoptr(GError) error = NULL;
  guint64 next;

  entries = eng_log_read (log, 0, 100000, &next, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < entries->len; i++)
    g_string_append_printf (out, "%s\n", ((EngLogEntry *) entries->pdata[i])->message);

  return g_string_free (out, FALSE);
}

char *
job_fixture_path (JobFixture *self,
                  const char *name)
{
  return g_build_filename (self->dir, name, NULL);
}

pid_t
job_fixture_shim_pid (JobFixture *self)
{
  g_autofree char *lock = job_fixture_path (self, "lock");
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (lock, &text, NULL, NULL));

  return (pid_t) atoi (text);
}

/* How many processes of this machine have @argument among theirs. */
guint
count_processes (const char *argument)
{
  g_autoptr(GDir) dir = g_dir_open ("/proc", 0, NULL);
  const char *name;
  guint count = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc", name, "cmdline", NULL);
      g_autofree char *text = NULL;
      gsize length = 0;

      if (!g_ascii_isdigit (*name) || !g_file_get_contents (path, &text, &length, NULL))
        continue;
      for (const char *at = text; at < text + length; at += strlen (at) + 1)
        if (strcmp (at, argument) == 0)
          {
            count++;
            break;
          }
    }

  return count;
}
