/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "gw-native"

#include "config.h"

#include "alg-reply.h"
#include "alg-rows.h"
#include "sage-error.h"

#include "gw-call.h"

/* Bodies beyond this take milliseconds, for which an event thread has no time. */
#define LONG_BODY (64 * 1024)

/* Memory beyond this is not kept for the next request. */
#define KEPT_VALUES (256 * 1024)

/* What a thread predicts with, kept from one request to the next. */
typedef struct
{
  AlgRows  rows;
  float   *out;   /* (owned) */
  gsize    n_out;
  GString *text;  /* (owned) */
} Scratch;

static void
scratch_free (gpointer data)
{
  Scratch *scratch = data;

  alg_rows_clear (&scratch->rows);
  g_free (scratch->out);
  g_string_free (scratch->text, TRUE);
  g_free (scratch);
}

static GPrivate scratch_key = G_PRIVATE_INIT (scratch_free);

static Scratch *
scratch_get (void)
{
  Scratch *scratch = g_private_get (&scratch_key);

  if (scratch == NULL)
    {
      scratch = g_new0 (Scratch, 1);
      alg_rows_init (&scratch->rows);
      scratch->text = g_string_sized_new (256);
      g_private_set (&scratch_key, scratch);
    }

  return scratch;
}

/* Gives back what an unusually large request has needed. */
static void
scratch_trim (Scratch *scratch)
{
  if (scratch->rows.capacity * scratch->rows.n_features > KEPT_VALUES)
    alg_rows_clear (&scratch->rows);
  if (scratch->n_out > KEPT_VALUES)
    {
      g_clear_pointer (&scratch->out, g_free);
      scratch->n_out = 0;
    }
  if (scratch->text->allocated_len > KEPT_VALUES)
    {
      g_string_free (scratch->text, TRUE);
      scratch->text = g_string_sized_new (256);
    }
}

/* Fills scratch->text with the predictions for the request's body. */
static gboolean
predict (Scratch         *scratch,
         AlgTreeModel    *model,
         AlgRowsFormat    format,
         AlgReplyFormat   reply,
         GBytes          *body,
         GError         **error)
{
  gsize length;
  const char *text = g_bytes_get_data (body, &length);
  gsize wanted;

  if (!alg_rows_parse (&scratch->rows, format, alg_tree_model_n_features (model),
                       text != NULL ? text : "", length, error))
    return FALSE;

  wanted = scratch->rows.n_rows * alg_tree_model_n_groups (model);
  if (wanted > scratch->n_out)
    {
      scratch->out = g_renew (float, scratch->out, wanted);
      scratch->n_out = wanted;
    }

  alg_tree_model_predict (model, scratch->rows.values, scratch->rows.n_rows, scratch->out);
  alg_reply_append (scratch->text, reply, scratch->out, scratch->rows.n_rows,
                    alg_tree_model_n_outputs (model));

  if (scratch->text->len > GW_MAX_BODY)
    return sage_throw (error, SAGE_ERROR_TOO_LARGE, "The predictions are larger than %d bytes",
                       GW_MAX_BODY);

  return TRUE;
}

static guint
status_of (const GError *error)
{
  if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_UNSUPPORTED))
    return 415;
  if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_TOO_LARGE))
    return 413;

  return 400;
}

static void
refuse (GwCall     *call,
        guint       status,
        const char *message)
{
  gint64 took = g_get_monotonic_time () - call->started;

  gw_stats_count (call->variant->stats, GW_OUTCOME_CLIENT_ERROR, took, took);
  gw_reply_model_error (call->request, call->place, call->endpoint->name, status, message, -1);
}

/**
 * gw_native_is_long:
 * @call: an invocation
 *
 * Returns: whether it should leave the event thread
 */
gboolean
gw_native_is_long (GwCall *call)
{
  return g_bytes_get_size (sage_http_request_body (call->request)) > LONG_BODY;
}

/**
 * gw_native_answer:
 * @call: an invocation whose variant is native and ready
 *
 * Predicts and answers.
 */
void
gw_native_answer (GwCall *call)
{
  Scratch *scratch = scratch_get ();
  const char *type = sage_http_request_header (call->request, "Content-Type");
  AlgRowsFormat format = alg_rows_format (type);
  AlgReplyFormat reply = alg_reply_format (sage_http_request_header (call->request, "Accept"),
                                           format == ALG_ROWS_JSON ? ALG_REPLY_JSON : ALG_REPLY_CSV);
  g_autoptr(GError) error = NULL;
  gint64 took;

  if (reply == ALG_REPLY_UNKNOWN)
    {
      refuse (call, 406, "None of the accepted content types can be given; "
                         "text/csv and application/json can");
      return;
    }

  g_string_truncate (scratch->text, 0);
  if (!predict (scratch, call->variant->model, format, reply,
                sage_http_request_body (call->request), &error))
    {
      refuse (call, status_of (error), error->message);
    }
  else
    {
      took = g_get_monotonic_time () - call->started;
      gw_stats_count (call->variant->stats, GW_OUTCOME_OK, took, took);
      gw_reply_id (call->request);
      sage_http_reply_header (call->request, "x-Amzn-Invoked-Production-Variant", call->variant->name);
      sage_http_reply (call->request, 200, alg_reply_media_type (reply),
                       scratch->text->str, scratch->text->len);
    }

  scratch_trim (scratch);
}
