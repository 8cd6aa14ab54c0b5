/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "eng-pipeline-expression.h"
#include "sage-error.h"
#include "sage-json.h"
#include "sage-shape.h"

/* ' stands for " in the JSON of this file, and ~ for '. */
static JsonNode *
parse (const char *text)
{
  g_autofree char *json = g_strdup (text);
  JsonNode *node;

  g_strdelimit (json, "'", '"');
  g_strdelimit (json, "~", '\'');
  node = sage_json_parse (json, -1, NULL, NULL);
  g_assert_nonnull (node);

  return node;
}

static const char values[] =
  "{'Parameters':{'S':'text','I':7,'F':0.5,'B':true,'Big':'BIG','Trap':'$(reboot)',"
  "'Get':{'Get':'Parameters.S'}},"
  "'Execution':{'PipelineName':'p'},"
  "'Steps':{'A':{'Name':'a','List':[{'OutputName':'x','Uri':'s3://b/x'},"
  "{'OutputName':'y','Uri':'s3://b/y'}],'Map':{'k.1':'v','Get':'Parameters.I'},'Time':1.5}}}";

static const char file[] =
  "{'a':{'b':[{'c':0.25},{'d':'x'}],'n':null,'o':{'Get':'Parameters.S'}},'k.1':true,'big':12}";

typedef struct
{
  JsonNode *values;
  guint     n_reads;
} World;

static JsonNode *
world_get (const EngReference  *reference,
           gpointer             user_data,
           GError             **error)
{
  World *world = user_data;
  JsonNode *value = eng_path_follow (reference->path, 0, world->values, TRUE);

  if (value == NULL)
    sage_throw (error, SAGE_ERROR_INVALID, "No value");
  return value;
}

static char *
world_file (const EngReference  *reference,
            gpointer             user_data,
            GError             **error)
{
  return g_strdup_printf ("s3://files/%s/%s", reference->name, reference->file);
}

static GBytes *
world_read (const char  *s3_uri,
            gsize        max_bytes,
            gpointer     user_data,
            GError     **error)
{
  World *world = user_data;
  char *json;

  world->n_reads++;
  if (strstr (s3_uri, "missing") != NULL)
    {
      sage_throw (error, SAGE_ERROR_NOT_FOUND, "There is no '%s'", s3_uri);
      return NULL;
    }
  if (strstr (s3_uri, "empty") != NULL)
    return g_bytes_new (NULL, 0);
  if (strstr (s3_uri, "twice") != NULL)
    return g_bytes_new_static ("{\"a\":1,\"a\":2}", 13);

  json = g_strdup (file);
  g_strdelimit (json, "'", '"');
  return g_bytes_new_take (json, strlen (json));
}

static void
set_up (World    *world,
        EngScope *scope)
{
  *world = (World) { parse (values), 0 };
  *scope = (EngScope) {
    world_get, world_file, world_read, world, ENG_EXPRESSION_MAX_BYTES, NULL
  };
}

static void
tear_down (World    *world,
           EngScope *scope)
{
  eng_scope_clear (scope);
  json_node_unref (world->values);
}

typedef struct
{
  const char *text;
  const char *shape;    /* (nullable) */
  const char *expected; /* JSON, or part of the error after "!" */
} Row;

#define JSON_GET(path) \
  "{'Std:JsonGet':{'PropertyFile':{'Get':'Steps.A.PropertyFiles.E'},'Path':'" path "'}}"

