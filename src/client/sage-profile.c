/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-profile"

#include "config.h"

#include <string.h>

#include "sage-embedded.h"
#include "sage-profile.h"

#define EMBEDDED "embedded"
#define DEFAULT_REGION "us-east-1"

struct _SageProfile
{
  GObject     parent_instance;

  char       *id;         /* (owned), never changes */
  char       *name;       /* (owned) */
  char       *url;        /* (owned) (nullable) */
  char       *data_dir;   /* (owned) (nullable): of the embedded engine */
  char       *region;     /* (owned) */
  char       *access_key; /* (owned) (nullable) */
  char       *certificate; /* (owned) (nullable) */
  const char *colour;     /* (nullable): one of the table's */
};

typedef enum
{
  PROP_ID = 1,
  PROP_NAME,
  PROP_URL,
  PROP_DATA_DIR,
  PROP_REGION,
  PROP_ACCESS_KEY,
  PROP_CERTIFICATE,
  PROP_COLOUR,
} SageProfileProperty;

static GParamSpec *properties[PROP_COLOUR + 1];

static const char * const colours[] = {
  "red", "orange", "yellow", "green", "blue", "purple", "slate", NULL
};

G_DEFINE_FINAL_TYPE (SageProfile, sage_profile, G_TYPE_OBJECT)

static void
sage_profile_finalize (GObject *object)
{
  SageProfile *self = SAGE_PROFILE (object);

  g_free (self->id);
  g_free (self->name);
  g_free (self->url);
  g_free (self->data_dir);
  g_free (self->region);
  g_free (self->access_key);
  g_free (self->certificate);

  G_OBJECT_CLASS (sage_profile_parent_class)->finalize (object);
}

static void
sage_profile_constructed (GObject *object)
{
  SageProfile *self = SAGE_PROFILE (object);

  if (self->id == NULL)
    self->id = g_uuid_string_random ();

  G_OBJECT_CLASS (sage_profile_parent_class)->constructed (object);
}

