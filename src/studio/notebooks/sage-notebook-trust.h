/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Which contents of notebooks are trusted on this machine: signatures of them (HMAC-SHA256, by a secret
 * of the user's) in a small database. What another program writes has no signature. Nothing here fails
 * loudly: without the secret or the database nothing is trusted.
 */
#define SAGE_TRUST_MAX 4096 /* contents; those that were not seen for longest are forgotten */

gboolean sage_notebook_trust_check  (const char *digest);
gboolean sage_notebook_trust_sign   (const char *digest);
void     sage_notebook_trust_forget (const char *digest);

G_END_DECLS
