/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-detail-words"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-detail-words-private.h"

/* Whole sentences for each kind: they are not to be put together from parts in every language. */
static const struct
{
  const char *deleted;
  const char *last_state;
  const char *missing;
} words[SAGE_N_KINDS] = {
  [SAGE_KIND_TRAINING_JOB] = {
    N_("This training job was deleted"),
    N_("This training job was deleted; what you see is its last state"),
    N_("There is no such training job"),
  },
  [SAGE_KIND_PROCESSING_JOB] = {
    N_("This processing job was deleted"),
    N_("This processing job was deleted; what you see is its last state"),
    N_("There is no such processing job"),
  },
  [SAGE_KIND_PIPELINE] = {
    N_("This pipeline was deleted"),
    N_("This pipeline was deleted; what you see is its last state"),
    N_("There is no such pipeline"),
  },
  [SAGE_KIND_EXECUTION] = {
    N_("This execution was deleted"),
    N_("This execution was deleted; what you see is its last state"),
    N_("There is no such execution"),
  },
  [SAGE_KIND_STEP] = {
    N_("This step was deleted"),
    N_("This step was deleted; what you see is its last state"),
    N_("There is no such step"),
  },
  [SAGE_KIND_PACKAGE_GROUP] = {
    N_("This model group was deleted"),
    N_("This model group was deleted; what you see is its last state"),
    N_("There is no such model group"),
  },
  [SAGE_KIND_PACKAGE] = {
    N_("This model version was deleted"),
    N_("This model version was deleted; what you see is its last state"),
    N_("There is no such model version"),
  },
  [SAGE_KIND_MODEL] = {
    N_("This model was deleted"),
    N_("This model was deleted; what you see is its last state"),
    N_("There is no such model"),
  },
  [SAGE_KIND_ENDPOINT_CONFIG] = {
    N_("This endpoint configuration was deleted"),
    N_("This endpoint configuration was deleted; what you see is its last state"),
    N_("There is no such endpoint configuration"),
  },
  [SAGE_KIND_ENDPOINT] = {
    N_("This endpoint was deleted"),
    N_("This endpoint was deleted; what you see is its last state"),
    N_("There is no such endpoint"),
  },
};

const char *
sage_detail_words_deleted (SageKind kind)
{
  return _(words[kind].deleted);
}

const char *
sage_detail_words_last_state (SageKind kind)
{
  return _(words[kind].last_state);
}

const char *
sage_detail_words_missing (SageKind kind)
{
  return _(words[kind].missing);
}
