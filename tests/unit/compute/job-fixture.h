/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-job.h"

G_BEGIN_DECLS

/* A job directory, and the programs that the build made. */
typedef struct
{
  char         *dir;    /* (owned) */
  const char   *shim;   /* (unowned) */
  EngJobSpec   *spec;   /* (owned): limits small enough for a test */
  EngJobStatus  status;
} JobFixture;

#define HELPER "/opt/helper"

void   job_fixture_set_up    (JobFixture    *self,
                              gconstpointer  data);
void   job_fixture_tear_down (JobFixture    *self,
                              gconstpointer  data);
void   job_fixture_command   (JobFixture    *self,
                              ...) G_GNUC_NULL_TERMINATED;
void   job_fixture_launch    (JobFixture    *self);
void   job_fixture_wait      (JobFixture    *self);
void   job_fixture_run       (JobFixture    *self);
void   job_fixture_await     (JobFixture    *self,
                              const char    *line);
char  *job_fixture_output    (JobFixture    *self);
char  *job_fixture_path      (JobFixture    *self,
                              const char    *name);
pid_t  job_fixture_shim_pid  (JobFixture    *self);
guint  count_processes       (const char    *argument);

G_END_DECLS
