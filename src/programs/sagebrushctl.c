/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sagebrushctl"

#include "config.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl-engine.h"
#include "ctl-notebook.h"
#include "ctl-strip.h"
#include "ctl-user.h"
#include "sage-aws-environment.h"
#include "sage-client.h"
#include "sage-embedded.h"
#include "sage-error.h"
#include "sage-json.h"
#include "sage-time.h"

#define POLL_MICROSECONDS (G_USEC_PER_SEC / 2)

typedef struct
{
  char      *data_dir; /* (owned) */
  char      *url;         /* (owned) (nullable) */
  char      *fingerprint; /* (owned) (nullable) */
  gboolean   follow;
  gboolean   version;
  char      *output;     /* (owned) (nullable) */
  char      *kernel;     /* (owned) (nullable) */
  char     **parameters; /* (owned) (nullable): NAME=VALUE */
  char     **words;    /* (owned) (nullable): the command and its arguments */
} Options;

static void
options_clear (Options *options)
{
  g_free (options->data_dir);
  g_free (options->url);
  g_free (options->fingerprint);
  g_free (options->output);
  g_free (options->kernel);
  g_strfreev (options->parameters);
  g_strfreev (options->words);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* --- The engine ------------------------------------------------------------------------------- */

static CtlEngine
chosen_engine (const Options *options)
{
  return (CtlEngine) {
    .data_dir = options->data_dir,
    .url = options->url,
    .fingerprint = options->fingerprint,
  };
}

static SageClient *
connect_engine (const Options  *options,
                GError        **error)
{
  CtlEngine engine = chosen_engine (options);

  return ctl_engine_connect (&engine, error);
}

/* Prints a line that may come from anyone: what could steer the terminal becomes '?'. */
static void
print_line (const char *prefix,
            const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  fputs (prefix, stdout);
  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar character = g_utf8_get_char (p);

      if ((character < 0x20 && character != '\t') || (character >= 0x7f && character < 0xa0))
        putchar ('?');
      else
        fwrite (p, 1, g_utf8_next_char (p) - p, stdout);
    }
  putchar ('\n');
}

/* --- env -------------------------------------------------------------------------------------- */

/* What boto3, the SageMaker SDK and the AWS CLI read; to be evaluated by a POSIX shell. */
static gboolean
run_env (const Options  *options,
         GError        **error)
{
  CtlEngine engine = chosen_engine (options);
  g_autoptr(JsonObject) ready = ctl_engine_describe (&engine, error);
  g_auto(GStrv) variables = NULL;

  if (ready == NULL)
    return FALSE;

  variables = sage_aws_environment (ready);
  for (guint i = 0; variables[i] != NULL; i++)
    {
      char *equals = strchr (variables[i], '=');
      g_autofree char *quoted = g_shell_quote (equals + 1);

      g_print ("export %.*s=%s\n", (int) (equals - variables[i]), variables[i], quoted);
    }

  return TRUE;
}

/* --- status ----------------------------------------------------------------------------------- */

static char *
format_duration (double seconds)
{
  gint64 minutes = (gint64) (MAX (seconds, 0) / 60);

  if (minutes >= 24 * 60)
    return g_strdup_printf ("%" G_GINT64_FORMAT " d %" G_GINT64_FORMAT " h", minutes / (24 * 60),
                            minutes / 60 % 24);
  if (minutes >= 60)
    return g_strdup_printf ("%" G_GINT64_FORMAT " h %" G_GINT64_FORMAT " min", minutes / 60,
                            minutes % 60);
  if (minutes > 0)
    return g_strdup_printf ("%" G_GINT64_FORMAT " min", minutes);

  return g_strdup_printf ("%.0f s", MAX (seconds, 0));
}

/* "training-job: 3 Completed, 1 InProgress" */
static void
print_counts (JsonObject *resources)
{
  g_autoptr(GList) kinds = json_object_get_members (resources);

  for (GList *kind = kinds; kind != NULL; kind = kind->next)
    {
      JsonObject *counts = sage_json_object (resources, kind->data);
      g_autoptr(GList) words = counts != NULL ? json_object_get_members (counts) : NULL;
      g_autoptr(GString) line = g_string_new (kind->data);

      g_string_append_c (line, ':');
      for (GList *word = words; word != NULL; word = word->next)
        g_string_append_printf (line, "%s %" G_GINT64_FORMAT " %s", word == words ? "" : ",",
                                sage_json_int (counts, word->data, 0), (const char *) word->data);
      print_line ("", line->str);
    }
}

