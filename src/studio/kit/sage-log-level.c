/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-log-level"

#include "config.h"

#include <string.h>

#include "sage-log-level.h"

/* A level stands near the start of a line or it is part of what the line says. */
#define MAX_BYTES 200

static const struct
{
  const char   *word; /* as it is written alone; in other cases only before a colon or a bracket */
  SageLogLevel  level;
} levels[] = {
  { "TRACE", SAGE_LOG_LEVEL_DEBUG },
  { "DEBUG", SAGE_LOG_LEVEL_DEBUG },
  { "INFO", SAGE_LOG_LEVEL_INFO },
  { "NOTICE", SAGE_LOG_LEVEL_INFO },
  { "WARN", SAGE_LOG_LEVEL_WARNING },
  { "WARNING", SAGE_LOG_LEVEL_WARNING },
  { "ERROR", SAGE_LOG_LEVEL_ERROR },
  { "CRITICAL", SAGE_LOG_LEVEL_ERROR },
  { "FATAL", SAGE_LOG_LEVEL_ERROR },
};

static SageLogLevel
level_of_word (const char *word,
               gsize       length,
               gboolean    any_case)
{
  for (gsize i = 0; i < G_N_ELEMENTS (levels); i++)
    if (strlen (levels[i].word) == length &&
        (any_case ? g_ascii_strncasecmp (levels[i].word, word, length) == 0
                  : memcmp (levels[i].word, word, length) == 0))
      return levels[i].level;

  return SAGE_LOG_LEVEL_NONE;
}

/* `ValueError: …`, `sklearn.exceptions.ConvergenceWarning: …`: how Python ends what it reports. */
static SageLogLevel
level_of_exception (const char *word,
                    gsize       length)
{
  static const struct
  {
    const char   *end;
    SageLogLevel  level;
  } ends[] = {
    { "Error", SAGE_LOG_LEVEL_ERROR },
    { "Exception", SAGE_LOG_LEVEL_ERROR },
    { "Interrupt", SAGE_LOG_LEVEL_ERROR },
    { "Warning", SAGE_LOG_LEVEL_WARNING },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      gsize n = strlen (ends[i].end);

      if (length > n && memcmp (word + length - n, ends[i].end, n) == 0)
        return ends[i].level;
    }

  return SAGE_LOG_LEVEL_NONE;
}

static gboolean
is_word (char c)
{
  return g_ascii_isalnum (c) || c == '_' || c == '.';
}

/* Dates, times, process numbers: no letters but those of ISO 8601. */
static gboolean
is_number (const char *word,
           gsize       length)
{
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isdigit (word[i]) && strchr ("TZ.", word[i]) == NULL)
      return FALSE;

  return TRUE;
}

/* `E0301 12:00:00.000 file.cc:10] …`, as glog and absl write. */
static SageLogLevel
level_of_glog (const char *text,
               gsize       length)
{
  if (length < 6 || text[5] != ' ')
    return SAGE_LOG_LEVEL_NONE;
  for (gsize i = 1; i < 5; i++)
    if (!g_ascii_isdigit (text[i]))
      return SAGE_LOG_LEVEL_NONE;

  switch (text[0])
    {
    case 'I':
      return SAGE_LOG_LEVEL_INFO;
    case 'W':
      return SAGE_LOG_LEVEL_WARNING;
    case 'E':
    case 'F':
      return SAGE_LOG_LEVEL_ERROR;
    default:
      return SAGE_LOG_LEVEL_NONE;
    }
}

/* `/usr/lib/python3/x.py:12: UserWarning: …` */
static SageLogLevel
level_of_python_place (const char *text,
                       const char *end)
{
  const char *place = g_strstr_len (text, end - text, ".py:");
  const char *word = place != NULL ? place + 4 : end;
  const char *end_of_word;

  while (word < end && g_ascii_isdigit (*word))
    word++;
  if (end - word < 2 || word[0] != ':' || word[1] != ' ')
    return SAGE_LOG_LEVEL_NONE;
  word += 2;
  for (end_of_word = word; end_of_word < end && is_word (*end_of_word); end_of_word++)
    ;

  return end_of_word < end && *end_of_word == ':'
           ? level_of_exception (word, (gsize) (end_of_word - word)) : SAGE_LOG_LEVEL_NONE;
}

/* A word may be written in any case if a colon or brackets make it a label. */
static SageLogLevel
level_of_label (const char *start,
                const char *word,
                const char *end_of_word,
                const char *end)
{
  gsize length = (gsize) (end_of_word - word);
  gboolean colon = end_of_word < end && *end_of_word == ':';
  gboolean brackets = word > start && word[-1] == '[' && end_of_word < end && *end_of_word == ']';
  SageLogLevel level = level_of_word (word, length, colon || brackets);

  if (level == SAGE_LOG_LEVEL_NONE && word == start && (colon || end_of_word == end))
    level = level_of_exception (word, length);

  return level;
}

/* The first word that is no number is a level, or a name if a time stands before it; then the word
 * after the name may be one. */
static SageLogLevel
level_of_words (const char *start,
                const char *end)
{
  gboolean timed = FALSE;
  gboolean named = FALSE;
  const char *end_of_word;

  for (const char *word = start; word < end; word = end_of_word)
    {
      SageLogLevel level;

      while (word < end && !is_word (*word) && (guchar) *word < 0x80)
        word++;
      for (end_of_word = word; end_of_word < end && is_word (*end_of_word); end_of_word++)
        ;
      if (word == end_of_word)
        break;
      if (is_number (word, (gsize) (end_of_word - word)))
        {
          timed = TRUE;
          continue;
        }

      level = named ? level_of_word (word, (gsize) (end_of_word - word), FALSE)
                    : level_of_label (start, word, end_of_word, end);
      if (level != SAGE_LOG_LEVEL_NONE || !timed || named)
        return level;
      named = TRUE;
    }

  return SAGE_LOG_LEVEL_NONE;
}

/**
 * sage_log_level_find:
 * @text: a line of a log, valid UTF-8
 * @length: its length in bytes
 *
 * Looks for the level that a line says it has: a word at its start (`ERROR …`, `[info] …`,
 * `Warning: …`), or after a time and the name of a logger, as Python's logging and most others
 * write it (`2026-01-31 12:00:00,123 - train - ERROR - …`). What opens a traceback is an error, and
 * an exception or a warning of Python is what it says.
 *
 * Returns: the level
 */
SageLogLevel
sage_log_level_find (const char *text,
                     gsize       length)
{
  const char *end = text + MIN (length, MAX_BYTES);
  SageLogLevel level;

  if (g_str_has_prefix (text, "Traceback (most recent call last)"))
    return SAGE_LOG_LEVEL_ERROR;

  level = level_of_glog (text, length);
  if (level == SAGE_LOG_LEVEL_NONE)
    level = level_of_words (text, end);
  if (level == SAGE_LOG_LEVEL_NONE)
    level = level_of_python_place (text, end);

  return level;
}
