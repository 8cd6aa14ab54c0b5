/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "alg-tree-load"

#include "config.h"

#include <string.h>

#include "sage-error.h"

#include "alg-document.h"
#include "alg-number.h"
#include "alg-tree-build-private.h"

#define MAX_TREES  1000000
#define MAX_GROUPS 100000

/* What is known of a model while its file is read; the members may come in any order. */
typedef struct
{
  AlgDocument    document;
  AlgTreeSource  source;
  AlgTreeTables  tables;
  GArray        *groups;      /* of gint32: tree_info */
  GArray        *weights;     /* of float: weight_drop */
  GArray        *linear;      /* of float */
  char          *booster;     /* (owned) (nullable) */
  char          *objective;   /* (owned) (nullable) */
  char          *base_score;  /* (owned) (nullable) */
  gint64         n_features;
  gint64         n_classes;
  gint64         n_targets;
  gboolean       met_trees;
} Loader;

static void
loader_init (Loader *loader)
{
  memset (loader, 0, sizeof *loader);
  alg_tree_source_init (&loader->source);
  alg_tree_tables_init (&loader->tables);
  loader->groups = g_array_new (FALSE, FALSE, sizeof (gint32));
  loader->weights = g_array_new (FALSE, FALSE, sizeof (float));
  loader->linear = g_array_new (FALSE, FALSE, sizeof (float));
}

