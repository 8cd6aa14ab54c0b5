/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "untrusted.h"

/* What somebody who sends a notebook may put into an output, to run a script or to be told that it
 * was opened: tests/data/untrusted.json. SINK is an address that must not be asked, SINKDNS one whose
 * host has a name, FILE a file that must not be read, MARK a script that leaves marks. */

/* What is no text, which a notebook cannot have. */
static const char * const no_texts[] = {
  "\xff\xfe<script>MARK</script>", "<scr\xc3\x28ipt>MARK</script>", "<p title='\xf0\x28\x8c\x28'>x</p>",
};

/* Without quotes, blanks and brackets: it is a script wherever it stands. */
static char *
make_mark (const char *sink)
{
  GString *codes = g_string_new (NULL);
  g_autofree char *address = NULL;

  for (const char *at = sink; *at != '\0'; at++)
    g_string_append_printf (codes, "%s%d", at > sink ? "," : "", *at);
  address = g_string_free_and_steal (codes);

  return g_strdup_printf ("[document.title=1,fetch(String.fromCharCode(%s)),"
                          "Reflect.construct(Image,[]).src=String.fromCharCode(%s)]", address, address);
}

static char *
fill_in (const char *text,
         const char *sink,
         const char *mark)
{
  g_autoptr(GString) filled = g_string_new (text);
  const char * const words[] = {
    "SINKDNS", "http://name.sink.test/x", "SINKHOST", sink + strlen ("http://"), "SINK", sink,
    "MARKFILE", "/nowhere", "MARK", mark, "FILE", "file:///etc/passwd", NULL,
  };

  for (gsize i = 0; words[i] != NULL; i += 2)
    g_string_replace (filled, words[i], words[i + 1], 0);

  return g_strdup (filled->str);
}

/* Returns: (transfer full) (element-type utf8): HTML to distrust */
GPtrArray *
untrusted_list (const char *sink)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "untrusted.json", NULL);
  g_autofree char *mark = make_mark (sink);
  g_autoptr(JsonParser) parser = json_parser_new ();
  g_autoptr(GError) error = NULL;
  JsonArray *html;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  html = json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)), "text/html");
  for (guint i = 0; i < json_array_get_length (html); i++)
    g_ptr_array_add (list, fill_in (json_array_get_string_element (html, i), sink, mark));
  for (gsize i = 0; i < G_N_ELEMENTS (no_texts); i++)
    g_ptr_array_add (list, fill_in (no_texts[i], sink, mark));
  g_assert_cmpuint (list->len, >=, 150);

  return list;
}
