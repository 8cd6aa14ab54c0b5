/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-words"

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sage-error.h"
#include "sage-text.h"
#include "sage-time.h"
#include "sage-words.h"

#define MINUTE 60
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/**
 * sage_words_time:
 * @seconds: a time, in seconds since 1970; 0 if there is none
 *
 * Returns: (transfer full): the time as lists show it: "4 min ago"
 */
char *
sage_words_time (double seconds)
{
  double age = sage_time_now () - seconds;
  g_autoptr(GDateTime) time = NULL;

  if (seconds <= 0)
    return g_strdup ("");
  if (age < 5) /* or ahead of our clock */
    return g_strdup (_("Just now"));
  if (age < MINUTE)
    return g_strdup_printf (g_dngettext (NULL, "%d s ago", "%d s ago", (int) age), (int) age);
  if (age < HOUR)
    return g_strdup_printf (g_dngettext (NULL, "%d min ago", "%d min ago", (int) age / MINUTE),
                            (int) age / MINUTE);
  if (age < DAY)
    return g_strdup_printf (g_dngettext (NULL, "%d h ago", "%d h ago", (int) age / HOUR),
                            (int) age / HOUR);
  if (age < 7 * DAY)
    return g_strdup_printf (g_dngettext (NULL, "%d day ago", "%d days ago", (int) age / DAY),
                            (int) age / DAY);

  time = g_date_time_new_from_unix_local ((gint64) seconds);

  return time != NULL ? g_date_time_format (time, "%x") : g_strdup ("");
}

/**
 * sage_words_exact_time:
 * @seconds: a time, in seconds since 1970; 0 if there is none
 *
 * Returns: (transfer full): the time to the second, as details and tooltips show it
 */
char *
sage_words_exact_time (double seconds)
{
  g_autoptr(GDateTime) time = NULL;

  if (seconds <= 0)
    return g_strdup ("");

  time = g_date_time_new_from_unix_local ((gint64) seconds);

  return time != NULL ? g_date_time_format (time, "%x %X") : g_strdup ("");
}

/**
 * sage_words_duration:
 * @seconds: a duration
 *
 * Returns: (transfer full): "1 h 04 min", "2 min 08 s", "1.3 s", "40 ms"
 */
char *
sage_words_duration (double seconds)
{
  gint64 whole;

  if (!(seconds >= 0) || seconds > 100.0 * 365 * DAY)
    return g_strdup ("");
  whole = llround (seconds);
  if (seconds < 1)
    return g_strdup_printf (_("%d ms"), (int) round (seconds * 1000));
  if (seconds < 10)
    return g_strdup_printf (_("%.1f s"), seconds);
  if (whole < MINUTE)
    return g_strdup_printf (_("%d s"), (int) whole);
  if (whole < HOUR)
    return g_strdup_printf (_("%d min %02d s"), (int) (whole / MINUTE), (int) (whole % MINUTE));
  if (whole < DAY)
    return g_strdup_printf (_("%d h %02d min"), (int) (whole / HOUR), (int) (whole / MINUTE % 60));

  return g_strdup_printf (_("%d d %d h"), (int) (whole / DAY), (int) (whole / HOUR % 24));
}

/**
 * sage_words_elapsed:
 * @seconds: how long something has gone on
 *
 * Like sage_words_duration(), in whole seconds: tenths that run are noise. What lies in the future has
 * just begun, as another machine's clock may be ahead.
 *
 * Returns: (transfer full): "1 h 04 min", "2 min 08 s", "3 s"
 */
char *
sage_words_elapsed (double seconds)
{
  double whole = floor (MAX (seconds, 0));

  if (whole < MINUTE)
    return g_strdup_printf (_("%d s"), (int) whole);

  return sage_words_duration (whole);
}

/**
 * sage_words_latency:
 * @seconds: how long an answer took
 *
 * Like sage_words_duration(), with more digits below the hundredth of a second, where what answers from
 * memory is.
 *
 * Returns: (transfer full): "85 µs", "4.2 ms", "40 ms", "1.3 s"
 */
char *
sage_words_latency (double seconds)
{
  if (seconds >= 0 && seconds < 0.001)
    return g_strdup_printf (_("%d µs"), (int) round (seconds * 1e6));
  if (seconds >= 0 && seconds < 0.01)
    return g_strdup_printf (_("%.1f ms"), seconds * 1e3);

  return sage_words_duration (seconds);
}

/**
 * sage_words_number:
 * @value: a number
 *
 * Returns: (transfer full): the number as lists show it, with 4 significant digits; the whole of
 *   whole numbers below ten million
 */
char *
sage_words_number (double value)
{
  if (isfinite (value) && value == floor (value) && fabs (value) < 1e7)
    return g_strdup_printf ("%'.0f", value);

  return g_strdup_printf ("%.4g", value);
}

/**
 * sage_words_rate:
 * @value: a number that changes while one looks, 0 or more
 *
 * Returns: (transfer full): the number with a decimal below 10 and without one above, so that it is read
 *   at a glance: "0.4", "3.0", "1,240"; what would be "0.0" has two digits
 */