static void
loader_clear (Loader *loader)
{
  alg_document_clear (&loader->document);
  alg_tree_source_clear (&loader->source);
  alg_tree_tables_clear (&loader->tables);
  g_clear_pointer (&loader->groups, g_array_unref);
  g_clear_pointer (&loader->weights, g_array_unref);
  g_clear_pointer (&loader->linear, g_array_unref);
  g_clear_pointer (&loader->booster, g_free);
  g_clear_pointer (&loader->objective, g_free);
  g_clear_pointer (&loader->base_score, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Loader, loader_clear)

/* Called with each key of an object; reads the value behind it. */
typedef gboolean (*MemberFunc) (Loader  *loader,
                                GError **error);

/* Reads an object whose opening was taken already. */
static gboolean
read_members (Loader      *loader,
              MemberFunc   member,
              GError     **error)
{
  AlgToken token;

  while ((token = alg_document_next (&loader->document, error)) == ALG_TOKEN_KEY)
    if (!member (loader, error))
      return FALSE;

  return token == ALG_TOKEN_OBJECT_END;
}

static gboolean
read_object (Loader      *loader,
             MemberFunc   member,
             GError     **error)
{
  return alg_document_expect (&loader->document, ALG_TOKEN_OBJECT, error) &&
         read_members (loader, member, error);
}

static gboolean
read_ints (Loader  *loader,
           GArray  *out,
           GError **error)
{
  AlgDocument *document = &loader->document;
  AlgToken token;

  g_array_set_size (out, 0);
  if (!alg_document_expect (document, ALG_TOKEN_ARRAY, error))
    return FALSE;

  while ((token = alg_document_next (document, error)) != ALG_TOKEN_ARRAY_END)
    {
      gint64 wide = token == ALG_TOKEN_TRUE;
      gint32 value;

      if (token == ALG_TOKEN_ERROR)
        return FALSE;
      if (token == ALG_TOKEN_NUMBER &&
          !alg_document_integer (document, G_MININT32, G_MAXINT32, &wide, error))
        return FALSE;
      if (token != ALG_TOKEN_NUMBER && token != ALG_TOKEN_TRUE && token != ALG_TOKEN_FALSE)
        return alg_document_throw (document, error, "Expected a whole number");

      value = (gint32) wide;
      g_array_append_val (out, value);
    }

  return TRUE;
}

static gboolean
read_floats (Loader  *loader,
             GArray  *out,
             GError **error)
{
  AlgDocument *document = &loader->document;
  AlgToken token;
  float value;

  g_array_set_size (out, 0);
  if (!alg_document_expect (document, ALG_TOKEN_ARRAY, error))
    return FALSE;

  while ((token = alg_document_next (document, error)) == ALG_TOKEN_NUMBER)
    {
      if (!alg_document_float (document, &value, error))
        return FALSE;
      g_array_append_val (out, value);
    }

  if (token == ALG_TOKEN_ARRAY_END)
    return TRUE;

  return token == ALG_TOKEN_ERROR ? FALSE
                                  : alg_document_throw (document, error, "Expected a number");
}

/* Numbers stand in strings in the parameters, but not in every version. */
static gboolean
read_integer (Loader  *loader,
              gint64   maximum,
              gint64  *value,
              GError **error)
{
  AlgToken token = alg_document_next (&loader->document, error);

  if (token == ALG_TOKEN_ERROR)
    return FALSE;
  if (token != ALG_TOKEN_STRING && token != ALG_TOKEN_NUMBER)
    return alg_document_throw (&loader->document, error, "Expected a whole number");

  return alg_document_integer (&loader->document, 0, maximum, value, error);
}

static gboolean
read_string (Loader  *loader,
             char   **out,
             GError **error)
{
  if (!alg_document_expect (&loader->document, ALG_TOKEN_STRING, error))
    return FALSE;

  g_free (*out);
  *out = alg_document_dup (&loader->document);

  return TRUE;
}

static gboolean
tree_param_member (Loader  *loader,
                   GError **error)
{
  if (alg_document_is (&loader->document, "size_leaf_vector"))
    return read_integer (loader, G_MAXINT32, &loader->source.leaf_size, error);

  return alg_document_skip (&loader->document, error);
}

static gboolean
tree_member (Loader  *loader,
             GError **error)
{
  AlgTreeSource *source = &loader->source;
  const struct
  {
    const char *key;
    GArray     *out;
  } arrays[] = {
    { "left_children", source->left },
    { "right_children", source->right },
    { "split_indices", source->features },
    { "default_left", source->default_left },
    { "split_type", source->split_type },
    { "categories", source->categories },
    { "categories_nodes", source->set_nodes },
    { "categories_segments", source->set_starts },
    { "categories_sizes", source->set_sizes },
  };

  for (guint i = 0; i < G_N_ELEMENTS (arrays); i++)
    if (alg_document_is (&loader->document, arrays[i].key))
      return read_ints (loader, arrays[i].out, error);

  if (alg_document_is (&loader->document, "split_conditions"))
    return read_floats (loader, source->conditions, error);
  if (alg_document_is (&loader->document, "tree_param"))
    return read_object (loader, tree_param_member, error);

  return alg_document_skip (&loader->document, error);
}

static gboolean
read_trees (Loader  *loader,
            GError **error)
{
  AlgToken token;

  if (loader->met_trees)
    return alg_document_throw (&loader->document, error, "The trees come twice");
  loader->met_trees = TRUE;

  if (!alg_document_expect (&loader->document, ALG_TOKEN_ARRAY, error))
    return FALSE;

  while ((token = alg_document_next (&loader->document, error)) == ALG_TOKEN_OBJECT)
    {
      if (loader->tables.roots->len == MAX_TREES)
        return alg_document_throw (&loader->document, error, "More than %d trees", MAX_TREES);

      alg_tree_source_reset (&loader->source);
      if (!read_members (loader, tree_member, error) ||
          !alg_tree_tables_add (&loader->tables, &loader->source, error))
        return FALSE;
    }

  if (token == ALG_TOKEN_ARRAY_END)
    return TRUE;

  return token == ALG_TOKEN_ERROR ? FALSE
                                  : alg_document_throw (&loader->document, error, "Expected a tree");
}

static gboolean
model_member (Loader  *loader,
              GError **error)
{
  if (alg_document_is (&loader->document, "trees"))
    return read_trees (loader, error);
  if (alg_document_is (&loader->document, "tree_info"))
    return read_ints (loader, loader->groups, error);
  if (alg_document_is (&loader->document, "weights"))
    return read_floats (loader, loader->linear, error);

  return alg_document_skip (&loader->document, error);
}

/* The booster inside dart: its name is gbtree, which the name of the outer one overrules. */
static gboolean
inner_booster_member (Loader  *loader,
                      GError **error)
{
  if (alg_document_is (&loader->document, "model"))
    return read_object (loader, model_member, error);

  return alg_document_skip (&loader->document, error);
}

static gboolean
booster_member (Loader  *loader,
                GError **error)
{
  if (alg_document_is (&loader->document, "name"))
    return read_string (loader, &loader->booster, error);
  if (alg_document_is (&loader->document, "gbtree"))
    return read_object (loader, inner_booster_member, error);
  if (alg_document_is (&loader->document, "weight_drop"))
    return read_floats (loader, loader->weights, error);

  return inner_booster_member (loader, error);
}

static gboolean
param_member (Loader  *loader,
              GError **error)
{
  if (alg_document_is (&loader->document, "num_feature"))
    return read_integer (loader, ALG_MAX_FEATURES, &loader->n_features, error);
  if (alg_document_is (&loader->document, "num_class"))
    return read_integer (loader, MAX_GROUPS, &loader->n_classes, error);
  if (alg_document_is (&loader->document, "num_target"))
    return read_integer (loader, MAX_GROUPS, &loader->n_targets, error);
  if (alg_document_is (&loader->document, "base_score"))
    return read_string (loader, &loader->base_score, error);

  return alg_document_skip (&loader->document, error);
}

static gboolean
objective_member (Loader  *loader,
                  GError **error)
{
  if (alg_document_is (&loader->document, "name"))
    return read_string (loader, &loader->objective, error);

  return alg_document_skip (&loader->document, error);
}

static gboolean
learner_member (Loader  *loader,
                GError **error)
{
  if (alg_document_is (&loader->document, "gradient_booster"))
    return read_object (loader, booster_member, error);
  if (alg_document_is (&loader->document, "learner_model_param"))
    return read_object (loader, param_member, error);
  if (alg_document_is (&loader->document, "objective"))
    return read_object (loader, objective_member, error);

  return alg_document_skip (&loader->document, error);
}

static gboolean
top_member (Loader  *loader,
            GError **error)
{
  if (alg_document_is (&loader->document, "learner"))
    return read_object (loader, learner_member, error);

  return alg_document_skip (&loader->document, error);
}

/* The base score is one number, "5E-1", or since 3.1 a list of one or one for each group. */
static gboolean
set_base (AlgTreeModel  *model,
          const char    *text,
          AlgLink        link,
          GError       **error)
{
  const char *p = text[0] == '[' ? text + 1 : text;
  guint n = 0;

  model->base = g_new0 (float, model->n_groups);

  while (n < model->n_groups)
    {
      float score;
      gsize length = alg_float_parse (p, strlen (p), &score);

      if (length == 0 || !alg_objective_margin (link, score, &model->base[n]))
        return sage_throw (error, SAGE_ERROR_INVALID,
                           "The base score '%s' is not one that %s can have", text, model->objective);

      n++;
      p += length;
      if (*p != ',')
        break;
      p++;
    }

  if ((n != 1 && n != model->n_groups) || !g_str_equal (p, text[0] == '[' ? "]" : ""))
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "The base score '%s' is not one number, nor one for each of %u outputs",
                       text, model->n_groups);
  for (guint i = n; i < model->n_groups; i++)
    model->base[i] = model->base[0];

  return TRUE;
}

