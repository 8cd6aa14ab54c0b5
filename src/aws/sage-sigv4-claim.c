/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-sigv4"

#include "config.h"

#include <math.h>
#include <string.h>
#include <time.h>

#include "sage-header-name.h"
#include "sage-sigv4-private.h"

#define MAX_PRESIGN_SECONDS 604800
#define EPOCH_JULIAN 719163 /* 1970-01-01 as GDate counts days */

void
sage_sig_claim_clear (SageSigClaim *claim)
{
  g_clear_pointer (&claim->text, g_free);
  g_clear_pointer (&claim->params, g_ptr_array_unref);
}

/* Returns: @verdict, having said why */
SageSigVerdict
sage_sig_refuse (SageSigVerdict   verdict,
                 char           **message,
                 const char      *format,
                 ...)
{
  va_list args;

  va_start (args, format);
  g_free (*message);
  *message = g_strdup_vprintf (format, args);
  va_end (args);

  return verdict;
}

/* In what follows strspn() would first make a table of so long a list, every time. */

gboolean
sage_sig_is_sha256 (const char *text)
{
  static const SageCharSet digit = { { ['0' ... '9'] = 1, ['a' ... 'f'] = 1 } };

  return strlen (text) == 64 && sage_char_set_holds (&digit, text);
}

static gboolean
are_digits (const char *text,
            gsize       length)
{
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isdigit (text[i]))
      return FALSE;

  return TRUE;
}

static gboolean
is_scope_word (const char *text)
{
  static const SageCharSet word = { {
    ['0' ... '9'] = 1, ['A' ... 'Z'] = 1, ['a' ... 'z'] = 1,
    ['-'] = 1, ['_'] = 1, ['.'] = 1, ['='] = 1, ['+'] = 1, ['@'] = 1,
  } };

  return strlen (text) <= 128 && sage_char_set_holds (&word, text);
}

static gboolean
is_lower_header_name (const char *text)
{
  static const SageCharSet lower = { {
    ['0' ... '9'] = 1, ['a' ... 'z'] = 1,
    ['!'] = 1, ['#'] = 1, ['$'] = 1, ['%'] = 1, ['&'] = 1, ['\''] = 1, ['*'] = 1, ['+'] = 1,
    ['-'] = 1, ['.'] = 1, ['^'] = 1, ['_'] = 1, ['`'] = 1, ['|'] = 1, ['~'] = 1,
  } };

  return sage_char_set_holds (&lower, text);
}

/* Reads 20260131T080910Z, and nothing looser. */
gboolean
sage_sig_parse_date (const char *text,
                     double     *seconds)
{
  GDate day;
  int hour, minute, second;

  if (strlen (text) != 16 || text[8] != 'T' || text[15] != 'Z'
      || !are_digits (text, 8) || !are_digits (text + 9, 6))
    return FALSE;

#define TWO(at) ((text[at] - '0') * 10 + (text[(at) + 1] - '0'))
  g_date_clear (&day, 1);
  if (!g_date_valid_dmy (TWO (6), TWO (4), TWO (0) * 100 + TWO (2)))
    return FALSE;
  g_date_set_dmy (&day, TWO (6), TWO (4), TWO (0) * 100 + TWO (2));
  hour = TWO (9);
  minute = TWO (11);
  second = TWO (13);
#undef TWO
  if (hour > 23 || minute > 59 || second > 59)
    return FALSE;

  *seconds = ((double) g_date_get_julian (&day) - EPOCH_JULIAN) * 86400
             + hour * 3600 + minute * 60 + second;

  return TRUE;
}

/* Returns: (transfer full): the basic form; @seconds is within what time_t and four digits hold */
char *
sage_sig_format_date (double seconds)
{
  time_t time = (time_t) CLAMP (floor (seconds), 0, 253402300799.0);
  struct tm tm;
  char text[32];

  gmtime_r (&time, &tm);
  strftime (text, sizeof text, "%Y%m%dT%H%M%SZ", &tm);

  return g_strdup (text);
}

static gboolean
read_date (SageSigClaim *claim,
           const char   *text)
{
  return sage_sig_parse_date (text, &claim->seconds)
         && g_strlcpy (claim->date, text, sizeof claim->date) < sizeof claim->date;
}

