/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "alg-notebook"

#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "alg-cells.h"
#include "alg-notebook.h"
#include "sage-error.h"
#include "sage-file.h"
#include "sage-json.h"
#include "sage-notebook-job.h"
#include "sage-notebook-parameters.h"
#include "sage-notebook-report.h"

/*
 * A notebook as a training job, by the contract of SageMaker's notebook jobs: `SM_*` variables name the
 * notebook within an input channel, hyperparameters are its parameters, and what ran is an output.
 */

#define MAX_BYTES (200 * 1024 * 1024)
#define SAVE_US (2 * G_USEC_PER_SEC) /* between two saves of what there is */

#define DEFAULT_KERNEL "python3"
#define DEFAULT_INPUT "input/data/sagemaker_headless_execution"

/* Where the engine shows a job the kernels that come with it. */
#define KERNELS_DIR "/opt/sagebrush-kernels"

typedef struct
{
  AlgJob         *job;
  char           *input;     /* (owned): the folder of the notebook */
  const char     *name;      /* of the notebook */
  char           *output;    /* (owned): the executed notebook */
  char           *directory; /* (owned): ours; all that is not kept is made there */
  SageNotebook   *notebook;  /* (owned) */
  SageKernelspec *spec;      /* (owned) */
  gint64          saved;     /* monotonic µs */
} Execution;

static void
execution_clear (Execution *self)
{
  g_free (self->input);
  g_free (self->output);
  g_free (self->directory);
  g_clear_object (&self->notebook);
  g_clear_object (&self->spec);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Execution, execution_clear)

/* A variable that names a file in a folder. */
static const char *
get_name (const char  *variable,
          const char  *what,
          GError     **error)
{
  const char *name = g_getenv (variable);

  if (name == NULL || *name == '\0' || strchr (name, '/') != NULL || g_str_equal (name, "..")
      || g_str_equal (name, "."))
    {
      sage_throw (error, SAGE_ERROR_INVALID, "Environment variable %s must name %s", variable, what);
      return NULL;
    }

  return name;
}

/* The folder of the notebook and of what lies beside it. */
static char *
input_folder (AlgJob *job)
{
  const char *input = g_getenv ("SM_EXECUTION_INPUT_PATH");

  return input != NULL ? g_strdup (input) : alg_job_path (job, DEFAULT_INPUT);
}

static gboolean
find_files (Execution  *self,
            GError    **error)
{
  const char *version = g_getenv ("SM_JOB_DEF_VERSION");
  const char *output;
  g_autofree char *name = NULL;

  if (g_strcmp0 (version, SAGE_NOTEBOOK_JOB_VERSION) != 0)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Environment variable SM_JOB_DEF_VERSION must be %s", SAGE_NOTEBOOK_JOB_VERSION);
  if ((self->name = get_name ("SM_INPUT_NOTEBOOK_NAME", "a notebook", error)) == NULL
      || (output = get_name ("SM_OUTPUT_NOTEBOOK_NAME", "a notebook", error)) == NULL)
    return FALSE;

  self->input = input_folder (self->job);
  name = sage_notebook_job_output_name (output);
  self->output = g_build_filename (self->job->root, "output", "data", name, NULL);
  if (g_getenv ("SM_OUTPUT_FORMATS") != NULL)
    printf ("SM_OUTPUT_FORMATS is not known here: the output is a notebook\n");

  return TRUE;
}

/* Reads the notebook and lays a copy of it, as it was sent, beside what is to come. */
static gboolean
read_notebook (Execution  *self,
               GError    **error)
{
  g_autofree char *path = g_build_filename (self->input, self->name, NULL);
  g_autofree char *folder = g_path_get_dirname (self->output);
  g_autofree char *copy = g_build_filename (folder, self->name, NULL);
  g_autoptr(GBytes) bytes = sage_file_read (path, MAX_BYTES, error);

  if (bytes == NULL || (self->notebook = sage_notebook_parse (bytes, error)) == NULL)
    {
      g_prefix_error (error, "Notebook '%s': ", self->name);
      return FALSE;
    }
  if (sage_notebook_is_read_only (self->notebook))
    return sage_throw (error, SAGE_ERROR_INVALID, "Notebook '%s' is damaged: %s", self->name,
                       sage_notebook_get_fault (self->notebook));

  return sage_dir_make (folder, 0755, error)
         && sage_file_write_durable (copy, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                                     0644, error);
}

static gboolean
find_kernel (Execution  *self,
             GError    **error)
{
  const char *name = g_getenv ("SM_KERNEL_NAME");
  g_autofree char *own = NULL;

  if (name == NULL || *name == '\0')
    name = sage_notebook_get_kernel_name (self->notebook);
  if (name == NULL)
    name = DEFAULT_KERNEL;
  own = g_build_filename (KERNELS_DIR, name, NULL);
  self->spec = sage_kernelspec_find (NULL, name, error);
  if (self->spec == NULL && sage_kernelspec_is_name (name)
      && (self->spec = sage_kernelspec_read (name, own, NULL)) != NULL)
    g_clear_error (error);

  return self->spec != NULL;
}

/* Hyperparameters are text; the defaults tell what kinds the parameters are. */
static gboolean
set_parameters (Execution  *self,
                GError    **error)
{
  const char *language = sage_notebook_get_language (self->notebook);
  g_autoptr(JsonObject) parameters = json_object_new ();
  g_autoptr(JsonObject) defaults = NULL;
  g_autoptr(GList) names = json_object_get_members (self->job->hyperparameters);

  if (names == NULL)
    return TRUE;
  if (language == NULL)
    language = sage_kernelspec_get_language (self->spec);
  defaults = sage_notebook_parameters_read (self->notebook, language);
  for (GList *link = names; link != NULL; link = link->next)
    {
      JsonNode *like = defaults != NULL ? json_object_get_member (defaults, link->data) : NULL;
      const char *text = sage_json_string (self->job->hyperparameters, link->data, "");

      json_object_set_member (parameters, link->data, sage_notebook_parameters_convert (like, text));
    }

  return sage_notebook_parameters_inject (self->notebook, parameters, language, error);
}

