/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-ansi"

#include "config.h"

#include "sage-ansi-private.h"

/* `38:2:SPACE:R:G:B:TOLERANCE:…` has no more that matter. */
#define MAX_VALUES 8

/* The parameters of one sequence, read group by group. */
typedef struct
{
  const char *at;
  const char *end;
} Reader;

/* One group: what stands between two semicolons; its values are divided by colons. */
typedef struct
{
  guint values[MAX_VALUES];
  guint n;
} Group;

/* An empty value is 0; one that is too large stays too large. */
static guint
read_value (Reader *reader)
{
  guint value = 0;

  while (reader->at < reader->end && g_ascii_isdigit (*reader->at))
    {
      value = MIN (value * 10 + (guint) (*reader->at - '0'), 100000);
      reader->at++;
    }

  return value;
}

static gboolean
read_group (Reader *reader,
            Group  *group)
{
  if (reader->at > reader->end)
    return FALSE;

  group->n = 0;
  while (TRUE)
    {
      guint value = read_value (reader);

      if (group->n < MAX_VALUES)
        group->values[group->n++] = value;
      if (reader->at == reader->end || *reader->at != ':')
        break;
      reader->at++;
    }
  reader->at++; /* over the semicolon, or past the end */

  return TRUE;
}

static gboolean
make_colour (guint           mode,
             const guint    *values,
             guint           n,
             SageAnsiColour *colour)
{
  if (mode == 5 && n >= 1 && values[0] <= 255)
    *colour = SAGE_ANSI_INDEXED (values[0]);
  else if (mode == 2 && n >= 3 && values[0] <= 255 && values[1] <= 255 && values[2] <= 255)
    *colour = SAGE_ANSI_RGB (values[0], values[1], values[2]);
  else
    return FALSE;

  return TRUE;
}

/* `38:5:N`, `38:2:R:G:B` and `38:2:SPACE:R:G:B` in one group; `38;5;N` and `38;2;R;G;B` in many. */
static gboolean
read_colour (Reader         *reader,
             const Group    *group,
             SageAnsiColour *colour)
{
  Group next;
  guint values[3];
  guint mode;
  guint n;

  if (group->n > 1)
    {
      guint skip = group->values[1] == 2 && group->n >= 6 ? 3 : 2;

      return make_colour (group->values[1], group->values + skip, group->n - MIN (skip, group->n),
                          colour);
    }

  if (!read_group (reader, &next))
    return FALSE;
  mode = next.values[0];
  n = mode == 5 ? 1 : mode == 2 ? 3 : 0;
  for (guint i = 0; i < n; i++)
    {
      if (!read_group (reader, &next))
        return FALSE;
      values[i] = next.values[0];
    }

  return make_colour (mode, values, n, colour);
}

static void
apply_flag (SageAnsiStyle *style,
            const Group   *group)
{
  switch (group->values[0])
    {
    case 1:
      style->flags |= SAGE_ANSI_BOLD;
      break;
    case 2:
      style->flags |= SAGE_ANSI_DIM;
      break;
    case 3:
      style->flags |= SAGE_ANSI_ITALIC;
      break;
    case 4:
      if (group->n > 1 && group->values[1] == 0)
        style->flags &= ~(guint32) SAGE_ANSI_UNDERLINE;
      else
        style->flags |= SAGE_ANSI_UNDERLINE;
      break;
    case 7:
      style->flags |= SAGE_ANSI_INVERSE;
      break;
    case 9:
      style->flags |= SAGE_ANSI_STRIKE;
      break;
    case 21:
      style->flags |= SAGE_ANSI_UNDERLINE;
      break;
    case 22:
      style->flags &= ~(guint32) (SAGE_ANSI_BOLD | SAGE_ANSI_DIM);
      break;
    case 23:
      style->flags &= ~(guint32) SAGE_ANSI_ITALIC;
      break;
    case 24:
      style->flags &= ~(guint32) SAGE_ANSI_UNDERLINE;
      break;
    case 27:
      style->flags &= ~(guint32) SAGE_ANSI_INVERSE;
      break;
    case 29:
      style->flags &= ~(guint32) SAGE_ANSI_STRIKE;
      break;
    default: /* blinking and concealing are not for a log */
      break;
    }
}

static void
apply_group (SageAnsiStyle *style,
             Reader        *reader,
             const Group   *group)
{
  guint code = group->values[0];
  SageAnsiColour ignored;

  if (code == 0)
    *style = (SageAnsiStyle) { 0 };
  else if (code < 30)
    apply_flag (style, group);
  else if (code <= 37)
    style->foreground = SAGE_ANSI_INDEXED (code - 30);
  else if (code == 38)
    read_colour (reader, group, &style->foreground);
  else if (code == 39)
    style->foreground = SAGE_ANSI_DEFAULT;
  else if (code >= 40 && code <= 47)
    style->background = SAGE_ANSI_INDEXED (code - 40);
  else if (code == 48)
    read_colour (reader, group, &style->background);
  else if (code == 49)
    style->background = SAGE_ANSI_DEFAULT;
  else if (code == 58)
    read_colour (reader, group, &ignored); /* of the underline */
  else if (code >= 90 && code <= 97)
    style->foreground = SAGE_ANSI_INDEXED (code - 90 + 8);
  else if (code >= 100 && code <= 107)
    style->background = SAGE_ANSI_INDEXED (code - 100 + 8);
}

/**
 * sage_ansi_apply_sgr:
 * @style: the style to change
 * @parameters: what stands between `ESC [` and `m`
 * @length: its length in bytes
 *
 * Applies a Select Graphic Rendition sequence; what it asks for that is not known is passed over.
 */
void
sage_ansi_apply_sgr (SageAnsiStyle *style,
                     const char    *parameters,
                     gsize          length)
{
  Reader reader = { parameters, parameters + length };
  Group group;

  while (read_group (&reader, &group))
    apply_group (style, &reader, &group);
}
