/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "eng-schema.h"

/*
 * A kernel has a row from before it is started until its session is closed; whether it is busy says
 * its host alone. `directory` is where it works, `outcome` how it ended, as JSON.
 */
const char eng_kernel_schema[] =
  "CREATE TABLE kernel ("
  "  id TEXT PRIMARY KEY,"
  "  name TEXT NOT NULL,"
  "  directory TEXT NOT NULL,"
  "  state TEXT NOT NULL,"
  "  created REAL NOT NULL,"
  "  modified REAL NOT NULL,"
  "  outcome TEXT"
  ") STRICT, WITHOUT ROWID;"
  "CREATE TABLE kernel_session ("
  "  id TEXT PRIMARY KEY,"
  "  path TEXT NOT NULL,"
  "  name TEXT NOT NULL,"
  "  type TEXT NOT NULL,"
  "  kernel TEXT NOT NULL REFERENCES kernel (id) ON DELETE CASCADE,"
  "  created REAL NOT NULL"
  ") STRICT, WITHOUT ROWID;"
  "CREATE INDEX kernel_session_by_path ON kernel_session (path);"
  "CREATE INDEX kernel_session_by_kernel ON kernel_session (kernel);";

/* What somebody has set for all kernels; what is not here is as the engine was started. */
const char eng_kernel_setting_schema[] =
  "CREATE TABLE kernel_setting ("
  "  name TEXT PRIMARY KEY,"
  "  value INTEGER NOT NULL"
  ") STRICT, WITHOUT ROWID;";
