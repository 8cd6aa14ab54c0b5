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

/*
 * What a step's result can be found by again. `cache_key` says what made it, `cache_inputs` which
 * versions of the objects it was made from when its job was begun, and `cache_outputs` what the
 * job left behind, which is only known of a result that may be taken again. `cache_source` is the
 * execution whose job was taken instead of making one.
 */
const char eng_pipeline_cache_schema[] =
  "ALTER TABLE pipeline_step ADD COLUMN cache_key TEXT;"
  "ALTER TABLE pipeline_step ADD COLUMN cache_inputs TEXT;"
  "ALTER TABLE pipeline_step ADD COLUMN cache_outputs TEXT;"
  "ALTER TABLE pipeline_step ADD COLUMN cache_source TEXT;"
  "CREATE INDEX pipeline_step_by_cache_key ON pipeline_step (cache_key, ended)"
  "  WHERE cache_outputs IS NOT NULL;";

/*
 * Why a cached step ran: `cache_parts` holds the digests of what its key is made of, by name, and
 * `cache_miss` which of them differ from the latest result's, or what else was the matter.
 */
const char eng_pipeline_cache_parts_schema[] =
  "ALTER TABLE pipeline_step ADD COLUMN cache_parts TEXT;"
  "ALTER TABLE pipeline_step ADD COLUMN cache_miss TEXT;"
  "CREATE INDEX pipeline_step_by_result ON pipeline_step (name, ended)"
  "  WHERE cache_outputs IS NOT NULL;";
