/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What an engine is asked with where the user has not said anything else: as its own clients are told
 * to by `sagebrushctl env`. */

#define SAGE_DEFAULT_BUCKET "sagemaker-us-east-1-000000000000"
#define SAGE_DEFAULT_ROLE "arn:aws:iam::000000000000:role/SagebrushExecution"
