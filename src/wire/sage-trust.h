/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/*
 * Which certificate of a TLS peer is taken: one that the machine's authorities vouch for, or one
 * alone that somebody has looked at. A peer that shows another gets no byte of a request.
 */
#define SAGE_TYPE_TRUST (sage_trust_get_type ())

G_DECLARE_FINAL_TYPE (SageTrust, sage_trust, SAGE, TRUST, GObject)

SageTrust  *sage_trust_new           (const char    *pin);
const char *sage_trust_get_pin       (SageTrust     *self);
const char *sage_trust_get_refused   (SageTrust     *self);
void        sage_trust_guard_session (SageTrust     *self,
                                      SoupSession   *session);
void        sage_trust_guard_socket  (SageTrust     *self,
                                      GSocketClient *client);
gboolean    sage_trust_throw_refused (SageTrust     *self,
                                      const char    *endpoint,
                                      GError       **error);

G_END_DECLS
