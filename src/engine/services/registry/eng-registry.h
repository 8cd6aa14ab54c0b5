/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-operation.h"

G_BEGIN_DECLS

#define ENG_GROUP_KIND "model-package-group"
#define ENG_PACKAGE_KIND "model-package"

extern const EngOperation eng_package_group_operations[];
extern const gsize eng_n_package_group_operations;
extern const EngOperation eng_package_operations[];
extern const gsize eng_n_package_operations;

void         eng_registry_register   (EngEngine       *engine);
EngResource *eng_registry_load_group (EngConnection   *connection,
                                      EngEngine       *engine,
                                      const char      *name_or_arn,
                                      GError         **error);

G_END_DECLS