static const Row rows[] = {
  /* Literals. */
  { "1", NULL, "1" },
  { "'x'", NULL, "'x'" },
  { "{'a':[1,{'b':null,'c':true}]}", NULL, "{'a':[1,{'c':true}]}" },
  { "{}", NULL, "{}" },
  { "{'Get':'Parameters.S','x':1}", NULL, "{'Get':'Parameters.S','x':1}" },
  /* Get keeps types. */
  { "{'Get':'Parameters.S'}", NULL, "'text'" },
  { "{'Get':'Parameters.I'}", NULL, "7" },
  { "{'Get':'Parameters.F'}", NULL, "0.5" },
  { "{'Get':'Parameters.B'}", NULL, "true" },
  { "{'Get':'Parameters.Trap'}", NULL, "'$(reboot)'" },
  { "{'Get':'Execution.PipelineName'}", NULL, "'p'" },
  { "{'Get':'Steps.A.List[1].Uri'}", NULL, "'s3://b/y'" },
  { "{'Get':'Steps.A.List[~x~].Uri'}", NULL, "'s3://b/x'" },
  { "{'Get':'Steps.A.Map[~k.1~]'}", NULL, "'v'" },
  { "{'Get':'Steps.A.List'}", NULL,
    "[{'OutputName':'x','Uri':'s3://b/x'},{'OutputName':'y','Uri':'s3://b/y'}]" },
  { "{'Get':'Steps.A.List[2].Uri'}", NULL, "!No value" },
  { "{'Get':'Steps.A.Nope'}", NULL, "!No value" },
  { "{'Get':7}", NULL, "!Get takes a string" },
  { "{'Get':'x'}", NULL, "!is none of" },
  /* What a value holds is data, even when it looks like a function. */
  { "{'Get':'Parameters.Get'}", NULL, "{'Get':'Parameters.S'}" },
  { "{'Get':'Steps.A.Map'}", NULL, "{'k.1':'v','Get':'Parameters.I'}" },
  { JSON_GET ("a.o"), NULL, "{'Get':'Parameters.S'}" },
  /* Join. */
  { "{'Std:Join':{'On':'/','Values':['a',{'Get':'Parameters.I'},0.5,true,'']}}", NULL,
    "'a/7/0.5/true/'" },
  { "{'Std:Join':{'Values':['a','b']}}", NULL, "'ab'" },
  { "{'Std:Join':{'On':',','Values':[]}}", NULL, "''" },
  { "{'Std:Join':{'On':'-','Values':[{'Std:Join':{'On':'+','Values':[1,2]}},3]}}", NULL,
    "'1+2-3'" },
  { "{'Std:Join':{'On':'','Values':[{'Get':'Steps.A.List'}]}}", NULL, "!single values only" },
  { "{'Std:Join':7}", NULL, "''" },
  /* JsonGet. */
  { JSON_GET ("a.b[0].c"), NULL, "0.25" },
  { JSON_GET ("$.a.b[1].d"), NULL, "'x'" },
  { JSON_GET ("[~k.1~]"), NULL, "true" },
  { JSON_GET ("$[~k.1~]"), NULL, "true" },
  { JSON_GET ("a.b[2].c"), NULL, "!has no value at 'a.b[2].c'" },
  { JSON_GET ("a.n"), NULL, "!has no value at 'a.n'" },
  { JSON_GET ("a.b[x]"), NULL, "!is not a path" },
  { JSON_GET ("a.b[0"), NULL, "!is not a path" },
  { JSON_GET ("a.b[99999999999999999999]"), NULL, "!is not a path" },
  { JSON_GET ("a."), NULL, "!is not a path" },
  { "{'Std:JsonGet':{'S3Uri':'s3://b/k','Path':'big'}}", NULL, "12" },
  { "{'Std:JsonGet':{'S3Uri':{'Std:Join':{'On':'','Values':['s3://b/',"
    "{'Get':'Parameters.S'}]}},'Path':'big'}}", NULL, "12" },
  { "{'Std:JsonGet':{'S3Uri':'s3://b/missing','Path':'a'}}", NULL, "!There is no" },
  { "{'Std:JsonGet':{'S3Uri':'s3://b/empty','Path':'a'}}", NULL, "!s3://b/empty" },
  { "{'Std:JsonGet':{'S3Uri':'s3://b/twice','Path':'a'}}", NULL, "!s3://b/twice" },
  { "{'Std:JsonGet':{'S3Uri':{'Get':'Parameters.I'},'Path':'a'}}", NULL, "!is not a string" },
  { "{'Std:JsonGet':{'Path':'a'}}", NULL, "!names no file" },
  { "{'Std:JsonGet':[]}", NULL, "!takes an object" },
  { "{'Std:Other':[]}", NULL, "!Unknown function" },
  /* Coercion to what the request wants. */
  { "{'Get':'Parameters.I'}", "String", "'7'" },
  { "{'Get':'Parameters.F'}", "String", "'0.5'" },
  { "{'Get':'Parameters.B'}", "String", "'true'" },
  { "{'a':{'Get':'Parameters.I'}}", "HyperParameters", "{'a':'7'}" },
  { "{'InstanceCount':{'Get':'Parameters.I'}}", "ResourceConfig", "{'InstanceCount':7}" },
  { "{'InstanceCount':" JSON_GET ("big") "}", "ResourceConfig", "{'InstanceCount':12}" },
  { "{'Unknown':{'Get':'Parameters.I'}}", "ResourceConfig", "{'Unknown':7}" },
  { "[{'ChannelName':{'Get':'Parameters.I'}}]", "InputDataConfig", "[{'ChannelName':'7'}]" },
};

