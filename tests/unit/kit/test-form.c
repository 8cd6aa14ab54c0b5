/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "kit-fixture.h"
#include "sage-error.h"
#include "sage-form.h"
#include "sage-json.h"
#include "sage-shape.h"
#include "samples.h"

typedef struct
{
  GtkWidget  *widget;
  SageForm   *form;
  GtkWidget  *window;
  JsonObject *submitted; /* (owned) (nullable) */
} Fixture;

static void
submit_cb (SageForm   *form,
           JsonObject *values,
           Fixture    *fixture)
{
  g_clear_pointer (&fixture->submitted, json_object_unref);
  fixture->submitted = json_object_ref (values);
}

static void
open_form (Fixture   *fixture,
           GtkWidget *form)
{
  fixture->widget = form;
  fixture->form = SAGE_FORM (form);
  fixture->window = kit_window_new (form, 700, 900);
  g_signal_connect (form, "submit", G_CALLBACK (submit_cb), fixture);
}

/* @data: the operation, or NULL */
static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  if (data != NULL)
    open_form (fixture, sage_form_new ("sagemaker", data));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_clear_pointer (&fixture->submitted, json_object_unref);
  kit_window_destroy (fixture->window);
}

static void
fill (Fixture    *fixture,
      const char *json)
{
  g_autoptr(JsonObject) values = kit_json (json);

  sage_form_set_values (fixture->form, values);
  kit_settle ();
}

/* The row that is called @label. */
static GtkWidget *
row (Fixture    *fixture,
     const char *label)
{
  g_autofree char *required = g_strconcat (label, " *", NULL);
  GtkWidget *found;

  for (guint i = 0;
       (found = kit_find (fixture->widget, ADW_TYPE_PREFERENCES_ROW, i)) != NULL;
       i++)
    {
      const char *title = adw_preferences_row_get_title (ADW_PREFERENCES_ROW (found));

      if (g_strcmp0 (title, label) == 0 || g_strcmp0 (title, required) == 0)
        return found;
    }

  g_error ("no row '%s'", label);
}

static void
type (Fixture    *fixture,
      const char *label,
      const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (kit_find (row (fixture, label), GTK_TYPE_ENTRY, 0)), text);
  wait_ms (300); /* the form checks when nobody types for a moment */
}

static gboolean
says (Fixture    *fixture,
      const char *label,
      const char *message)
{
  return kit_find_text (row (fixture, label), message) != NULL;
}

static char *
values_text (Fixture *fixture)
{
  g_autoptr(JsonObject) values = sage_form_get_values (fixture->form);

  return sage_json_object_to_string (values);
}

#define assert_values(fixture, text) \
  G_STMT_START { \
    g_autofree char *assert_text = values_text (fixture); \
    g_assert_cmpstr (assert_text, ==, text); \
  } G_STMT_END

/* --- Values ---------------------------------------------------------------------------------- */

/* What a form is given is what it yields, as far as the operation takes it, shown or not. */
static void
test_round_trip (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr(JsonObject) job = kit_json (sample_training_job);
  g_autoptr(JsonObject) expected =
    sage_shape_project (sage_model_input ("sagemaker", "CreateTrainingJob"), job);
  g_autoptr(JsonObject) values = NULL;
  g_autoptr(JsonNode) a = NULL;
  g_autoptr(JsonNode) b = NULL;

  sage_form_set_values (fixture->form, job);
  kit_settle ();
  values = sage_form_get_values (fixture->form);
  a = sage_json_take_object (json_object_ref (expected));
  b = sage_json_take_object (json_object_ref (values));
  g_assert_true (json_node_equal (a, b));
  g_assert_true (sage_form_is_valid (fixture->form));
}

static void
test_edit (Fixture       *fixture,
           gconstpointer  data)
{
  fill (fixture, "{\"EndpointName\":\"churn\",\"EndpointConfigName\":\"churn-1\","
                 "\"DeploymentConfig\":{\"AutoRollbackConfiguration\":{\"Alarms\":"
                 "[{\"AlarmName\":\"errors\"}]}}}");
  type (fixture, "Configuration", "churn-2");
  assert_values (fixture, "{\"EndpointName\":\"churn\",\"EndpointConfigName\":\"churn-2\","
                          "\"DeploymentConfig\":{\"AutoRollbackConfiguration\":{\"Alarms\":"
                          "[{\"AlarmName\":\"errors\"}]}}}");
  /* what is emptied is not there, not "" */
  type (fixture, "Configuration", "");
  assert_values (fixture, "{\"EndpointName\":\"churn\",\"DeploymentConfig\":"
                          "{\"AutoRollbackConfiguration\":{\"Alarms\":[{\"AlarmName\":\"errors\"}]}}}");
}

