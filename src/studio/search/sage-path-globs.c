/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-path-globs"

#include "config.h"

#include <string.h>

#include "sage-path-globs.h"

#define MAX_PATTERNS 2000

/* One pattern: what each name of a path has to look like. */
typedef struct
{
  char     **segments; /* (owned): "**" stands for any number of folders */
  gboolean   folders;  /* of folders only */
  gboolean   except;
} Pattern;

struct _SagePathGlobs
{
  GArray *patterns; /* (owned): of Pattern */
};

static void
pattern_clear (gpointer data)
{
  g_strfreev (((Pattern *) data)->segments);
}

/* --- A name ----------------------------------------------------------------------------------- */

/* The end of the character at @at: of a byte that is no UTF-8, the next one. */
static const char *
next_char (const char *at)
{
  for (at++; ((guchar) *at & 0xc0) == 0x80;)
    at++;

  return at;
}

/* Whether the class that begins at @pattern has @byte; @pattern is put behind it. A bracket that is
 * never closed stands for itself. */
static gboolean
match_class (const char **pattern,
             guchar       byte)
{
  const char *at = *pattern + 1;
  gboolean negated = *at == '!' || *at == '^';
  const char *first = negated ? at + 1 : at;
  gboolean found = FALSE;

  for (at = first; *at != '\0' && (*at != ']' || at == first); at++)
    {
      if (at[0] == '\\' && at[1] != '\0')
        at++;
      if (at[1] == '-' && at[2] != '\0' && at[2] != ']')
        {
          found |= (guchar) at[0] <= byte && byte <= (guchar) at[2];
          at += 2;
        }
      else
        found |= (guchar) *at == byte;
    }
  if (*at != ']')
    {
      *pattern += 1;
      return byte == '[';
    }
  *pattern = at + 1;

  return found != negated;
}

/* Whether the next thing of the pattern is the character at @text; both are put behind it. */
static gboolean
match_one (const char **pattern,
           const char **text)
{
  if (**text == '\0' || **pattern == '\0')
    return FALSE;
  if (**pattern == '?')
    {
      *pattern += 1;
      *text = next_char (*text);
      return TRUE;
    }
  if (**pattern == '[')
    return match_class (pattern, (guchar) *(*text)++);
  if (**pattern == '\\' && (*pattern)[1] != '\0')
    *pattern += 1;

  return *(*pattern)++ == *(*text)++;
}

/* Goes back to the last star only, so that no pattern takes longer than the product of both lengths. */
static gboolean
match_name (const char *pattern,
            const char *text)
{
  const char *star = NULL;
  const char *from = NULL;

  for (;;)
    {
      if (*pattern == '*')
        {
          star = ++pattern;
          from = text;
          continue;
        }
      if (*pattern == '\0' && *text == '\0')
        return TRUE;
      if (match_one (&pattern, &text))
        continue;
      if (star == NULL || *from == '\0')
        return FALSE;
      pattern = star;
      text = ++from;
    }
}

/* --- A path ----------------------------------------------------------------------------------- */

/* The same with names in the place of characters, and “**” in that of the star; at the end it stands for
 * all that is in a folder, but not for the folder. */
static gboolean
match_path (char * const *pattern,
            char * const *path)
{
  char * const *star = NULL;
  char * const *from = NULL;

  for (;;)
    {
      if (*pattern != NULL && strcmp (*pattern, "**") == 0)
        {
          if (pattern[1] == NULL)
            return *path != NULL;
          star = ++pattern;
          from = path;
          continue;
        }
      if (*pattern == NULL && *path == NULL)
        return TRUE;
      if (*pattern != NULL && *path != NULL && match_name (*pattern, *path))
        {
          pattern++;
          path++;
          continue;
        }
      if (star == NULL || *from == NULL)
        return FALSE;
      pattern = star;
      path = ++from;
    }
}

/**
 * sage_path_globs_match:
 * @self: patterns
 * @path: below the folder that they are for, without a slash before or after it
 * @is_folder: whether it is a folder
 *
 * Returns: what they say of it
 */
SageGlobsVerdict
sage_path_globs_match (const SagePathGlobs *self,
                       const char          *path,
                       gboolean             is_folder)
{
  g_auto(GStrv) names = g_strsplit (path, "/", -1);

  for (guint i = self->patterns->len; i > 0; i--)
    {
      const Pattern *pattern = &g_array_index (self->patterns, Pattern, i - 1);

      if ((is_folder || !pattern->folders) && match_path (pattern->segments, names))
        return pattern->except ? SAGE_GLOBS_EXCEPT : SAGE_GLOBS_MATCH;
    }

  return SAGE_GLOBS_SILENT;
}

/**
 * sage_path_globs_hold:
 * @self: patterns
 * @path: that of a file
 *
 * Returns: whether they match the file, or a folder that it is in
 */
gboolean
sage_path_globs_hold (const SagePathGlobs *self,
                      const char          *path)
{
  SageGlobsVerdict verdict = sage_path_globs_match (self, path, FALSE);
  g_autofree char *folder = g_path_get_dirname (path);

  while (verdict == SAGE_GLOBS_SILENT && strcmp (folder, ".") != 0)
    {
      char *outer = g_path_get_dirname (folder);

      verdict = sage_path_globs_match (self, folder, TRUE);
      g_free (folder);
      folder = outer;
    }

  return verdict == SAGE_GLOBS_MATCH;
}

/* --- The patterns ----------------------------------------------------------------------------- */

/* A pattern without a slash in it is one for a name wherever it is. */
static void
add_pattern (SagePathGlobs *self,
             const char    *text)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  const char *at = stripped;
  g_autofree char *names = NULL;
  Pattern pattern = { NULL, g_str_has_suffix (stripped, "/"), stripped[0] == '!' };
  gboolean anchored;

  if (pattern.except)
    at++;
  if (*at == '\0' || *at == '#' || self->patterns->len == MAX_PATTERNS)
    return;
  if (pattern.folders)
    stripped[strlen (stripped) - 1] = '\0';
  anchored = strchr (at, '/') != NULL;
  at += *at == '/';
  if (*at == '\0')
    return;

  names = anchored ? g_strdup (at) : g_strconcat ("**/", at, NULL);
  pattern.segments = g_strsplit (names, "/", -1);
  g_array_append_val (self->patterns, pattern);
}

/**
 * sage_path_globs_parse:
 * @text: patterns
 * @separators: the characters that each may stand between two of them
 *
 * Returns: (transfer full): the patterns
 */
SagePathGlobs *
sage_path_globs_parse (const char *text,
                       const char *separators)
{
  SagePathGlobs *self = g_new0 (SagePathGlobs, 1);
  g_auto(GStrv) lines = g_strsplit_set (text, separators, -1);

  self->patterns = g_array_new (FALSE, FALSE, sizeof (Pattern));
  g_array_set_clear_func (self->patterns, pattern_clear);
  for (char **line = lines; *line != NULL; line++)
    add_pattern (self, *line);

  return self;
}

gboolean
sage_path_globs_is_empty (const SagePathGlobs *self)
{
  return self->patterns->len == 0;
}

void
sage_path_globs_free (SagePathGlobs *self)
{
  g_array_unref (self->patterns);
  g_free (self);
}
