/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SAGE_UUID_SIZE 37 /* with the NUL */

void sage_uuid_write (char text[SAGE_UUID_SIZE]);

G_END_DECLS
