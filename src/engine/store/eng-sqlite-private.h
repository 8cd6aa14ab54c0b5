/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-sqlite.h"

G_BEGIN_DECLS

struct _EngConnection
{
  sqlite3    *db;         /* (owned) */
  GHashTable *statements; /* (owned): SQL text → sqlite3_stmt */
  gpointer    pool;       /* (nullable): the store this reader goes back to */
};

G_END_DECLS
