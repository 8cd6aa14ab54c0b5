/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-endpoint-failure"

#include "config.h"

#include <string.h>

#include "sage-endpoint-failure.h"

#define PINGS " Last pings: "
#define LOG " Last log lines:\n"

void
sage_endpoint_failure_clear (SageEndpointFailure *failure)
{
  g_clear_pointer (&failure->what, g_free);
  g_clear_pointer (&failure->pings, g_free);
  g_clear_pointer (&failure->log, g_free);
}

/* "a; b; c." → a line each */
static char *
split_pings (const char *start,
             gsize       length)
{
  g_autofree char *text = g_strndup (start, length);
  g_auto(GStrv) pings = NULL;

  if (g_str_has_suffix (text, "."))
    text[strlen (text) - 1] = '\0';
  pings = g_strsplit (text, "; ", -1);

  return g_strjoinv ("\n", pings);
}

/**
 * sage_endpoint_failure_read:
 * @reason: an endpoint's FailureReason
 * @failure: (out): its parts; where the engine's health check did not write it, all is the sentence
 *
 * Takes apart what the engine says about an endpoint that did not become healthy.
 */
void
sage_endpoint_failure_read (const char          *reason,
                            SageEndpointFailure *failure)
{
  const char *pings = strstr (reason, PINGS);
  const char *log = strstr (pings != NULL ? pings : reason, LOG);
  const char *end = log != NULL ? log : reason + strlen (reason);

  memset (failure, 0, sizeof *failure);
  failure->what = g_strndup (reason, (gsize) ((pings != NULL ? pings : end) - reason));
  if (pings != NULL)
    {
      pings += strlen (PINGS);
      failure->pings = split_pings (pings, (gsize) (MAX (end, pings) - pings));
    }
  if (log != NULL && log[strlen (LOG)] != '\0')
    failure->log = g_strchomp (g_strdup (log + strlen (LOG)));
}