static gboolean
set_trees (AlgTreeModel  *model,
           Loader        *loader,
           GError       **error)
{
  AlgTreeTables *tables = &loader->tables;
  guint n = tables->roots->len;

  if (tables->max_feature >= (gint64) model->n_features)
    return sage_throw (error, SAGE_ERROR_INVALID, "The trees split on feature %d of %u",
                       tables->max_feature, model->n_features);
  if (loader->groups->len != n)
    return sage_throw (error, SAGE_ERROR_INVALID, "The model has %u trees and says of %u what "
                       "they add to", n, loader->groups->len);
  if (g_strcmp0 (loader->booster, "dart") == 0 && loader->weights->len != n)
    return sage_throw (error, SAGE_ERROR_INVALID, "The model has %u trees and weights of %u",
                       n, loader->weights->len);

  for (guint i = 0; i < n; i++)
    {
      gint32 group = g_array_index (loader->groups, gint32, i);

      if (group < 0 || (guint) group >= model->n_groups)
        return sage_throw (error, SAGE_ERROR_INVALID, "Tree %u adds to output %d of %u",
                           i, group, model->n_groups);
    }

  model->n_trees = n;
  model->categorical = tables->categorical;
  model->groups = (guint32 *) g_array_steal (loader->groups, NULL);
  model->roots = g_array_steal (tables->roots, NULL);
  model->depths = g_array_steal (tables->depths, NULL);
  model->n_nodes = tables->nodes->len;
  model->nodes = g_array_steal (tables->nodes, NULL);
  model->values = g_array_steal (tables->values, NULL);
  model->sets = g_array_steal (tables->sets, NULL);
  model->categories = g_array_steal (tables->categories, NULL);
  if (g_strcmp0 (loader->booster, "dart") == 0)
    model->weights = g_array_steal (loader->weights, NULL);
  alg_tree_quick_prepare (model);

  return TRUE;
}

