/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "alg-tree-model.h"
#include "gw-stats.h"
#include "sage-http-peer.h"

G_BEGIN_DECLS

/* Whether a call may go on. */
typedef enum
{
  GW_TURN_NOW,   /* it wants a worker */
  GW_TURN_LATER, /* a call that ends will take it on */
  GW_TURN_NEVER, /* too many wait */
} GwTurn;

typedef enum
{
  GW_VARIANT_LOADING,
  GW_VARIANT_READY,
  GW_VARIANT_FAILED,
} GwVariantState;

/* One model that can be asked: loaded here, or behind a socket. */
typedef struct
{
  gatomicrefcount refs;
  char           *name;     /* (owned) */
  gboolean        native;
  char           *location; /* (owned): folder of the model, or path of the socket */
  GwStats        *stats;    /* (owned) */

  int             state;    /* GwVariantState; the fields below are set before it changes */
  AlgTreeModel   *model;    /* (owned) (nullable): once a native one is ready */
  char           *message;  /* (owned) (nullable): once it has failed */

  GMutex          lock;     /* guards the rest */
  GPtrArray      *idle;     /* (owned): of SageHttpPeer: connections to use again */
  guint           n_under_way; /* calls that have a worker */
  GQueue          waiting;  /* of calls that wait for one of these to end; each holds the variant */
} GwVariant;

GwVariant     *gw_variant_new     (const char    *name,
                                   gboolean       native,
                                   const char    *location,
                                   GwStats       *stats);
GwVariant     *gw_variant_ref     (GwVariant     *variant);
void           gw_variant_unref   (GwVariant     *variant);
void           gw_variant_load    (GwVariant     *variant);
GwVariantState gw_variant_state   (GwVariant     *variant);
const char    *gw_variant_state_name (GwVariantState state);
GwTurn         gw_variant_enter   (GwVariant     *variant,
                                   gpointer       call);
gpointer       gw_variant_leave   (GwVariant     *variant);
SageHttpPeer  *gw_variant_take_peer (GwVariant   *variant);
void           gw_variant_give_peer (GwVariant   *variant,
                                   SageHttpPeer  *peer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GwVariant, gw_variant_unref)

G_END_DECLS