static gboolean
save (Execution  *self,
      GError    **error)
{
  g_autoptr(GBytes) bytes = sage_notebook_serialise (self->notebook);

  self->saved = g_get_monotonic_time ();

  return sage_file_write_durable (self->output, g_bytes_get_data (bytes, NULL),
                                  g_bytes_get_size (bytes), 0644, error);
}

static void
ended_cb (SageCell *cell,
          guint     done,
          guint     total,
          gpointer  user_data)
{
  Execution *self = user_data;
  g_autofree char *line = sage_notebook_report_cell (self->notebook, cell, done, total);
  g_autoptr(GError) error = NULL;

  printf ("%s\n", line);
  /* what cannot be written is told in the end, when it is tried again */
  if (g_get_monotonic_time () - self->saved > SAVE_US && !save (self, &error))
    g_warning ("%s", error->message);
}

/* The folder that the kernel works in: the input is read-only, and notebooks write beside themselves. */
static char *
make_work_folder (Execution  *self,
                  GError    **error)
{
  g_autofree char *folder = g_build_filename (self->directory, "work", NULL);
  g_autoptr(GDir) dir = g_dir_open (self->input, 0, error);
  const char *name;

  if (dir == NULL || !sage_dir_make (folder, 0755, error))
    return NULL;
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *from = g_build_filename (self->input, name, NULL);
      g_autofree char *to = g_build_filename (folder, name, NULL);

      if (symlink (from, to) != 0)
        {
          sage_throw_errno (error, "Cannot make '%s'", to);
          return NULL;
        }
    }

  return g_steal_pointer (&folder);
}

static gboolean
run_cells (Execution  *self,
           GError    **error)
{
  g_autofree char *host = g_build_filename (self->directory, "kernel", NULL);
  g_autofree char *work = make_work_folder (self, error);
  g_autoptr(AlgKernel) kernel = NULL;
  g_autoptr(GError) save_error = NULL;
  gboolean ok;

  if (work == NULL || (kernel = alg_kernel_start (self->spec, host, work, error)) == NULL)
    return FALSE;

  ok = alg_cells_run (self->notebook, kernel, ended_cb, self, error);
  if (save (self, &save_error))
    return ok;
  if (!ok)
    g_warning ("%s", save_error->message);
  else
    g_propagate_error (error, g_steal_pointer (&save_error));

  return FALSE;
}

/**
 * alg_notebook_prepare:
 * @job: the job
 * @error: (out) (optional): where the error goes
 *
 * Runs the script beside the notebook that prepares the job (`SM_INIT_SCRIPT`), if there is one: in a
 * shell that this process becomes, and that then becomes this program again, with the argument
 * `prepared`, so that what the script exports reaches the kernel. To be called before anything is made
 * that would be lost with the process.
 *
 * Returns: %TRUE if there is no script; else %FALSE with @error, as it does not return where the shell
 *   runs
 */
gboolean
alg_notebook_prepare (AlgJob  *job,
                      GError **error)
{
  g_autofree char *folder = input_folder (job);
  g_autofree char *path = NULL;
  g_autofree char *program = NULL;
  const char *name = g_getenv ("SM_INIT_SCRIPT");

  if (name == NULL || *name == '\0')
    return TRUE;
  if (get_name ("SM_INIT_SCRIPT", "a script beside the notebook", error) == NULL)
    return FALSE;

  path = g_build_filename (folder, name, NULL);
  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return sage_throw (error, SAGE_ERROR_NOT_FOUND, "There is no script '%s'", path);
  if (chdir (folder) != 0)
    return sage_throw_errno (error, "Cannot enter '%s'", folder);
  if ((program = g_file_read_link ("/proc/self/exe", error)) == NULL)
    return FALSE;

  printf ("Running the script %s\n", name);
  fflush (stdout);
  execl ("/bin/bash", "bash", "-e", "-c", ". \"./$0\"; exec \"$1\" prepared", name, program, NULL);

  return sage_throw_errno (error, "Cannot run the script '%s' with /bin/bash", name);
}

/**
 * alg_notebook_run:
 * @job: the job, whose hyperparameters are the parameters
 *
 * Runs the notebook that the environment names (`SM_INPUT_NOTEBOOK_NAME` in
 * `SM_EXECUTION_INPUT_PATH`) on a kernel of its own and keeps what ran in `output/data`, also when
 * a cell failed.
 *
 * Returns: whether every cell ran; if not, as alg_cells_run() says, or why it could not begin
 */
gboolean
alg_notebook_run (AlgJob  *job,
                  GError **error)
{
  g_auto(Execution) self = { .job = job, .saved = g_get_monotonic_time () };
  gboolean ok;

  if (!find_files (&self, error) || !read_notebook (&self, error) || !find_kernel (&self, error)
      || !set_parameters (&self, error) || !save (&self, error)
      || (self.directory = g_dir_make_tmp ("notebook-XXXXXX", error)) == NULL)
    return FALSE;

  printf ("Running %s with the kernel %s\n", self.name, sage_kernelspec_get_display_name (self.spec));
  ok = run_cells (&self, error);
  sage_dir_remove (self.directory, NULL);

  return ok;
}