static gboolean
set_linear (AlgTreeModel  *model,
            Loader        *loader,
            GError       **error)
{
  guint64 wanted = ((guint64) model->n_features + 1) * model->n_groups;

  if (loader->linear->len != wanted)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "The linear model has %u weights instead of %" G_GUINT64_FORMAT,
                       loader->linear->len, wanted);

  model->linear = g_array_steal (loader->linear, NULL);

  return TRUE;
}

static gboolean
set_booster (AlgTreeModel  *model,
             Loader        *loader,
             GError       **error)
{
  if (loader->booster == NULL)
    return sage_throw (error, SAGE_ERROR_INVALID, "The file holds no XGBoost model");
  if (g_str_equal (loader->booster, "gblinear"))
    return set_linear (model, loader, error);
  if (g_str_equal (loader->booster, "gbtree") || g_str_equal (loader->booster, "dart"))
    return set_trees (model, loader, error);

  return sage_throw (error, SAGE_ERROR_UNSUPPORTED, "The booster '%s' is not supported",
                     loader->booster);
}

/* Makes the model of what was read, which is checked as a whole only here. */
static AlgTreeModel *
finish (Loader  *loader,
        GError **error)
{
  g_autoptr(AlgTreeModel) model = g_new0 (AlgTreeModel, 1);
  AlgLink link;

  g_atomic_ref_count_init (&model->refs);

  if (loader->objective == NULL || loader->base_score == NULL || loader->n_features == 0)
    {
      sage_throw (error, SAGE_ERROR_INVALID, "The file holds no XGBoost model: %s is missing",
                  loader->objective == NULL    ? "the objective"
                  : loader->base_score == NULL ? "the base score"
                                               : "the number of features");
      return NULL;
    }
  if (!alg_objective_find (loader->objective, &model->transform, &link))
    {
      sage_throw (error, SAGE_ERROR_UNSUPPORTED, "The objective '%s' is not supported",
                  loader->objective);
      return NULL;
    }

  model->objective = g_strdup (loader->objective);
  model->n_features = loader->n_features;
  model->n_groups = MAX (MAX (loader->n_classes, loader->n_targets), 1);

  if (!set_base (model, loader->base_score, link, error) || !set_booster (model, loader, error))
    return NULL;

  return g_steal_pointer (&model);
}

