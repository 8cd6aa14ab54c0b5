/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* @path: which member, as AWS spells it; @message: what is wrong with it, translated where it can be */
typedef void (*SageFormFaultFunc) (const char *path,
                                   const char *message,
                                   gpointer    user_data);

guint sage_form_message_parse (const char        *text,
                               SageFormFaultFunc  func,
                               gpointer           user_data);

G_END_DECLS