static void
test_new (Fixture       *fixture,
          gconstpointer  data)
{
  assert_values (fixture,
                 "{\"AlgorithmSpecification\":{\"TrainingInputMode\":\"File\"},"
                 "\"OutputDataConfig\":{},\"ResourceConfig\":{\"InstanceType\":\"ml.m5.large\","
                 "\"InstanceCount\":1,\"VolumeSizeInGB\":30},"
                 "\"StoppingCondition\":{\"MaxRuntimeInSeconds\":86400}}");
  g_assert_false (sage_form_is_valid (fixture->form));
  g_assert_false (says (fixture, "Name", "This is required")); /* nobody has been there yet */
}

/* A structure that need not be there is there only if something is in it. */
static void
test_optional (Fixture       *fixture,
               gconstpointer  data)
{
  fill (fixture, "{\"TrainingJobName\":\"a\",\"CheckpointConfig\":{\"S3Uri\":\"s3://b/c\"}}");
  type (fixture, "Checkpoints", "");
  {
    g_autoptr(JsonObject) values = sage_form_get_values (fixture->form);

    g_assert_false (json_object_has_member (values, "CheckpointConfig"));
  }
  type (fixture, "Checkpoints", "s3://b/d");
  {
    g_autoptr(JsonObject) values = sage_form_get_values (fixture->form);

    g_assert_cmpstr (sage_json_string (sage_json_object (values, "CheckpointConfig"), "S3Uri", NULL),
                     ==, "s3://b/d");
  }
}

static void
test_lines (Fixture       *fixture,
            gconstpointer  data)
{
  GtkWidget *parameters;

  fill (fixture, "{\"TrainingJobName\":\"a\",\"HyperParameters\":{\"eta\":\"0.2\",\"depth\":\"5\"}}");
  parameters = row (fixture, "Hyperparameters");
  g_assert_cmpuint (kit_count (parameters, GTK_TYPE_ENTRY), ==, 4);

  /* the same key twice is no map */
  gtk_editable_set_text (GTK_EDITABLE (kit_find (parameters, GTK_TYPE_ENTRY, 2)), "eta");
  wait_ms (300);
  g_assert_true (says (fixture, "Hyperparameters", "A key is there twice"));
  g_assert_false (sage_form_is_valid (fixture->form));

  gtk_editable_set_text (GTK_EDITABLE (kit_find (parameters, GTK_TYPE_ENTRY, 2)), "rounds");
  wait_ms (300);
  g_assert_false (says (fixture, "Hyperparameters", "A key is there twice"));

  /* add, and take away the first */
  g_signal_emit_by_name (kit_find (parameters, GTK_TYPE_BUTTON,
                                   kit_count (parameters, GTK_TYPE_BUTTON) - 1), "clicked");
  g_assert_cmpuint (kit_count (parameters, GTK_TYPE_ENTRY), ==, 6);
  gtk_editable_set_text (GTK_EDITABLE (kit_find (parameters, GTK_TYPE_ENTRY, 4)), "x");
  gtk_editable_set_text (GTK_EDITABLE (kit_find (parameters, GTK_TYPE_ENTRY, 5)), "y");
  g_signal_emit_by_name (kit_find (parameters, GTK_TYPE_BUTTON, 0), "clicked");
  {
    g_autoptr(JsonObject) values = sage_form_get_values (fixture->form);
    g_autofree char *text =
      sage_json_object_to_string (sage_json_object (values, "HyperParameters"));

    g_assert_cmpstr (text, ==, "{\"rounds\":\"5\",\"x\":\"y\"}");
  }
}

