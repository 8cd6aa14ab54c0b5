/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Rows as they were at one time. A GListStore of 100,000 takes 20 ms to make, which is too long for
 * what is asked for each time the selection changes. */
#define SAGE_TYPE_INDEX_ROWS (sage_index_rows_get_type ())

G_DECLARE_FINAL_TYPE (SageIndexRows, sage_index_rows, SAGE, INDEX_ROWS, GObject)

SageIndexRows *sage_index_rows_new (GPtrArray *rows);

G_END_DECLS
