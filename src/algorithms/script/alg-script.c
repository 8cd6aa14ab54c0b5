/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "alg-script"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "sage-error.h"
#include "sage-file.h"

#include "alg-script-env.h"
#include "alg-script-process.h"
#include "alg-script-value.h"
#include "alg-script.h"

/* Where the engine shows a job the Python programs of its runtime. */
#define RUNTIME_DIR "/opt/sagebrush"

static char *
find_program (AlgJob *job)
{
  char *program = alg_job_hyperparameter (job, "sagemaker_program");

  return program != NULL ? program : g_strdup (g_getenv ("SAGEMAKER_PROGRAM"));
}

/**
 * alg_script_wanted:
 * @job: the job
 *
 * Returns: %TRUE when the job brings its own script
 */
gboolean
alg_script_wanted (AlgJob *job)
{
  g_autofree char *program = find_program (job);

  return program != NULL && *program != '\0';
}

/* The script must be a file of the source archive: the name comes from the request. */
static gboolean
check_program (AlgJob      *job,
               const char  *program,
               GError     **error)
{
  g_autofree char *code = alg_job_path (job, "code");
  g_autofd int directory = open (code, O_PATH | O_DIRECTORY | O_CLOEXEC);
  g_autofd int file = -1;
  struct stat info;

  if (program == NULL || *program == '\0')
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Hyperparameter sagemaker_program is required to run a script");

  if (!g_str_has_suffix (program, ".py") && !g_str_has_suffix (program, ".sh"))
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Program '%s' must end in .py or .sh", program);

  if (directory < 0)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "There is no source directory: hyperparameter sagemaker_submit_directory "
                       "must name an archive with '%s' in it", program);

  file = sage_open_beneath (directory, program, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0);

  if (file < 0 || fstat (file, &info) != 0 || !S_ISREG (info.st_mode))
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Program '%s' is not a file of the source archive", program);

  return TRUE;
}

static const char *
interpreter (void)
{
  const char *python = g_getenv ("SAGEBRUSH_PYTHON");

  return python != NULL ? python : "python3";
}

/* requirements.txt cannot be installed without a network; what is missing is named. */
static gboolean
check_requirements (AlgJob  *job,
                    GError **error)
{
  const char *runtime = g_getenv ("SAGEBRUSH_RUNTIME_DIR");
  g_autofree char *path = alg_job_path (job, "code/requirements.txt");
  g_autofree char *checker = g_build_filename (runtime != NULL ? runtime : RUNTIME_DIR,
                                               "requirements.py", NULL);
  const char *argv[] = { interpreter (), "-I", checker, path, NULL };
  g_autofree char *out = NULL;
  int status;

  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return TRUE;

  if (!g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL,
                     &status, error))
    {
      g_prefix_error (error, "Checking requirements.txt: ");
      return FALSE;
    }

  if (g_spawn_check_wait_status (status, NULL))
    return TRUE;

  g_strstrip (out);

  return sage_throw (error, SAGE_ERROR_INVALID, "InstallRequirementsError: %s",
                     *out != '\0' ? out : "requirements.txt could not be checked");
}

static GStrv
build_command (const char *program,
               GPtrArray  *values)
{
  g_autoptr(GStrvBuilder) command = g_strv_builder_new ();
  g_auto(GStrv) arguments = alg_script_arguments (values);

  if (g_str_has_suffix (program, ".py"))
    g_strv_builder_add_many (command, interpreter (), "-u", program, NULL);
  else
    g_strv_builder_add_many (command, "/bin/sh", program, NULL);

  g_strv_builder_addv (command, (const char **) arguments);

  return g_strv_builder_end (command);
}

/* The words of the SageMaker training toolkit, for programs that read them. */
static void
report (const AlgScriptExit *result,
        GStrv                command)
{
  g_autofree char *line = g_strjoinv (" ", command);
  g_autofree char *said = alg_script_last_error (result->tail->str);
  g_autofree char *message = NULL;
  g_autofree char *text = NULL;

  if (result->signal != 0)
    message = g_strdup_printf ("killed by signal %d (%s)%s%s", result->signal,
                               g_strsignal (result->signal), *said != '\0' ? "\n" : "", said);

  text = g_strdup_printf ("ExecuteUserScriptError:\nExitCode %d\nErrorMessage \"%s\"\n"
                          "Command \"%s\"",
                          result->exit_code, message != NULL ? message : said, line);
  fprintf (stderr, "%s\n", text);
  alg_job_write_failure (text);
}

/**
 * alg_script_run:
 * @job: the job
 * @error: (out): %SAGE_ERROR_INVALID and others when the script cannot be started
 *
 * Runs the user's script from /opt/ml/code as the SageMaker training toolkit does: hyperparameters
 * as arguments, everything else in `SM_*` variables. When the script fails, the failure file says
 * how.
 *
 * Returns: its exit code, or -1 with @error set
 */
int
alg_script_run (AlgJob  *job,
                GError **error)
{
  g_autofree char *program = find_program (job);
  g_autofree char *code = alg_job_path (job, "code");
  g_autoptr(GPtrArray) values = alg_script_values_load (job);
  g_auto(GStrv) environment = NULL;
  g_auto(GStrv) command = NULL;
  g_autofree char *line = NULL;
  AlgScriptExit result = { 0 };

  if (!check_program (job, program, error) || !check_requirements (job, error))
    return -1;

  environment = alg_script_environment (job, values, program);
  command = build_command (program, values);
  line = g_strjoinv (" ", command);
  printf ("Invoking script: %s\n", line);
  fflush (stdout);

  if (!alg_script_process_run (code, command, environment, &result, error))
    {
      g_prefix_error (error, "Starting %s: ", program);
      return -1;
    }

  if (result.exit_code != 0 && !alg_job_stop_requested ())
    report (&result, command);

  g_string_free (result.tail, TRUE);

  return result.exit_code;
}
