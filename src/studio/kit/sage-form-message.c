/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-form-message"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-form-message-private.h"

#define AT "at '"
#define FAILED "' failed to satisfy constraint: "
#define NEXT "; Value "
#define PATTERN "Member must satisfy regular expression pattern: "
#define ONE_OF "Member must satisfy enum value set: "

/* What people are told instead of AWS's words; the rest of those follows in place of %s. */
static const struct
{
  const char *prefix;
  const char *words;
} words[] = {
  { "Member must have length greater than or equal to ", N_("Too short: at least %s") },
  { "Member must have length less than or equal to ", N_("Too long: at most %s") },
  { "Member must have value greater than or equal to ", N_("Too small: at least %s") },
  { "Member must have value less than or equal to ", N_("Too large: at most %s") },
  { ONE_OF, N_("Must be one of %s") },
  { PATTERN, N_("Does not match the pattern %s") },
};

/* Patterns that come up all the time, by how they start. */
static const struct
{
  const char *prefix;
  const char *words;
} patterns[] = {
  { "^[a-zA-Z0-9](-*[a-zA-Z0-9])",
    N_("Only letters, digits and hyphens, with a letter or digit at both ends") },
  { "^[a-zA-Z0-9]([\\-a-zA-Z0-9]*[a-zA-Z0-9])?",
    N_("Only letters, digits and hyphens, with a letter or digit at both ends") },
  { "[A-Za-z0-9\\.\\-_]+", N_("Only letters, digits, dots, hyphens and underscores") },
  { "^(https|s3)://", N_("Must be an address like s3://bucket/key") },
  { "^arn:aws[a-z\\-]*:iam::\\d{12}:role/", N_("Must be the ARN of a role: arn:aws:iam::ACCOUNT:role/NAME") },
};

/* The formats are from the table above. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

/* Returns: (transfer full): a constraint in words */
static char *
translate (const char *constraint)
{
  if (strcmp (constraint, "Member must not be null") == 0)
    return g_strdup (_("This is required"));

  if (g_str_has_prefix (constraint, PATTERN))
    for (gsize i = 0; i < G_N_ELEMENTS (patterns); i++)
      if (g_str_has_prefix (constraint + strlen (PATTERN), patterns[i].prefix))
        return g_strdup (_(patterns[i].words));

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_has_prefix (constraint, words[i].prefix))
      return g_strdup_printf (_(words[i].words), constraint + strlen (words[i].prefix));

  return g_strdup (constraint);
}

#pragma GCC diagnostic pop

/*
 * Finds the members that a validation message of AWS's names, by its form: "… at 'path' failed to
 * satisfy constraint: …; Value … at …".
 *
 * Returns: how many there are; @func was called for each
 */
guint
sage_form_message_parse (const char        *text,
                         SageFormFaultFunc  func,
                         gpointer           user_data)
{
  guint n = 0;

  for (const char *failed = strstr (text, FAILED); failed != NULL; failed = strstr (failed + 1, FAILED))
    {
      const char *constraint = failed + strlen (FAILED);
      const char *end = strstr (constraint, NEXT);
      const char *at = g_strrstr_len (text, failed - text, AT);
      g_autofree char *path = NULL;
      g_autofree char *what = NULL;
      g_autofree char *message = NULL;

      if (at == NULL)
        continue;

      at += strlen (AT);
      path = g_strndup (at, failed - at);
      what = end != NULL ? g_strndup (constraint, end - constraint) : g_strdup (constraint);
      message = translate (what);
      func (path, message, user_data);
      n++;
    }

  return n;
}
