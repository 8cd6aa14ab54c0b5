/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "alg-tree-model.h"
#include "sage-error.h"

#define TREE \
  "{\"categories\":[],\"categories_nodes\":[],\"categories_segments\":[],\"categories_sizes\":[]," \
  "\"default_left\":[1,0,0],\"id\":0,\"left_children\":[1,-1,-1],\"right_children\":[2,-1,-1]," \
  "\"split_conditions\":[5E-1,-1E0,2E0],\"split_indices\":[1,0,0],\"split_type\":[0,0,0]," \
  "\"tree_param\":{\"num_feature\":\"2\",\"num_nodes\":\"3\",\"size_leaf_vector\":\"1\"}}"

#define MODEL \
  "{\"learner\":{\"attributes\":{},\"feature_names\":[],\"gradient_booster\":{\"model\":" \
  "{\"gbtree_model_param\":{\"num_parallel_tree\":\"1\",\"num_trees\":\"1\"}," \
  "\"iteration_indptr\":[0,1],\"tree_info\":[0],\"trees\":[" TREE "]},\"name\":\"gbtree\"}," \
  "\"learner_model_param\":{\"base_score\":\"5E-1\",\"num_class\":\"0\",\"num_feature\":\"2\"," \
  "\"num_target\":\"1\"},\"objective\":{\"name\":\"reg:squarederror\"}},\"version\":[3,0,0]}"

static AlgTreeModel *
parse (const char  *text,
       gsize        length,
       GError     **error)
{
  /* A copy of its own, so that a read past the end is seen. */
  g_autofree char *copy = g_memdup2 (text, MAX (length, 1));

  return alg_tree_model_parse (copy, length, error);
}

/* @text with the first @from replaced by @to. */
static char *
replace (const char *text,
         const char *from,
         const char *to)
{
  const char *at = strstr (text, from);

  g_assert_nonnull (at);

  return g_strdup_printf ("%.*s%s%s", (int) (at - text), text, to, at + strlen (from));
}

/* What the model says first of the row (0, 0, …). */
static float
predict (AlgTreeModel *model)
{
  g_autofree float *row = g_new0 (float, alg_tree_model_n_features (model));
  g_autofree float *out = g_new0 (float, alg_tree_model_n_groups (model));

  alg_tree_model_predict (model, row, 1, out);

  return out[0];
}

typedef struct
{
  const char *from;
  const char *to;
  float       left; /* what the row (0, 0) gives */
} Accepted;

/* Other layouts of the same thing: older versions, and what 3.1 made of the base score. */
static const Accepted accepted[] = {
  { "", "", -0.5f },
  { "\"default_left\":[1,0,0]", "\"default_left\":[true,false,false]", -0.5f },
  { "\"split_type\":[0,0,0],", "", -0.5f },
  { "\"iteration_indptr\":[0,1],", "", -0.5f },
  { "\"num_target\":\"1\"", "\"other\":{}", -0.5f },
  { "\"5E-1\"", "\"[5E-1]\"", -0.5f },
  { "\"5E-1\"", "\"1.5\"", 0.5f },
  { "\"5E-1\"", "\"0\"", -1.0f },
  { "\"num_feature\":\"2\",\"num_target\"", "\"num_feature\":2,\"num_target\"", -0.5f },
  { "[5E-1,-1E0,2E0]", "[-Infinity,-1E0,2E0]", 2.5f },
  { "\"left_children\":[1,-1,-1],\"right_children\":[2,-1,-1]",
    "\"left_children\":[2,-1,-1],\"right_children\":[1,-1,-1]", 2.5f },
};

static void
test_accepted (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (accepted); i++)
    {
      g_autofree char *text = replace (MODEL, accepted[i].from, accepted[i].to);
      g_autoptr(GError) error = NULL;
      g_autoptr(AlgTreeModel) model = parse (text, strlen (text), &error);

      g_assert_no_error (error);
      g_assert_cmpfloat (predict (model), ==, accepted[i].left);
    }
}

typedef struct
{
  const char *what;
  const char *from;
  const char *to;
} Refused;

