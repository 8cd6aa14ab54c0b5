/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "alg-script-env"

#include "config.h"

#include <string.h>

#include "sage-json.h"

#include "alg-script-env.h"
#include "alg-script-value.h"

#define DEFAULT_LOG_LEVEL 20 /* Python's logging.INFO */

/* The directories of the container contract and the variables that name them. */
static const struct
{
  const char *variable;
  const char *member; /* in SM_TRAINING_ENV */
  const char *path;   /* beneath /opt/ml */
} directories[] = {
  { "SM_MODEL_DIR", "model_dir", "model" },
  { "SM_INPUT_DIR", "input_dir", "input" },
  { "SM_INPUT_CONFIG_DIR", "input_config_dir", "input/config" },
  { "SM_OUTPUT_DIR", "output_dir", "output" },
  { "SM_OUTPUT_DATA_DIR", "output_data_dir", "output/data" },
  { "SM_OUTPUT_INTERMEDIATE_DIR", "output_intermediate_dir", "output/intermediate" },
};

/* The environment while it is made: SM_TRAINING_ENV repeats most of it as one document. */
typedef struct
{
  AlgJob     *job;
  char      **variables; /* (owned) */
  JsonObject *document;  /* (owned) */
} Builder;

static void
set_variable (Builder    *builder,
              const char *name,
              const char *value)
{
  builder->variables = g_environ_setenv (builder->variables, name, value, TRUE);
}

static void
set_text (Builder    *builder,
          const char *variable,
          const char *member,
          const char *value)
{
  set_variable (builder, variable, value != NULL ? value : "");

  if (value != NULL)
    json_object_set_string_member (builder->document, member, value);
  else
    json_object_set_null_member (builder->document, member);
}

static void
set_number (Builder    *builder,
            const char *variable,
            const char *member,
            gint64      value)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, value);

  set_variable (builder, variable, text);
  json_object_set_int_member (builder->document, member, value);
}

static void
set_object (Builder    *builder,
            const char *variable,
            const char *member,
            JsonObject *object)
{
  g_autofree char *text = sage_json_object_to_string (object);

  set_variable (builder, variable, text);
  json_object_set_object_member (builder->document, member, json_object_ref (object));
}

static void
set_array (Builder    *builder,
           const char *variable,
           const char *member,
           JsonArray  *array)
{
  g_autoptr(JsonNode) node = json_node_init_array (json_node_alloc (), array);
  g_autofree char *text = sage_json_to_string (node);

  set_variable (builder, variable, text);

  if (member != NULL)
    json_object_set_array_member (builder->document, member, json_array_ref (array));
}

static void
add_directories (Builder *builder)
{
  for (guint i = 0; i < G_N_ELEMENTS (directories); i++)
    {
      g_autofree char *path = alg_job_path (builder->job, directories[i].path);

      set_text (builder, directories[i].variable, directories[i].member, path);
    }
}

static void
add_channels (Builder *builder)
{
  g_autoptr(GList) names = sage_json_sorted_members (builder->job->channels);
  g_autoptr(JsonArray) list = json_array_new ();
  JsonObject *paths = json_object_new ();

  for (GList *link = names; link != NULL; link = link->next)
    {
      g_autofree char *path = g_build_filename (builder->job->root, "input", "data", link->data,
                                                NULL);
      g_autofree char *upper = g_ascii_strup (link->data, -1);
      g_autofree char *variable = g_strconcat ("SM_CHANNEL_", upper, NULL);

      set_variable (builder, variable, path);
      json_array_add_string_element (list, link->data);
      json_object_set_string_member (paths, link->data, path);
    }

  set_array (builder, "SM_CHANNELS", NULL, list);
  json_object_set_object_member (builder->document, "channel_input_dirs", paths);
  set_object (builder, "SM_INPUT_DATA_CONFIG", "input_data_config", builder->job->channels);
}

static void
add_hyperparameters (Builder   *builder,
                     GPtrArray *values)
{
  g_autoptr(JsonObject) object = json_object_new ();
  g_autoptr(JsonArray) list = json_array_new ();
  g_auto(GStrv) arguments = alg_script_arguments (values);

  for (guint i = 0; i < values->len; i++)
    {
      const AlgScriptValue *value = g_ptr_array_index (values, i);
      g_autofree char *upper = g_ascii_strup (value->name, -1);
      g_autofree char *variable = g_strconcat ("SM_HP_", upper, NULL);

      set_variable (builder, variable, value->environment);
      json_object_set_member (object, value->name, json_node_copy (value->node));
    }

  for (guint i = 0; arguments[i] != NULL; i++)
    json_array_add_string_element (list, arguments[i]);

  set_object (builder, "SM_HPS", "hyperparameters", object);
  set_array (builder, "SM_USER_ARGS", NULL, list);
}

