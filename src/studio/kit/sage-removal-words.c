/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-removal-words"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-removal-private.h"
#include "sage-text.h"

#define MAX_NAMES 5 /* in a question */

/* What deleting one, or several, comes to. */
static const struct
{
  const char *one;
  const char *several;
} bodies[SAGE_N_KINDS] = {
  [SAGE_KIND_TRAINING_JOB] = {
    N_("Its log and its record are deleted for good. The model that it made stays where it is stored."),
    N_("Their logs and records are deleted for good. The models that they made stay where they are "
       "stored."),
  },
  [SAGE_KIND_PROCESSING_JOB] = {
    N_("Its log and its record are deleted for good. Its outputs stay where they are stored."),
    N_("Their logs and records are deleted for good. Their outputs stay where they are stored."),
  },
  [SAGE_KIND_PIPELINE] = {
    N_("The records of all its executions are deleted with it, for good. What they made stays."),
    N_("The records of all their executions are deleted with them, for good. What they made stays."),
  },
  [SAGE_KIND_PACKAGE_GROUP] = {
    N_("The group is deleted for good. It must have no versions."),
    N_("The groups are deleted for good. They must have no versions."),
  },
  [SAGE_KIND_PACKAGE] = {
    N_("The version, its metrics and its approval are deleted for good, and its number is not given "
       "again. The model itself stays where it is stored."),
    N_("The versions, their metrics and approvals are deleted for good, and their numbers are not "
       "given again. The models themselves stay where they are stored."),
  },
  [SAGE_KIND_MODEL] = {
    N_("Nothing can be deployed from it any more. Endpoints that serve it go on until they change."),
    N_("Nothing can be deployed from them any more. Endpoints that serve them go on until they "
       "change."),
  },
  [SAGE_KIND_ENDPOINT_CONFIG] = {
    N_("Nothing can be deployed with it any more. Endpoints that use it go on until they change."),
    N_("Nothing can be deployed with them any more. Endpoints that use them go on until they change."),
  },
  [SAGE_KIND_ENDPOINT] = {
    N_("It stops answering at once, and requests to it fail. Its configuration and models stay."),
    N_("They stop answering at once, and requests to them fail. Their configurations and models "
       "stay."),
  },
};

/* Returns: the kind of all of them; %SAGE_N_KINDS if they are not of one */
static SageKind
shared_kind (GPtrArray *resources)
{
  SageKind kind = sage_resource_get_kind (g_ptr_array_index (resources, 0));

  for (guint i = 1; i < resources->len; i++)
    if (sage_resource_get_kind (g_ptr_array_index (resources, i)) != kind)
      return SAGE_N_KINDS;

  return kind;
}

/* The sentences about several things of a kind, %SAGE_N_KINDS for mixed ones. No plural can be put
 * together from parts. */
static const char *
done_format (SageKind kind,
             guint    n)
{
  switch (kind)
    {
    case SAGE_KIND_TRAINING_JOB:
      return g_dngettext (NULL, "Deleted %u training job", "Deleted %u training jobs", n);
    case SAGE_KIND_PROCESSING_JOB:
      return g_dngettext (NULL, "Deleted %u processing job", "Deleted %u processing jobs", n);
    case SAGE_KIND_PIPELINE:
      return g_dngettext (NULL, "Deleted %u pipeline", "Deleted %u pipelines", n);
    case SAGE_KIND_EXECUTION:
      return g_dngettext (NULL, "Deleted %u execution", "Deleted %u executions", n);
    case SAGE_KIND_STEP:
      return g_dngettext (NULL, "Deleted %u step", "Deleted %u steps", n);
    case SAGE_KIND_PACKAGE_GROUP:
      return g_dngettext (NULL, "Deleted %u model group", "Deleted %u model groups", n);
    case SAGE_KIND_PACKAGE:
      return g_dngettext (NULL, "Deleted %u model version", "Deleted %u model versions", n);
    case SAGE_KIND_MODEL:
      return g_dngettext (NULL, "Deleted %u model", "Deleted %u models", n);
    case SAGE_KIND_ENDPOINT_CONFIG:
      return g_dngettext (NULL, "Deleted %u endpoint configuration", "Deleted %u endpoint configurations", n);
    case SAGE_KIND_ENDPOINT:
      return g_dngettext (NULL, "Deleted %u endpoint", "Deleted %u endpoints", n);
    case SAGE_N_KINDS:
    default:
      return g_dngettext (NULL, "Deleted %u item", "Deleted %u items", n);
    }
}

