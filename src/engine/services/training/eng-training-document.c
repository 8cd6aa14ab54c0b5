/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-training"

#include "config.h"

#include <string.h>

#include "eng-training-document.h"
#include "sage-json.h"
#include "sage-shape.h"
#include "sage-time.h"

/**
 * eng_training_hyperparameter:
 * @request: a CreateTrainingJob request, or the document made of it
 * @name: a hyperparameter
 *
 * Returns: (transfer full) (nullable): its plain value, as sage_json_unquote() gives it
 */
char *
eng_training_hyperparameter (JsonObject *request,
                             const char *name)
{
  return sage_json_unquote (sage_json_string (sage_json_object (request, "HyperParameters"), name,
                                              NULL));
}

/**
 * eng_training_document_close:
 * @doc: a training job's document
 * @when: seconds since the epoch
 *
 * Ends the transition under way, if there is one.
 */
void
eng_training_document_close (JsonObject *doc,
                             double      when)
{
  JsonArray *transitions = sage_json_array (doc, "SecondaryStatusTransitions");
  guint n = transitions != NULL ? json_array_get_length (transitions) : 0;
  JsonObject *last = n > 0 ? sage_json_array_object (transitions, n - 1) : NULL;

  if (last != NULL && !json_object_has_member (last, "EndTime"))
    json_object_set_double_member (last, "EndTime", when);
}

/**
 * eng_training_document_transition:
 * @doc: a training job's document
 * @status: the secondary status
 * @message: what it means, for people
 * @when: seconds since the epoch
 *
 * Moves the secondary status; saying the same twice changes only the message.
 */
void
eng_training_document_transition (JsonObject *doc,
                                  const char *status,
                                  const char *message,
                                  double      when)
{
  JsonArray *transitions = sage_json_array (doc, "SecondaryStatusTransitions");
  guint n = json_array_get_length (transitions);
  JsonObject *last = n > 0 ? sage_json_array_object (transitions, n - 1) : NULL;
  JsonObject *next;

  if (last != NULL && strcmp (sage_json_string (last, "Status", ""), status) == 0)
    {
      json_object_set_string_member (last, "StatusMessage", message);
      return;
    }

  eng_training_document_close (doc, when);
  next = json_object_new ();
  json_object_set_string_member (next, "Status", status);
  json_object_set_double_member (next, "StartTime", when);
  json_object_set_string_member (next, "StatusMessage", message);
  json_array_add_object_element (transitions, next);
  json_object_set_string_member (doc, "SecondaryStatus", status);
}

static void
set_default_bool (JsonObject *doc,
                  const char *member)
{
  if (!json_object_has_member (doc, member))
    json_object_set_boolean_member (doc, member, FALSE);
}

/**
 * eng_training_document_new:
 * @request: a validated CreateTrainingJob request
 *
 * Returns: (transfer full): what DescribeTrainingJob answers from the first second on, but for
 *   ARN, status and times
 */
JsonObject *
eng_training_document_new (JsonObject *request)
{
  const SageShape *shape = sage_model_output ("sagemaker", "DescribeTrainingJob");
  JsonObject *doc = sage_shape_project (shape, request);

  json_object_set_array_member (doc, "SecondaryStatusTransitions", json_array_new ());
  eng_training_document_transition (doc, "Starting", "Starting the training job", sage_time_now ());
  set_default_bool (doc, "EnableNetworkIsolation");
  set_default_bool (doc, "EnableInterContainerTrafficEncryption");
  set_default_bool (doc, "EnableManagedSpotTraining");

  return doc;
}