/* What a file is by its first bytes: JSON, UBJSON, or one of the things people mistake for them. */
static gboolean
detect (Loader       *loader,
        const guint8 *data,
        gsize         length,
        GError      **error)
{
  gsize start = 0;

  while (start < length && g_ascii_isspace (data[start]))
    start++;

  if (length >= 2 && data[0] == '{' && strchr ("$#iUIlLN", data[1]) != NULL && data[1] != '\0')
    {
      alg_document_init_ubjson (&loader->document, data, length);
      return TRUE;
    }
  if (start < length && data[start] == '{')
    {
      alg_document_init_json (&loader->document, data, length);
      return TRUE;
    }
  if (length > 0 && data[0] == 0x80)
    return sage_throw (error, SAGE_ERROR_UNSUPPORTED,
                       "The model is a Python pickle, which runs code when it is loaded; "
                       "save it with Booster.save_model as .json or .ubj");
  if (length >= 4 && (memcmp (data, "binf", 4) == 0 || memcmp (data, "bs64", 4) == 0))
    return sage_throw (error, SAGE_ERROR_UNSUPPORTED,
                       "The model is in XGBoost's old binary format; "
                       "save it again as .json or .ubj");

  return sage_throw (error, SAGE_ERROR_SYNTAX, "The model is neither JSON nor UBJSON");
}

/**
 * alg_tree_model_parse:
 * @data: a model as XGBoost 1.3 to 3.x saves it, JSON or UBJSON
 * @length: its size in bytes
 * @error: return location
 *
 * Reads a model that nobody vouches for; every index is checked before it is used.
 *
 * Returns: (transfer full): the model, or %NULL with @error set: %SAGE_ERROR_SYNTAX,
 *   %SAGE_ERROR_INVALID, %SAGE_ERROR_UNSUPPORTED, %SAGE_ERROR_TOO_LARGE
 */
AlgTreeModel *
alg_tree_model_parse (const void  *data,
                      gsize        length,
                      GError     **error)
{
  g_auto(Loader) loader;

  loader_init (&loader);

  if (!detect (&loader, data, length, error) ||
      !read_object (&loader, top_member, error) ||
      !alg_document_expect (&loader.document, ALG_TOKEN_END, error))
    return NULL;

  return finish (&loader, error);
}

/**
 * alg_tree_model_load:
 * @path: the file
 * @error: return location
 *
 * Returns: (transfer full): the model, or %NULL with @error set as alg_tree_model_parse() does, or
 *   %SAGE_ERROR_NOT_FOUND or %SAGE_ERROR_IO
 */
AlgTreeModel *
alg_tree_model_load (const char  *path,
                     GError     **error)
{
  g_autoptr(GError) local = NULL;
  g_autoptr(GMappedFile) file = g_mapped_file_new (path, FALSE, &local);
  g_autofree char *name = g_path_get_basename (path);
  AlgTreeModel *model;

  if (file == NULL)
    {
      sage_throw (error, g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT)
                           ? SAGE_ERROR_NOT_FOUND
                           : SAGE_ERROR_IO,
                  "Reading the model '%s' failed: %s", name, local->message);
      return NULL;
    }

  model = alg_tree_model_parse (g_mapped_file_get_contents (file), g_mapped_file_get_length (file),
                                error);
  if (model == NULL)
    g_prefix_error (error, "Model '%s': ", name);

  return model;
}

/* The names that SageMaker's XGBoost container and its users give the model in the archive. */
static const char * const file_names[] = {
  "xgboost-model", "xgboost-model.json", "xgboost-model.ubj", "model.json", "model.ubj", "model.xgb",
};

/**
 * alg_tree_model_load_folder:
 * @folder: an unpacked model archive
 * @error: return location
 *
 * Loads `xgboost-model`, or another of the usual names in its place.
 *
 * Returns: (transfer full): the model, or %NULL with @error set
 */
AlgTreeModel *
alg_tree_model_load_folder (const char  *folder,
                            GError     **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (file_names); i++)
    {
      g_autofree char *path = g_build_filename (folder, file_names[i], NULL);

      if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
        return alg_tree_model_load (path, error);
    }

  sage_throw (error, SAGE_ERROR_NOT_FOUND,
              "The model archive has no file 'xgboost-model' (nor model.json, nor model.ubj)");

  return NULL;
}
