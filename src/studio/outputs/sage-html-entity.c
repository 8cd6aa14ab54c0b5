/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-html-entity"

#include "config.h"

#include <string.h>

#include "sage-html-entity-private.h"

#define MAX_REFERENCE 16 /* bytes between & and ; */

static const struct
{
  const char *name;
  gunichar    character;
} named[] = {
  { "amp", '&' }, { "lt", '<' }, { "gt", '>' }, { "quot", '"' }, { "apos", '\'' },
  { "nbsp", 0xa0 }, { "copy", 0xa9 }, { "reg", 0xae }, { "deg", 0xb0 }, { "plusmn", 0xb1 },
  { "sup2", 0xb2 }, { "sup3", 0xb3 }, { "micro", 0xb5 }, { "middot", 0xb7 }, { "laquo", 0xab },
  { "raquo", 0xbb }, { "times", 0xd7 }, { "divide", 0xf7 }, { "ndash", 0x2013 },
  { "mdash", 0x2014 }, { "lsquo", 0x2018 }, { "rsquo", 0x2019 }, { "ldquo", 0x201c },
  { "rdquo", 0x201d }, { "bull", 0x2022 }, { "hellip", 0x2026 }, { "trade", 0x2122 },
  { "larr", 0x2190 }, { "uarr", 0x2191 }, { "rarr", 0x2192 }, { "darr", 0x2193 },
  { "minus", 0x2212 }, { "infin", 0x221e }, { "asymp", 0x2248 }, { "ne", 0x2260 },
  { "le", 0x2264 }, { "ge", 0x2265 }, { "euro", 0x20ac }, { "pound", 0xa3 }, { "sect", 0xa7 },
};

/* Returns: the character that a reference stands for; 0 for one that is none, or is not known */
static gunichar
resolve (const char *name,
         gsize       length)
{
  if (length > 1 && name[0] == '#')
    {
      gboolean hex = name[1] == 'x' || name[1] == 'X';
      gunichar value = 0;

      if (hex && length == 2)
        return 0;
      for (gsize i = hex ? 2 : 1; i < length; i++)
        {
          int digit = hex ? g_ascii_xdigit_value (name[i]) : g_ascii_digit_value (name[i]);

          if (digit < 0)
            return 0;
          value = value * (hex ? 16 : 10) + (gunichar) digit;
          if (value > 0x10ffff)
            return 0xfffd;
        }

      return g_unichar_validate (value) && value != 0 ? value : 0xfffd;
    }

  for (gsize i = 0; i < G_N_ELEMENTS (named); i++)
    if (strlen (named[i].name) == length && memcmp (named[i].name, name, length) == 0)
      return named[i].character;

  return 0;
}

/* Appends the text with its character references resolved; one that is not known stays as it is. */
void
_sage_html_unescape (GString    *out,
                     const char *text,
                     gsize       length)
{
  const char *end = text + length;

  while (text < end)
    {
      const char *ampersand = memchr (text, '&', (gsize) (end - text));
      const char *semicolon;
      gunichar character;

      if (ampersand == NULL)
        ampersand = end;
      g_string_append_len (out, text, ampersand - text);
      text = ampersand;
      if (text == end)
        break;

      semicolon = memchr (text, ';', (gsize) MIN (end - text, MAX_REFERENCE));
      character = semicolon != NULL ? resolve (text + 1, (gsize) (semicolon - text - 1)) : 0;
      if (character != 0)
        {
          g_string_append_unichar (out, character);
          text = semicolon + 1;
        }
      else
        {
          g_string_append_c (out, '&');
          text++;
        }
    }
}