static gboolean
run_status (const Options  *options,
            GError        **error)
{
  static const struct
  {
    const char *label;
    const char *member;
  } texts[] = {
    { "Version: ", "version" },
    { "Region: ", "region" },
    { "Account: ", "account" },
    { "Sandbox: ", "sandbox" },
    { "Limits: ", "limits" },
  };
  g_autoptr(SageClient) client = connect_engine (options, error);
  g_autoptr(JsonObject) status = NULL;
  g_autofree char *up = NULL;
  JsonObject *resources;

  if (client == NULL)
    return FALSE;

  status = sage_client_get (client, "/sagebrush/v1/status", NULL, error);
  if (status == NULL)
    return ctl_engine_explain (client, error);

  up = format_duration (sage_time_now () - sage_json_double (status, "started", sage_time_now ()));
  g_print ("Engine: process %" G_GINT64_FORMAT ", up %s\n", sage_json_int (status, "pid", 0), up);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (sage_json_string (status, texts[i].member, NULL) != NULL)
      print_line (texts[i].label, sage_json_string (status, texts[i].member, NULL));

  resources = sage_json_object (status, "resources");
  if (resources != NULL)
    print_counts (resources);

  return TRUE;
}

/* --- logs ------------------------------------------------------------------------------------- */

typedef struct
{
  const char *operation;
  const char *name_member;
  const char *status_member;
  const char *group;
} JobKind;

static const JobKind job_kinds[] = {
  { "SageMaker.DescribeTrainingJob", "TrainingJobName", "TrainingJobStatus",
    "/aws/sagemaker/TrainingJobs" },
  { "SageMaker.DescribeProcessingJob", "ProcessingJobName", "ProcessingJobStatus",
    "/aws/sagemaker/ProcessingJobs" },
  { "SageMaker.DescribeTransformJob", "TransformJobName", "TransformJobStatus",
    "/aws/sagemaker/TransformJobs" },
};

static JsonObject *
describe_job (SageClient     *client,
              const JobKind  *kind,
              const char     *name,
              GError        **error)
{
  g_autoptr(JsonObject) input = json_object_new ();

  json_object_set_string_member (input, kind->name_member, name);

  return sage_client_call (client, kind->operation, input, NULL, error);
}

/* Returns: (nullable): which kind of job has that name; an engine may lack some kinds */
static const JobKind *
find_job (SageClient  *client,
          const char  *name,
          GError     **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (job_kinds); i++)
    {
      g_autoptr(GError) local_error = NULL;
      g_autoptr(JsonObject) job = describe_job (client, &job_kinds[i], name, &local_error);

      if (job != NULL)
        return &job_kinds[i];
      /* AWS says ValidationException for a missing training job. */
      if (!g_error_matches (local_error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND)
          && !g_error_matches (local_error, SAGE_ERROR, SAGE_ERROR_INVALID)
          && !g_error_matches (local_error, SAGE_ERROR, SAGE_ERROR_UNSUPPORTED))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }
    }

  sage_throw (error, SAGE_ERROR_NOT_FOUND, "There is no job named '%s'", name);

  return NULL;
}

/* Prints the events of a stream from @token on. Returns: (transfer full): the token to go on with */
static char *
print_events (SageClient  *client,
              const char  *group,
              const char  *stream,
              const char  *token,
              const char  *prefix,
              GError     **error)
{
  g_autofree char *next = g_strdup (token);

  for (;;)
    {
      g_autoptr(JsonObject) input = json_object_new ();
      g_autoptr(JsonObject) page = NULL;
      JsonArray *events;
      const char *forward;

      json_object_set_string_member (input, "logGroupName", group);
      json_object_set_string_member (input, "logStreamName", stream);
      json_object_set_boolean_member (input, "startFromHead", TRUE);
      if (next != NULL)
        json_object_set_string_member (input, "nextToken", next);

      page = sage_client_call (client, "Logs_20140328.GetLogEvents", input, NULL, error);
      if (page == NULL)
        return NULL;

      events = sage_json_array (page, "events");
      for (guint i = 0; events != NULL && i < json_array_get_length (events); i++)
        print_line (prefix, sage_json_string (sage_json_array_object (events, i), "message", ""));

      forward = sage_json_string (page, "nextForwardToken", NULL);
      if (forward == NULL || g_strcmp0 (forward, next) == 0
          || events == NULL || json_array_get_length (events) == 0)
        return forward != NULL ? g_strdup (forward) : g_steal_pointer (&next);
      g_set_str (&next, forward);
    }
}