static void
add_hosts (Builder *builder)
{
  JsonObject *resources = builder->job->resources;
  JsonArray *given = sage_json_array (resources, "hosts");
  const char *current = sage_json_string (resources, "current_host", "algo-1");
  g_autoptr(JsonArray) hosts = given != NULL ? json_array_ref (given) : json_array_new ();
  const char *first;

  if (given == NULL)
    json_array_add_string_element (hosts, current);

  first = sage_json_array_string (hosts, 0);
  set_array (builder, "SM_HOSTS", "hosts", hosts);
  set_text (builder, "SM_CURRENT_HOST", "current_host", current);
  set_text (builder, "SM_CURRENT_INSTANCE_TYPE", "current_instance_type",
            sage_json_string (resources, "current_instance_type", "local"));
  set_text (builder, "SM_CURRENT_INSTANCE_GROUP", "current_instance_group",
            sage_json_string (resources, "current_group_name", "homogeneousCluster"));
  set_text (builder, "SM_NETWORK_INTERFACE_NAME", "network_interface_name",
            sage_json_string (resources, "network_interface_name", "eth0"));
  set_object (builder, "SM_RESOURCE_CONFIG", "resource_config", resources);
  json_object_set_string_member (builder->document, "master_hostname", first);
  json_object_set_boolean_member (builder->document, "is_master", g_strcmp0 (first, current) == 0);
}

static void
add_program (Builder    *builder,
             const char *program)
{
  g_autofree char *submit = alg_job_hyperparameter (builder->job, "sagemaker_submit_directory");
  g_autofree char *level = alg_job_hyperparameter (builder->job, "sagemaker_container_log_level");
  g_autofree char *region = alg_job_hyperparameter (builder->job, "sagemaker_region");
  g_autofree char *code = alg_job_path (builder->job, "code");
  g_autofree char *module = g_strdup (program);
  const char *job_name = g_getenv ("TRAINING_JOB_NAME");

  if (g_str_has_suffix (module, ".py"))
    module[strlen (module) - 3] = '\0';

  set_text (builder, "SM_USER_ENTRY_POINT", "user_entry_point", program);
  set_text (builder, "SM_MODULE_NAME", "module_name", module);
  set_text (builder, "SM_MODULE_DIR", "module_dir", submit != NULL ? submit : code);
  set_text (builder, "SM_FRAMEWORK_MODULE", "framework_module", NULL);
  set_number (builder, "SM_LOG_LEVEL", "log_level",
              level != NULL ? g_ascii_strtoll (level, NULL, 10) : DEFAULT_LOG_LEVEL);
  set_variable (builder, "SAGEMAKER_REGION", region != NULL ? region : "us-east-1");
  set_variable (builder, "PYTHONPATH", code);
  json_object_set_string_member (builder->document, "job_name", job_name != NULL ? job_name : "");
}

/**
 * alg_script_arguments:
 * @values: (element-type AlgScriptValue): the user's hyperparameters
 *
 * Returns: (transfer full): `--name value` for each, `-n value` where the name is one letter
 */
GStrv
alg_script_arguments (GPtrArray *values)
{
  g_autoptr(GStrvBuilder) arguments = g_strv_builder_new ();

  for (guint i = 0; i < values->len; i++)
    {
      const AlgScriptValue *value = g_ptr_array_index (values, i);
      g_autofree char *name = g_strconcat (strlen (value->name) > 1 ? "--" : "-", value->name,
                                           NULL);

      g_strv_builder_add_many (arguments, name, value->argument, NULL);
    }

  return g_strv_builder_end (arguments);
}

/**
 * alg_script_environment:
 * @job: the job
 * @values: (element-type AlgScriptValue): the user's hyperparameters
 * @program: the script, relative to /opt/ml/code
 *
 * Adds to our own environment what the SageMaker training toolkit sets for a script: the `SM_*`
 * variables of its ENVIRONMENT_VARIABLES.md.
 *
 * Returns: (transfer full): "NAME=value" strings
 */
GStrv
alg_script_environment (AlgJob     *job,
                        GPtrArray  *values,
                        const char *program)
{
  g_autoptr(JsonObject) document = json_object_new ();
  g_autoptr(JsonObject) empty = json_object_new ();
  g_autofree char *text = NULL;
  Builder builder = { job, g_get_environ (), document };

  add_directories (&builder);
  add_channels (&builder);
  add_hyperparameters (&builder, values);
  add_hosts (&builder);
  add_program (&builder, program);
  set_object (&builder, "SM_FRAMEWORK_PARAMS", "additional_framework_parameters", empty);
  set_number (&builder, "SM_NUM_CPUS", "num_cpus", job->cpus);
  set_number (&builder, "SM_NUM_GPUS", "num_gpus", 0);
  set_number (&builder, "SM_NUM_NEURONS", "num_neurons", 0);

  text = sage_json_object_to_string (document);
  set_variable (&builder, "SM_TRAINING_ENV", text);

  return builder.variables;
}
