/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-http-uri"

#include "config.h"

#include <string.h>

#include "sage-error.h"
#include "sage-http-uri.h"

static void
test_decode (void)
{
  static const struct
  {
    const char *text;
    const char *expected; /* NULL: refused */
  } rows[] = {
    { "", "" },
    { "abc", "abc" },
    { "a%20b", "a b" },
    { "a+b", "a+b" },
    { "%c3%A9", "é" },
    { "%2F", "/" },
    { "%252e", "%2e" },
    { "%2e%2e", ".." },
    { "a;x=1", "a;x=1" },
    { "%", NULL },
    { "%2", NULL },
    { "a%", NULL },
    { "a%4", NULL },
    { "%zz", NULL },
    { "%2g", NULL },
    { "% 20", NULL },
    { "%+1", NULL },
    { "%00", NULL },
    { "a%00b", NULL },
    { "%0d%0a", NULL },
    { "%1b", NULL },
    { "%7f", NULL },
    { "%ff", NULL },
    { "%c3", NULL },
    { "%c0%af", NULL },
    { "%ed%a0%80", NULL },
    { "%f4%90%80%80", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *decoded = sage_http_uri_decode (rows[i].text, -1, &error);

      g_test_message ("'%s'", rows[i].text);
      g_assert_cmpstr (decoded, ==, rows[i].expected);
      if (rows[i].expected == NULL)
        g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
      else
        g_assert_no_error (error);
    }
}

static void
test_decode_stops_at_length (void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *decoded = sage_http_uri_decode ("ab%2Fcd", 2, &error);
  g_autofree char *cut = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (decoded, ==, "ab");

  /* the digits behind the end do not count */
  cut = sage_http_uri_decode ("ab%2Fcd", 4, &error);
  g_assert_null (cut);
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
}

static void
test_split_path (void)
{
  static const struct
  {
    const char *path;
    const char *expected; /* joined by |; NULL: refused */
  } rows[] = {
    { "/", "" },
    { "/a", "a" },
    { "/a/", "a|" },
    { "//a", "|a" },
    { "/a%2Fb/c", "a/b|c" },
    { "/a/../%2e%2e/b", "a|..|..|b" },
    { "/x%c3%a9/%25", "xé|%" },
    { "", NULL },
    { "a/b", NULL },
    { "*", NULL },
    { "/a/%00", NULL },
    { "/a/%", NULL },
    { "/%2/b", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(GError) error = NULL;
      g_auto(GStrv) segments = sage_http_uri_split_path (rows[i].path, &error);
      g_autofree char *joined = segments != NULL ? g_strjoinv ("|", segments) : NULL;

      g_test_message ("'%s'", rows[i].path);
      g_assert_cmpstr (joined, ==, rows[i].expected);
      if (rows[i].expected == NULL)
        g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
    }
}

static void
test_encode (void)
{
  g_autofree char *plain = sage_http_uri_encode ("a b/ü~-_.+", FALSE);
  g_autofree char *path = sage_http_uri_encode ("a b/ü~-_.+", TRUE);

  g_assert_cmpstr (plain, ==, "a%20b%2F%C3%BC~-_.%2B");
  g_assert_cmpstr (path, ==, "a%20b/%C3%BC~-_.%2B");
}

/* Every byte that may stand in a C string comes back as it was. */
static void
test_encode_decode (void)
{
  GString *text = g_string_new (NULL);
  g_autofree char *encoded = NULL;
  g_autofree char *decoded = NULL;
  g_autoptr(GError) error = NULL;

  for (gunichar c = 0x20; c < 0x2000; c++)
    {
      if (c != 0x7f)
        g_string_append_unichar (text, c);
    }
  encoded = sage_http_uri_encode (text->str, FALSE);
  decoded = sage_http_uri_decode (encoded, -1, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (decoded, ==, text->str);
  g_string_free (text, TRUE);
}

static char *
join_params (const SageHttpParams *params)
{
  GString *joined = g_string_new (NULL);

  for (guint i = 0; i < params->n_params; i++)
    g_string_append_printf (joined, "%s=%s|", params->params[i].name, params->params[i].value);
  return g_string_free_and_steal (joined);
}

static void
test_query (void)
{
  static const struct
  {
    const char *query;
    const char *expected; /* NULL: refused */
  } rows[] = {
    { "", "" },
    { "&&", "" },
    { "a=1", "a=1|" },
    { "delete", "delete=|" },
    { "a=", "a=|" },
    { "=b", "=b|" },
    { "a=1&a=2&b", "a=1|a=2|b=|" },
    { "a=b=c", "a=b=c|" },
    { "a%3Db=c%26d", "a=b=c&d|" },
    { "a+b=c+d", "a+b=c+d|" },
    { "p=a%2Fb%0Ac", "p=a/b\nc|" },
    { "a=%252F", "a=%2F|" },
    { "a=%", NULL },
    { "%=a", NULL },
    { "a=1&b=%4", NULL },
    { "a=%00", NULL },
    { "%00=a", NULL },
    { "a=%ff", NULL },
    { "a=1%&b=2", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(SageHttpParams) params = sage_http_uri_parse_query (rows[i].query, &error);
      g_autofree char *joined = params != NULL ? join_params (params) : NULL;

      g_test_message ("'%s'", rows[i].query);
      g_assert_cmpstr (joined, ==, rows[i].expected);
      if (rows[i].expected == NULL)
        g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
    }
}

static void
test_form (void)
{
  static const char body[] = "Action=Get+Caller%2BX&Version=2011-06-15&note=a%0Ab";
  static const char with_nul[] = "a=1\0&b=2";
  g_autoptr(GError) error = NULL;
  g_autoptr(SageHttpParams) params = sage_http_uri_parse_form (body, strlen (body), &error);
  g_autoptr(SageHttpParams) refused = NULL;
  g_autoptr(SageHttpParams) none = sage_http_uri_parse_form (NULL, 0, NULL);

  g_assert_no_error (error);
  g_assert_cmpuint (params->n_params, ==, 3);
  g_assert_cmpstr (sage_http_params_get (params, "Action"), ==, "Get Caller+X");
  g_assert_cmpstr (sage_http_params_get (params, "note"), ==, "a\nb");
  g_assert_null (sage_http_params_get (params, "action"));
  g_assert_true (sage_http_params_has (params, "Version"));
  g_assert_false (sage_http_params_has (params, "X"));
  g_assert_cmpuint (none->n_params, ==, 0);

  refused = sage_http_uri_parse_form (with_nul, sizeof with_nul - 1, &error);
  g_assert_null (refused);
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
}

static void
test_too_many_params (void)
{
  GString *query = g_string_new ("a");
  g_autoptr(GError) error = NULL;
  g_autoptr(SageHttpParams) params = NULL;
  g_autoptr(SageHttpParams) more = NULL;

  for (guint i = 1; i < 1000; i++)
    g_string_append (query, "&a");
  params = sage_http_uri_parse_query (query->str, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (params->n_params, ==, 1000);

  g_string_append (query, "&a");
  more = sage_http_uri_parse_query (query->str, &error);
  g_assert_null (more);
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
  g_string_free (query, TRUE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/http/uri/decode", test_decode);
  g_test_add_func ("/http/uri/decode-stops-at-length", test_decode_stops_at_length);
  g_test_add_func ("/http/uri/split-path", test_split_path);
  g_test_add_func ("/http/uri/encode", test_encode);
  g_test_add_func ("/http/uri/encode-decode", test_encode_decode);
  g_test_add_func ("/http/uri/query", test_query);
  g_test_add_func ("/http/uri/form", test_form);
  g_test_add_func ("/http/uri/too-many-params", test_too_many_params);

  return g_test_run ();
}
