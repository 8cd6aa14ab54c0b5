/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "eng-schema.h"

/*
 * Who may call beside the engine's owner, who has no row. `password` is crypt(3)'s verifier, '' for a
 * user that cannot log in. `epoch` is the number of the last change that ended what the user had
 * logged in for; numbers are never used again, so that a new user of an old name inherits nothing.
 * `clock` is the latest time at which the engine is known to have issued or refused a login; `setup`
 * is the hash of the token that makes the first administrator, '' for none.
 */
const char eng_user_schema[] =
  "CREATE TABLE user ("
  "  name TEXT PRIMARY KEY,"
  "  role TEXT NOT NULL CHECK (role IN ('viewer', 'developer', 'admin')),"
  "  password TEXT NOT NULL,"
  "  epoch INTEGER NOT NULL,"
  "  created REAL NOT NULL,"
  "  modified REAL NOT NULL"
  ") STRICT, WITHOUT ROWID;"
  "CREATE TABLE user_key ("
  "  id TEXT PRIMARY KEY,"
  "  user TEXT NOT NULL REFERENCES user (name) ON DELETE CASCADE,"
  "  secret TEXT NOT NULL,"
  "  created REAL NOT NULL"
  ") STRICT, WITHOUT ROWID;"
  "CREATE INDEX user_key_by_user ON user_key (user);"
  "CREATE TABLE user_state ("
  "  one INTEGER PRIMARY KEY CHECK (one = 1),"
  "  epoch INTEGER NOT NULL,"
  "  clock REAL NOT NULL,"
  "  setup TEXT NOT NULL,"
  "  setup_expires REAL NOT NULL"
  ") STRICT;"
  "INSERT INTO user_state VALUES (1, 1, 0, '', 0);";