static void
test_structures (Fixture       *fixture,
                 gconstpointer  data)
{
  GtkWidget *variants;

  fill (fixture, "{\"EndpointConfigName\":\"c\",\"ProductionVariants\":["
                 "{\"VariantName\":\"one\",\"ModelName\":\"m\",\"CoreDumpConfig\":"
                 "{\"DestinationS3Uri\":\"s3://b/dumps\"}}]}");
  variants = row (fixture, "Variants");
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (variants), TRUE);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (row (fixture, "one")), TRUE);
  kit_settle ();
  type (fixture, "Variant", "two");
  row (fixture, "two"); /* it is called by what is in it */
  assert_values (fixture, "{\"EndpointConfigName\":\"c\",\"ProductionVariants\":["
                          "{\"VariantName\":\"two\",\"ModelName\":\"m\",\"CoreDumpConfig\":"
                          "{\"DestinationS3Uri\":\"s3://b/dumps\"}}]}");
  g_assert_true (sage_form_is_valid (fixture->form));

  type (fixture, "Variant", "-");
  g_assert_true (says (fixture, "Variant",
                       "Only letters, digits and hyphens, with a letter or digit at both ends"));
}

static void
test_numbers (Fixture       *fixture,
              gconstpointer  data)
{
  static const struct
  {
    const char *text;
    const char *message; /* NULL: fine */
  } cases[] = {
    { "5", NULL }, { " 7 ", NULL }, { "0", "Too small: at least 1" }, { "-3", "Too small: at least 1" },
    { "x", "Enter a whole number" }, { "1.5", "Enter a whole number" },
    { "99999999999999999999", "Enter a whole number" }, { "1e3", "Enter a whole number" },
  };

  fill (fixture, sample_training_job);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      type (fixture, "Disk (GB)", cases[i].text);
      g_assert_cmpint (sage_form_is_valid (fixture->form), ==, cases[i].message == NULL);
      if (cases[i].message != NULL && !says (fixture, "Disk (GB)", cases[i].message))
        g_error ("%s does not say %s", cases[i].text, cases[i].message);
    }

  /* the buttons and the arrow keys count */
  type (fixture, "Disk (GB)", "9");
  g_signal_emit_by_name (kit_find (row (fixture, "Disk (GB)"), GTK_TYPE_BUTTON, 1), "clicked");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (kit_find (row (fixture, "Disk (GB)"),
                                                                  GTK_TYPE_ENTRY, 0))), ==, "10");
}

/* --- Submitting ------------------------------------------------------------------------------ */

static void
test_submit (Fixture       *fixture,
             gconstpointer  data)
{
  gtk_widget_activate_action (fixture->widget, "form.submit", NULL);
  g_assert_null (fixture->submitted);
  g_assert_true (says (fixture, "Name", "This is required"));
  g_assert_true (says (fixture, "Configuration", "This is required"));
  /* and the focus is at the first */
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (fixture->window)),
                                         row (fixture, "Name")));

  type (fixture, "Name", "churn");
  g_assert_false (says (fixture, "Name", "This is required"));
  type (fixture, "Configuration", "churn-1");
  g_assert_true (sage_form_is_valid (fixture->form));

  sage_form_set_busy (fixture->form, TRUE);
  sage_form_submit (fixture->form);
  g_assert_null (fixture->submitted);
  sage_form_set_busy (fixture->form, FALSE);
  gtk_widget_activate_action (fixture->widget, "form.submit", NULL);
  g_assert_nonnull (fixture->submitted);
  g_assert_cmpstr (sage_json_string (fixture->submitted, "EndpointName", NULL), ==, "churn");
}

/* What the engine says stands at the member that it names, unfolded if need be. */
static void
test_engine_error (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autoptr(GError) nested = g_error_new_literal (
    SAGE_ERROR, SAGE_ERROR_INVALID,
    "2 validation errors detected: Value '' at 'productionVariants.1.member.modelName' failed to "
    "satisfy constraint: Member must have length greater than or equal to 1; Value 'x' at "
    "'endpointConfigName' failed to satisfy constraint: Member must have length less than or equal "
    "to 0");
  g_autoptr(GError) taken = g_error_new_literal (SAGE_ERROR, SAGE_ERROR_EXISTS,
                                                 "Cannot create already existing configuration");
  g_autoptr(GError) other = g_error_new_literal (SAGE_ERROR, SAGE_ERROR_CONFLICT,
                                                 "A <b>model</b> is missing");
  g_autoptr(GError) elsewhere = g_error_new_literal (
    SAGE_ERROR, SAGE_ERROR_INVALID,
    "Value 'k' at 'kmsKeyId' failed to satisfy constraint: Member must not be null");

  fill (fixture, "{\"EndpointConfigName\":\"c\",\"ProductionVariants\":[{\"VariantName\":\"one\"}]}");
  sage_form_show_error (fixture->form, nested);
  kit_settle ();
  g_assert_true (says (fixture, "Model", "Too short: at least 1"));
  g_assert_true (says (fixture, "Name", "Too long: at most 0"));

  sage_form_show_error (fixture->form, taken);
  g_assert_true (says (fixture, "Name", "Cannot create already existing configuration"));

  sage_form_show_error (fixture->form, other);
  kit_settle ();
  g_assert_nonnull (kit_find_text (fixture->widget, "A <b>model</b> is missing"));
  sage_form_show_error (fixture->form, elsewhere);
  kit_settle ();
  g_assert_nonnull (kit_find_text (fixture->widget, "kmsKeyId: This is required"));
}

