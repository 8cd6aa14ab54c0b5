/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "config.h"

G_BEGIN_DECLS

/**
 * SAGE_FAILPOINT:
 * @name: the instant's name
 *
 * An instant at which the fault tests may kill the process. With `SAGEBRUSH_FAILPOINT=name:kill:n`
 * in the environment the n-th passage (the first when n is left out) is a SIGKILL to itself.
 * Compiled only with -Dfailpoints=true.
 */
#if SAGEBRUSH_FAILPOINTS
#define SAGE_FAILPOINT(name) sage_failpoint_pass (name)
void sage_failpoint_pass (const char *name);
#else
#define SAGE_FAILPOINT(name) G_STMT_START { } G_STMT_END
#endif

G_END_DECLS
