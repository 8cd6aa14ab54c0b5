/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "sage-reply.h"

G_BEGIN_DECLS

SageReply *sage_reply_new (SoupMessage *message,
                           GBytes      *body);

G_END_DECLS
