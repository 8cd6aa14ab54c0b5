/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-resource"

#include "config.h"

#include <string.h>

#include "sage-json.h"
#include "sage-resource-private.h"

/*
 * One thing of the engine's. There is one object for each, shared by all that shows it, and there
 * may be 100,000 of them: a row's facts are kept, its JSON only where somebody asked for all of it.
 */
struct _SageResource
{
  GObject     parent_instance;

  SageResourceKey  key;         /* its name is (owned): as in events */
  SageState        state;
  guint            deleted : 1;
  guint64          stamp;       /* when its connection last heard of it in an event */
  SageRegistry    *registry;    /* (owned) (nullable): where it is known */
  char            *title;       /* (owned) (nullable): what its user calls it */
  char            *arn;         /* (owned) (nullable) */
  GRefString      *status;      /* (owned), shared with all that have it */
  GRefString      *approval;    /* (owned) (nullable): of model packages */
  char            *reason;      /* (owned) (nullable) */
  double           created;     /* seconds since 1970; 0 if not known */
  double           modified;
  double           ended;       /* 0 while it goes on */
  JsonObject      *description; /* (owned) (nullable) */
};

typedef enum
{
  PROP_KIND = 1,
  PROP_NAME,
  PROP_TITLE,
  PROP_ARN,
  PROP_STATUS,
  PROP_APPROVAL,
  PROP_STATE,
  PROP_REASON,
  PROP_CREATED,
  PROP_MODIFIED,
  PROP_ENDED,
  PROP_DELETED,
  PROP_DESCRIPTION,
} SageResourceProperty;

static GParamSpec *properties[PROP_DESCRIPTION + 1];

G_DEFINE_FINAL_TYPE (SageResource, sage_resource, G_TYPE_OBJECT)

static void
sage_resource_dispose (GObject *object)
{
  SageResource *self = SAGE_RESOURCE (object);

  if (self->registry != NULL)
    sage_registry_remove (self->registry, self);
  g_clear_pointer (&self->registry, sage_registry_unref);

  G_OBJECT_CLASS (sage_resource_parent_class)->dispose (object);
}

static void
sage_resource_finalize (GObject *object)
{
  SageResource *self = SAGE_RESOURCE (object);

  g_free ((char *) self->key.name);
  g_free (self->title);
  g_free (self->arn);
  g_clear_pointer (&self->status, g_ref_string_release);
  g_clear_pointer (&self->approval, g_ref_string_release);
  g_free (self->reason);
  g_clear_pointer (&self->description, json_object_unref);

  G_OBJECT_CLASS (sage_resource_parent_class)->finalize (object);
}

static void
sage_resource_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  SageResource *self = SAGE_RESOURCE (object);

  switch ((SageResourceProperty) prop_id)
    {
    case PROP_KIND:
      g_value_set_uint (value, self->key.kind);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->key.name);
      break;
    case PROP_TITLE:
      g_value_set_string (value, sage_resource_get_title (self));
      break;
    case PROP_ARN:
      g_value_set_string (value, self->arn);
      break;
    case PROP_STATUS:
      g_value_set_string (value, self->status);
      break;
    case PROP_APPROVAL:
      g_value_set_string (value, self->approval);
      break;
    case PROP_STATE:
      g_value_set_enum (value, sage_resource_get_state (self));
      break;
    case PROP_REASON:
      g_value_set_string (value, self->reason);
      break;
    case PROP_CREATED:
      g_value_set_double (value, self->created);
      break;
    case PROP_MODIFIED:
      g_value_set_double (value, self->modified);
      break;
    case PROP_ENDED:
      g_value_set_double (value, self->ended);
      break;
    case PROP_DELETED:
      g_value_set_boolean (value, self->deleted);
      break;
    case PROP_DESCRIPTION:
      g_value_set_boxed (value, self->description);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static GParamSpec *
