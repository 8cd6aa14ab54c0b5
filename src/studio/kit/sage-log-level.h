/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  SAGE_LOG_LEVEL_NONE,
  SAGE_LOG_LEVEL_DEBUG,
  SAGE_LOG_LEVEL_INFO,
  SAGE_LOG_LEVEL_WARNING,
  SAGE_LOG_LEVEL_ERROR,
} SageLogLevel;

SageLogLevel sage_log_level_find (const char *text,
                                  gsize       length);

G_END_DECLS
