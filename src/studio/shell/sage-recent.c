/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-recent"

#include "config.h"

#include <string.h>

#include "sage-kind.h"
#include "sage-recent.h"

#define KEY      "recent"
#define MAX_KEPT 100

/* Whether it is one thing of the engine: the sections are always at hand, and a form is no thing. */
static gboolean
is_thing (const char *location)
{
  const char *slash = strchr (location, '/');
  g_autofree char *id = slash != NULL ? g_strndup (location, slash - location) : NULL;
  SageKind kind;

  return id != NULL && slash[1] != '\0' && sage_kind_from_id (id, &kind);
}

/* Writes what is kept anew: @first, and the others without @entry. */
static void
rewrite (GSettings  *settings,
         const char *first,
         const char *entry)
{
  g_auto(GStrv) old = g_settings_get_strv (settings, KEY);
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_auto(GStrv) kept = NULL;
  guint n = 0;

  if (first != NULL)
    {
      g_strv_builder_add (builder, first);
      n++;
    }
  for (char **item = old; *item != NULL && n < MAX_KEPT; item++)
    if (strcmp (*item, entry) != 0)
      {
        g_strv_builder_add (builder, *item);
        n++;
      }

  kept = g_strv_builder_end (builder);
  if (!g_strv_equal ((const char * const *) kept, (const char * const *) old))
    g_settings_set_strv (settings, KEY, (const char * const *) kept);
}

/**
 * sage_recent_add:
 * @settings: Studio's settings
 * @profile_id: the connection
 * @location: what was opened there: `training-job/NAME`
 *
 * Puts @location first, if it is one thing of the engine.
 */
void
sage_recent_add (GSettings  *settings,
                 const char *profile_id,
                 const char *location)
{
  g_autofree char *entry = g_strconcat (profile_id, " ", location, NULL);

  if (is_thing (location))
    rewrite (settings, entry, entry);
}

/**
 * sage_recent_remove:
 *
 * Forgets a location, which is no more.
 */
void
sage_recent_remove (GSettings  *settings,
                    const char *profile_id,
                    const char *location)
{
  g_autofree char *entry = g_strconcat (profile_id, " ", location, NULL);

  rewrite (settings, NULL, entry);
}

/**
 * sage_recent_list:
 *
 * Returns: (transfer full): the locations that were opened on that connection, the last one first
 */
char **
sage_recent_list (GSettings  *settings,
                  const char *profile_id)
{
  g_auto(GStrv) entries = g_settings_get_strv (settings, KEY);
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  gsize length = strlen (profile_id);

  for (char **item = entries; *item != NULL; item++)
    if (strncmp (*item, profile_id, length) == 0 && (*item)[length] == ' '
        && is_thing (*item + length + 1))
      g_strv_builder_add (builder, *item + length + 1);

  return g_strv_builder_end (builder);
}
