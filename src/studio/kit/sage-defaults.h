/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-connection.h"

G_BEGIN_DECLS

/* What an engine is asked with where the user has not said anything else: the role and the bucket that
 * its own clients are told by `sagebrushctl env`, in the account and region that the engine has. */

/* What stands for them in files that come with Studio, as in the sample. */
#define SAGE_SAMPLE_BUCKET "sagemaker-us-east-1-000000000000"
#define SAGE_SAMPLE_ROLE "arn:aws:iam::000000000000:role/SagebrushExecution"

void  sage_defaults_follow     (SageConnection *connection);
char *sage_defaults_dup_role   (SageConnection *connection);
char *sage_defaults_dup_bucket (SageConnection *connection);

G_END_DECLS
