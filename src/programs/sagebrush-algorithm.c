/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sagebrush-algorithm"

#include "config.h"

#include <stdio.h>
#include <unistd.h>

#include "sage-error.h"

#include "alg-job.h"
#include "alg-script.h"
#include "alg-xgboost.h"

#define EXIT_USAGE 64

static const struct
{
  const char *name;
  AlgResult (*train) (AlgJob  *job,
                      GError **error);
} algorithms[] = {
  { "xgboost", alg_xgboost_train },
};

static int
train (AlgJob     *job,
       const char *name)
{
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (algorithms); i++)
    {
      if (!g_str_equal (name, algorithms[i].name))
        continue;

      switch (algorithms[i].train (job, &error))
        {
        case ALG_RESULT_DONE:
          return 0;
        case ALG_RESULT_STOPPED:
          return ALG_EXIT_STOPPED;
        case ALG_RESULT_FAILED:
        default:
          return alg_job_fail (error);
        }
    }

  sage_throw (&error, SAGE_ERROR_UNSUPPORTED, "There is no built-in algorithm '%s'", name);

  return alg_job_fail (error);
}

static int
run_script (AlgJob *job)
{
  g_autoptr(GError) error = NULL;
  int exit_code = alg_script_run (job, &error);

  return error != NULL ? alg_job_fail (error) : exit_code;
}

/* OpenMP's threads wait for each other by spinning, which is fastest on a machine of one's own.
 * Where other jobs run too, it is their time that burns: a training of 0.1 s was seen to take 10 s
 * beside two busy processes, and 0.3 s with this policy. libgomp reads it before main(), so the
 * program starts itself again with it; a script's libraries inherit it. */
static void
wait_without_spinning (char **argv)
{
  if (g_getenv ("OMP_WAIT_POLICY") != NULL || !g_setenv ("OMP_WAIT_POLICY", "passive", TRUE))
    return;

  execv ("/proc/self/exe", argv);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr(AlgJob) job = NULL;
  g_autoptr(GError) error = NULL;
  gboolean script = argc == 2 && g_str_equal (argv[1], "script");

  if (!script && (argc < 2 || argc > 3 || !g_str_equal (argv[1], "train")))
    {
      fprintf (stderr, "Usage: %s train [ALGORITHM]\n       %s script\n", argv[0], argv[0]);
      return EXIT_USAGE;
    }

  wait_without_spinning (argv);

  /* The log shows each line as it comes. */
  setvbuf (stdout, NULL, _IOLBF, 0);
  alg_job_watch_stop ();
  job = alg_job_load (&error);

  if (job == NULL)
    return alg_job_fail (error);

  if (script || alg_script_wanted (job))
    return run_script (job);

  return train (job, argc == 3 ? argv[2] : "xgboost");
}
