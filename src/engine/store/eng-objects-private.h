/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-objects.h"

G_BEGIN_DECLS

/* The tables of the object store, one step of the database's schema. */
extern const char eng_objects_schema[];

G_END_DECLS