/* Prints what is new in every stream of the job; @tokens says how far each was read. */
static gboolean
print_streams (SageClient   *client,
               const char   *group,
               const char   *name,
               GHashTable   *tokens,
               GError      **error)
{
  g_autoptr(JsonObject) input = json_object_new ();
  g_autoptr(JsonObject) reply = NULL;
  g_autoptr(GError) local_error = NULL;
  g_autofree char *start = g_strconcat (name, "/", NULL);
  JsonArray *streams;

  json_object_set_string_member (input, "logGroupName", group);
  json_object_set_string_member (input, "logStreamNamePrefix", start);
  reply = sage_client_call (client, "Logs_20140328.DescribeLogStreams", input, NULL, &local_error);

  /* Nothing was written yet. */
  if (g_error_matches (local_error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND))
    return TRUE;
  if (reply == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  streams = sage_json_array (reply, "logStreams");
  for (guint i = 0; streams != NULL && i < json_array_get_length (streams); i++)
    {
      const char *stream = sage_json_string (sage_json_array_object (streams, i), "logStreamName",
                                             NULL);
      g_autofree char *prefix = NULL;
      char *token;

      if (stream == NULL || !g_str_has_prefix (stream, start))
        continue;
      if (json_array_get_length (streams) > 1)
        prefix = g_strconcat (stream + strlen (start), ": ", NULL);
      token = print_events (client, group, stream, g_hash_table_lookup (tokens, stream),
                            prefix != NULL ? prefix : "", error);
      if (token == NULL)
        return FALSE;
      g_hash_table_insert (tokens, g_strdup (stream), token);
    }
  fflush (stdout);

  return TRUE;
}

static gboolean
is_final (const char *status)
{
  static const char *const words[] = { "Completed", "Failed", "Stopped", NULL };

  return status != NULL && g_strv_contains (words, status);
}

static gboolean
run_logs (const Options  *options,
          GError        **error)
{
  g_autoptr(SageClient) client = NULL;
  g_autoptr(GHashTable) tokens = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  const char *name = options->words[1];
  const JobKind *kind;

  client = connect_engine (options, error);
  kind = client != NULL ? find_job (client, name, error) : NULL;
  if (kind == NULL)
    return client != NULL ? ctl_engine_explain (client, error) : FALSE;

  for (;;)
    {
      g_autoptr(JsonObject) job = describe_job (client, kind, name, error);
      const char *status;

      if (job == NULL)
        return FALSE;

      /* The state first: what was written before it became final is then read to the end. */
      status = sage_json_string (job, kind->status_member, NULL);
      if (!print_streams (client, kind->group, name, tokens, error))
        return FALSE;

      if (options->follow && g_strcmp0 (status, "Failed") == 0)
        return sage_throw (error, SAGE_ERROR_FAILED, "Job '%s' failed: %s", name,
                           sage_json_string (job, "FailureReason", "no reason is known"));
      if (!options->follow || is_final (status))
        return TRUE;

      g_usleep (POLL_MICROSECONDS);
    }
}

/* --- run-notebook ----------------------------------------------------------------------------- */

static gboolean
run_notebook (const Options  *options,
              GError        **error)
{
  g_autoptr(JsonObject) ready = NULL;
  CtlNotebook job = {
    .input = options->words[1],
    .output = options->output,
    .kernel = options->kernel,
    .assignments = options->parameters,
  };

  if (job.output == NULL)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "run-notebook needs to know where the executed notebook goes: -o FILE");
  if (options->url != NULL)
    return sage_throw (error, SAGE_ERROR_UNSUPPORTED,
                       "run-notebook runs on an engine of this machine, without --url");
  ready = sage_embedded_read_ready (options->data_dir, error);
  if (ready == NULL)
    return FALSE;
  job.socket = sage_json_string (ready, "socket", NULL);
  if (job.socket == NULL || !g_path_is_absolute (job.socket))
    return sage_throw (error, SAGE_ERROR_CORRUPT, "'%s/ready.json' names no socket",
                       options->data_dir);

  return ctl_notebook_run (&job, error);
}

static gboolean
run_strip_outputs (const Options  *options,
                   GError        **error)
{
  return ctl_strip_outputs (error);
}

/* --- Users ------------------------------------------------------------------------------------ */

static gboolean
run_user (const Options  *options,
          GError        **error)
{
  g_autoptr(SageClient) client = connect_engine (options, error);

  if (client == NULL)
    return FALSE;

  return ctl_user_run (client, (const char * const *) options->words + 1, error) ||
         ctl_engine_explain (client, error);
}

static gboolean
run_login (const Options  *options,
           GError        **error)
{
  CtlEngine engine = chosen_engine (options);
  g_autoptr(JsonObject) ready = NULL;
  g_autoptr(SageClient) client = ctl_engine_visit (&engine, &ready, error);

  if (client == NULL)
    return FALSE;

  return ctl_login_run (client, options->words[1], ready, error) ||
         ctl_engine_explain (client, error);
}

