/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Where an engine is and how to reach it: the embedded one by its data directory, any other by its
 * URL and an access key. The secret is not part of it. Properties: "id" (construct only; a UUID,
 * or "embedded"), "name", "url" (nullable), "data-dir" (nullable), "region", "access-key"
 * (nullable), "certificate" (nullable; the fingerprint of the only one that is taken), "colour"
 * (nullable: "red", "orange", "yellow", "green", "blue", "purple", "slate").
 */
#define SAGE_TYPE_PROFILE (sage_profile_get_type ())

G_DECLARE_FINAL_TYPE (SageProfile, sage_profile, SAGE, PROFILE, GObject)

SageProfile *sage_profile_new_embedded   (const char  *data_dir);
SageProfile *sage_profile_new_remote     (const char  *name,
                                          const char  *url,
                                          const char  *access_key,
                                          const char  *region);
SageProfile *sage_profile_from_variant   (GVariant    *variant);
GVariant    *sage_profile_to_variant     (SageProfile *self);
gboolean     sage_profile_is_embedded    (SageProfile *self);
const char  *sage_profile_get_id         (SageProfile *self);
const char  *sage_profile_get_name       (SageProfile *self);
void         sage_profile_set_name       (SageProfile *self,
                                          const char  *name);
const char  *sage_profile_get_url        (SageProfile *self);
void         sage_profile_set_url        (SageProfile *self,
                                          const char  *url);
const char  *sage_profile_get_data_dir   (SageProfile *self);
const char  *sage_profile_get_region     (SageProfile *self);
void         sage_profile_set_region     (SageProfile *self,
                                          const char  *region);
const char  *sage_profile_get_access_key (SageProfile *self);
void         sage_profile_set_access_key (SageProfile *self,
                                          const char  *access_key);
const char  *sage_profile_get_certificate (SageProfile *self);
void         sage_profile_set_certificate (SageProfile *self,
                                          const char  *certificate);
const char  *sage_profile_get_colour     (SageProfile *self);
void         sage_profile_set_colour     (SageProfile *self,
                                          const char  *colour);

const char * const *sage_profile_colours (void);

G_END_DECLS
