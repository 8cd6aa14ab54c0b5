/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-caller.h"
#include "eng-store.h"

G_BEGIN_DECLS

/* As many as a user can have: one to use, others while programs change over. */
#define ENG_USER_MAX_KEYS 5

gboolean eng_user_name_check       (const char      *name,
                                    GError         **error);
char    *eng_user_arn              (const EngEngine *engine,
                                    const char      *name);

gboolean eng_user_row_check_actor  (EngTx           *tx,
                                    const EngCaller *caller,
                                    GError         **error);
gboolean eng_user_row_check_epoch  (EngTx           *tx,
                                    const char      *name,
                                    gint64           epoch,
                                    GError         **error);
gboolean eng_user_row_insert       (EngTx           *tx,
                                    const char      *name,
                                    EngRole          role,
                                    const char      *verifier,
                                    GError         **error);
gboolean eng_user_row_set_role     (EngTx           *tx,
                                    const char      *name,
                                    EngRole          role,
                                    GError         **error);
gboolean eng_user_row_set_password (EngTx           *tx,
                                    const char      *name,
                                    const char      *verifier,
                                    GError         **error);
gboolean eng_user_row_delete       (EngTx           *tx,
                                    const char      *name,
                                    GError         **error);
gboolean eng_user_row_insert_key   (EngTx           *tx,
                                    const char      *name,
                                    const char      *id,
                                    const char      *secret,
                                    GError         **error);
gboolean eng_user_row_delete_key   (EngTx           *tx,
                                    const char      *name,
                                    const char      *id,
                                    GError         **error);

G_END_DECLS