static const Refused refused[] = {
  { "child out of range", "\"left_children\":[1,", "\"left_children\":[3," },
  { "child far out of range", "\"left_children\":[1,", "\"left_children\":[2147483647," },
  { "negative child", "\"left_children\":[1,", "\"left_children\":[-2," },
  { "half a leaf", "\"right_children\":[2,", "\"right_children\":[-1," },
  { "the root as child", "\"left_children\":[1,", "\"left_children\":[0," },
  { "loop", "\"left_children\":[1,-1,-1],\"right_children\":[2,-1,-1]",
    "\"left_children\":[1,1,-1],\"right_children\":[2,2,-1]" },
  { "loop of two", "\"left_children\":[1,-1,-1],\"right_children\":[2,-1,-1]",
    "\"left_children\":[1,2,1],\"right_children\":[2,-1,-1]" },
  { "one child twice", "\"right_children\":[2,", "\"right_children\":[1," },
  { "huge child", "\"left_children\":[1,", "\"left_children\":[4294967297," },
  { "fraction of a child", "\"left_children\":[1,", "\"left_children\":[1.5," },
  { "text for a child", "\"left_children\":[1,", "\"left_children\":[\"1\"," },
  { "no nodes", "\"left_children\":[1,-1,-1]", "\"left_children\":[]" },
  { "missing array", "\"right_children\":[2,-1,-1],", "" },
  { "short array", "\"right_children\":[2,-1,-1]", "\"right_children\":[2,-1]" },
  { "long array", "\"split_conditions\":[", "\"split_conditions\":[1," },
  { "short flags", "\"default_left\":[1,0,0]", "\"default_left\":[1]" },
  { "array of arrays", "\"split_conditions\":[5E-1", "\"split_conditions\":[[5E-1]" },
  { "feature out of range", "\"split_indices\":[1,", "\"split_indices\":[2," },
  { "negative feature", "\"split_indices\":[1,", "\"split_indices\":[-1," },
  { "huge feature", "\"split_indices\":[1,", "\"split_indices\":[2147483647," },
  { "category without a set", "\"split_type\":[0,", "\"split_type\":[1," },
  { "set of a node that is none", "\"categories_nodes\":[],\"categories_segments\":[],\"categories_sizes\":[]",
    "\"categories_nodes\":[3],\"categories_segments\":[0],\"categories_sizes\":[0]" },
  { "set out of range", "\"categories_nodes\":[],\"categories_segments\":[],\"categories_sizes\":[]",
    "\"categories_nodes\":[0],\"categories_segments\":[0],\"categories_sizes\":[1]" },
  { "set of negative size", "\"categories_nodes\":[],\"categories_segments\":[],\"categories_sizes\":[]",
    "\"categories_nodes\":[0],\"categories_segments\":[1],\"categories_sizes\":[-1]" },
  { "set that overflows", "\"categories_nodes\":[],\"categories_segments\":[],\"categories_sizes\":[]",
    "\"categories_nodes\":[0],\"categories_segments\":[2147483647],\"categories_sizes\":[2147483647]" },
  { "two sets for a node", "\"categories_nodes\":[],\"categories_segments\":[],\"categories_sizes\":[]",
    "\"categories_nodes\":[0,0],\"categories_segments\":[0,0],\"categories_sizes\":[0,0]" },
  { "set without a size", "\"categories_nodes\":[]", "\"categories_nodes\":[0]" },
  { "leaf of two values", "\"size_leaf_vector\":\"1\"", "\"size_leaf_vector\":\"2\"" },
  { "group out of range", "\"tree_info\":[0]", "\"tree_info\":[1]" },
  { "negative group", "\"tree_info\":[0]", "\"tree_info\":[-1]" },
  { "group of no tree", "\"tree_info\":[0]", "\"tree_info\":[0,0]" },
  { "no groups", "\"tree_info\":[0]", "\"tree_info\":[]" },
  { "trees twice", "\"name\":\"gbtree\"", "\"model\":{\"trees\":[]},\"name\":\"gbtree\"" },
  { "trees that are none", "\"trees\":[", "\"trees\":[1," },
  { "unknown booster", "\"name\":\"gbtree\"", "\"name\":\"forest\"" },
  { "no booster", "\"name\":\"gbtree\"", "\"nom\":\"gbtree\"" },
  { "dart without weights", "\"name\":\"gbtree\"", "\"name\":\"dart\"" },
  { "linear without weights", "\"name\":\"gbtree\"", "\"name\":\"gblinear\"" },
  { "unknown objective", "reg:squarederror", "reg:squaredterror" },
  { "no objective", "\"objective\"", "\"subjective\"" },
  { "no base score", "\"base_score\"", "\"bass_score\"" },
  { "base score that is none", "\"5E-1\"", "\"x\"" },
  { "empty base score", "\"5E-1\"", "\"\"" },
  { "two base scores", "\"5E-1\"", "\"[1,2]\"" },
  { "no features", "\"num_feature\":\"2\",\"num_target\"", "\"num_feature\":\"0\",\"num_target\"" },
  { "too many features", "\"num_feature\":\"2\",\"num_target\"",
    "\"num_feature\":\"99999999999\",\"num_target\"" },
  { "negative features", "\"num_feature\":\"2\",\"num_target\"", "\"num_feature\":\"-2\",\"num_target\"" },
  { "too many classes", "\"num_class\":\"0\"", "\"num_class\":\"1000000000\"" },
  { "something behind it", "\"version\":[3,0,0]}", "\"version\":[3,0,0]} x" },
  { "a list", "{\"learner\"", "[\"learner\"" },
  { "too deep", "\"feature_names\":[]",
    "\"feature_names\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]" },
};

