/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Who starts the host may leave it one end of a pipe here and keep the other. */
#define KRN_STARTER_FD 3

/* The host of one kernel. Its directory is its interface:
 *
 *   kernel-spec.json  what to run (krn-spec.h); written by who starts the host
 *   kernel.json       how it is (krn-status.h); replaced at each change
 *   kernel.sock       commands and channels (krn-client.h)
 *   journal/          all that the kernel said (krn-journal.h)
 *   kernel.log        what its process wrote to stdout and stderr; bounded
 *   connection.json   where it listens; only for the kernel itself
 *
 * It outlives who started it, and ends at SIGTERM or by the command. */
int krn_host_run (const char *directory);

G_END_DECLS
