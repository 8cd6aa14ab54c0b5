/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gio/gio.h>
#include <string.h>

#include "sage-aws-error.h"
#include "sage-error.h"
#include "sage-json.h"

static void
test_codes (void)
{
  static const struct
  {
    SageError   error;
    const char *code;
    guint       status;
  } codes[] = {
    { SAGE_ERROR_FAILED, "InternalFailure", 500 },
    { SAGE_ERROR_INVALID, "ValidationException", 400 },
    { SAGE_ERROR_SYNTAX, "SerializationException", 400 },
    { SAGE_ERROR_NOT_FOUND, "ResourceNotFound", 400 },
    { SAGE_ERROR_EXISTS, "ResourceInUse", 400 },
    { SAGE_ERROR_CONFLICT, "ConflictException", 400 },
    { SAGE_ERROR_LIMIT, "ResourceLimitExceeded", 400 },
    { SAGE_ERROR_DENIED, "AccessDeniedException", 403 },
    { SAGE_ERROR_UNAUTHENTICATED, "UnrecognizedClientException", 400 },
    { SAGE_ERROR_UNSUPPORTED, "UnknownOperationException", 400 },
    { SAGE_ERROR_BUSY, "ThrottlingException", 400 },
    { SAGE_ERROR_NO_SPACE, "InsufficientStorage", 507 },
    { SAGE_ERROR_IO, "InternalFailure", 500 },
    { SAGE_ERROR_CORRUPT, "InternalFailure", 500 },
    { SAGE_ERROR_TOO_NEW, "InternalFailure", 500 },
    { SAGE_ERROR_TOO_LARGE, "RequestEntityTooLarge", 413 },
    { SAGE_ERROR_UNREACHABLE, "InternalFailure", 500 },
    { SAGE_ERROR_PROTOCOL, "InternalFailure", 500 },
  };
  g_autoptr(GError) foreign = g_error_new (G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "x");

  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autoptr(GError) error = g_error_new (SAGE_ERROR, codes[i].error, "x");

      g_assert_cmpstr (sage_aws_error_code (error), ==, codes[i].code);
      g_assert_cmpuint (sage_aws_error_status (error), ==, codes[i].status);
    }

  g_assert_cmpstr (sage_aws_error_code (foreign), ==, "InternalFailure");
  g_assert_cmpuint (sage_aws_error_status (foreign), ==, 500);
  g_assert_cmpuint (sage_aws_error_status (NULL), ==, 500);
}

static void
test_from_code (void)
{
  static const struct
  {
    const char *code;
    guint       status;
    SageError   error;
  } cases[] = {
    { "ResourceNotFound", 400, SAGE_ERROR_NOT_FOUND },
    { "com.amazonaws.sagemaker#ResourceInUse", 400, SAGE_ERROR_EXISTS },
    { "ValidationException:http://internal/", 400, SAGE_ERROR_INVALID },
    { "Unheard", 400, SAGE_ERROR_INVALID },
    { "", 403, SAGE_ERROR_DENIED },
    { NULL, 404, SAGE_ERROR_NOT_FOUND },
    { NULL, 507, SAGE_ERROR_NO_SPACE },
    { NULL, 502, SAGE_ERROR_FAILED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (sage_aws_error_from_code (cases[i].code, cases[i].status), ==,
                     cases[i].error);
}

static void
test_json (void)
{
  static const struct
  {
    const char *message;
    const char *json;
  } cases[] = {
    { NULL, "{\"__type\":\"ResourceNotFound\"}" },
    { "", "{\"__type\":\"ResourceNotFound\",\"Message\":\"\"}" },
    { "No \"x\"", "{\"__type\":\"ResourceNotFound\",\"Message\":\"No \\\"x\\\"\"}" },
    { "a\nb\x1b[31m", "{\"__type\":\"ResourceNotFound\",\"Message\":\"a?b?[31m\"}" },
    { "a\xff\xc3", "{\"__type\":\"ResourceNotFound\",\"Message\":\"a\xef\xbf\xbd\xef\xbf\xbd\"}" },
    { "a\xe2\x80\xae" "b", "{\"__type\":\"ResourceNotFound\",\"Message\":\"a?b\"}" },
  };
  g_autofree char *huge = g_strnfill (100000, 'x');
  g_autofree char *cut = sage_aws_error_json ("ValidationException", huge);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *json = sage_aws_error_json ("ResourceNotFound", cases[i].message);

      g_assert_cmpstr (json, ==, cases[i].json);
    }

  g_assert_cmpuint (strlen (cut), <, 20000);
}

static void
test_sanitise (void)
{
  g_autofree char *cut = sage_aws_sanitise ("größer", -1, 3);
  g_autofree char *whole = sage_aws_sanitise ("größer", -1, 6);
  g_autofree char *part = sage_aws_sanitise ("a\0b", 3, 10);
  g_autofree char *empty = sage_aws_sanitise ("abc", 0, 10);
  g_autofree char *none = sage_aws_sanitise ("abc", -1, 0);

  g_assert_cmpstr (cut, ==, "grö…");
  g_assert_cmpstr (whole, ==, "größer");
  g_assert_cmpstr (part, ==, "a\xef\xbf\xbd" "b");
  g_assert_cmpstr (empty, ==, "");
  g_assert_cmpstr (none, ==, "…");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/aws-error/codes", test_codes);
  g_test_add_func ("/aws-error/from-code", test_from_code);
  g_test_add_func ("/aws-error/json", test_json);
  g_test_add_func ("/aws-error/sanitise", test_sanitise);

  return g_test_run ();
}
