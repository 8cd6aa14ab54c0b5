/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-images"

#include "config.h"

#include <math.h>
#include <string.h>

#include "eng-images.h"
#include "sage-error.h"
#include "sage-file.h"
#include "sage-json.h"

#define MAX_TABLE_BYTES (4u << 20)

typedef struct
{
  char       *repository; /* (owned) */
  GStrv       tags;       /* (owned): patterns */
  EngRuntime  runtime;
} Image;

struct _EngImages
{
  GPtrArray  *images;    /* (owned): of Image */
  GHashTable *instances; /* (owned): type → EngInstance */
};

/* The parts of `[host[:port]/]repository[:tag][@digest]`. */
typedef struct
{
  char *repository; /* (owned) */
  char *tag;        /* (owned) (nullable) */
} Reference;

static void
reference_clear (Reference *self)
{
  g_clear_pointer (&self->repository, g_free);
  g_clear_pointer (&self->tag, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reference, reference_clear)

static void
image_free (Image *self)
{
  g_free (self->repository);
  g_strfreev (self->tags);
  g_free (self->runtime.algorithm);
  g_free (self->runtime.interpreter);
  g_free (self);
}

static JsonNode *
load_table (const char  *data_dir,
            const char  *name,
            GError     **error)
{
  g_autofree char *path = g_build_filename (data_dir, name, NULL);
  g_autoptr(GBytes) bytes = sage_file_read (path, MAX_TABLE_BYTES, error);
  const SageJsonLimits limits = { .max_bytes = MAX_TABLE_BYTES, .max_keys = 100000 };
  const char *text;
  JsonNode *node;
  gsize length;

  if (bytes == NULL)
    return NULL;

  text = g_bytes_get_data (bytes, &length);
  node = sage_json_parse_object (text, length, &limits, error);
  if (node == NULL)
    g_prefix_error (error, "Reading '%s': ", path);

  return node;
}

static gboolean
parse_kind (const char     *text,
            EngRuntimeKind *kind)
{
  if (g_strcmp0 (text, "builtin") == 0)
    *kind = ENG_RUNTIME_BUILTIN;
  else if (g_strcmp0 (text, "python") == 0)
    *kind = ENG_RUNTIME_PYTHON;
  else
    return FALSE;

  return TRUE;
}

static gboolean
add_image (EngImages   *self,
           JsonObject  *object,
           guint        index,
           GError     **error)
{
  const char *repository = object != NULL ? sage_json_string (object, "repository", NULL) : NULL;
  JsonArray *tags = object != NULL ? sage_json_array (object, "tags") : NULL;
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  EngRuntimeKind kind;
  Image *image;

  if (repository == NULL || tags == NULL ||
      sage_json_string (object, "algorithm", NULL) == NULL ||
      !parse_kind (sage_json_string (object, "runtime", NULL), &kind))
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Entry %u of images.json needs repository, tags, algorithm and a runtime"
                       " of 'builtin' or 'python'", index);

  for (guint i = 0; i < json_array_get_length (tags); i++)
    {
      const char *tag = sage_json_array_string (tags, i);

      if (tag != NULL)
        g_strv_builder_add (builder, tag);
    }

  image = g_new0 (Image, 1);
  image->repository = g_strdup (repository);
  image->tags = g_strv_builder_end (builder);
  image->runtime.kind = kind;
  image->runtime.algorithm = g_strdup (sage_json_string (object, "algorithm", NULL));
  image->runtime.interpreter = g_strdup (sage_json_string (object, "interpreter", NULL));
  image->runtime.script_mode = sage_json_bool (object, "script_mode", FALSE);
  g_ptr_array_add (self->images, image);

  return TRUE;
}

static gboolean
load_images (EngImages   *self,
             const char  *data_dir,
             GError     **error)
{
  g_autoptr(JsonNode) root = load_table (data_dir, "images.json", error);
  JsonArray *entries;

  if (root == NULL)
    return FALSE;

  entries = sage_json_array (json_node_get_object (root), "images");
  if (entries == NULL)
    return sage_throw (error, SAGE_ERROR_INVALID, "images.json has no list 'images'");

  for (guint i = 0; i < json_array_get_length (entries); i++)
    if (!add_image (self, sage_json_array_object (entries, i), i, error))
      return FALSE;

  return TRUE;
}

static gboolean
add_instance (EngImages   *self,
              const char  *name,
              JsonObject  *object,
              GError     **error)
{
  double vcpus = object != NULL ? sage_json_double (object, "vcpus", 0) : 0;
  double memory = object != NULL ? sage_json_double (object, "memory_gib", 0) : 0;
  double price = object != NULL ? sage_json_double (object, "price_per_hour", -1) : -1;
  gint64 gpus = object != NULL ? sage_json_int (object, "gpus", 0) : 0;
  EngInstance *instance;

  if (!g_str_has_prefix (name, "ml.") || !(vcpus > 0 && vcpus <= 4096) ||
      !(memory > 0 && memory <= 1 << 20) || !(price >= 0 && isfinite (price)) ||
      gpus < 0 || gpus > 1024)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Entry '%s' of instances.json is not an instance: it needs a name that"
                       " starts with 'ml.', vcpus, memory_gib, gpus and price_per_hour", name);

  instance = g_new0 (EngInstance, 1);
  instance->vcpus = vcpus;
  instance->memory_bytes = (guint64) (memory * (1 << 30));
  instance->gpus = gpus;
  instance->price_per_hour = price;
  g_hash_table_replace (self->instances, g_strdup (name), instance);

  return TRUE;
}

