/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-fuzzy"

#include "config.h"

#include <string.h>

#include "sage-fuzzy.h"

#define MAX_TEXT 512 /* characters that are looked at */

#define START_BONUS 12 /* the match begins the text */
#define WORD_BONUS 8   /* the character begins a word */
#define RUN_BONUS 12   /* it follows the one matched before */
#define GAP_COST 1     /* per character that is skipped */
#define MAX_GAP_COST 6

static gboolean
is_separator (gunichar character)
{
  return !g_unichar_isalnum (character);
}

/*
 * The best score of matching needle[0…] somewhere in text[0…], by the classic dynamic programming
 * over (needle, text): best[j] is the score with the last matched character at text[j].
 */
static int
score_folded (const gunichar *needle,
              glong           needle_length,
              const gunichar *text,
              const gunichar *original,
              glong           length)
{
  int previous[MAX_TEXT];
  int current[MAX_TEXT];
  int best = -1;

  for (glong i = 0; i < needle_length; i++)
    {
      int carried = -1; /* the best of previous[0…j-1], less the gap */

      best = -1;
      for (glong j = 0; j < length; j++)
        {
          gboolean word = j == 0 || is_separator (original[j - 1])
                          || (g_unichar_isupper (original[j]) && g_unichar_islower (original[j - 1]));
          int here = -1;

          if (needle[i] == text[j])
            {
              int bonus = 1 + (word ? WORD_BONUS : 0) + (j == 0 ? START_BONUS : 0);

              if (i == 0)
                here = bonus + MAX_GAP_COST - (int) MIN (j, MAX_GAP_COST) * GAP_COST;
              else if (j > 0 && previous[j - 1] >= 0)
                here = MAX (previous[j - 1] + bonus + RUN_BONUS,
                            carried >= 0 ? carried + bonus : -1);
              else if (carried >= 0)
                here = carried + bonus;
            }
          current[j] = here;
          best = MAX (best, here);

          if (i > 0 && j > 0 && previous[j - 1] >= 0)
            carried = MAX (carried, previous[j - 1]);
          if (carried > 0)
            carried -= GAP_COST;
        }
      if (best < 0)
        return -1;
      memcpy (previous, current, sizeof (int) * (gsize) length);
    }

  return best;
}

/**
 * sage_fuzzy_score:
 * @needle: what was typed; spaces in it do not count
 * @text: what may be meant
 *
 * Returns: how well the characters of @needle stand in @text in their order, the more so the more
 *   of them begin words or follow each other; -1 if they do not, 0 for an empty @needle
 */
int
sage_fuzzy_score (const char *needle,
                  const char *text)
{
  g_autofree gunichar *needle_characters = NULL;
  g_autofree gunichar *original = NULL;
  gunichar folded[MAX_TEXT];
  gunichar wanted[MAX_TEXT];
  glong needle_length;
  glong length;
  glong n = 0;

  g_return_val_if_fail (needle != NULL && text != NULL, -1);

  needle_characters = g_utf8_to_ucs4_fast (needle, -1, &needle_length);
  for (glong i = 0; i < needle_length && n < MAX_TEXT; i++)
    if (!g_unichar_isspace (needle_characters[i]))
      wanted[n++] = g_unichar_tolower (needle_characters[i]);
  if (n == 0)
    return 0;

  original = g_utf8_to_ucs4_fast (text, -1, &length);
  length = MIN (length, MAX_TEXT);
  for (glong i = 0; i < length; i++)
    folded[i] = g_unichar_tolower (original[i]);

  return score_folded (wanted, n, folded, original, length);
}
