/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-connection.h"

G_BEGIN_DECLS

/*
 * Finds an address in the engine's buckets. Signal: "chosen" (const char *address): an object's, or
 * `s3://bucket/prefix/` for all there.
 */
#define SAGE_TYPE_S3_CHOOSER (sage_s3_chooser_get_type ())

G_DECLARE_FINAL_TYPE (SageS3Chooser, sage_s3_chooser, SAGE, S3_CHOOSER, AdwDialog)

AdwDialog *sage_s3_chooser_new (SageConnection *connection,
                                const char     *address);

G_END_DECLS