/* A Date header: RFC 7231's preferred form, or the basic form as some clients send it. */
static gboolean
read_date_header (SageSigClaim *claim,
                  const char   *text)
{
  static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  int month = 0;

  if (read_date (claim, text))
    return TRUE;

  /* "Sun, 30 Aug 2015 12:36:00 GMT"; the digits are checked in the basic form. */
  if (strlen (text) != 29 || strcmp (text + 25, " GMT") != 0 || text[3] != ',' || text[19] != ':'
      || text[22] != ':')
    return FALSE;

  while (month < 12 && strncmp (months + 3 * month, text + 8, 3) != 0)
    month++;
  g_snprintf (claim->date, sizeof claim->date, "%.4s%02d%.2sT%.2s%.2s%.2sZ", text + 12, month + 1,
              text + 5, text + 17, text + 20, text + 23);

  return sage_sig_parse_date (claim->date, &claim->seconds);
}

/* Cuts @text at every @separator. Returns how many words that makes; more than @max are not cut. */
static guint
cut (char        *text,
     char         separator,
     const char **words,
     guint        max)
{
  guint n = 0;

  while (text != NULL && n < max)
    {
      words[n++] = text;
      text = strchr (text, separator);
      if (text != NULL)
        *text++ = '\0';
    }

  return text != NULL ? n + 1 : n;
}

static SageSigVerdict
parse_credential (SageSigClaim  *claim,
                  char          *text,
                  char         **message)
{
  if (cut (text, '/', claim->credential, 5) != 5)
    return sage_sig_refuse (SAGE_SIG_MALFORMED, message,
                            "Credential must have exactly 5 slash-delimited elements, e.g. "
                            "keyid/date/region/service/term");

  for (guint i = 0; i < 5; i++)
    if (!is_scope_word (claim->credential[i]))
      return sage_sig_refuse (SAGE_SIG_MALFORMED, message,
                              "Credential holds an empty or impossible element");

  if (strlen (claim->credential[1]) != 8 || !are_digits (claim->credential[1], 8))
    return sage_sig_refuse (SAGE_SIG_MALFORMED, message,
                            "Date in Credential scope must be yyyyMMdd");

  return SAGE_SIG_OK;
}

static SageSigVerdict
parse_signed_headers (SageSigClaim  *claim,
                      char          *text,
                      char         **message)
{
  guint length = *text != '\0' ? cut (text, ';', claim->signed_headers, SAGE_SIG_MAX_SIGNED) : 0;

  if (length == 0 || length > SAGE_SIG_MAX_SIGNED)
    return sage_sig_refuse (SAGE_SIG_MALFORMED, message,
                            "SignedHeaders names no header, or too many");

  for (guint i = 0; i < length; i++)
    {
      const char *name = claim->signed_headers[i];

      if (!is_lower_header_name (name))
        return sage_sig_refuse (SAGE_SIG_MALFORMED, message,
                                "SignedHeaders must be lower-case header names joined with ';'");
      for (guint j = 0; j < i; j++)
        if (strcmp (name, claim->signed_headers[j]) == 0)
          return sage_sig_refuse (SAGE_SIG_MALFORMED, message,
                                  "SignedHeaders names a header twice");
    }

  return SAGE_SIG_OK;
}

static SageSigVerdict
take_signature (SageSigClaim  *claim,
                const char    *text,
                char         **message)
{
  if (!sage_sig_is_sha256 (text))
    return sage_sig_refuse (SAGE_SIG_MALFORMED, message,
                            "Signature must be 64 lower-case hexadecimal digits");

  claim->signature = text;

  return SAGE_SIG_OK;
}

/* "AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…": each once and nothing else. The
 * values point into a copy that the claim keeps. */
static SageSigVerdict
split_authorization (const char    *header,
                     SageSigClaim  *claim,
                     char          *values[3],
                     char         **message)
{
  static const struct
  {
    const char *name;
    gsize       length;
  } names[3] = { { "Credential", 10 }, { "SignedHeaders", 13 }, { "Signature", 9 } };
  char *next;

  if (!g_str_has_prefix (header, SAGE_SIG_ALGORITHM " "))
    return sage_sig_refuse (SAGE_SIG_MALFORMED, message, "Authorization header must use the "
                            SAGE_SIG_ALGORITHM " scheme");

  claim->text = g_strdup (header + strlen (SAGE_SIG_ALGORITHM " "));
  for (char *part = claim->text; part != NULL; part = next)
    {
      char *equals;
      int which = -1;

      next = strchr (part, ',');
      if (next != NULL)
        *next++ = '\0';
      g_strchomp (part);
      while (g_ascii_isspace (*part))
        part++;
      equals = strchr (part, '=');

      for (int name = 0; equals != NULL && name < 3; name++)
        if (names[name].length == (gsize) (equals - part)
            && memcmp (part, names[name].name, names[name].length) == 0)
          which = name;
      if (which < 0 || values[which] != NULL)
        return sage_sig_refuse (SAGE_SIG_MALFORMED, message,
                                "Authorization header holds an unknown or repeated parameter");
      values[which] = equals + 1;
    }

  for (int name = 0; name < 3; name++)
    if (values[name] == NULL)
      return sage_sig_refuse (SAGE_SIG_MALFORMED, message,
                              "Authorization header requires '%s' parameter.", names[name].name);

  return SAGE_SIG_OK;
}