/* The command is one word for the shell, whatever is in the values. */
static void
test_command (Fixture       *fixture,
              gconstpointer  data)
{
  static const char nasty[] = "it's $(rm -rf) `x` \\\\ \\\" end";
  g_autofree char *json = g_strdup_printf ("{\"EndpointName\":\"a\",\"Tags\":[{\"Key\":\"k\","
                                           "\"Value\":\"%s\"}]}", nasty);
  g_autofree char *command = NULL;
  g_autofree char *script = NULL;
  g_autofree char *output = NULL;
  g_autofree char *expected = NULL;
  g_autoptr(JsonNode) node = NULL;
  g_autoptr(GError) error = NULL;
  const char *argv[] = { "sh", "-c", NULL, NULL };
  const char *last;

  fill (fixture, json);
  command = sage_form_dup_command (fixture->form);
  script = g_strconcat ("aws () { for word; do printf '%s\\t' \"$word\"; done; }\n", command, NULL);
  argv[2] = script;
  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, NULL, NULL,
                &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (output, "sagemaker\tcreate-endpoint\t--cli-input-json\t{"));

  last = strchr (output, '{');
  node = sage_json_parse (last, (gssize) strlen (last) - 1, NULL, &error);
  g_assert_no_error (error);
  expected = values_text (fixture);
  g_clear_pointer (&output, g_free);
  output = sage_json_to_string (node);
  g_assert_cmpstr (output, ==, expected);
}

static void
test_code (Fixture       *fixture,
           gconstpointer  data)
{
  fill (fixture, "{\"EndpointName\":\"a\",\"EndpointConfigName\":\"b\"}");
  gtk_widget_activate_action (fixture->widget, "form.show-code", NULL);
  kit_settle ();
  g_assert_nonnull (adw_window_get_visible_dialog (ADW_WINDOW (fixture->window)));
  adw_dialog_force_close (adw_window_get_visible_dialog (ADW_WINDOW (fixture->window)));
  kit_settle ();
}

/* --- Other operations ------------------------------------------------------------------------ */

/* A form comes out of every operation, whatever its shapes refer to. */
static void
test_every_operation (Fixture       *fixture,
                      gconstpointer  data)
{
  guint n = sage_model_n_operations ("sagemaker");

  for (guint i = 0; i < n; i++)
    {
      const char *operation = sage_model_operation_name ("sagemaker", i);
      GtkWidget *form;

      if (sage_model_input ("sagemaker", operation) == NULL
          || !g_str_has_prefix (operation, "Create"))
        continue;
      form = g_object_ref_sink (sage_form_new ("sagemaker", operation));
      for (guint r = 0; kit_find (form, ADW_TYPE_EXPANDER_ROW, r) != NULL && r < 40; r++)
        adw_expander_row_set_expanded (ADW_EXPANDER_ROW (kit_find (form, ADW_TYPE_EXPANDER_ROW, r)),
                                       TRUE);
      g_object_run_dispose (G_OBJECT (form));
      g_object_unref (form);
    }

  open_form (fixture, sage_form_new ("sagemaker", "StopTrainingJob"));
  type (fixture, "Training job name", "churn-1");
  assert_values (fixture, "{\"TrainingJobName\":\"churn-1\"}");
}