char *
sage_words_rate (double value)
{
  if (value > 0 && value < 0.05)
    return g_strdup_printf ("%.2g", value);

  return g_strdup_printf (value < 9.95 && value > 0 ? "%.1f" : "%'.0f", value);
}

/**
 * sage_words_bytes:
 * @bytes: a size
 *
 * Returns: (transfer full): the size in IEC units: "1.5 MiB"
 */
char *
sage_words_bytes (guint64 bytes)
{
  return g_format_size_full (bytes, G_FORMAT_SIZE_IEC_UNITS);
}

static const struct
{
  const char *status;
  const char *word;
} statuses[] = {
  { "Active", N_("Active") },
  { "Approved", N_("Approved") },
  { "Completed", N_("Completed") },
  { "Creating", N_("Creating") },
  { "DeleteFailed", N_("Delete failed") },
  { "Deleted", N_("Deleted") },
  { "Deleting", N_("Deleting") },
  { "Downloading", N_("Downloading") },
  { "Executing", N_("Running") },
  { "Failed", N_("Failed") },
  { "InProgress", N_("Running") },
  { "InService", N_("In service") },
  { "NotStarted", N_("Not started") },
  { "OutOfService", N_("Out of service") },
  { "Pending", N_("Pending") },
  { "PendingManualApproval", N_("Waiting for approval") },
  { "Rejected", N_("Rejected") },
  { "RollingBack", N_("Rolling back") },
  { "Starting", N_("Starting") },
  { "Stopped", N_("Stopped") },
  { "Stopping", N_("Stopping") },
  { "Succeeded", N_("Succeeded") },
  { "SystemUpdating", N_("Updating") },
  { "Training", N_("Training") },
  { "UpdateRollbackFailed", N_("Rollback failed") },
  { "Updating", N_("Updating") },
  { "Uploading", N_("Uploading") },
};

/**
 * sage_words_status:
 * @status: (nullable): a status as the API spells it
 *
 * Returns: the word to show for it, translated; @status itself for one that is not known
 */
const char *
sage_words_status (const char *status)
{
  if (status == NULL)
    return "";

  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    if (strcmp (statuses[i].status, status) == 0)
      return _(statuses[i].word);

  return status;
}

/**
 * sage_words_resource:
 * @resource: a resource
 *
 * Returns: the word to show for its status, translated; for the version of a model that is complete,
 *   which would say "Completed" for all, the word for its approval
 */
const char *
sage_words_resource (SageResource *resource)
{
  const char *approval = sage_resource_get_approval (resource);
  const char *status = sage_resource_get_status (resource);

  return sage_words_status (approval != NULL && sage_state_from_status (status) == SAGE_STATE_GOOD
                              ? approval : status);
}

/**
 * sage_words_version:
 * @group: the name of a model group
 * @version: the number of one of its versions
 *
 * Returns: (transfer full): what one calls it in a sentence: "ChurnModels version 3"
 */
char *
sage_words_version (const char *group,
                    const char *version)
{
  g_autofree char *isolated = sage_text_isolate (group);

  /* Translators: the name of a model group and the number of a version in it */
  return g_strdup_printf (_("%s version %s"), isolated, version);
}

/**
 * sage_words_name:
 * @resource: something of the engine's
 *
 * Returns: (transfer full): what one calls it where its kind is clear: "ChurnPipeline" for an execution
 *   of it, "ChurnModels version 3" for a version, its name for all else
 */
char *
sage_words_name (SageResource *resource)
{
  const char *name = sage_resource_get_name (resource);
  g_autofree char *parent = g_strndup (name, strcspn (name, "/"));

  switch (sage_resource_get_kind (resource))
    {
    case SAGE_KIND_EXECUTION:
      return g_steal_pointer (&parent);
    case SAGE_KIND_PACKAGE:
      return sage_words_version (parent, sage_resource_get_title (resource));
    case SAGE_KIND_TRAINING_JOB:
    case SAGE_KIND_PROCESSING_JOB:
    case SAGE_KIND_PIPELINE:
    case SAGE_KIND_STEP:
    case SAGE_KIND_PACKAGE_GROUP:
    case SAGE_KIND_MODEL:
    case SAGE_KIND_ENDPOINT_CONFIG:
    case SAGE_KIND_ENDPOINT:
    case SAGE_N_KINDS:
    default:
      return g_strdup (name);
    }
}

/**
 * sage_words_kind:
 * @kind: a kind
 *
 * Returns: what one thing of it is called, translated: "Training job"
 */
const char *
sage_words_kind (SageKind kind)
{
  static const char * const words[SAGE_N_KINDS] = {
    [SAGE_KIND_TRAINING_JOB] = N_("Training job"),
    [SAGE_KIND_PROCESSING_JOB] = N_("Processing job"),
    [SAGE_KIND_PIPELINE] = N_("Pipeline"),
    [SAGE_KIND_EXECUTION] = N_("Pipeline execution"),
    [SAGE_KIND_STEP] = N_("Pipeline step"),
    [SAGE_KIND_PACKAGE_GROUP] = N_("Model group"),
    [SAGE_KIND_PACKAGE] = N_("Model version"),
    [SAGE_KIND_MODEL] = N_("Model"),
    [SAGE_KIND_ENDPOINT_CONFIG] = N_("Endpoint configuration"),
    [SAGE_KIND_ENDPOINT] = N_("Endpoint"),
  };

  g_return_val_if_fail (kind < SAGE_N_KINDS, "");

  return _(words[kind]);
}

