/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-kernel-specs"

#include "config.h"

#include "eng-kernel-specs.h"
#include "sage-error.h"

/* What notebooks name that name nothing else. */
#define DEFAULT_NAME "python3"

#define CHECK "import importlib.util, sys; sys.exit(not importlib.util.find_spec('ipykernel_launcher'))"

static SageKernelspec *
find_named (GListModel *specs,
            const char *name)
{
  for (guint i = 0; i < g_list_model_get_n_items (specs); i++)
    {
      g_autoptr(SageKernelspec) spec = g_list_model_get_item (specs, i);

      if (g_ascii_strcasecmp (sage_kernelspec_get_name (spec), name) == 0)
        return g_steal_pointer (&spec);
    }

  return NULL;
}

/* Whether the Python that scripts of jobs run in can be a kernel. */
static gboolean
python_is_kernel (void)
{
  static gsize checked = 0;

  if (g_once_init_enter (&checked))
    {
      char *argv[] = { (char *) "python3", (char *) "-c", (char *) CHECK, NULL };
      int status = -1;

      if (!g_spawn_sync (NULL, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL |
                         G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL, &status, NULL))
        status = -1;
      g_once_init_leave (&checked, status == 0 ? 2 : 1);
    }

  return checked == 2;
}

/**
 * eng_kernel_specs_list:
 * @engine: the engine
 * @project: (nullable): the folder of a notebook, whose virtual environments come first
 *
 * Returns: (transfer full) (element-type SageKernelspec): the kernels that can be started: what
 *   Jupyter's search path holds, and where that has no Python, the one that jobs use
 */
GListModel *
eng_kernel_specs_list (EngEngine  *engine,
                       const char *project)
{
  GListModel *specs = sage_kernelspec_list (project);
  g_autoptr(SageKernelspec) python = find_named (specs, DEFAULT_NAME);

  if (python == NULL && python_is_kernel ())
    {
      g_autofree char *directory = g_build_filename (engine->share_dir, "kernels", DEFAULT_NAME,
                                                     NULL);
      g_autoptr(SageKernelspec) own = sage_kernelspec_read (DEFAULT_NAME, directory, NULL);

      if (own != NULL)
        g_list_store_append (G_LIST_STORE (specs), own);
    }

  return specs;
}

/**
 * eng_kernel_specs_default:
 * @specs: (element-type SageKernelspec): kernels
 *
 * Returns: (transfer none): name of the one that is meant where none is named
 */
const char *
eng_kernel_specs_default (GListModel *specs)
{
  g_autoptr(SageKernelspec) python = find_named (specs, DEFAULT_NAME);
  g_autoptr(SageKernelspec) first = g_list_model_get_item (specs, 0);

  return python != NULL || first == NULL ? DEFAULT_NAME : sage_kernelspec_get_name (first);
}

/**
 * eng_kernel_specs_find:
 * @engine: the engine
 * @project: (nullable): the folder of a notebook
 * @name: (nullable): from a client; %NULL: the default one
 *
 * Returns: (transfer full): the kernel; else %SAGE_ERROR_NOT_FOUND
 */
SageKernelspec *
eng_kernel_specs_find (EngEngine   *engine,
                       const char  *project,
                       const char  *name,
                       GError     **error)
{
  g_autoptr(GListModel) specs = eng_kernel_specs_list (engine, project);
  SageKernelspec *spec = find_named (specs, name != NULL ? name : eng_kernel_specs_default (specs));

  if (spec == NULL)
    sage_throw (error, SAGE_ERROR_NOT_FOUND, "No such kernel named %s",
                name != NULL ? name : DEFAULT_NAME);

  return spec;
}
