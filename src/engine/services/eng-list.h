/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-operation.h"

G_BEGIN_DECLS

/**
 * EngListing:
 *
 * How one List operation reads the `resource` table; eng_list_run() does the rest: filters
 * (NameContains, StatusEquals, the time bounds under both of AWS's spellings), SortBy and
 * SortOrder, keyset pages with a signed NextToken, and summaries cut out of the stored document by
 * the reply's own shape.
 */
typedef struct
{
  const char *kind;           /* resource kind */
  const char *reply_member;   /* "TrainingJobSummaries" */
  const char *parent_member;  /* (nullable): input member naming the parent, e.g. "ModelPackageGroupName" */
  const char *parent_kind;    /* (nullable): the kind that this names, for its ARNs */
  const char *status_member;  /* (nullable): input member matched with status, e.g. "StatusEquals" */
  const char *label_member;   /* (nullable): input member matched with label, e.g. "ModelApprovalStatus" */
  const char *prefix_member;  /* (nullable): input member that the name must start with */
  const char *where;          /* (nullable): constant SQL that narrows further, e.g. "parent IS NULL" */
  gboolean    name_ascending; /* SortBy defaults to Name ascending instead of CreationTime descending */
} EngListing;

gboolean eng_list_run (EngCall           *call,
                       const EngListing  *listing,
                       GError           **error);

G_END_DECLS
