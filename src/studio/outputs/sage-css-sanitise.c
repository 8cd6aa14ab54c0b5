/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-css-sanitise"

#include "config.h"

#include <string.h>

#include "sage-html-sanitise.h"

#define MAX_DECLARATIONS 64
#define MAX_VALUE 200     /* bytes */
#define MAX_NUMBER 10000  /* of a length, in whatever unit */

/* What changes how text looks where it stands. Nothing that places a box over others, nothing that
 * names a resource, nothing that moves. */
static const char * const properties[] = {
  "background", "background-color", "border", "border-bottom", "border-bottom-color",
  "border-bottom-style", "border-bottom-width", "border-collapse", "border-color", "border-left",
  "border-left-color", "border-left-style", "border-left-width", "border-radius", "border-right",
  "border-right-color", "border-right-style", "border-right-width", "border-spacing",
  "border-style", "border-top", "border-top-color", "border-top-style", "border-top-width",
  "border-width", "caption-side", "color", "column-gap", "display", "empty-cells", "flex",
  "flex-direction", "flex-flow", "flex-wrap", "align-items", "justify-content", "font",
  "font-family", "font-size", "font-style", "font-variant", "font-weight", "gap", "height",
  "letter-spacing", "line-height", "list-style", "list-style-type", "margin", "margin-bottom",
  "margin-left", "margin-right", "margin-top", "max-height", "max-width", "min-height",
  "min-width", "opacity", "overflow", "overflow-wrap", "overflow-x", "overflow-y", "padding",
  "padding-bottom", "padding-left", "padding-right", "padding-top", "row-gap", "table-layout",
  "text-align", "text-decoration", "text-indent", "text-overflow", "text-transform",
  "vertical-align", "white-space", "width", "word-break", "word-spacing", "word-wrap",
};

static const char * const functions[] = { "rgb", "rgba", "hsl", "hsla" };

static gboolean
is_one_of (const char * const *words,
           gsize               n,
           const char         *word,
           gsize               length)
{
  for (gsize i = 0; i < n; i++)
    if (strlen (words[i]) == length && g_ascii_strncasecmp (words[i], word, length) == 0)
      return TRUE;

  return FALSE;
}

/* A number that is not negative and not huge, with its unit. Returns: (nullable): its end */
static const char *
skip_number (const char *at)
{
  guint whole = 0;

  for (; g_ascii_isdigit (*at); at++)
    {
      whole = whole * 10 + (guint) (*at - '0');
      if (whole > MAX_NUMBER)
        return NULL;
    }
  if (*at == '.')
    for (at++; g_ascii_isdigit (*at); at++)
      ;
  while (g_ascii_isalpha (*at) || *at == '%')
    at++;

  return at;
}

/* `rgb(`, with nothing but numbers up to its end. Returns: (nullable): its end */
static const char *
skip_function (const char *start,
               const char *at)
{
  if (!is_one_of (functions, G_N_ELEMENTS (functions), start, (gsize) (at - start)))
    return NULL;
  for (at++; *at != ')'; at++)
    if (!g_ascii_isdigit (*at) && strchr (" ,.%/", *at) == NULL)
      return NULL;
    else if (*at == '\0')
      return NULL;

  return at + 1;
}

/* Words, numbers, colours by number or by rgb(), commas, slashes and `!important`: no other
 * function, no string, no escape. */
static gboolean
value_is_harmless (const char *value)
{
  const char *at = value;

  while (at != NULL && *at != '\0')
    {
      const char *start = at;

      if (*at == ' ' || *at == ',' || *at == '/')
        at++;
      else if (*at == '#')
        for (at++; g_ascii_isxdigit (*at); at++)
          ;
      else if (g_ascii_isdigit (*at) || (*at == '.' && g_ascii_isdigit (at[1])))
        at = skip_number (at);
      else if (g_ascii_strncasecmp (at, "!important", 10) == 0)
        at += 10;
      else if (g_ascii_isalpha (*at) || (*at == '-' && g_ascii_isalpha (at[1])))
        {
          for (at++; g_ascii_isalnum (*at) || *at == '-'; at++)
            ;
          if (*at == '(')
            at = skip_function (start, at);
        }
      else
        return FALSE;
    }

  return at != NULL;
}

/* Appends a declaration if it is one of those that are let through. Returns: whether it is */
static gboolean
append_declaration (GString    *out,
                    const char *declaration)
{
  const char *colon = strchr (declaration, ':');
  g_autofree char *name = NULL;
  g_autofree char *value = NULL;

  if (colon == NULL)
    return FALSE;

  name = g_strstrip (g_strndup (declaration, (gsize) (colon - declaration)));
  value = g_strstrip (g_strdup (colon + 1));
  g_strdelimit (value, "\t\r\n\f", ' ');
  if (value[0] == '\0' || strlen (value) > MAX_VALUE || !value_is_harmless (value) ||
      !is_one_of (properties, G_N_ELEMENTS (properties), name, strlen (name)))
    return FALSE;

  for (char *at = name; *at != '\0'; at++)
    *at = g_ascii_tolower (*at);
  g_string_append_printf (out, "%s%s: %s", out->len > 0 ? "; " : "", name, value);

  return TRUE;
}

/**
 * sage_css_sanitise:
 * @style: the value of a style attribute
 * @dropped: (inout) (optional): set to %TRUE if something was left out; else left alone
 *
 * Keeps of a style what only changes how a text looks in its place.
 *
 * Returns: (transfer full): a style, maybe an empty one
 */
char *
sage_css_sanitise (const char *style,
                   gboolean   *dropped)
{
  g_auto(GStrv) declarations = NULL;
  GString *out;

  g_return_val_if_fail (style != NULL, NULL);

  out = g_string_new (NULL);
  declarations = g_strsplit (style, ";", MAX_DECLARATIONS);
  for (gsize i = 0; declarations[i] != NULL; i++)
    {
      g_strstrip (declarations[i]);
      if (declarations[i][0] != '\0' && !append_declaration (out, declarations[i]) &&
          dropped != NULL)
        *dropped = TRUE;
    }

  return g_string_free_and_steal (out);
}
