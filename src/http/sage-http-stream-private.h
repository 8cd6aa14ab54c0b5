/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "sage-http-private.h"

G_BEGIN_DECLS

#define SAGE_TYPE_HTTP_STREAM (sage_http_stream_get_type ())
G_DECLARE_FINAL_TYPE (SageHttpStream, sage_http_stream, SAGE, HTTP_STREAM, GIOStream)

GIOStream *sage_http_stream_new (int               fd,
                                 GBytes           *early,
                                 SageHttpUpgrades *upgrades,
                                 GError          **error);

G_END_DECLS
