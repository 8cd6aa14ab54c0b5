/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "sage-python-signature.h"

/* --- Calls: the cursor is where the bar stands ------------------------------------------------ */

static SagePythonCall *
find (const char *marked)
{
  const char *bar = strchr (marked, '|');
  g_autofree char *source = NULL;

  g_assert_nonnull (bar);
  source = g_strdup_printf ("%.*s%s", (int) (bar - marked), marked, bar + 1);

  return sage_python_call_find (source, (gsize) (bar - marked));
}

static void
test_calls (void)
{
  static const struct
  {
    const char *source;
    const char *callee;
    guint       index;
    const char *keyword;
  } rows[] = {
    { "f(|", "f", 0, NULL },
    { "f(|)", "f", 0, NULL },
    { "x = os.path.join(a, |", "os.path.join", 1, NULL },
    { "f (a, b, c|)", "f", 2, NULL },
    { "f(g(1, 2), |", "f", 1, NULL },
    { "f(g(1, |", "g", 1, NULL },
    { "f((1, 2, |", "f", 0, NULL },          /* a tuple is an argument */
    { "f(1, [2, 3, {4: |", "f", 1, NULL },
    { "f(a, key=|", "f", 1, "key" },
    { "f(a, key = (1, |", "f", 1, "key" },
    { "f(a, key == |", "f", 1, NULL },
    { "f(lambda a: (|", "f", 0, NULL },
    { "f('a, (b', |", "f", 1, NULL },
    { "f('it\\'s (', |", "f", 1, NULL },
    { "f(\"\"\"a\n\", (\"\"\", |", "f", 1, NULL },
    { "f('open, |", "f", 0, NULL },
    { "f(a, # (b, c\n  |", "f", 1, NULL },
    { "größe(1, |", "größe", 1, NULL },
    { "if (a, f(|", "f", 0, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(SagePythonCall) call = find (rows[i].source);

      g_test_message ("%s", rows[i].source);
      g_assert_nonnull (call);
      g_assert_cmpstr (call->callee, ==, rows[i].callee);
      g_assert_cmpuint (call->index, ==, rows[i].index);
      g_assert_cmpstr (call->keyword, ==, rows[i].keyword);
      g_assert_cmpint (rows[i].source[call->open], ==, '(');
    }
}

static void
test_no_calls (void)
{
  static const char * const rows[] = {
    "|", "f|(", "f()|", "f(1)|", "(|", "a = (1, |", "if (|", "return (1, |", "def f(|", "class A (|",
    "f()(|", "a[0](|", "'a'.join(|", "# f(|", "'f(|", "[f, |", "3(|", ")))|", "for i in (|",
    "f(x)[1](2, |",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(SagePythonCall) call = find (rows[i]);

      g_test_message ("%s", rows[i]);
      g_assert_null (call);
    }
}

static void
test_hostile_source (void)
{
  g_autofree char *deep = g_strnfill (100000, '(');
  g_autofree char *shut = g_strnfill (100000, ')');
  g_autofree char *words = g_strnfill (100000, 'f');
  g_autoptr(SagePythonCall) call = NULL;

  g_assert_null (sage_python_call_find (deep, 100000));
  g_assert_null (sage_python_call_find (shut, 100000));
  g_assert_null (sage_python_call_find (words, 100000));
  g_assert_null (sage_python_call_find ("f(\\", 1));
  g_assert_null (sage_python_call_find ("", 100));
  call = sage_python_call_find ("f('\\", 100); /* a cursor behind the end, a string cut short */
  g_assert_cmpstr (call->callee, ==, "f");
}

/* --- Signatures ------------------------------------------------------------------------------- */

static void
test_signatures (void)
{
  static const struct
  {
    const char *told;
    const char *text;
    const char *summary;
  } rows[] = {
    { "Signature: f(a, b=1, *args, c: int = 3, **kw)\nDocstring:\nFirst line\n  goes on.\n\nSecond\n"
      "File: /tmp/a.py\nType: function",
      "f(a, b=1, *args, c: int = 3, **kw)", "First line goes on." },
    { "Signature:\njson.dumps(\n    obj,\n    *,\n    sep=', (',\n    **kw,\n) -> str\n"
      "Docstring: Writes.\nFile: x", "json.dumps(obj, *, sep=', (', **kw) -> str", "Writes." },
    { "Init signature: A(x, y=2)\nDocstring:      <no docstring>\nInit docstring: Makes one.\nType: type",
      "A(x, y=2)", "Makes one." },
    { "Call signature: f(*args)\nType: ufunc\nString form: f", "f(*args)", NULL },
    { "Signature: f()\nDocstring:\nFile: /a\nType: function", "f()", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(SagePythonSignature) signature = sage_python_signature_read (rows[i].told);

      g_assert_nonnull (signature);
      g_assert_cmpstr (signature->text, ==, rows[i].text);
      g_assert_cmpstr (signature->summary, ==, rows[i].summary);
    }
}

static void
test_hostile_signatures (void)
{
  static const char * const rows[] = {
    "", "Signature:", "Signature: f", "Signature: f(", "Signature: f('", "Signature: f([)", "\n\n\n",
    "Type: int\nString form: 3\nDocstring: Signature: f(a)", "Signature: f(\xff)",
  };
  g_autofree char *long_text = g_strnfill (100000, 'a');
  g_autofree char *long_signature = g_strconcat ("Signature: f(", long_text, ")", NULL);
  g_autofree char *umlauts = g_strdup ("Signature: f()\nDocstring: a");
  g_autofree char *long_line = g_strnfill (4 * 1024 * 1024, ' ');
  g_autofree char *long_rest = NULL;
  g_autoptr(SagePythonSignature) rest = NULL;
  g_autoptr(SagePythonSignature) cut = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_null (sage_python_signature_read (rows[i]));
  g_assert_null (sage_python_signature_read (long_signature));

  for (gsize i = 0; long_line[i] != '\0'; i += 2)
    long_line[i] = 'x';
  long_rest = g_strconcat ("Signature: f(a) -> ", long_line, "\nDocstring: Says.", NULL);
  rest = sage_python_signature_read (long_rest);
  g_assert_cmpstr (rest->text, ==, "f(a)");
  g_assert_cmpstr (rest->summary, ==, "Says.");

  for (int i = 0; i < 9; i++)
    {
      g_autofree char *twice = g_strconcat (umlauts, "öööööööööö\nöööööööööö\nöööööööööööööööööööö", umlauts,
                                            NULL);

      g_free (g_steal_pointer (&umlauts));
      umlauts = g_steal_pointer (&twice);
    }
  cut = sage_python_signature_read (umlauts);
  g_assert_true (g_utf8_validate (cut->summary, -1, NULL));
  g_assert_cmpuint (strlen (cut->summary), <, 700);
}

/* Which parameter is being given. */
static void
test_parameters (void)
{
  static const struct
  {
    const char *signature;
    const char *call;
    const char *parameter; /* NULL: none that is known */
  } rows[] = {
    { "f(a, b=1)", "f(|", "a" },
    { "f(a, b=1)", "f(1, |", "b=1" },
    { "f(a, b=1)", "f(1, 2, |", NULL },
    { "f(a, b=1)", "f(b=|", "b=1" },
    { "f(a, ab=1)", "f(ab=|", "ab=1" },
    { "f(a, b=(1, 2), c: 'x, y' = [3])", "f(1, 2, |", "c: 'x, y' = [3]" },
    { "f(a, *rest, c=2)", "f(1, 2, 3, |", "*rest" },
    { "f(a, *rest, c=2)", "f(c=|", "c=2" },
    { "f(a, /, b)", "f(1, |", "b" },
    { "f(a, *, b)", "f(1, |", NULL },
    { "f(a, **kw)", "f(1, any=|", "**kw" },
    { "f(a, **kw)", "f(1, |", NULL },
    { "f(a)", "f(1, any=|", NULL },
    { "f(self, /, a)", "f(|", "a" },
    { "f()", "f(|", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *told = g_strconcat ("Signature: ", rows[i].signature, NULL);
      g_autoptr(SagePythonSignature) signature = sage_python_signature_read (told);
      g_autoptr(SagePythonCall) call = find (rows[i].call);
      g_autofree char *parameter = NULL;
      gsize start;
      gsize end;

      g_test_message ("%s in %s", rows[i].call, rows[i].signature);
      if (sage_python_signature_locate (signature, call, &start, &end))
        parameter = g_strndup (signature->text + start, end - start);
      g_assert_cmpstr (parameter, ==, rows[i].parameter);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/jupyter/python-call/calls", test_calls);
  g_test_add_func ("/jupyter/python-call/no-calls", test_no_calls);
  g_test_add_func ("/jupyter/python-call/hostile-source", test_hostile_source);
  g_test_add_func ("/jupyter/python-signature/signatures", test_signatures);
  g_test_add_func ("/jupyter/python-signature/hostile-signatures", test_hostile_signatures);
  g_test_add_func ("/jupyter/python-signature/parameters", test_parameters);

  return g_test_run ();
}
