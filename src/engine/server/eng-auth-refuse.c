/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-auth"

#include "config.h"

#include "eng-auth-private.h"
#include "sage-time.h"

/* Says why nobody valid calls, in AWS's words. */
void
eng_auth_refuse (SageHttpRequest *http,
                 EngRequest      *request,
                 SageSigVerdict   verdict,
                 const char      *message)
{
  gboolean s3 = request->dialect == ENG_DIALECT_S3;

  switch (verdict)
    {
    case SAGE_SIG_MISSING:
      if (request->dialect == ENG_DIALECT_JUPYTER) /* which answers so in whatever way one is wrong */
        eng_request_refuse (http, request, 403, "Forbidden", "Forbidden");
      else
        eng_request_refuse (http, request, s3 ? 403 : 401,
                          s3 ? "AccessDenied" : "MissingAuthenticationTokenException",
                          s3 ? "Access Denied" : "Missing Authentication Token");
      break;
    case SAGE_SIG_MALFORMED:
      eng_request_refuse (http, request, s3 ? 403 : 401,
                          s3 ? "AccessDenied" : "IncompleteSignatureException",
                          message != NULL ? message : "The authorization is incomplete");
      break;
    case SAGE_SIG_UNKNOWN_KEY:
      eng_request_refuse (http, request, 403,
                          s3 ? "InvalidAccessKeyId" : "UnrecognizedClientException",
                          s3 ? "The AWS Access Key Id you provided does not exist in our records."
                             : SAGE_SIG_UNKNOWN_KEY_TEXT);
      break;
    case SAGE_SIG_MISMATCH:
      eng_request_refuse (http, request, 403,
                          s3 ? "SignatureDoesNotMatch" : "InvalidSignatureException",
                          SAGE_SIG_MISMATCH_TEXT);
      break;
    case SAGE_SIG_EXPIRED:
      if (s3 && request->sig.presigned)
        eng_request_refuse (http, request, 403, "AccessDenied", message);
      else
        eng_request_refuse_skew (http, request,
                                 s3 ? "The difference between the request time and the current "
                                      "time is too large." : message);
      break;
    case SAGE_SIG_OK:
      g_assert_not_reached ();
    }
}

/* Answers what was right until its time was over, so that its user logs in again. */
void
eng_auth_refuse_expired (SageHttpRequest *http,
                         EngRequest      *request)
{
  gboolean s3 = request->dialect == ENG_DIALECT_S3;

  eng_request_refuse (http, request, s3 ? 400 : 403, s3 ? "ExpiredToken" : "ExpiredTokenException",
                      s3 ? "The provided token has expired."
                         : "The security token included in the request is expired");
}

/* Answers one wrong signature of too many. @wait: in seconds */
void
eng_auth_refuse_guess (SageHttpRequest *http,
                       EngRequest      *request,
                       guint            wait)
{
  gboolean s3 = request->dialect == ENG_DIALECT_S3;
  g_autofree char *seconds = g_strdup_printf ("%u", wait);
  g_autofree char *message = g_strdup_printf (SAGE_SIG_GUESSED_TEXT, wait);

  sage_http_reply_header (http, "Retry-After", seconds);
  eng_request_refuse (http, request, s3 ? 503 : 429, s3 ? "SlowDown" : "ThrottlingException",
                      message);
}

static void
refuse_old (SageHttpRequest *http,
            EngRequest      *request,
            double           seconds)
{
  double now = sage_time_now ();
  g_autofree char *now_text = sage_time_to_iso8601 (now);
  g_autofree char *since_text = sage_time_to_iso8601 (now - seconds);
  g_autofree char *message =
    g_strdup_printf ("Signature too old: %s is before %s, when this engine began to remember which "
                     "changes were asked for; it is now %s. Sign the request again.",
                     request->sig.date, since_text, now_text);

  eng_request_refuse_skew (http, request, message);
}

/* Says why a change is not made. @seconds: as sage_sig_memory_see() told it */
void
eng_auth_refuse_repeat (SageHttpRequest *http,
                        EngRequest      *request,
                        SageSigSight     sight,
                        double           seconds)
{
  gboolean s3 = request->dialect == ENG_DIALECT_S3;
  g_autofree char *message = NULL;

  if (sight == SAGE_SIG_SIGHT_TOO_OLD)
    {
      refuse_old (http, request, seconds);
      return;
    }

  message = g_strdup_printf ("This request was sent before, %.0f seconds ago. A signature is good "
                             "for one change; sign the request again.", seconds);
  eng_request_refuse (http, request, 403, s3 ? "AccessDenied" : "InvalidSignatureException",
                      message);
}