string_property (const char *name)
{
  return g_param_spec_string (name, NULL, NULL, NULL,
                              G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
}

static GParamSpec *
time_property (const char *name)
{
  return g_param_spec_double (name, NULL, NULL, 0, G_MAXDOUBLE, 0,
                              G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
}

static void
sage_resource_class_init (SageResourceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = sage_resource_dispose;
  object_class->finalize = sage_resource_finalize;
  object_class->get_property = sage_resource_get_property;

  properties[PROP_KIND] = g_param_spec_uint ("kind", NULL, NULL, 0, SAGE_N_KINDS - 1, 0, flags);
  properties[PROP_NAME] = string_property ("name");
  properties[PROP_TITLE] = string_property ("title");
  properties[PROP_ARN] = string_property ("arn");
  properties[PROP_STATUS] = string_property ("status");
  properties[PROP_APPROVAL] = string_property ("approval");
  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, SAGE_TYPE_STATE,
                                              SAGE_STATE_NONE, flags);
  properties[PROP_REASON] = string_property ("reason");
  properties[PROP_CREATED] = time_property ("created");
  properties[PROP_MODIFIED] = time_property ("modified");
  properties[PROP_ENDED] = time_property ("ended");
  properties[PROP_DELETED] = g_param_spec_boolean ("deleted", NULL, NULL, FALSE, flags);
  properties[PROP_DESCRIPTION] = g_param_spec_boxed ("description", NULL, NULL, JSON_TYPE_OBJECT,
                                                     flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
sage_resource_init (SageResource *self)
{
  self->status = g_ref_string_new_intern ("");
}

/**
 * sage_resource_new:
 * @kind: its kind
 * @name: its name, as in events: `ChurnPipeline/execution/im2g33z8ljzz`, `ChurnModels/1`
 *
 * Returns: (transfer full): a resource of which nothing else is known yet
 */
SageResource *
sage_resource_new (SageKind    kind,
                   const char *name)
{
  SageResource *self;

  g_return_val_if_fail (kind < SAGE_N_KINDS, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  self = g_object_new (SAGE_TYPE_RESOURCE, NULL);
  self->key.kind = kind;
  self->key.name = g_strdup (name);

  return self;
}

/**
 * sage_resource_key:
 *
 * Returns: what tells it apart from others; stays where it is as long as the resource
 */
const SageResourceKey *
sage_resource_key (SageResource *self)
{
  return &self->key;
}

/**
 * sage_resource_set_registry:
 * @self: a resource
 * @registry: takes it out at its end
 */
void
sage_resource_set_registry (SageResource *self,
                            SageRegistry *registry)
{
  g_assert (self->registry == NULL);

  self->registry = sage_registry_ref (registry);
}

/**
 * sage_resource_set_stamp:
 * @self: a resource
 * @stamp: a number that grows with the events of its connection
 */
void
sage_resource_set_stamp (SageResource *self,
                         guint64       stamp)
{
  self->stamp = stamp;
}

guint64
sage_resource_get_stamp (SageResource *self)
{
  return self->stamp;
}

/**
 * sage_resource_take_spelling:
 * @self: a resource
 * @name: its name in another case
 *
 * An ARN holds names in lower case; who knows better says so.
 */
void
sage_resource_take_spelling (SageResource *self,
                             const char   *name)
{
  if (strcmp (self->key.name, name) == 0)
    return;

  g_return_if_fail (g_ascii_strcasecmp (self->key.name, name) == 0);

  g_free ((char *) self->key.name);
  self->key.name = g_strdup (name);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NAME]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
}

SageKind
sage_resource_get_kind (SageResource *self)
{
  g_return_val_if_fail (SAGE_IS_RESOURCE (self), 0);

  return self->key.kind;
}

const char *
sage_resource_get_name (SageResource *self)
{
  g_return_val_if_fail (SAGE_IS_RESOURCE (self), NULL);

  return self->key.name;
}

/**
 * sage_resource_get_title:
 * @self: a resource
 *
 * Returns: what its user calls it; else the part of the name that stands by itself where the parent
 *   is clear: the version of a package, the id of an execution, the name of a step
 */
const char *
sage_resource_get_title (SageResource *self)
{
  const char *slash;

  g_return_val_if_fail (SAGE_IS_RESOURCE (self), NULL);

  if (self->title != NULL)
    return self->title;

  /* Other names have no parts, whatever somebody who is no engine may send. */
  slash = self->key.kind == SAGE_KIND_EXECUTION || self->key.kind == SAGE_KIND_STEP
          || self->key.kind == SAGE_KIND_PACKAGE ? strrchr (self->key.name, '/') : NULL;

  return slash != NULL ? slash + 1 : self->key.name;
}

/**
 * sage_resource_dup_location:
 * @self: a resource
 *
 * Returns: (transfer full): where Studio shows it: `training-job/NAME`
 */
char *
sage_resource_dup_location (SageResource *self)
{
  g_return_val_if_fail (SAGE_IS_RESOURCE (self), NULL);

  return g_strconcat (sage_kind_info (self->key.kind)->id, "/", self->key.name, NULL);
}

const char *
sage_resource_get_arn (SageResource *self)
{
  g_return_val_if_fail (SAGE_IS_RESOURCE (self), NULL);

  return self->arn;
}

/**
 * sage_resource_get_status:
 * @self: a resource
 *
 * Returns: its status as the API spells it; "" for a kind that has none, or if it is not known
 */
const char *
sage_resource_get_status (SageResource *self)
{
  g_return_val_if_fail (SAGE_IS_RESOURCE (self), NULL);

  return self->status;
}

/**
 * sage_resource_get_approval:
 * @self: a model package
 *
 * Returns: (nullable): `Approved`, `Rejected` or `PendingManualApproval`
 */
const char *
sage_resource_get_approval (SageResource *self)
{
  g_return_val_if_fail (SAGE_IS_RESOURCE (self), NULL);

  return self->approval;
}

/**
 * sage_resource_get_state:
 * @self: a resource
 *
 * Returns: what its status comes to; for a complete model package, its approval
 */
SageState
sage_resource_get_state (SageResource *self)
{
  g_return_val_if_fail (SAGE_IS_RESOURCE (self), SAGE_STATE_NONE);

  return self->state;
}

/**
 * sage_resource_get_reason:
 * @self: a resource
 *
 * Returns: (nullable): why it failed, where that is known
 */
const char *
sage_resource_get_reason (SageResource *self)
{
  g_return_val_if_fail (SAGE_IS_RESOURCE (self), NULL);

  return self->reason;
}

double
sage_resource_get_created (SageResource *self)
{
  g_return_val_if_fail (SAGE_IS_RESOURCE (self), 0);

  return self->created;
}

double
sage_resource_get_modified (SageResource *self)
{
  g_return_val_if_fail (SAGE_IS_RESOURCE (self), 0);

  return self->modified;
}

/**
 * sage_resource_get_ended:
 * @self: a resource
 *
 * Returns: when it came to its end, in seconds since 1970; 0 while it goes on or for what does not
 *   end
 */
double
sage_resource_get_ended (SageResource *self)
{
  g_return_val_if_fail (SAGE_IS_RESOURCE (self), 0);

  return self->ended;
}

gboolean
sage_resource_get_deleted (SageResource *self)
{
  g_return_val_if_fail (SAGE_IS_RESOURCE (self), FALSE);

  return self->deleted;
}

/**
 * sage_resource_get_description:
 * @self: a resource
 *
 * Returns: (nullable) (transfer none): the engine's last description of it; kept up to date while
 *   the resource is watched, see sage_connection_watch()
 */
JsonObject *
sage_resource_get_description (SageResource *self)
{
  g_return_val_if_fail (SAGE_IS_RESOURCE (self), NULL);

  return self->description;
}

static void
notify (SageResource         *self,
        SageResourceProperty  property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void
update_state (SageResource *self)
{
  SageState state = sage_state_from_status (self->status);

  if (self->key.kind == SAGE_KIND_PACKAGE && self->approval != NULL && state == SAGE_STATE_GOOD)
    state = sage_state_from_status (self->approval);
  if (self->key.kind == SAGE_KIND_PACKAGE_GROUP && state == SAGE_STATE_GOOD)
    state = SAGE_STATE_NONE; /* a group that is there is nothing to rejoice over */

  if (state != self->state)
    {
      self->state = state;
      notify (self, PROP_STATE);
      if (state == SAGE_STATE_RUNNING && self->reason != NULL)
        {
          g_clear_pointer (&self->reason, g_free); /* in its way again: what went wrong is over */
          notify (self, PROP_REASON);
        }
    }
}

static gboolean
set_word (SageResource          *self,
          GRefString           **field,
          const char            *word,
          SageResourceProperty   property)
{
  if (g_strcmp0 (*field, word) == 0)
    return FALSE;

  g_clear_pointer (field, g_ref_string_release);
  *field = g_ref_string_new_intern (word);
  notify (self, property);

  return TRUE;
}

static void
set_time (SageResource         *self,
          double               *field,
          double                time,
          SageResourceProperty  property)
{
  if (time > 0 && *field != time)
    {
      *field = time;
      notify (self, property);
    }
}

static void
set_text (SageResource         *self,
          char                **field,
          const char           *text,
          SageResourceProperty  property)
{
  if (text != NULL && text[0] != '\0' && g_set_str (field, text))
    notify (self, property);
}

/* Something in its way again after its end (a retried execution) has no end any more. */
static void
update_end (SageResource *self,
            double        time)
{
  double ended = self->state == SAGE_STATE_RUNNING ? 0 : time;

  if (ended != self->ended && (ended > 0 || self->state == SAGE_STATE_RUNNING))
    {
      self->ended = ended;
      notify (self, PROP_ENDED);
    }
}

/* What summaries and descriptions call the end of things. */
static double
read_end (JsonObject *object)
{
  static const char * const members[] = { "TrainingEndTime", "ProcessingEndTime", "EndTime" };

  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    {
      double time = sage_json_double (object, members[i], 0);

      if (time > 0)
        return time;
    }

  return 0;
}

static gboolean
has_end (SageKind kind)
{
  return kind == SAGE_KIND_TRAINING_JOB || kind == SAGE_KIND_PROCESSING_JOB
         || kind == SAGE_KIND_EXECUTION || kind == SAGE_KIND_STEP;
}

/**
 * sage_resource_name_from_summary:
 * @kind: a kind
 * @parent: (nullable): the name of the resource whose list it stands in
 * @summary: an item of the kind's list, or its description
 *
 * Returns: (transfer full) (nullable): the name that events give the thing, %NULL if @summary has
 *   none
 */
char *
sage_resource_name_from_summary (SageKind    kind,
                                 const char *parent,
                                 JsonObject *summary)
{
  const SageKindInfo *info = sage_kind_info (kind);
  const char *name;
  const char *slash;

  g_return_val_if_fail (info != NULL && summary != NULL, NULL);

  name = sage_json_string (summary, info->name, NULL);
  if (name == NULL || name[0] == '\0')
    return NULL;

  if (kind == SAGE_KIND_STEP)
    return g_strconcat (parent != NULL ? parent : "", "/", name, NULL);

  if (kind == SAGE_KIND_EXECUTION || kind == SAGE_KIND_PACKAGE)
    {
      const char *group = sage_json_string (summary, "ModelPackageGroupName", parent);
      const char *rest = strchr (name, '/');

      slash = strrchr (name, '/');
      if (slash == NULL)
        return g_strdup (name);
      if (kind == SAGE_KIND_PACKAGE)
        return group != NULL ? g_strconcat (group, slash, NULL) : g_strdup (rest + 1);

      return parent != NULL ? g_strconcat (parent, "/execution", slash, NULL) : g_strdup (rest + 1);
    }

  return g_strdup (name);
}

/* Who gives an execution no name gets "execution-" and the time from the engine, which tells less than
 * its id. */
static gboolean
is_made_up (const char *title)
{
  const char *prefix = "execution-";
  gsize length = strlen (prefix);

  return g_str_has_prefix (title, prefix)
         && strspn (title + length, "0123456789") == strlen (title + length);
}

static void
merge_title (SageResource       *self,
             const SageKindInfo *info,
             JsonObject         *summary)
{
  const char *title = info->title != NULL ? sage_json_string (summary, info->title, NULL) : NULL;

  if (title != NULL && !is_made_up (title))
    set_text (self, &self->title, title, PROP_TITLE);
}

static void
merge_times (SageResource       *self,
             const SageKindInfo *info,
             JsonObject         *summary)
{
  double ended = read_end (summary);

  if (info->modified != NULL)
    set_time (self, &self->modified, sage_json_double (summary, info->modified, 0), PROP_MODIFIED);
  if (has_end (self->key.kind))
    update_end (self, ended > 0 ? ended : self->modified);
}

static gboolean
merge_status (SageResource       *self,
              const SageKindInfo *info,
              JsonObject         *summary)
{
  const char *status = info->status != NULL ? sage_json_string (summary, info->status, NULL) : NULL;

  if (self->deleted)
    {
      self->deleted = FALSE; /* it was seen again */
      notify (self, PROP_DELETED);
    }
  if (status == NULL && strcmp (self->status, "Deleted") != 0)
    return FALSE;

  return set_word (self, &self->status, status != NULL ? status : "", PROP_STATUS);
}

static void
keep_description (SageResource *self,
                  JsonObject   *description)
{
  json_object_ref (description);
  g_clear_pointer (&self->description, json_object_unref);
  self->description = description;
  notify (self, PROP_DESCRIPTION);
}

/**
 * sage_resource_merge:
 * @self: a resource
 * @summary: an item of its kind's list, or its description
 * @event_since: an event told of it after @summary was asked for: what the event said stays
 *
 * Takes over the facts of a row.
 *
 * Returns: whether its status or approval changed
 */
gboolean
sage_resource_merge (SageResource *self,
                     JsonObject   *summary,
                     gboolean      event_since)
{
  const SageKindInfo *info = sage_kind_info (self->key.kind);
  const char *approval = sage_json_string (summary, "ModelApprovalStatus", NULL);
  gboolean changed = FALSE;

  g_object_freeze_notify (G_OBJECT (self));

  if (info->describe == NULL && summary != self->description)
    keep_description (self, summary); /* there is no other */
  merge_title (self, info, summary);
  if (info->arn != NULL)
    set_text (self, &self->arn, sage_json_string (summary, info->arn, NULL), PROP_ARN);
  if (approval != NULL)
    changed = set_word (self, &self->approval, approval, PROP_APPROVAL);
  if (info->reason != NULL)
    set_text (self, &self->reason,
              sage_json_string (summary, info->reason,
                                sage_json_string (summary, "FailureReason", NULL)), PROP_REASON);
  set_time (self, &self->created,
            sage_json_double (summary, info->created, sage_json_double (summary, "CreationTime", 0)),
            PROP_CREATED);
  if (!event_since)
    changed |= merge_status (self, info, summary);
  update_state (self);
  if (!event_since)
    merge_times (self, info, summary);

  g_object_thaw_notify (G_OBJECT (self));

  return changed;
}

/**
 * sage_resource_merge_description:
 * @self: a resource
 * @description: (transfer none): the reply of its describe operation
 * @event_since: an event told of it after @description was asked for
 *
 * Keeps the whole description and takes over the facts of the row that it holds.
 *
 * Returns: whether its status or approval changed
 */
gboolean
sage_resource_merge_description (SageResource *self,
                                 JsonObject   *description,
                                 gboolean      event_since)
{
  gboolean changed;

  g_object_freeze_notify (G_OBJECT (self));
  keep_description (self, description);
  changed = sage_resource_merge (self, description, event_since);
  g_object_thaw_notify (G_OBJECT (self));

  return changed;
}

/**
 * sage_resource_update_summary:
 * @self: a resource
 * @summary: an item of its kind's list, or its description
 *
 * Takes over the facts of a row.
 */
void
sage_resource_update_summary (SageResource *self,
                              JsonObject   *summary)
{
  g_return_if_fail (SAGE_IS_RESOURCE (self));
  g_return_if_fail (summary != NULL);

  sage_resource_merge (self, summary, FALSE);
}

/**
 * sage_resource_set_description:
 * @self: a resource
 * @description: (transfer none): the reply of its describe operation
 *
 * Keeps the whole description and takes over the facts of the row that it holds.
 */
void
sage_resource_set_description (SageResource *self,
                               JsonObject   *description)
{
  g_return_if_fail (SAGE_IS_RESOURCE (self));
  g_return_if_fail (description != NULL);

  sage_resource_merge_description (self, description, FALSE);
}

/**
 * sage_resource_update_event:
 * @self: a resource
 * @arn: (nullable): its ARN; a step's event carries its execution's
 * @status: the status after the change
 * @time: when, in seconds since 1970
 *
 * Takes over what an event says.
 */
void
sage_resource_update_event (SageResource *self,
                            const char   *arn,
                            const char   *status,
                            double        time)
{
  g_return_if_fail (SAGE_IS_RESOURCE (self));
  g_return_if_fail (status != NULL);

  g_object_freeze_notify (G_OBJECT (self));

  if (self->key.kind != SAGE_KIND_STEP)
    set_text (self, &self->arn, arn, PROP_ARN);
  if (strcmp (status, "Deleted") == 0)
    {
      self->deleted = TRUE;
      notify (self, PROP_DELETED);
    }
  else if (self->deleted)
    {
      self->deleted = FALSE; /* the same name again */
      self->created = time;
      notify (self, PROP_DELETED);
      notify (self, PROP_CREATED);
    }
  set_word (self, &self->status, status, PROP_STATUS);
  if (self->created == 0)
    set_time (self, &self->created, time, PROP_CREATED);
  set_time (self, &self->modified, time, PROP_MODIFIED);
  update_state (self);
  if (has_end (self->key.kind))
    update_end (self, time);

  g_object_thaw_notify (G_OBJECT (self));
}