/* --- Command line ----------------------------------------------------------------------------- */

/* Of a command that looks at its arguments itself. */
#define ANY_ARGUMENTS G_MAXUINT

typedef struct
{
  const char *name;
  guint       arguments;
  gboolean  (*run) (const Options  *options,
                    GError        **error);
} Command;

static const Command commands[] = {
  { "env", 0, run_env },
  { "status", 0, run_status },
  { "logs", 1, run_logs },
  { "run-notebook", 1, run_notebook },
  { "strip-outputs", 0, run_strip_outputs },
  { "user", ANY_ARGUMENTS, run_user },
  { "login", 1, run_login },
};

static gboolean
parse_options (Options   *options,
               int       *argc,
               char    ***argv,
               GError   **error)
{
  const GOptionEntry entries[] = {
    { "data-dir", 0, 0, G_OPTION_ARG_FILENAME, &options->data_dir,
      "The directory of the engine (default: the user's data directory)", "DIR" },
    { "url", 0, 0, G_OPTION_ARG_STRING, &options->url,
      "An engine elsewhere; its keys are AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", "URL" },
    { "fingerprint", 0, 0, G_OPTION_ARG_STRING, &options->fingerprint,
      "With --url: take this certificate alone, as openssl's SHA-256 names it", "AB:CD:…" },
    { "follow", 'f', 0, G_OPTION_ARG_NONE, &options->follow,
      "With logs: go on until the job has ended", NULL },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options->output,
      "With run-notebook: where the executed notebook goes", "FILE" },
    { "parameter", 'p', 0, G_OPTION_ARG_STRING_ARRAY, &options->parameters,
      "With run-notebook: a parameter, may be given again", "NAME=VALUE" },
    { "kernel", 'k', 0, G_OPTION_ARG_STRING, &options->kernel,
      "With run-notebook: another kernel than the notebook names", "NAME" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Print the version", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->words, NULL, NULL },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr(GOptionContext) context = g_option_context_new ("COMMAND");

  g_option_context_set_summary (context,
                                "Talks to an engine of Sagebrush: that of this machine, or another.\n\n"
                                "Commands:\n"
                                "  env        Print what AWS clients need, as shell commands\n"
                                "  status     Say how the engine is\n"
                                "  logs NAME  Print the log of a job\n"
                                "  run-notebook FILE  Run a notebook from its first cell to its last\n"
                                "  strip-outputs  Copy a notebook from the standard input to the standard\n"
                                "                 output, without its outputs\n"
                                "  user …     Manage who may call: list, add NAME ROLE, role NAME ROLE,\n"
                                "             password NAME, key NAME, revoke NAME KEY, remove NAME\n"
                                "  login NAME Print what AWS clients need to call as a user");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;

  if (options->data_dir == NULL)
    options->data_dir = sage_embedded_default_dir ();

  return TRUE;
}

static const Command *
find_command (const Options  *options,
              GError        **error)
{
  guint count = options->words != NULL ? g_strv_length (options->words) : 0;

  if (count == 0)
    {
      sage_throw (error, SAGE_ERROR_INVALID, "A command is missing; see sagebrushctl --help");
      return NULL;
    }

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      if (strcmp (options->words[0], commands[i].name) != 0)
        continue;
      if (count - 1 == commands[i].arguments || commands[i].arguments == ANY_ARGUMENTS)
        return &commands[i];
      sage_throw (error, SAGE_ERROR_INVALID, "'%s' takes %s; see sagebrushctl --help",
                  commands[i].name, commands[i].arguments == 0 ? "no argument" : "one name");
      return NULL;
    }

  sage_throw (error, SAGE_ERROR_INVALID, "There is no command '%s'; see sagebrushctl --help",
              options->words[0]);

  return NULL;
}

int
main (int   argc,
      char *argv[])
{
  g_auto(Options) options = { 0 };
  g_autoptr(GError) error = NULL;
  const Command *command;

  setlocale (LC_ALL, "");

  if (!parse_options (&options, &argc, &argv, &error))
    {
      g_printerr ("sagebrushctl: %s\n", error->message);
      return 2;
    }
  if (options.version)
    {
      g_print ("sagebrushctl %s\n", SAGEBRUSH_VERSION);
      return EXIT_SUCCESS;
    }

  command = find_command (&options, &error);
  if (command == NULL)
    {
      g_printerr ("sagebrushctl: %s\n", error->message);
      return 2;
    }
  if (!command->run (&options, &error))
    {
      g_printerr ("sagebrushctl: %s\n", error->message);
      return EXIT_FAILURE;
    }

  return EXIT_SUCCESS;
}
