/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sagebrushd"

#include "config.h"

#include <string.h>

#include "daemon-options.h"
#include "sage-error.h"

/* With less no kernel of Python with its libraries gets anywhere. */
#define MIN_KERNEL_MIB 64

/* How long a kernel waits for who wants one. */
#define STANDBY_SECONDS 900
#define MAX_STANDBY 86400

#define UNSET -1

/* Frees what @options holds. */
void
daemon_options_clear (DaemonOptions *options)
{
  g_free (options->config_path);
  g_clear_pointer (&options->config, eng_config_free);
  g_free (options->data_dir);
  g_free (options->socket);
  g_free (options->region);
  g_free (options->account);
}

/* What neither the command line nor the file sets is unset. @where: what the names of settings begin
 * with in messages */
static gboolean
check (const DaemonOptions  *options,
       const char           *where,
       GError              **error)
{
  if (options->port != UNSET && (options->port < 0 || options->port > 65535))
    return sage_throw (error, SAGE_ERROR_INVALID, "%sport must be between 0 and 65535", where);
  if (options->kernel_idle != UNSET && options->kernel_idle < 0)
    return sage_throw (error, SAGE_ERROR_INVALID, "%skernel-idle must not be negative", where);
  if (options->kernel_memory != UNSET && options->kernel_memory != 0 &&
      options->kernel_memory < MIN_KERNEL_MIB)
    return sage_throw (error, SAGE_ERROR_INVALID, "%skernel-memory must be at least %d MiB, or 0",
                       where, MIN_KERNEL_MIB);
  if (options->kernel_standby != UNSET &&
      (options->kernel_standby < 0 || options->kernel_standby > MAX_STANDBY))
    return sage_throw (error, SAGE_ERROR_INVALID, "%skernel-standby must be between 0 and %d", where,
                       MAX_STANDBY);
  if (options->account != NULL &&
      (strlen (options->account) != 12 || strspn (options->account, "0123456789") != 12))
    return sage_throw (error, SAGE_ERROR_INVALID, "%saccount must be twelve digits", where);
  if (options->region != NULL && !g_regex_match_simple ("^[a-z]{2}(-[a-z]+)+-\\d$", options->region,
                                                        0, 0))
    return sage_throw (error, SAGE_ERROR_INVALID, "%sregion must look like us-east-1", where);

  return TRUE;
}

static void
fill_text (char       **value,
           const char  *from)
{
  if (*value == NULL)
    *value = g_strdup (from);
}

static void
fill_number (int *value,
             int  from)
{
  if (*value == UNSET)
    *value = from;
}

/* Takes from the file what the command line leaves open. */
static gboolean
read_config (DaemonOptions  *options,
             GError        **error)
{
  g_autofree char *where = g_strdup_printf ("%s: [engine] ", options->config_path);
  EngConfig *config = eng_config_load (options->config_path, error);
  DaemonOptions said;

  if (config == NULL)
    return FALSE;
  options->config = config;
  said = (DaemonOptions) {
    .port = config->port,
    .region = config->region,
    .account = config->account,
    .kernel_idle = config->kernel_idle,
    .kernel_memory = config->kernel_memory,
    .kernel_standby = config->kernel_standby,
  };
  if (!check (&said, where, error))
    return FALSE;

  fill_text (&options->data_dir, config->data_dir);
  fill_text (&options->socket, config->socket);
  fill_text (&options->region, config->region);
  fill_text (&options->account, config->account);
  fill_number (&options->port, config->port);
  fill_number (&options->kernel_idle, config->kernel_idle);
  fill_number (&options->kernel_memory, config->kernel_memory);
  fill_number (&options->kernel_standby, config->kernel_standby);
  options->job_network = options->job_network || config->job_network == TRUE;

  return TRUE;
}

/**
 * daemon_options_parse:
 * @options: zeroed; cleared by the caller in any case
 * @argc: (inout): arguments of the program
 * @argv: (inout): arguments of the program
 * @error: (out): where the error goes
 *
 * Reads the command line, then the configuration file that it names. The command line wins.
 *
 * Returns: whether both make sense
 */
gboolean
daemon_options_parse (DaemonOptions   *options,
                      int             *argc,
                      char          ***argv,
                      GError         **error)
{
  const GOptionEntry entries[] = {
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &options->config_path,
      "Configuration file, for an engine that serves a team", "FILE" },
    { "data-dir", 0, 0, G_OPTION_ARG_FILENAME, &options->data_dir,
      "Where everything is kept (default: the user's data directory)", "DIR" },
    { "port", 0, 0, G_OPTION_ARG_INT, &options->port,
      "Loopback port for AWS clients; 0 picks the last one again, or a free one (default: 0)", "N" },
    { "socket", 0, 0, G_OPTION_ARG_FILENAME, &options->socket,
      "Unix socket for local clients (default: engine.sock in the data directory)", "PATH" },
    { "region", 0, 0, G_OPTION_ARG_STRING, &options->region,
      "Region in ARNs (default: us-east-1)", "REGION" },
    { "account", 0, 0, G_OPTION_ARG_STRING, &options->account,
      "Account in ARNs (default: 000000000000)", "DIGITS" },
    { "job-network", 0, 0, G_OPTION_ARG_NONE, &options->job_network,
      "Let jobs that do not ask for isolation use this machine's network", NULL },
    { "kernel-idle", 0, 0, G_OPTION_ARG_INT, &options->kernel_idle,
      "Shut kernels down that nobody has used for so long; 0: never (default: as Studio is told)", "SECONDS" },
    { "kernel-memory", 0, 0, G_OPTION_ARG_INT, &options->kernel_memory,
      "End kernels that take more memory than this (default: no limit)", "MIB" },
    { "kernel-standby", 0, 0, G_OPTION_ARG_INT, &options->kernel_standby,
      "Keep one kernel started for who wants the next, for so long; 0: none (default: 900)", "SECONDS" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Print the version", NULL },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr(GOptionContext) context = g_option_context_new (NULL);

  options->port = options->kernel_idle = UNSET;
  options->kernel_memory = options->kernel_standby = UNSET;
  g_option_context_set_summary (context, "The Sagebrush engine: the SageMaker API on this machine.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc > 1)
    return sage_throw (error, SAGE_ERROR_INVALID, "Unexpected argument '%s'; see --help", (*argv)[1]);
  if (!check (options, "--", error) ||
      (options->config_path != NULL && !read_config (options, error)))
    return FALSE;

  fill_number (&options->port, 0);
  fill_number (&options->kernel_memory, 0);
  fill_number (&options->kernel_standby, STANDBY_SECONDS);

  return TRUE;
}
