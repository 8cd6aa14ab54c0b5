/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-sqlite.h"

G_BEGIN_DECLS

/* One migration step each; see eng-migrations.c. */
extern const char eng_core_schema[];
extern const char eng_objects_schema[];
extern const char eng_pipeline_schema[];
extern const char eng_kernel_schema[];
extern const char eng_kernel_setting_schema[];
extern const char eng_pipeline_cache_schema[];
extern const char eng_pipeline_cache_parts_schema[];
extern const char eng_user_schema[];
extern const char eng_experiment_schema[];

gboolean eng_migrations_run (EngConnection       *connection,
                             const char * const  *steps,
                             guint                n_steps,
                             GError             **error);
gboolean eng_migrate        (EngConnection       *connection,
                             GError             **error);

G_END_DECLS