static void
test_table (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(JsonNode) node = parse (rows[i].text);
      g_autoptr(GError) error = NULL;
      g_autoptr(JsonNode) result = NULL;
      g_autofree char *found = NULL;
      g_autofree char *expected = g_strdup (rows[i].expected);
      const SageShape *shape = NULL;
      EngScope scope;
      World world;

      if (rows[i].shape != NULL)
        {
          shape = sage_model_shape ("sagemaker", rows[i].shape);
          g_assert_nonnull (shape);
        }

      set_up (&world, &scope);
      result = eng_expression_evaluate (node, shape, &scope, &error);
      tear_down (&world, &scope);

      if (*expected == '!')
        {
          g_assert_null (result);
          if (strstr (error->message, expected + 1) == NULL)
            g_error ("row %" G_GSIZE_FORMAT ": '%s'", i, error->message);
          continue;
        }
      if (error != NULL)
        g_error ("row %" G_GSIZE_FORMAT ": '%s'", i, error->message);
      g_strdelimit (expected, "'", '"');
      found = sage_json_to_string (result);
      g_assert_cmpstr (found, ==, expected);
    }
}

static void
test_file_is_read_once (void)
{
  g_autoptr(JsonNode) node = parse ("[" JSON_GET ("big") "," JSON_GET ("a.b[0].c") "]");
  g_autoptr(JsonNode) result = NULL;
  EngScope scope;
  World world;

  set_up (&world, &scope);
  result = eng_expression_evaluate (node, NULL, &scope, NULL);
  g_assert_nonnull (result);
  g_assert_cmpuint (world.n_reads, ==, 1);
  tear_down (&world, &scope);
}

/* Twenty Joins of two each would be a million copies of a long value. */
/* Where there are none to be had, none is asked for. */
static void
test_no_files (void)
{
  static const char *const expressions[] = {
    "{\"Std:JsonGet\":{\"S3Uri\":\"s3://bucket/report\",\"Path\":\"a\"}}",
    "{\"Std:JsonGet\":{\"PropertyFile\":{\"Get\":\"Steps.Eval.PropertyFiles.Report\"},\"Path\":\"a\"}}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (expressions); i++)
    {
      g_autoptr(JsonNode) node = sage_json_parse (expressions[i], -1, NULL, NULL);
      g_autoptr(JsonNode) value = NULL;
      g_autoptr(GError) error = NULL;
      EngScope scope;
      World world;

      set_up (&world, &scope);
      scope.read = NULL;
      scope.file = NULL;
      value = eng_expression_evaluate (node, NULL, &scope, &error);
      tear_down (&world, &scope);
      g_assert_null (value);
      g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, "Files cannot be read here"));
    }
}

static void
test_blow_up (void)
{
  g_autoptr(GString) text = g_string_new ("'0123456789abcdef'");
  g_autoptr(JsonNode) node = NULL;
  g_autoptr(JsonNode) result = NULL;
  g_autoptr(GError) error = NULL;
  EngScope scope;
  World world;

  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *inner = g_strdup (text->str);

      g_string_printf (text, "{'Std:Join':{'On':'','Values':[%s,%s,%s]}}", inner, inner, inner);
      if (text->len > 400000)
        break;
    }
  set_up (&world, &scope);
  g_strdelimit (text->str, "'", '"');
  node = sage_json_parse (text->str, -1, &(SageJsonLimits) { 8 << 20, 64, 1000000 }, NULL);
  g_assert_nonnull (node);
  result = eng_expression_evaluate (node, NULL, &scope, &error);
  g_assert_null (result);
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "larger than 1048576 bytes"));
  tear_down (&world, &scope);
}

typedef struct
{
  const char *conditions;
  int         expected; /* 1, 0, or -1 when it cannot be said */
} Outcome;

#define COMPARE(type, left, right) \
  "{'Type':'" type "','LeftValue':" left ",'RightValue':" right "}"

