/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-registry-private.h"
#include "sage-resource.h"

G_BEGIN_DECLS

const SageResourceKey *sage_resource_key               (SageResource *self);
void                   sage_resource_set_registry      (SageResource *self,
                                                        SageRegistry *registry);
void                   sage_resource_set_stamp         (SageResource *self,
                                                        guint64       stamp);
guint64                sage_resource_get_stamp         (SageResource *self);
void                   sage_resource_take_spelling     (SageResource *self,
                                                        const char   *name);
gboolean               sage_resource_merge             (SageResource *self,
                                                        JsonObject   *summary,
                                                        gboolean      event_since);
gboolean               sage_resource_merge_description (SageResource *self,
                                                        JsonObject   *description,
                                                        gboolean      event_since);

G_END_DECLS