/* The token makes a second try the same request. */
static void
test_token (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(JsonObject) first = sage_form_get_values (fixture->form);
  g_autoptr(JsonObject) second = NULL;
  const char *token = sage_json_string (first, "ClientRequestToken", NULL);

  g_assert_nonnull (token);
  fill (fixture, "{\"PipelineName\":\"p\",\"ClientRequestToken\":"
                 "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}");
  second = sage_form_get_values (fixture->form);
  g_assert_cmpstr (sage_json_string (second, "ClientRequestToken", NULL), ==, token);
}

/* --- Parameters ------------------------------------------------------------------------------ */

static void
open_parameters (Fixture    *fixture,
                 const char *json)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = sage_json_parse (json, -1, NULL, &error);

  g_assert_no_error (error);
  open_form (fixture, sage_form_new_parameters (json_node_get_array (node)));
}

static char *
parameters_text (Fixture *fixture)
{
  g_autoptr(JsonObject) values = sage_form_get_values (fixture->form);
  g_autoptr(JsonNode) node = sage_json_take_array (
    json_array_ref (json_object_get_array_member (values, "PipelineParameters")));

  return sage_json_to_string (node);
}

static void
test_parameters (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autofree char *text = NULL;

  open_parameters (fixture, sample_pipeline_parameters);
  text = parameters_text (fixture);
  g_assert_cmpstr (text, ==, "[{\"Name\":\"Baseline\",\"Value\":\"false\"}]"); /* it has no default */
  g_assert_true (sage_form_is_valid (fixture->form));

  type (fixture, "Rounds", "80");
  type (fixture, "InputData", "s3://other/data.csv");
  gtk_switch_set_active (GTK_SWITCH (kit_find (row (fixture, "Baseline"), GTK_TYPE_SWITCH, 0)), TRUE);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (kit_find (row (fixture, "InstanceType"),
                                                       GTK_TYPE_DROP_DOWN, 0)), 2);
  g_clear_pointer (&text, g_free);
  text = parameters_text (fixture);
  g_assert_cmpstr (text, ==, "[{\"Name\":\"InputData\",\"Value\":\"s3://other/data.csv\"},"
                             "{\"Name\":\"InstanceType\",\"Value\":\"ml.m5.xlarge\"},"
                             "{\"Name\":\"Rounds\",\"Value\":\"80\"},"
                             "{\"Name\":\"Baseline\",\"Value\":\"true\"}]");

  type (fixture, "Rounds", "many");
  g_assert_true (says (fixture, "Rounds", "Enter a whole number"));
  g_assert_false (sage_form_is_valid (fixture->form));
  type (fixture, "Rounds", ""); /* the default again */
  g_assert_true (sage_form_is_valid (fixture->form));
}

/* An execution is run again with what it had. */
static void
test_parameters_again (Fixture       *fixture,
                       gconstpointer  data)
{
  g_autofree char *text = NULL;

  open_parameters (fixture, sample_pipeline_parameters);
  fill (fixture, "{\"PipelineName\":\"churn\",\"PipelineParameters\":["
                 "{\"Name\":\"Rounds\",\"Value\":\"7\"},{\"Name\":\"Gone\",\"Value\":\"x\"},"
                 "{\"Name\":\"Baseline\",\"Value\":\"true\"}]}");
  text = parameters_text (fixture);
  g_assert_cmpstr (text, ==, "[{\"Name\":\"Rounds\",\"Value\":\"7\"},"
                             "{\"Name\":\"Baseline\",\"Value\":\"true\"}]");
  sage_form_submit (fixture->form);
  g_assert_nonnull (fixture->submitted);
  g_assert_cmpstr (sage_json_string (fixture->submitted, "PipelineName", NULL), ==, "churn");
}

static void
test_parameters_hostile (Fixture       *fixture,
                         gconstpointer  data)
{
  g_autofree char *text = NULL;

  open_parameters (fixture,
                   "[1,null,\"x\",{},{\"Name\":5},{\"Name\":\"\"},"
                   "{\"Name\":\"<b>a</b>\",\"Type\":\"Nonsense\",\"DefaultValue\":{\"x\":[1]}},"
                   "{\"Name\":\"b\",\"Type\":[1],\"DefaultValue\":\"\",\"EnumValues\":\"no\"},"
                   "{\"Name\":\"c\",\"Type\":\"Integer\",\"DefaultValue\":\"text\"},"
                   "{\"Name\":\"d\",\"Type\":\"Boolean\",\"DefaultValue\":\"maybe\"},"
                   "{\"Name\":\"e\",\"Type\":\"String\",\"EnumValues\":[1,null,{\"a\":2},\"ok\"]},"
                   "{\"Name\":\"\\u202ebidi\",\"Type\":\"Float\",\"DefaultValue\":1e308}]");
  g_assert_nonnull (kit_find_text (fixture->widget, "<b>a</b> *"));
  text = parameters_text (fixture);
  g_assert_false (sage_form_is_valid (fixture->form));
}

