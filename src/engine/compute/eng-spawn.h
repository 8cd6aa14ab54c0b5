/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The descriptor under which a detached program gets the one that is passed to it. */
#define ENG_SPAWN_FD 3

gboolean eng_spawn_detached (const char          *program,
                             const char * const  *argv,
                             const char * const  *environment,
                             const char          *errors_path,
                             int                  fd,
                             GError             **error);

G_END_DECLS