static SageSigVerdict
read_header_date (const SageSigRequest  *request,
                  SageSigClaim          *claim,
                  char                 **message)
{
  const char *date = sage_sig_header_get (request, "x-amz-date");
  gboolean ok;

  if (date != NULL)
    ok = read_date (claim, date);
  else if ((date = sage_sig_header_get (request, "date")) != NULL)
    ok = read_date_header (claim, date);
  else
    return sage_sig_refuse (SAGE_SIG_MALFORMED, message,
                            "Authorization header requires existence of either a 'X-Amz-Date' or "
                            "a 'Date' header.");

  if (!ok)
    return sage_sig_refuse (SAGE_SIG_MALFORMED, message,
                            "Date must be in ISO-8601 'basic format', e.g. 20260131T080910Z");

  return SAGE_SIG_OK;
}

SageSigVerdict
sage_sig_claim_from_header (const SageSigRequest  *request,
                            SageSigClaim          *claim,
                            char                 **message)
{
  char *values[3] = { NULL, NULL, NULL };
  SageSigVerdict verdict;

  verdict = split_authorization (sage_sig_header_get (request, "authorization"), claim, values,
                                 message);
  if (verdict == SAGE_SIG_OK)
    verdict = parse_credential (claim, values[0], message);
  if (verdict == SAGE_SIG_OK)
    verdict = parse_signed_headers (claim, values[1], message);
  if (verdict == SAGE_SIG_OK)
    verdict = take_signature (claim, values[2], message);
  if (verdict == SAGE_SIG_OK)
    verdict = read_header_date (request, claim, message);

  return verdict;
}

SageSigVerdict
sage_sig_claim_from_query (SageSigClaim   *claim,
                           SageSigResult  *result,
                           char          **message)
{
  static const char *const once[] = {
    "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders",
    "X-Amz-Signature"
  };
  GPtrArray *params = claim->params;
  const char *credential, *signed_headers;
  SageSigVerdict verdict;
  char *second;

  result->presigned = TRUE;
  claim->dated_by_query = TRUE;

  for (gsize i = 0; i < G_N_ELEMENTS (once); i++)
    if (sage_sig_query_count (params, once[i]) != 1)
      return sage_sig_refuse (SAGE_SIG_MALFORMED, message,
                              "AWS query-string parameters must include '%s' exactly once",
                              once[i]);

  if (strcmp (sage_sig_query_get (params, "X-Amz-Algorithm"), SAGE_SIG_ALGORITHM) != 0)
    return sage_sig_refuse (SAGE_SIG_MALFORMED, message, "X-Amz-Algorithm only supports \""
                            SAGE_SIG_ALGORITHM "\"");
  if (!g_ascii_string_to_unsigned (sage_sig_query_get (params, "X-Amz-Expires"), 10,
                                   1, MAX_PRESIGN_SECONDS, &claim->expires, NULL))
    return sage_sig_refuse (SAGE_SIG_MALFORMED, message,
                            "X-Amz-Expires must be a number of seconds from 1 to %d",
                            MAX_PRESIGN_SECONDS);
  if (!read_date (claim, sage_sig_query_get (params, "X-Amz-Date")))
    return sage_sig_refuse (SAGE_SIG_MALFORMED, message,
                            "X-Amz-Date must be in the ISO8601 Long Format "
                            "\"yyyyMMdd'T'HHmmss'Z'\"");

  credential = sage_sig_query_get (params, "X-Amz-Credential");
  signed_headers = sage_sig_query_get (params, "X-Amz-SignedHeaders");
  claim->text = g_strconcat (credential, " ", signed_headers, NULL);
  second = claim->text + strlen (credential);
  *second++ = '\0';

  verdict = parse_credential (claim, claim->text, message);
  if (verdict == SAGE_SIG_OK)
    verdict = parse_signed_headers (claim, second, message);
  if (verdict == SAGE_SIG_OK)
    verdict = take_signature (claim, sage_sig_query_get (params, "X-Amz-Signature"), message);

  return verdict;
}
