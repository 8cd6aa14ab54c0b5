/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ENG_PASSWORD_MIN 12  /* characters */
#define ENG_PASSWORD_MAX 256 /* bytes */

gboolean  eng_password_check  (const char  *password,
                               const char  *user,
                               GError     **error);
char     *eng_password_hash   (const char  *password,
                               GError     **error);
gboolean  eng_password_verify (const char  *password,
                               const char  *verifier);

G_END_DECLS
