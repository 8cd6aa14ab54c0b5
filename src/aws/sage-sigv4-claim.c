/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-sigv4"

#include "config.h"

#include <math.h>
#include <string.h>
#include <time.h>

#include "sage-sigv4-private.h"

#define MAX_SIGNED_HEADERS 100
#define MAX_PRESIGN_SECONDS 604800
#define EPOCH_JULIAN 719163 /* 1970-01-01 as GDate counts days */

void
sage_sig_claim_clear (SageSigClaim *claim)
{
  g_clear_pointer (&claim->credential, g_strfreev);
  g_clear_pointer (&claim->signed_headers, g_strfreev);
  g_clear_pointer (&claim->date, g_free);
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

gboolean
sage_sig_is_sha256 (const char *text)
{
  return strlen (text) == 64 && strspn (text, "0123456789abcdef") == 64;
}

/* Whether @text is letters, digits and what @others lists. strspn() would first make a table of so
 * long a list, every time. */
static gboolean
is_word (const char *text,
         const char *others)
{
  if (*text == '\0')
    return FALSE;
  for (; *text != '\0'; text++)
    if (!g_ascii_isalnum (*text) && strchr (others, *text) == NULL)
      return FALSE;

  return TRUE;
}

static gboolean
is_scope_word (const char *text)
{
  return strlen (text) <= 128 && is_word (text, "-_.=+@");
}

static gboolean
is_lower_header_name (const char *text)
{
  for (const char *at = text; *at != '\0'; at++)
    if (g_ascii_isupper (*at))
      return FALSE;

  return is_word (text, "!#$%&'*+-.^_`|~");
}

/* Reads 20260131T080910Z, and nothing looser. */
gboolean
sage_sig_parse_date (const char *text,
                     double     *seconds)
{
  GDate day;
  int hour, minute, second;

  if (strlen (text) != 16 || text[8] != 'T' || text[15] != 'Z'
      || strspn (text, G_CSET_DIGITS) != 8 || strspn (text + 9, G_CSET_DIGITS) != 6)
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

/* A Date header: RFC 7231's preferred form, or the basic form as some clients send it. */
static char *
read_date_header (const char *text,
                  double     *seconds)
{
  static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  g_autofree char *basic = NULL;
  int month = 0;

  if (sage_sig_parse_date (text, seconds))
    return g_strdup (text);

  /* "Sun, 30 Aug 2015 12:36:00 GMT"; the digits are checked in the basic form. */
  if (strlen (text) != 29 || strcmp (text + 25, " GMT") != 0 || text[3] != ',' || text[19] != ':'
      || text[22] != ':')
    return NULL;

  while (month < 12 && strncmp (months + 3 * month, text + 8, 3) != 0)
    month++;
  basic = g_strdup_printf ("%.4s%02d%.2sT%.2s%.2s%.2sZ", text + 12, month + 1, text + 5, text + 17,
                           text + 20, text + 23);

  return sage_sig_parse_date (basic, seconds) ? g_steal_pointer (&basic) : NULL;
}

static SageSigVerdict
parse_credential (SageSigClaim  *claim,
                  const char    *text,
                  char         **message)
{
  claim->credential = g_strsplit (text, "/", 6);

  if (g_strv_length (claim->credential) != 5)
    return sage_sig_refuse (SAGE_SIG_MALFORMED, message,
                            "Credential must have exactly 5 slash-delimited elements, e.g. "
                            "keyid/date/region/service/term");

  for (guint i = 0; i < 5; i++)
    if (!is_scope_word (claim->credential[i]))
      return sage_sig_refuse (SAGE_SIG_MALFORMED, message,
                              "Credential holds an empty or impossible element");

  if (strlen (claim->credential[1]) != 8 || strspn (claim->credential[1], G_CSET_DIGITS) != 8)
    return sage_sig_refuse (SAGE_SIG_MALFORMED, message,
                            "Date in Credential scope must be yyyyMMdd");

  return SAGE_SIG_OK;
}

static SageSigVerdict
parse_signed_headers (SageSigClaim  *claim,
                      const char    *text,
                      char         **message)
{
  guint length;

  claim->signed_headers = g_strsplit (text, ";", MAX_SIGNED_HEADERS + 1);
  length = g_strv_length (claim->signed_headers);
  if (length == 0 || length > MAX_SIGNED_HEADERS)
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
take_signature (SageSigResult  *result,
                const char     *text,
                char          **message)
{
  if (!sage_sig_is_sha256 (text))
    return sage_sig_refuse (SAGE_SIG_MALFORMED, message,
                            "Signature must be 64 lower-case hexadecimal digits");

  result->signature = g_strdup (text);

  return SAGE_SIG_OK;
}

/* "AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…": each once and nothing else. */
static SageSigVerdict
split_authorization (const char  *header,
                     char        *values[3],
                     char       **message)
{
  static const char *const names[3] = { "Credential", "SignedHeaders", "Signature" };
  g_auto(GStrv) parts = NULL;

  if (!g_str_has_prefix (header, SAGE_SIG_ALGORITHM " "))
    return sage_sig_refuse (SAGE_SIG_MALFORMED, message, "Authorization header must use the "
                            SAGE_SIG_ALGORITHM " scheme");

  parts = g_strsplit (header + strlen (SAGE_SIG_ALGORITHM " "), ",", 5);
  for (guint i = 0; parts[i] != NULL; i++)
    {
      char *equals = strchr (g_strstrip (parts[i]), '=');
      int which = -1;

      for (int name = 0; equals != NULL && name < 3; name++)
        if (strlen (names[name]) == (gsize) (equals - parts[i])
            && g_str_has_prefix (parts[i], names[name]))
          which = name;
      if (which < 0 || values[which] != NULL)
        return sage_sig_refuse (SAGE_SIG_MALFORMED, message,
                                "Authorization header holds an unknown or repeated parameter");
      values[which] = g_strdup (equals + 1);
    }

  for (int name = 0; name < 3; name++)
    if (values[name] == NULL)
      return sage_sig_refuse (SAGE_SIG_MALFORMED, message,
                              "Authorization header requires '%s' parameter.", names[name]);

  return SAGE_SIG_OK;
}

static SageSigVerdict
read_header_date (const SageSigRequest  *request,
                  SageSigClaim          *claim,
                  char                 **message)
{
  const char *date = sage_sig_header_get (request, "x-amz-date");

  if (date != NULL)
    claim->date = sage_sig_parse_date (date, &claim->seconds) ? g_strdup (date) : NULL;
  else if ((date = sage_sig_header_get (request, "date")) != NULL)
    claim->date = read_date_header (date, &claim->seconds);
  else
    return sage_sig_refuse (SAGE_SIG_MALFORMED, message,
                            "Authorization header requires existence of either a 'X-Amz-Date' or "
                            "a 'Date' header.");

  if (claim->date == NULL)
    return sage_sig_refuse (SAGE_SIG_MALFORMED, message,
                            "Date must be in ISO-8601 'basic format', e.g. 20260131T080910Z");

  return SAGE_SIG_OK;
}

SageSigVerdict
sage_sig_claim_from_header (const SageSigRequest  *request,
                            SageSigClaim          *claim,
                            SageSigResult         *result,
                            char                 **message)
{
  g_autofree char *credential = NULL;
  g_autofree char *signed_headers = NULL;
  g_autofree char *signature = NULL;
  char *values[3] = { NULL, NULL, NULL };
  SageSigVerdict verdict;

  verdict = split_authorization (sage_sig_header_get (request, "authorization"), values, message);
  credential = values[0];
  signed_headers = values[1];
  signature = values[2];

  if (verdict == SAGE_SIG_OK)
    verdict = parse_credential (claim, credential, message);
  if (verdict == SAGE_SIG_OK)
    verdict = parse_signed_headers (claim, signed_headers, message);
  if (verdict == SAGE_SIG_OK)
    verdict = take_signature (result, signature, message);
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
  SageSigVerdict verdict;

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
  if (!sage_sig_parse_date (sage_sig_query_get (params, "X-Amz-Date"), &claim->seconds))
    return sage_sig_refuse (SAGE_SIG_MALFORMED, message,
                            "X-Amz-Date must be in the ISO8601 Long Format "
                            "\"yyyyMMdd'T'HHmmss'Z'\"");

  claim->date = g_strdup (sage_sig_query_get (params, "X-Amz-Date"));

  verdict = parse_credential (claim, sage_sig_query_get (params, "X-Amz-Credential"), message);
  if (verdict == SAGE_SIG_OK)
    verdict = parse_signed_headers (claim, sage_sig_query_get (params, "X-Amz-SignedHeaders"),
                                    message);
  if (verdict == SAGE_SIG_OK)
    verdict = take_signature (result, sage_sig_query_get (params, "X-Amz-Signature"), message);

  return verdict;
}