static void
sage_profile_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  SageProfile *self = SAGE_PROFILE (object);

  switch ((SageProfileProperty) prop_id)
    {
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_URL:
      g_value_set_string (value, self->url);
      break;
    case PROP_DATA_DIR:
      g_value_set_string (value, self->data_dir);
      break;
    case PROP_REGION:
      g_value_set_string (value, self->region);
      break;
    case PROP_ACCESS_KEY:
      g_value_set_string (value, self->access_key);
      break;
    case PROP_CERTIFICATE:
      g_value_set_string (value, self->certificate);
      break;
    case PROP_COLOUR:
      g_value_set_static_string (value, self->colour);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_profile_set_property (GObject      *object,
                           guint         prop_id,
                           const GValue *value,
                           GParamSpec   *pspec)
{
  SageProfile *self = SAGE_PROFILE (object);

  switch ((SageProfileProperty) prop_id)
    {
    case PROP_ID:
      self->id = g_value_dup_string (value);
      break;
    case PROP_NAME:
      sage_profile_set_name (self, g_value_get_string (value));
      break;
    case PROP_URL:
      sage_profile_set_url (self, g_value_get_string (value));
      break;
    case PROP_DATA_DIR:
      self->data_dir = g_value_dup_string (value);
      break;
    case PROP_REGION:
      sage_profile_set_region (self, g_value_get_string (value));
      break;
    case PROP_ACCESS_KEY:
      sage_profile_set_access_key (self, g_value_get_string (value));
      break;
    case PROP_CERTIFICATE:
      sage_profile_set_certificate (self, g_value_get_string (value));
      break;
    case PROP_COLOUR:
      sage_profile_set_colour (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static GParamSpec *
string_property (const char  *name,
                 const char  *fallback,
                 GParamFlags  flags)
{
  return g_param_spec_string (name, NULL, NULL, fallback,
                              G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS
                              | flags);
}

static void
sage_profile_class_init (SageProfileClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = sage_profile_constructed;
  object_class->finalize = sage_profile_finalize;
  object_class->get_property = sage_profile_get_property;
  object_class->set_property = sage_profile_set_property;

  properties[PROP_ID] = string_property ("id", NULL, G_PARAM_CONSTRUCT_ONLY);
  properties[PROP_NAME] = string_property ("name", "", 0);
  properties[PROP_URL] = string_property ("url", NULL, 0);
  properties[PROP_DATA_DIR] = string_property ("data-dir", NULL, G_PARAM_CONSTRUCT_ONLY);
  properties[PROP_REGION] = string_property ("region", DEFAULT_REGION, 0);
  properties[PROP_ACCESS_KEY] = string_property ("access-key", NULL, 0);
  properties[PROP_CERTIFICATE] = string_property ("certificate", NULL, 0);
  properties[PROP_COLOUR] = string_property ("colour", NULL, 0);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
sage_profile_init (SageProfile *self)
{
  self->name = g_strdup ("");
  self->region = g_strdup (DEFAULT_REGION);
}

/**
 * sage_profile_new_embedded:
 * @data_dir: (nullable) (type filename): the engine's data directory; the user's own if %NULL
 *
 * Returns: (transfer full): the profile of the engine that runs on this machine for this user
 */
SageProfile *
sage_profile_new_embedded (const char *data_dir)
{
  g_autofree char *directory = data_dir != NULL ? g_canonicalize_filename (data_dir, NULL)
                                                : sage_embedded_default_dir ();

  return g_object_new (SAGE_TYPE_PROFILE, "id", EMBEDDED, "name", "Embedded",
                       "data-dir", directory, NULL);
}

/**
 * sage_profile_new_remote:
 * @name: what people call it
 * @url: its base URL
 * @access_key: (nullable): the access key that calls are signed with
 * @region: (nullable): `us-east-1` if %NULL
 *
 * Returns: (transfer full): a profile with an identity of its own
 */
SageProfile *
sage_profile_new_remote (const char *name,
                         const char *url,
                         const char *access_key,
                         const char *region)
{
  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (url != NULL, NULL);

  return g_object_new (SAGE_TYPE_PROFILE, "name", name, "url", url, "access-key", access_key,
                       "region", region, NULL);
}

/**
 * sage_profile_from_variant:
 * @variant: what sage_profile_to_variant() made, perhaps changed since by someone else
 *
 * Returns: (transfer full) (nullable): the profile; %NULL if @variant is none
 */
SageProfile *
sage_profile_from_variant (GVariant *variant)
{
  g_autofree char *data_dir = NULL;
  const char *id = NULL;
  const char *name = "";
  const char *url = NULL;
  const char *region = NULL;
  const char *access_key = NULL;
  const char *certificate = NULL;
  const char *colour = NULL;
  gboolean embedded;

  g_return_val_if_fail (variant != NULL, NULL);

  if (!g_variant_is_of_type (variant, G_VARIANT_TYPE_VARDICT))
    return NULL;

  g_variant_lookup (variant, "id", "&s", &id);
  g_variant_lookup (variant, "name", "&s", &name);
  g_variant_lookup (variant, "url", "&s", &url);
  g_variant_lookup (variant, "data-dir", "^ay", &data_dir);
  g_variant_lookup (variant, "region", "&s", &region);
  g_variant_lookup (variant, "access-key", "&s", &access_key);
  g_variant_lookup (variant, "certificate", "&s", &certificate);
  g_variant_lookup (variant, "colour", "&s", &colour);

  embedded = g_strcmp0 (id, EMBEDDED) == 0;
  if (embedded ? data_dir == NULL || !g_path_is_absolute (data_dir)
               : id == NULL || !g_uuid_string_is_valid (id) || url == NULL)
    return NULL;

  return g_object_new (SAGE_TYPE_PROFILE, "id", id, "name", name, "url", embedded ? NULL : url,
                       "data-dir", embedded ? data_dir : NULL, "region", region,
                       "access-key", access_key, "certificate", certificate, "colour", colour, NULL);
}

static void
add_string (GVariantBuilder *builder,
            const char      *key,
            const char      *value)
{
  if (value != NULL)
    g_variant_builder_add (builder, "{sv}", key, g_variant_new_string (value));
}

/**
 * sage_profile_to_variant:
 * @self: a profile
 *
 * Returns: (transfer floating): it as an `a{sv}`, to be kept in the settings
 */
GVariant *
sage_profile_to_variant (SageProfile *self)
{
  GVariantBuilder builder;

  g_return_val_if_fail (SAGE_IS_PROFILE (self), NULL);

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  add_string (&builder, "id", self->id);
  add_string (&builder, "name", self->name);
  add_string (&builder, "url", self->url);
  if (self->data_dir != NULL) /* a path need not be UTF-8 */
    g_variant_builder_add (&builder, "{sv}", "data-dir",
                           g_variant_new_bytestring (self->data_dir));
  add_string (&builder, "region", self->region);
  add_string (&builder, "access-key", self->access_key);
  add_string (&builder, "certificate", self->certificate);
  add_string (&builder, "colour", self->colour);

  return g_variant_builder_end (&builder);
}

gboolean
sage_profile_is_embedded (SageProfile *self)
{
  g_return_val_if_fail (SAGE_IS_PROFILE (self), FALSE);

  return strcmp (self->id, EMBEDDED) == 0;
}

const char *
sage_profile_get_id (SageProfile *self)
{
  g_return_val_if_fail (SAGE_IS_PROFILE (self), NULL);

  return self->id;
}

const char *
sage_profile_get_name (SageProfile *self)
{
  g_return_val_if_fail (SAGE_IS_PROFILE (self), NULL);

  return self->name;
}

static void
set_string (SageProfile          *self,
            char                **field,
            const char           *value,
            SageProfileProperty   property)
{
  if (g_set_str (field, value))
    g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

/**
 * sage_profile_set_name:
 * @self: a profile
 * @name: (nullable): what people call it
 */
void
sage_profile_set_name (SageProfile *self,
                       const char  *name)
{
  g_return_if_fail (SAGE_IS_PROFILE (self));

  set_string (self, &self->name, name != NULL ? name : "", PROP_NAME);
}

const char *
sage_profile_get_url (SageProfile *self)
{
  g_return_val_if_fail (SAGE_IS_PROFILE (self), NULL);

  return self->url;
}

/**
 * sage_profile_set_url:
 * @self: a profile
 * @url: (nullable): the base URL; the next connection uses it
 */
void
sage_profile_set_url (SageProfile *self,
                      const char  *url)
{
  g_return_if_fail (SAGE_IS_PROFILE (self));

  set_string (self, &self->url, url, PROP_URL);
}

const char *
sage_profile_get_data_dir (SageProfile *self)
{
  g_return_val_if_fail (SAGE_IS_PROFILE (self), NULL);

  return self->data_dir;
}

const char *
sage_profile_get_region (SageProfile *self)
{
  g_return_val_if_fail (SAGE_IS_PROFILE (self), NULL);

  return self->region;
}

/**
 * sage_profile_set_region:
 * @self: a profile
 * @region: (nullable): what calls are signed for; `us-east-1` if %NULL. The embedded engine says
 *   its own.
 */
void
sage_profile_set_region (SageProfile *self,
                         const char  *region)
{
  g_return_if_fail (SAGE_IS_PROFILE (self));

  set_string (self, &self->region, region != NULL && region[0] != '\0' ? region : DEFAULT_REGION,
              PROP_REGION);
}

const char *
sage_profile_get_access_key (SageProfile *self)
{
  g_return_val_if_fail (SAGE_IS_PROFILE (self), NULL);

  return self->access_key;
}

/**
 * sage_profile_set_access_key:
 * @self: a profile
 * @access_key: (nullable): the public half of the key that calls are signed with
 */
void
sage_profile_set_access_key (SageProfile *self,
                             const char  *access_key)
{
  g_return_if_fail (SAGE_IS_PROFILE (self));

  set_string (self, &self->access_key,
              access_key != NULL && access_key[0] != '\0' ? access_key : NULL, PROP_ACCESS_KEY);
}

const char *
sage_profile_get_certificate (SageProfile *self)
{
  g_return_val_if_fail (SAGE_IS_PROFILE (self), NULL);

  return self->certificate;
}

/**
 * sage_profile_set_certificate:
 * @self: a profile
 * @certificate: (nullable): the fingerprint of the only certificate that the next connection takes,
 *   see sage_trust_new()
 */
void
sage_profile_set_certificate (SageProfile *self,
                              const char  *certificate)
{
  g_return_if_fail (SAGE_IS_PROFILE (self));

  set_string (self, &self->certificate, certificate, PROP_CERTIFICATE);
}

/**
 * sage_profile_get_colour:
 * @self: a profile
 *
 * Returns: (nullable): one of sage_profile_colours()
 */
const char *
sage_profile_get_colour (SageProfile *self)
{
  g_return_val_if_fail (SAGE_IS_PROFILE (self), NULL);

  return self->colour;
}

/**
 * sage_profile_set_colour:
 * @self: a profile
 * @colour: (nullable): one of sage_profile_colours(); anything else is none
 */
void
sage_profile_set_colour (SageProfile *self,
                         const char  *colour)
{
  const char *found = NULL;

  g_return_if_fail (SAGE_IS_PROFILE (self));

  for (guint i = 0; colour != NULL && colours[i] != NULL; i++)
    if (strcmp (colours[i], colour) == 0)
      found = colours[i];

  if (found != self->colour)
    {
      self->colour = found;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COLOUR]);
    }
}

/**
 * sage_profile_colours:
 *
 * Returns: (array zero-terminated=1): the colours a connection can have
 */
const char * const *
sage_profile_colours (void)
{
  return colours;
}
