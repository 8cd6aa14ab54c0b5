/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

int eng_shim_run (const char *job_dir,
                  int         ready_fd);

G_END_DECLS
