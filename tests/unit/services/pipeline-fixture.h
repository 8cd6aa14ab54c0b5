/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-pipelines.h"
#include "sage-error.h"
#include "sage-json.h"

G_BEGIN_DECLS

#define DEADLINE_USEC (60 * G_USEC_PER_SEC)

/*
 * A service of jobs that are nothing but rows, behind the operation table like any other. What a
 * job does stands in its hyperparameter `do`: finish (at once), hang (until it is stopped), fail,
 * or busy (refuse the first two requests).
 */
typedef struct
{
  EngEngine     engine;
  EngPipelines *pipelines;
  char         *directory;
  GMutex        lock;
  GCond         changed;
  guint         n_events;  /* of executions and steps, guarded by the lock */
  guint         subscription;
  GHashTable   *created;   /* job name → how often it was made; guarded by the lock */
  guint         n_refused;
  guint         n_warnings;
} Fixture;

#define call(fixture, operation, ...) \
  ({ \
    g_autoptr(GError) call_error = NULL; \
    JsonObject *call_reply = try_call (fixture, operation, &call_error, __VA_ARGS__); \
    g_assert_no_error (call_error); \
    call_reply; \
  })

#define ROLE "arn:aws:iam::000000000000:role/r"
#define TOKEN "0123456789abcdef0123456789abcdef"

#define JOB(name, wish, more) \
  "{'Name':'" name "','Type':'Training','Arguments':{" \
  "'AlgorithmSpecification':{'TrainingInputMode':'File'}," \
  "'OutputDataConfig':{'S3OutputPath':'s3://b/o'},'ResourceConfig':{" \
  "'InstanceType':'ml.m5.xlarge','InstanceCount':1,'VolumeSizeInGB':5}," \
  "'StoppingCondition':{},'HyperParameters':{'do':'" wish "'" more "}}}"

#define JOB_AFTER(name, wish, after) \
  "{'Name':'" name "','Type':'Training','DependsOn':[" after "],'Arguments':{" \
  "'AlgorithmSpecification':{'TrainingInputMode':'File'}," \
  "'OutputDataConfig':{'S3OutputPath':'s3://b/o'},'ResourceConfig':{" \
  "'InstanceType':'ml.m5.xlarge','InstanceCount':1,'VolumeSizeInGB':5}," \
  "'StoppingCondition':{},'HyperParameters':{'do':'" wish "'}}}"

#define PIPELINE(steps) "{'Version':'2020-12-01','Steps':[" steps "]}"

void start_controller (Fixture *fixture);
void fixture_set_up (Fixture       *fixture,
                     gconstpointer  data);
void fixture_tear_down (Fixture       *fixture,
                        gconstpointer  data);
JsonObject *try_call (Fixture     *fixture,
                      const char  *operation,
                      GError     **error,
                      const char  *format,
                      ...);
char *quoted (const char *definition);
void create_pipeline (Fixture    *fixture,
                      const char *name,
                      const char *definition);
char *start (Fixture    *fixture,
             const char *name,
             const char *more);
char *execution_status (Fixture    *fixture,
                        const char *arn);
JsonObject *find_step (Fixture    *fixture,
                       const char *arn,
                       const char *name);
void wait_for (Fixture    *fixture,
               const char *arn,
               const char *step,
               const char *status);
void assert_step (Fixture    *fixture,
                  const char *arn,
                  const char *name,
                  const char *status);
void end_job (Fixture    *fixture,
              const char *execution_arn,
              const char *step,
              guint       attempt,
              const char *status);
void assert_made_once (Fixture *fixture,
                       guint    n_jobs);

G_END_DECLS