static gboolean
load_instances (EngImages   *self,
                const char  *data_dir,
                GError     **error)
{
  g_autoptr(JsonNode) root = load_table (data_dir, "instances.json", error);
  g_autoptr(GList) names = NULL;
  JsonObject *entries;

  if (root == NULL)
    return FALSE;

  entries = sage_json_object (json_node_get_object (root), "instances");
  if (entries == NULL)
    return sage_throw (error, SAGE_ERROR_INVALID, "instances.json has no object 'instances'");

  names = json_object_get_members (entries);
  for (GList *l = names; l != NULL; l = l->next)
    if (!add_instance (self, l->data, sage_json_object (entries, l->data), error))
      return FALSE;

  return TRUE;
}

/**
 * eng_images_load:
 * @data_dir: the folder of `images.json` and `instances.json`
 *
 * Reads the image map and the price book.
 *
 * Returns: (transfer full): the tables, or %NULL with @error set: %SAGE_ERROR_NOT_FOUND,
 *   %SAGE_ERROR_SYNTAX, or %SAGE_ERROR_INVALID naming the entry
 */
EngImages *
eng_images_load (const char  *data_dir,
                 GError     **error)
{
  g_autoptr(EngImages) self = g_new0 (EngImages, 1);

  self->images = g_ptr_array_new_with_free_func ((GDestroyNotify) image_free);
  self->instances = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  if (!load_images (self, data_dir, error) || !load_instances (self, data_dir, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * eng_images_free:
 * @self: (transfer full): the tables
 */
void
eng_images_free (EngImages *self)
{
  g_ptr_array_unref (self->images);
  g_hash_table_unref (self->instances);
  g_free (self);
}

/* As docker reads it: the first component is a host when it has a dot or a port or is
 * "localhost"; a colon after the last slash starts the tag. */
static gboolean
reference_parse (const char *uri,
                 Reference  *reference)
{
  g_autofree char *name = g_strndup (uri, strcspn (uri, "@"));
  const char *slash = strchr (name, '/');
  const char *start = name;
  char *colon;

  if (slash != NULL)
    {
      g_autofree char *host = g_strndup (name, slash - name);

      if (strpbrk (host, ".:") != NULL || g_strcmp0 (host, "localhost") == 0)
        start = slash + 1;
    }

  colon = strrchr (start, ':');
  if (colon != NULL && strchr (colon, '/') == NULL)
    {
      reference->tag = g_strdup (colon + 1);
      *colon = '\0';
    }

  reference->repository = g_strdup (start);

  return *start != '\0' && (reference->tag == NULL || *reference->tag != '\0');
}

static gboolean
image_has_tag (Image      *image,
               const char *tag)
{
  if (tag == NULL)
    return TRUE;

  for (guint i = 0; image->tags[i] != NULL; i++)
    if (g_pattern_match_simple (image->tags[i], tag))
      return TRUE;

  return FALSE;
}

static char *
list_repositories (EngImages *self)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_auto(GStrv) names = NULL;

  for (guint i = 0; i < self->images->len; i++)
    g_strv_builder_add (builder, ((Image *) g_ptr_array_index (self->images, i))->repository);
  names = g_strv_builder_end (builder);

  return g_strjoinv (", ", names);
}

/**
 * eng_images_resolve:
 * @self: the tables
 * @image_uri: an image as a request names it, with or without registry, tag and digest
 *
 * Returns: (transfer none): what @image_uri stands for, or %NULL with @error set to
 *   %SAGE_ERROR_INVALID, naming the image and what is known
 */
const EngRuntime *
eng_images_resolve (EngImages   *self,
                    const char  *image_uri,
                    GError     **error)
{
  g_auto(Reference) reference = { NULL };
  g_autofree char *known = NULL;
  Image *other = NULL;

  if (!reference_parse (image_uri, &reference))
    {
      sage_throw (error, SAGE_ERROR_INVALID, "'%s' is not an image name", image_uri);
      return NULL;
    }

  for (guint i = 0; i < self->images->len; i++)
    {
      Image *image = g_ptr_array_index (self->images, i);

      if (g_strcmp0 (image->repository, reference.repository) != 0)
        continue;
      if (image_has_tag (image, reference.tag))
        return &image->runtime;
      other = image;
    }

  if (other != NULL)
    {
      known = g_strjoinv (", ", other->tags);
      sage_throw (error, SAGE_ERROR_INVALID,
                  "The image '%s' is not available here: of '%s' these tags are known: %s",
                  image_uri, other->repository, known);
      return NULL;
    }

  known = list_repositories (self);
  sage_throw (error, SAGE_ERROR_INVALID,
              "The image '%s' is not available here; known images: %s", image_uri, known);

  return NULL;
}

/**
 * eng_images_instance:
 * @self: the tables
 * @instance_type: such as "ml.m5.xlarge"
 *
 * Returns: (transfer none): what the type stands for, or %NULL with @error set to
 *   %SAGE_ERROR_INVALID, naming it
 */
const EngInstance *
eng_images_instance (EngImages   *self,
                     const char  *instance_type,
                     GError     **error)
{
  const EngInstance *instance = g_hash_table_lookup (self->instances, instance_type);

  if (instance == NULL)
    sage_throw (error, SAGE_ERROR_INVALID,
                g_str_has_prefix (instance_type, "ml.")
                  ? "The instance type '%s' is not in the price book (instances.json)"
                  : "'%s' is not an instance type: those start with 'ml.'",
                instance_type);

  return instance;
}
