/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-objects"

#include "config.h"

#include "eng-schema.h"

/* Keys are BLOBs so that they order by their bytes, as S3 lists them, under every collation. Each
 * row names the file with its bytes, and no two rows name the same one: who takes a row away may
 * delete its file. `modified` and `blob_mtime` are apart because the first is what S3 shows and
 * the second tells whether anybody touched the file behind our back. */
const char eng_objects_schema[] =
  "CREATE TABLE bucket ("
  " name TEXT PRIMARY KEY,"
  " created REAL NOT NULL"
  ") STRICT, WITHOUT ROWID;"

  "CREATE TABLE object ("
  " bucket TEXT NOT NULL REFERENCES bucket (name),"
  " key BLOB NOT NULL,"
  " size INTEGER NOT NULL,"
  " modified REAL NOT NULL,"
  " etag TEXT NOT NULL,"
  " sha256 TEXT NOT NULL,"
  " content_type TEXT NOT NULL,"
  " headers TEXT,"
  " blob TEXT NOT NULL UNIQUE,"
  " blob_mtime INTEGER NOT NULL,"
  " PRIMARY KEY (bucket, key)"
  ") STRICT, WITHOUT ROWID;"

  "CREATE TABLE upload ("
  " id TEXT PRIMARY KEY,"
  " bucket TEXT NOT NULL REFERENCES bucket (name),"
  " key BLOB NOT NULL,"
  " owner TEXT NOT NULL,"
  " initiated REAL NOT NULL,"
  " content_type TEXT NOT NULL,"
  " headers TEXT,"
  " algorithm TEXT,"
  " checksum_type TEXT,"
  " completed REAL,"
  " etag TEXT"
  ") STRICT, WITHOUT ROWID;"
  "CREATE INDEX upload_by_key ON upload (bucket, key, id) WHERE completed IS NULL;"

  "CREATE TABLE upload_part ("
  " upload TEXT NOT NULL REFERENCES upload (id) ON DELETE CASCADE,"
  " number INTEGER NOT NULL,"
  " size INTEGER NOT NULL,"
  " modified REAL NOT NULL,"
  " etag TEXT NOT NULL,"
  " sha256 TEXT NOT NULL,"
  " checksum TEXT,"
  " blob TEXT NOT NULL UNIQUE,"
  " PRIMARY KEY (upload, number)"
  ") STRICT, WITHOUT ROWID;";
