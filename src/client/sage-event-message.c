/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-event-stream"

#include "config.h"

#include "sage-event-stream-private.h"
#include "sage-json.h"

/* No name and no status of the API is as long. */
#define MAX_NAME 1024
#define MAX_STATUS 64

static gboolean
is_text (const char *text,
         gsize       max_length)
{
  return text != NULL && text[0] != '\0' && strnlen (text, max_length + 1) <= max_length;
}

/**
 * sage_event_parse:
 * @text: a message of the event stream, or anything else
 * @event: (out caller-allocates): what it says; lives as long as the returned node
 * @usable: (out): whether it tells of a kernel or of a resource that is known here; if not, only its
 *   number and time are set
 *
 * Returns: (transfer full) (nullable): what @event points into; %NULL if @text is no event
 */
JsonNode *
sage_event_parse (GBytes    *text,
                  SageEvent *event,
                  gboolean  *usable)
{
  static const SageJsonLimits limits = { 64 * 1024, 4, 64, 64 };
  gsize length;
  const char *data = g_bytes_get_data (text, &length);
  g_autoptr(JsonNode) node = NULL;
  JsonObject *object;
  const char *kind;

  if (length > 0)
    node = sage_json_parse_object (data, (gssize) length, &limits, NULL);
  if (node == NULL)
    return NULL;

  object = json_node_get_object (node);
  event->seq = sage_json_int (object, "seq", 0);
  if (event->seq <= 0)
    return NULL;

  event->time = sage_json_double (object, "time", 0);
  event->name = sage_json_string (object, "name", NULL);
  event->arn = sage_json_string (object, "arn", NULL);
  event->status = sage_json_string (object, "status", NULL);
  kind = sage_json_string (object, "kind", NULL);
  event->is_kernel = g_strcmp0 (kind, "kernel") == 0;
  *usable = kind != NULL && (event->is_kernel || sage_kind_from_id (kind, &event->kind))
            && is_text (event->name, MAX_NAME)
            && (event->status == NULL || strnlen (event->status, MAX_STATUS + 1) <= MAX_STATUS)
            && event->time > 0;
  if (event->status == NULL)
    event->status = "";

  return g_steal_pointer (&node);
}
