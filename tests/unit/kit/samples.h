/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

extern const char sample_training_job[];
extern const char sample_pipeline_parameters[];

JsonObject *sample_object (const char *text);