static const Outcome outcomes[] = {
  { "[" COMPARE ("Equals", "1", "1") "]", 1 },
  { "[" COMPARE ("Equals", "1", "1.0") "]", 1 },
  { "[" COMPARE ("Equals", "9007199254740993", "9007199254740992") "]", 0 },
  { "[" COMPARE ("Equals", "'a'", "'A'") "]", 0 },
  { "[" COMPARE ("Equals", "true", "true") "]", 1 },
  { "[" COMPARE ("Equals", "true", "'true'") "]", -1 },
  { "[" COMPARE ("Equals", "1", "'1'") "]", -1 },
  { "[" COMPARE ("Equals", "[1]", "[1]") "]", -1 },
  { "[" COMPARE ("GreaterThan", "{'Get':'Parameters.I'}", "6.5") "]", 1 },
  { "[" COMPARE ("GreaterThan", "7", "7") "]", 0 },
  { "[" COMPARE ("GreaterThanOrEqualTo", "7", "7") "]", 1 },
  { "[" COMPARE ("LessThan", "-1", "0") "]", 1 },
  { "[" COMPARE ("LessThan", "true", "false") "]", -1 },
  { "[" COMPARE ("LessThan", "'a'", "'b'") "]", 1 },
  { "[" COMPARE ("LessThanOrEqualTo", JSON_GET ("a.b[0].c"), "0.25") "]", 1 },
  { "[" COMPARE ("LessThanOrEqualTo", JSON_GET ("a.zz"), "0.25") "]", -1 },
  { "[{'Type':'In','QueryValue':'b','Values':['a','b']}]", 1 },
  { "[{'Type':'In','QueryValue':'c','Values':['a','b']}]", 0 },
  { "[{'Type':'In','QueryValue':7,'Values':[{'Get':'Parameters.I'}]}]", 1 },
  { "[{'Type':'In','QueryValue':'c','Values':[]}]", 0 },
  { "[{'Type':'In','QueryValue':'c','Values':[1]}]", -1 },
  { "[{'Type':'Not','Expression':" COMPARE ("Equals", "1", "2") "}]", 1 },
  { "[{'Type':'Not','Condition':" COMPARE ("Equals", "1", "1") "}]", 0 },
  { "[{'Type':'Not'}]", -1 },
  { "[{'Type':'Or','Conditions':[" COMPARE ("Equals", "1", "2") "," COMPARE ("Equals", "2", "2")
    "]}]", 1 },
  { "[{'Type':'Or','Conditions':[" COMPARE ("Equals", "1", "2") "]}]", 0 },
  /* Later ones are not looked at once the outcome is certain. */
  { "[{'Type':'Or','Conditions':[" COMPARE ("Equals", "2", "2") "," COMPARE ("Equals", "1", "'x'")
    "]}]", 1 },
  { "[" COMPARE ("Equals", "1", "1") "," COMPARE ("Equals", "1", "2") "]", 0 },
  { "[" COMPARE ("Equals", "1", "2") "," COMPARE ("Equals", "1", "'x'") "]", 0 },
  { "[" COMPARE ("Equals", "1", "1") "," COMPARE ("Equals", "1", "'x'") "]", -1 },
  { "[{'Type':'Equals','LeftValue':1}]", -1 },
  { "[{'Type':'Nor'}]", -1 },
  { "[7]", -1 },
};

static void
test_conditions (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (outcomes); i++)
    {
      g_autoptr(JsonNode) node = parse (outcomes[i].conditions);
      g_autoptr(GError) error = NULL;
      gboolean outcome;
      gboolean ok;
      EngScope scope;
      World world;

      set_up (&world, &scope);
      ok = eng_condition_evaluate (json_node_get_array (node), &scope, &outcome, &error);
      tear_down (&world, &scope);
      if (ok != (outcomes[i].expected >= 0) || (ok && outcome != outcomes[i].expected))
        g_error ("row %" G_GSIZE_FORMAT ": %s", i, error != NULL ? error->message : "wrong");
      g_assert_true (ok || g_str_has_prefix (error->message, "Conditions["));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/pipelines/expression/table", test_table);
  g_test_add_func ("/pipelines/expression/file-is-read-once", test_file_is_read_once);
  g_test_add_func ("/pipelines/expression/no-files", test_no_files);
  g_test_add_func ("/pipelines/expression/blow-up", test_blow_up);
  g_test_add_func ("/pipelines/expression/conditions", test_conditions);

  return g_test_run ();
}
