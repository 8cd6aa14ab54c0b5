/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "gw-variant"

#include "config.h"

#include "gw-variant.h"

#define MAX_IDLE_PEERS 64

/* How many calls of one variant may be under way at a time and how many may wait. A model that hangs
 * holds up those, and nobody else's. */
#define MAX_UNDER_WAY 64
#define MAX_WAITING   256

/**
 * gw_variant_new:
 * @name: the production variant
 * @native: whether the gateway loads the model itself
 * @location: folder of the model, or path of the model server's socket
 * @stats: where its requests are counted
 *
 * A variant behind a socket is ready at once: whoever made the route has seen it answer. A native
 * one is loaded by gw_variant_load().
 *
 * Returns: (transfer full): the variant
 */
GwVariant *
gw_variant_new (const char *name,
                gboolean    native,
                const char *location,
                GwStats    *stats)
{
  GwVariant *variant = g_new0 (GwVariant, 1);

  g_atomic_ref_count_init (&variant->refs);
  variant->name = g_strdup (name);
  variant->native = native;
  variant->location = g_strdup (location);
  variant->stats = gw_stats_ref (stats);
  variant->state = native ? GW_VARIANT_LOADING : GW_VARIANT_READY;
  variant->idle = g_ptr_array_new_with_free_func ((GDestroyNotify) sage_http_peer_free);
  g_mutex_init (&variant->lock);

  return variant;
}

GwVariant *
gw_variant_ref (GwVariant *variant)
{
  g_atomic_ref_count_inc (&variant->refs);

  return variant;
}

void
gw_variant_unref (GwVariant *variant)
{
  if (!g_atomic_ref_count_dec (&variant->refs))
    return;

  g_free (variant->name);
  g_free (variant->location);
  g_free (variant->message);
  gw_stats_unref (variant->stats);
  g_clear_pointer (&variant->model, alg_tree_model_unref);
  g_ptr_array_unref (variant->idle);
  g_assert (g_queue_is_empty (&variant->waiting));
  g_mutex_clear (&variant->lock);
  g_free (variant);
}

/**
 * gw_variant_load:
 * @variant: a native one that is loading
 *
 * Loads the model, however long that takes; called once, on a thread that may wait.
 */
void
gw_variant_load (GwVariant *variant)
{
  g_autoptr(GError) error = NULL;

  variant->model = alg_tree_model_load_folder (variant->location, &error);
  if (variant->model == NULL)
    variant->message = g_strdup (error->message);

  g_atomic_int_set (&variant->state, variant->model != NULL ? GW_VARIANT_READY : GW_VARIANT_FAILED);
}

/**
 * gw_variant_state:
 *
 * Returns: the state; what goes with it may be read
 */
GwVariantState
gw_variant_state (GwVariant *variant)
{
  return (GwVariantState) g_atomic_int_get (&variant->state);
}

/**
 * gw_variant_state_name:
 *
 * Returns: (transfer none): the word that stands for @state in the status
 */
const char *
gw_variant_state_name (GwVariantState state)
{
  switch (state)
    {
    case GW_VARIANT_LOADING:
      return "loading";
    case GW_VARIANT_READY:
      return "ready";
    case GW_VARIANT_FAILED:
      return "failed";
    default:
      g_assert_not_reached ();
    }
}

/**
 * gw_variant_enter:
 * @variant: the variant
 * @call: a call that may take its time; it holds @variant
 *
 * Lets the call in, or in line.
 *
 * Returns: whether the call may begin; when it may later, gw_variant_leave() will hand it out
 */
GwTurn
gw_variant_enter (GwVariant *variant,
                  gpointer   call)
{
  GwTurn turn = GW_TURN_NEVER;

  g_mutex_lock (&variant->lock);
  if (variant->n_under_way < MAX_UNDER_WAY)
    {
      variant->n_under_way++;
      turn = GW_TURN_NOW;
    }
  else if (variant->waiting.length < MAX_WAITING)
    {
      g_queue_push_tail (&variant->waiting, call);
      turn = GW_TURN_LATER;
    }
  g_mutex_unlock (&variant->lock);

  return turn;
}

/**
 * gw_variant_leave:
 * @variant: the variant, one of whose calls has ended
 *
 * Returns: (nullable): the call that takes its place
 */
gpointer
gw_variant_leave (GwVariant *variant)
{
  gpointer call;

  g_mutex_lock (&variant->lock);
  call = g_queue_pop_head (&variant->waiting);
  if (call == NULL)
    variant->n_under_way--;
  g_mutex_unlock (&variant->lock);

  return call;
}

/**
 * gw_variant_take_peer:
 *
 * Returns: (transfer full) (nullable): a connection that was used before and is still open
 */
SageHttpPeer *
gw_variant_take_peer (GwVariant *variant)
{
  for (;;)
    {
      g_autoptr(SageHttpPeer) peer = NULL;

      g_mutex_lock (&variant->lock);
      if (variant->idle->len > 0)
        peer = g_ptr_array_steal_index_fast (variant->idle, variant->idle->len - 1);
      g_mutex_unlock (&variant->lock);

      if (peer == NULL || sage_http_peer_is_idle (peer))
        return g_steal_pointer (&peer);
    }
}

/**
 * gw_variant_give_peer:
 * @variant: the variant
 * @peer: (transfer full): a connection whose last call has ended
 *
 * Keeps the connection for the next call if it can be used again.
 */
void
gw_variant_give_peer (GwVariant    *variant,
                      SageHttpPeer *peer)
{
  gboolean keep = sage_http_peer_is_idle (peer);

  g_mutex_lock (&variant->lock);
  keep = keep && variant->idle->len < MAX_IDLE_PEERS;
  if (keep)
    g_ptr_array_add (variant->idle, peer);
  g_mutex_unlock (&variant->lock);

  if (!keep)
    sage_http_peer_free (peer);
}
