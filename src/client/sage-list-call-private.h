/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-kind.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* How the API lists things of one kind, in one place or everywhere. */

const char *sage_list_call_target (SageKind     kind,
                                   const char  *parent);
JsonObject *sage_list_call_input  (SageKind     kind,
                                   const char  *parent,
                                   const char  *parent_arn,
                                   const char  *token);
JsonArray  *sage_list_call_items  (SageKind     kind,
                                   const char  *parent,
                                   JsonObject  *reply);
JsonObject *sage_list_call_item   (SageKind     kind,
                                   const char  *parent,
                                   JsonArray   *items,
                                   guint        index);

G_END_DECLS