static void
test_refused (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autofree char *text = replace (MODEL, refused[i].from, refused[i].to);
      g_autoptr(GError) error = NULL;
      g_autoptr(AlgTreeModel) model = parse (text, strlen (text), &error);

      if (model != NULL)
        g_error ("accepted: %s", refused[i].what);
      g_test_message ("%s: %s", refused[i].what, error->message);
      g_assert_true (error->domain == SAGE_ERROR);
    }
}

static void
test_logistic_base (void)
{
  static const char * const scores[] = { "\"0\"", "\"1\"", "\"-1\"", "\"NaN\"", "\"1.5\"" };
  g_autofree char *logistic = replace (MODEL, "reg:squarederror", "binary:logistic");

  for (guint i = 0; i < G_N_ELEMENTS (scores); i++)
    {
      g_autofree char *text = replace (logistic, "\"5E-1\"", scores[i]);

      g_assert_null (parse (text, strlen (text), NULL));
    }
}

/* Every cut of the text, and every byte of it changed: an error or a model, nothing else. */
static void
test_damaged (void)
{
  g_autofree char *text = g_strdup (MODEL);
  gsize length = strlen (text);

  for (gsize i = 0; i < length; i++)
    g_assert_null (parse (text, i, NULL));

  for (gsize i = 0; i < length; i++)
    {
      static const char others[] = "\"{[,:0-9\\\x80";

      for (gsize j = 0; j < sizeof others; j++)
        {
          char saved = text[i];
          AlgTreeModel *model;

          text[i] = others[j];
          model = parse (text, length, NULL);
          text[i] = saved;
          if (model != NULL)
            {
              predict (model);
              alg_tree_model_unref (model);
            }
        }
    }
}

typedef struct
{
  const char *what;
  const char *bytes;
  gsize       length;
} Binary;

#define BYTES(s) (s), sizeof (s) - 1

static const Binary binaries[] = {
  { "nothing", BYTES ("") },
  { "a brace", BYTES ("{") },
  { "negative key", BYTES ("{i\xff" "a}") },
  { "key longer than the data", BYTES ("{L\x7f\xff\xff\xff\xff\xff\xff\xff" "a") },
  { "key that wraps", BYTES ("{L\xff\xff\xff\xff\xff\xff\xff\xff" "a") },
  { "no length", BYTES ("{Sabc") },
  { "huge list", BYTES ("{i\x01" "a[#L\x7f\xff\xff\xff\xff\xff\xff\xff") },
  { "huge typed list", BYTES ("{i\x01" "a[$d#L\x7f\xff\xff\xff\xff\xff\xff\xff") },
  { "negative list", BYTES ("{i\x01" "a[$d#L\xff\xff\xff\xff\xff\xff\xff\xff") },
  { "list of nulls", BYTES ("{i\x01" "a[$Z#l\x7f\xff\xff\xff}") },
  { "list of no-ops", BYTES ("{i\x01" "a[$N#l\x7f\xff\xff\xff}") },
  { "typed list without a count", BYTES ("{i\x01" "a[$d]}") },
  { "list that ends early", BYTES ("{i\x01" "a[$d#i\x02\x00\x00\x00\x00}") },
  { "unknown type", BYTES ("{i\x01" "aX}") },
  { "high precision", BYTES ("{i\x01" "aHi\x01" "1}") },
  { "list without an end", BYTES ("{i\x01" "a[") },
  { "lists in lists", BYTES ("{i\x01" "a[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[") },
  { "typed lists in lists", BYTES ("{i\x01" "a[$[#i\x05$[#i\x05$[#i\x05") },
  { "something behind it", BYTES ("{}{") },
  { "no learner", BYTES ("{i\x01" "aZ}") },
  { "a pickle", BYTES ("\x80\x04\x95") },
  { "the old binary format", BYTES ("binf\x00\x00\x00\x3f") },
  { "zeros", BYTES ("\x00\x00\x00\x00") },
  { "brace and zero", BYTES ("{\x00") },
};

static void
test_binary (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (binaries); i++)
    {
      g_autoptr(GError) error = NULL;

      if (parse (binaries[i].bytes, binaries[i].length, &error) != NULL)
        g_error ("accepted: %s", binaries[i].what);
      g_test_message ("%s: %s", binaries[i].what, error->message);
    }
}

static void
test_missing_file (void)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (alg_tree_model_load ("/nowhere/xgboost-model", &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (alg_tree_model_load_folder ("/nowhere", &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/tree-model/accepted", test_accepted);
  g_test_add_func ("/tree-model/refused", test_refused);
  g_test_add_func ("/tree-model/logistic-base", test_logistic_base);
  g_test_add_func ("/tree-model/damaged", test_damaged);
  g_test_add_func ("/tree-model/binary", test_binary);
  g_test_add_func ("/tree-model/missing-file", test_missing_file);

  return g_test_run ();
}
