/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-request.h"

G_BEGIN_DECLS

/* Who calls: the owner with the engine's own access key, and its users. */
typedef struct _EngAuth EngAuth;

EngAuth    *eng_auth_load        (const char       *data_dir,
                                  const char       *region,
                                  EngUsers         *users,
                                  GError          **error);
void        eng_auth_free        (EngAuth          *auth);
const char *eng_auth_access_key  (EngAuth          *auth);
const char *eng_auth_secret      (EngAuth          *auth);
const char *eng_auth_path        (EngAuth          *auth);
gboolean    eng_auth_check       (EngAuth          *auth,
                                  SageHttpRequest  *http,
                                  EngRequest       *request);
gboolean    eng_auth_check_once  (EngAuth          *auth,
                                  SageHttpRequest  *http,
                                  EngRequest       *request);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngAuth, eng_auth_free)

G_END_DECLS
