/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-pipeline-schema"

#include "config.h"

#include "eng-schema.h"

/*
 * A definition is kept once per pipeline and text; executions name the one they started with, so
 * that an update of the pipeline never reaches them.
 *
 * A step has a row from the moment it was reached. `attempt` counts every start and is never
 * reset; `tries` counts the retries that the step's retry policies spent since the execution was
 * last started or retried. `wait` is the back-off in seconds that a step in Starting still owes.
 */
const char eng_pipeline_schema[] =
  "CREATE TABLE pipeline_definition ("
  "  id INTEGER PRIMARY KEY,"
  "  pipeline INTEGER NOT NULL REFERENCES resource (id) ON DELETE CASCADE,"
  "  sha256 TEXT NOT NULL,"
  "  text TEXT NOT NULL,"
  "  UNIQUE (pipeline, sha256)"
  ") STRICT;"
  "CREATE TABLE pipeline_step ("
  "  execution INTEGER NOT NULL REFERENCES resource (id) ON DELETE CASCADE,"
  "  position INTEGER NOT NULL,"
  "  name TEXT NOT NULL,"
  "  status TEXT NOT NULL,"
  "  attempt INTEGER NOT NULL,"
  "  tries INTEGER NOT NULL,"
  "  wait REAL NOT NULL,"
  "  started REAL NOT NULL,"
  "  ended REAL,"
  "  job TEXT,"
  "  arn TEXT,"
  "  outcome TEXT,"
  "  failure TEXT,"
  "  outputs TEXT,"
  "  PRIMARY KEY (execution, position)"
  ") STRICT;";