/**
 * sage_words_kind_icon:
 * @kind: a kind
 *
 * Returns: the name of its symbolic icon
 */
const char *
sage_words_kind_icon (SageKind kind)
{
  static const char * const icons[SAGE_N_KINDS] = {
    [SAGE_KIND_TRAINING_JOB] = "sagebrush-training-symbolic",
    [SAGE_KIND_PROCESSING_JOB] = "sagebrush-processing-symbolic",
    [SAGE_KIND_PIPELINE] = "sagebrush-pipeline-symbolic",
    [SAGE_KIND_EXECUTION] = "sagebrush-pipeline-symbolic",
    [SAGE_KIND_STEP] = "sagebrush-pipeline-symbolic",
    [SAGE_KIND_PACKAGE_GROUP] = "sagebrush-model-symbolic",
    [SAGE_KIND_PACKAGE] = "sagebrush-model-symbolic",
    [SAGE_KIND_MODEL] = "sagebrush-model-symbolic",
    [SAGE_KIND_ENDPOINT_CONFIG] = "sagebrush-endpoint-symbolic",
    [SAGE_KIND_ENDPOINT] = "sagebrush-endpoint-symbolic",
  };

  g_return_val_if_fail (kind < SAGE_N_KINDS, NULL);

  return icons[kind];
}

/**
 * sage_words_state_icon:
 * @state: a state
 *
 * Returns: the name of its symbolic icon
 */
const char *
sage_words_state_icon (SageState state)
{
  switch (state)
    {
    case SAGE_STATE_IDLE:
      return "sagebrush-state-idle-symbolic";
    case SAGE_STATE_WAITING:
      return "sagebrush-state-waiting-symbolic";
    case SAGE_STATE_RUNNING:
      return "sagebrush-state-running-symbolic";
    case SAGE_STATE_GOOD:
      return "sagebrush-state-good-symbolic";
    case SAGE_STATE_BAD:
      return "sagebrush-state-bad-symbolic";
    case SAGE_STATE_NONE:
    default:
      return "sagebrush-state-none-symbolic";
    }
}

/**
 * sage_words_state_class:
 * @state: a state
 *
 * Returns: the style class that colours it
 */
const char *
sage_words_state_class (SageState state)
{
  switch (state)
    {
    case SAGE_STATE_IDLE:
      return "state-idle";
    case SAGE_STATE_WAITING:
      return "state-waiting";
    case SAGE_STATE_RUNNING:
      return "state-running";
    case SAGE_STATE_GOOD:
      return "state-good";
    case SAGE_STATE_BAD:
      return "state-bad";
    case SAGE_STATE_NONE:
    default:
      return "state-none";
    }
}

/* What the codes come to for somebody in front of the window; (nullable): the message says it. */
static const char *
error_sentence (const GError *error)
{
  if (error->domain != SAGE_ERROR)
    return NULL;

  switch ((SageError) error->code)
    {
    case SAGE_ERROR_UNREACHABLE:
      return _("The engine does not answer. Studio keeps trying; try again when it is back");
    case SAGE_ERROR_UNAUTHENTICATED:
      return _("The engine does not know this access key. Check the connection’s key and secret");
    case SAGE_ERROR_DENIED:
      return _("You are not permitted to do this here");
    case SAGE_ERROR_BUSY:
      return _("The engine has too much to do just now. Try again in a moment");
    case SAGE_ERROR_NO_SPACE:
      return _("The engine’s disk is full. Free some space and try again");
    case SAGE_ERROR_PROTOCOL:
      return _("The answer makes no sense. Is this a Sagebrush engine, and of this version?");
    case SAGE_ERROR_UNTRUSTED:
      return _("The engine’s certificate is not trusted, so nothing was sent to it");
    case SAGE_ERROR_UNSUPPORTED:
      return _("This engine does not offer that");
    case SAGE_ERROR_FAILED:
    case SAGE_ERROR_INVALID:
    case SAGE_ERROR_SYNTAX:
    case SAGE_ERROR_NOT_FOUND:
    case SAGE_ERROR_EXISTS:
    case SAGE_ERROR_CONFLICT:
    case SAGE_ERROR_LIMIT:
    case SAGE_ERROR_IO:
    case SAGE_ERROR_CORRUPT:
    case SAGE_ERROR_TOO_NEW:
    case SAGE_ERROR_TOO_LARGE:
    default:
      return NULL;
    }
}

/**
 * sage_words_error:
 * @error: an error
 *
 * Returns: (transfer full): a sentence for it, translated where its code says enough; the message
 *   itself, which names the member or the thing, where it does not
 */
char *
sage_words_error (const GError *error)
{
  const char *sentence;

  g_return_val_if_fail (error != NULL, NULL);

  sentence = error_sentence (error);

  return g_strdup (sentence != NULL ? sentence : error->message);
}