static const char *
question_format (SageKind kind,
                 guint    n)
{
  switch (kind)
    {
    case SAGE_KIND_TRAINING_JOB:
      return g_dngettext (NULL, "Delete training job?", "Delete %u training jobs?", n);
    case SAGE_KIND_PROCESSING_JOB:
      return g_dngettext (NULL, "Delete processing job?", "Delete %u processing jobs?", n);
    case SAGE_KIND_PIPELINE:
      return g_dngettext (NULL, "Delete pipeline?", "Delete %u pipelines?", n);
    case SAGE_KIND_EXECUTION:
      return g_dngettext (NULL, "Delete execution?", "Delete %u executions?", n);
    case SAGE_KIND_STEP:
      return g_dngettext (NULL, "Delete step?", "Delete %u steps?", n);
    case SAGE_KIND_PACKAGE_GROUP:
      return g_dngettext (NULL, "Delete model group?", "Delete %u model groups?", n);
    case SAGE_KIND_PACKAGE:
      return g_dngettext (NULL, "Delete model version?", "Delete %u model versions?", n);
    case SAGE_KIND_MODEL:
      return g_dngettext (NULL, "Delete model?", "Delete %u models?", n);
    case SAGE_KIND_ENDPOINT_CONFIG:
      return g_dngettext (NULL, "Delete endpoint configuration?", "Delete %u endpoint configurations?", n);
    case SAGE_KIND_ENDPOINT:
      return g_dngettext (NULL, "Delete endpoint?", "Delete %u endpoints?", n);
    case SAGE_N_KINDS:
    default:
      return g_dngettext (NULL, "Delete item?", "Delete %u items?", n);
    }
}

/* The formats hold one %s for the name of the thing, or one %u for how many there are. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static char *
format_name (const char   *format,
             SageResource *resource)
{
  g_autofree char *name = sage_text_isolate (sage_resource_get_title (resource));

  return g_strdup_printf (format, name);
}

static char *
format_count (const char *format,
              guint       n)
{
  return g_strdup_printf (format, n);
}

#pragma GCC diagnostic pop

/* Returns: (transfer full): what has been done: "Deleted 3 training jobs" */
char *
sage_removal_done_words (GPtrArray *resources)
{
  if (resources->len == 1)
    return format_name (_("Deleted “%s”"), g_ptr_array_index (resources, 0));

  return format_count (done_format (shared_kind (resources), resources->len), resources->len);
}

/* Returns: (transfer full): what has not, to be followed by why */
char *
sage_removal_fail_words (GPtrArray *resources,
                         guint      n_failed)
{
  if (resources->len == 1)
    return format_name (_("Could not delete “%s”"), g_ptr_array_index (resources, 0));

  /* Translators: the first number is of those that failed, the second of all that were to go */
  return g_strdup_printf (g_dngettext (NULL, "Could not delete %u of %u", "Could not delete %u of %u",
                                       n_failed),
                          n_failed, resources->len);
}

/* Returns: (transfer full): the question before it is done: "Delete endpoint?", "Delete 3 endpoints?".
 *   A heading has no room for a name. */
char *
sage_removal_question (GPtrArray *resources)
{
  return format_count (question_format (shared_kind (resources), resources->len), resources->len);
}

static const char *
consequences (GPtrArray *resources)
{
  SageKind kind = shared_kind (resources);

  if (kind == SAGE_N_KINDS || bodies[kind].one == NULL)
    return _("This cannot be taken back.");

  return resources->len == 1 ? _(bodies[kind].one) : _(bodies[kind].several);
}

/* Returns: (transfer full): what is deleted, and what that comes to */
char *
sage_removal_body (GPtrArray *resources)
{
  GString *body = g_string_new (NULL);

  for (guint i = 0; i < MIN (resources->len, MAX_NAMES); i++)
    {
      g_autofree char *name =
        sage_text_isolate (sage_resource_get_title (g_ptr_array_index (resources, i)));

      g_string_append_printf (body, "%s\n", name);
    }
  if (resources->len > MAX_NAMES)
    {
      guint n = resources->len - MAX_NAMES;

      /* Translators: below the names of some things that are to be deleted */
      g_string_append_printf (body, g_dngettext (NULL, "and %u more", "and %u more", n), n);
      g_string_append_c (body, '\n');
    }
  g_string_append_printf (body, "\n%s", consequences (resources));

  return g_string_free_and_steal (body);
}
