/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-job-name"

#include "config.h"

#include <string.h>

#include "sage-job-name.h"

#define MAX_NAME 63 /* of a job, as the API has it */

/**
 * sage_job_name_next:
 * @name: the name of a job, or anything that one is to be called after
 *
 * "churn" → "churn-29-130501"; that one likewise: names are never used twice.
 *
 * Returns: (transfer full): a name for a new job
 */
char *
sage_job_name_next (const char *name)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *stamp = g_date_time_format (now, "-%d-%H%M%S");
  g_autoptr(GRegex) old = g_regex_new ("-[0-9]{2}-[0-9]{6}$", 0, 0, NULL);
  g_autofree char *stem = g_regex_replace_literal (old, name, -1, 0, "", 0, NULL);
  const char *start;

  g_strcanon (stem, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS, '-');
  start = stem + strspn (stem, "-");
  if (strlen (start) > MAX_NAME - strlen (stamp))
    stem[start - stem + MAX_NAME - strlen (stamp)] = '\0';

  return g_strconcat (*start != '\0' ? start : "job", stamp, NULL);
}
