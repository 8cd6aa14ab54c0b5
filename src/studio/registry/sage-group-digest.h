/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-connection.h"

G_BEGIN_DECLS

/* What the versions of a group come to. */
typedef struct
{
  guint    versions;
  guint    waiting;  /* for approval */
  guint64  approved; /* the number of the latest approved version; 0: none */
  double   latest;   /* when the newest version was made, in seconds since 1970; 0: none */
} SageGroupSummary;

/* The versions of all groups of an engine, counted by group. Signal: "changed". */
#define SAGE_TYPE_GROUP_DIGEST (sage_group_digest_get_type ())

G_DECLARE_FINAL_TYPE (SageGroupDigest, sage_group_digest, SAGE, GROUP_DIGEST, GObject)

SageGroupDigest        *sage_group_digest_new    (SageConnection  *connection,
                                                  GListModel      *packages);
const SageGroupSummary *sage_group_digest_lookup (SageGroupDigest *self,
                                                  const char      *group);

G_END_DECLS
