/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/*
 * Whether the peer of a WebSocket is still there. It is asked every so often (a ping, which the
 * protocol has it answer), and is not there if nothing came from it for so long.
 */
typedef struct _SageLiveness SageLiveness;

typedef struct
{
  guint  ping_seconds; /* how often it is asked */
  gint64 silence;      /* microseconds */
} SageLivenessLimits;

/**
 * SageLivenessFunc:
 * @user_data: what was given along
 *
 * Nothing came for too long. Is called once; may free the watch.
 */
typedef void (*SageLivenessFunc) (gpointer user_data);

SageLiveness *sage_liveness_new  (SoupWebsocketConnection  *socket,
                                  const SageLivenessLimits *limits,
                                  SageLivenessFunc          func,
                                  gpointer                  user_data);
void          sage_liveness_free (SageLiveness             *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageLiveness, sage_liveness_free)

G_END_DECLS