/* --- Hostile values -------------------------------------------------------------------------- */

static void
test_hostile (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *big = g_strnfill (200000, 'x');
  g_autofree char *json = g_strdup_printf (
    "{\"TrainingJobName\":{\"a\":1},\"HyperParameters\":[1,2],\"InputDataConfig\":\"text\","
    "\"ResourceConfig\":7,\"Tags\":[1,null,{\"Key\":\"only\"},{\"Key\":\"<b>\",\"Value\":\"\\u202e\"}],"
    "\"AlgorithmSpecification\":{\"TrainingImage\":\"%s\",\"ContainerArguments\":[\"-c\","
    "\"line one\\nline two\"],\"TrainingInputMode\":\"Telepathy\"},\"EnableNetworkIsolation\":\"yes\"}",
    big);
  g_autoptr(JsonObject) values = NULL;
  JsonObject *algorithm;

  fill (fixture, json);
  g_assert_false (sage_form_is_valid (fixture->form));
  sage_form_submit (fixture->form);
  kit_settle ();
  g_assert_null (fixture->submitted);

  /* what could be shown comes back whole */
  values = sage_form_get_values (fixture->form);
  algorithm = sage_json_object (values, "AlgorithmSpecification");
  g_assert_cmpuint (strlen (sage_json_string (algorithm, "TrainingImage", "")), ==, 200000);
  g_assert_cmpstr (sage_json_array_string (sage_json_array (algorithm, "ContainerArguments"), 1), ==,
                   "line one\nline two");
  g_assert_cmpstr (sage_json_string (algorithm, "TrainingInputMode", NULL), ==, "Telepathy");
}

/* More than anybody edits is not shown, and not lost. */
static void
test_many (Fixture       *fixture,
           gconstpointer  data)
{
  GString *json = g_string_new ("{\"TrainingJobName\":\"a\",\"Tags\":[");
  g_autoptr(JsonObject) values = NULL;

  for (guint i = 0; i < 3000; i++)
    g_string_append_printf (json, "%s{\"Key\":\"k%u\",\"Value\":\"v\"}", i > 0 ? "," : "", i);
  g_string_append (json, "]}");
  fill (fixture, json->str);
  values = sage_form_get_values (fixture->form);
  g_assert_cmpuint (json_array_get_length (sage_json_array (values, "Tags")), ==, 3000);
  g_string_free (json, TRUE);
}

int
main (int    argc,
      char **argv)
{
  kit_init (&argc, &argv);

#define ADD(name, operation, func) \
  g_test_add ("/form/" name, Fixture, operation, set_up, func, tear_down)
  ADD ("round-trip", "CreateTrainingJob", test_round_trip);
  ADD ("edit", "CreateEndpoint", test_edit);
  ADD ("new", "CreateTrainingJob", test_new);
  ADD ("optional", "CreateTrainingJob", test_optional);
  ADD ("lines", "CreateTrainingJob", test_lines);
  ADD ("structures", "CreateEndpointConfig", test_structures);
  ADD ("numbers", "CreateTrainingJob", test_numbers);
  ADD ("submit", "CreateEndpoint", test_submit);
  ADD ("engine-error", "CreateEndpointConfig", test_engine_error);
  ADD ("command", "CreateEndpoint", test_command);
  ADD ("code", "CreateEndpoint", test_code);
  ADD ("every-operation", NULL, test_every_operation);
  ADD ("token", "StartPipelineExecution", test_token);
  ADD ("parameters", NULL, test_parameters);
  ADD ("parameters-again", NULL, test_parameters_again);
  ADD ("parameters-hostile", NULL, test_parameters_hostile);
  ADD ("hostile", "CreateTrainingJob", test_hostile);
  ADD ("many", "CreateTrainingJob", test_many);

  return g_test_run ();
}
