/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-output-content"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-frame-view.h"
#include "sage-html-sanitise.h"
#include "sage-json-view.h"
#include "sage-json.h"
#include "sage-markdown-view.h"
#include "sage-math-view.h"
#include "sage-output-content-private.h"
#include "sage-picture-view.h"
#include "sage-plain-view.h"
#include "sage-visible.h"
#include "sage-web-view.h"
#include "sage-widget-view.h"

#define MAX_TREE_HEIGHT 300
#define TREE_BAR_HEIGHT 72 /* with a row to spare */
#define TREE_ROW_HEIGHT 20

/* --- Pictures -------------------------------------------------------------------------------- */

/* What metadata says of one representation: {"image/png": {"width": 640}}; some put it on top. */
static int
read_size (SageOutput *output,
           const char *mime_type,
           const char *name)
{
  JsonObject *metadata = sage_output_get_metadata (output);
  JsonObject *of_type = metadata != NULL ? sage_json_object (metadata, mime_type) : NULL;
  double size = of_type != NULL ? sage_json_double (of_type, name, -1) : -1;

  return size >= 1 && size < 100000 ? (int) size : -1;
}

static GBytes *
read_picture (SageOutput *output,
              const char *mime_type)
{
  const char *datum = sage_output_get_datum (output, mime_type);
  guchar *data;
  gsize length;

  if (datum == NULL)
    return NULL;
  if (strcmp (mime_type, "image/svg+xml") == 0)
    return g_bytes_new (datum, strlen (datum));
  data = g_base64_decode (datum, &length);

  return g_bytes_new_take (data, length);
}

static void
fill_picture (SagePictureView      *view,
              SageOutput           *output,
              const SageMimeChoice *choice)
{
  g_autoptr(GBytes) bytes = read_picture (output, choice->mime_type);
  const char *plain = sage_output_get_datum (output, "text/plain");
  g_autofree char *alt = plain != NULL ? g_strndup (plain, 500) : NULL;
  g_autofree char *valid = alt != NULL ? g_utf8_make_valid (alt, -1) : NULL;

  sage_picture_view_set_size (view, read_size (output, choice->mime_type, "width"),
                              read_size (output, choice->mime_type, "height"));
  sage_picture_view_set_alt (view, valid);
  if (bytes != NULL)
    sage_picture_view_set_bytes (view, bytes, choice->mime_type);
  else
    sage_picture_view_set_message (view, _("The picture is broken or too large to be shown"));
}

/* A picture that is replaced (an animated plot) is, without anything moving. Returns: whether
 * @content is one */
gboolean
_sage_output_update_picture (GtkWidget            *content,
                             SageOutput           *output,
                             const SageMimeChoice *choice)
{
  if (!SAGE_IS_PICTURE_VIEW (content) || choice->shown_as != SAGE_SHOWN_AS_PICTURE)
    return FALSE;
  fill_picture (SAGE_PICTURE_VIEW (content), output, choice);

  return TRUE;
}

static GtkWidget *
make_picture (SageOutput           *output,
              const SageMimeChoice *choice)
{
  GtkWidget *view = sage_picture_view_new ();

  gtk_widget_set_halign (view, GTK_ALIGN_START);
  fill_picture (SAGE_PICTURE_VIEW (view), output, choice);

  return view;
}

/* --- Others ---------------------------------------------------------------------------------- */

static GtkWidget *
make_table (SageOutput           *output,
            const SageMimeChoice *choice)
{
  g_autoptr(SageFrame) frame = sage_mime_frame (output, choice->mime_type);

  return frame != NULL ? sage_frame_view_new (frame) : NULL;
}

static GtkWidget *
make_formula (SageOutput *output)
{
  g_autofree char *formula = sage_mime_formula (output);
  GtkWidget *view = formula != NULL ? sage_math_view_new (formula) : NULL;

  if (view != NULL)
    gtk_widget_set_halign (view, GTK_ALIGN_START);

  return view;
}

static GtkWidget *
make_markdown (SageOutput           *output,
               const SageMimeChoice *choice)
{
  const char *text = sage_output_get_datum (output, choice->mime_type);
  GtkWidget *view = sage_markdown_view_new ();

  sage_markdown_view_set_text (SAGE_MARKDOWN_VIEW (view), text);

  return view;
}

static GtkWidget *
make_page (SageOutput           *output,
           const SageMimeChoice *choice,
           gboolean              is_trusted,
           gboolean             *incomplete)
{
  const char *text = sage_output_get_datum (output, choice->mime_type);

  if (text == NULL)
    return NULL;
  if (strcmp (choice->mime_type, "application/javascript") == 0)
    {
      /* as Jupyter does: a script draws into the element of its output */
      g_autofree char *html =
        g_strdup_printf ("<div id=output></div><script>const element=document.getElementById('output');"
                         "%s</script>", text);

      return sage_web_view_new (html, is_trusted, G_OBJECT (output));
    }

  if (!is_trusted)
    {
      g_autofree char *clean = sage_html_sanitise (text, strlen (text), incomplete);

      g_autofree char *words = sage_html_to_text (clean, strlen (clean));

      if (words[0] == '\0' && strstr (clean, "<img") == NULL)
        return NULL; /* nothing is left to show: it was a place for a script to draw in */
    }

  return sage_web_view_new (text, is_trusted, G_OBJECT (output));
}

/* How many rows a document has when it is unfolded, as far as that matters. */
static int
count_rows (JsonNode *node,
            int       max)
{
  int n = 1;

  if (max <= 0)
    return 0;
  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);

      for (guint i = 0; i < json_array_get_length (array) && n < max; i++)
        n += count_rows (json_array_get_element (array, i), max - n);
    }
  else if (JSON_NODE_HOLDS_OBJECT (node))
    {
      JsonObjectIter iter;
      JsonNode *member;

      json_object_iter_init (&iter, json_node_get_object (node));
      while (n < max && json_object_iter_next (&iter, NULL, &member))
        n += count_rows (member, max - n);
    }

  return n;
}

static GtkWidget *
make_tree (SageOutput           *output,
           const SageMimeChoice *choice)
{
  JsonNode *node = sage_output_get_json_datum (output, choice->mime_type);
  GtkWidget *view;

  if (node == NULL)
    return NULL;
  view = sage_json_view_new ();
  gtk_widget_set_size_request (view, -1,
                               MIN (TREE_BAR_HEIGHT + TREE_ROW_HEIGHT * count_rows (node, 20),
                                    MAX_TREE_HEIGHT));
  sage_json_view_set_node (SAGE_JSON_VIEW (view), node);

  return view;
}

/* What nothing here shows is still there to read, with nothing hidden in it. */
static GtkWidget *
make_source (SageOutput           *output,
             const SageMimeChoice *choice)
{
  const char *text = sage_output_get_datum (output, choice->mime_type);
  g_autofree char *valid = text != NULL ? g_utf8_make_valid (text, -1) : NULL;
  g_autofree char *visible = valid != NULL ? sage_visible_dup (valid) : NULL;

  return visible != NULL ? sage_plain_view_new (visible) : NULL;
}

/* Returns: (transfer floating) (nullable): a widget that shows the output so; @incomplete: (out): it
 * lacks what only a trusted notebook shows */
GtkWidget *
_sage_output_make_content (SageOutput           *output,
                           const SageMimeChoice *choice,
                           SageComms            *comms,
                           gboolean              is_trusted,
                           gboolean             *incomplete)
{
  *incomplete = FALSE;

  switch (choice->shown_as)
    {
    case SAGE_SHOWN_AS_WIDGET:
      return comms != NULL ? sage_widget_view_new (comms, sage_mime_model (output)) : NULL;
    case SAGE_SHOWN_AS_TABLE:
      return make_table (output, choice);
    case SAGE_SHOWN_AS_FORMULA:
      return make_formula (output);
    case SAGE_SHOWN_AS_PICTURE:
      return make_picture (output, choice);
    case SAGE_SHOWN_AS_MARKDOWN:
      return make_markdown (output, choice);
    case SAGE_SHOWN_AS_PAGE:
      return make_page (output, choice, is_trusted, incomplete);
    case SAGE_SHOWN_AS_TREE:
      return make_tree (output, choice);
    case SAGE_SHOWN_AS_TEXT:
      return sage_plain_view_new (sage_output_get_datum (output, choice->mime_type));
    case SAGE_SHOWN_AS_SOURCE:
    default:
      *incomplete = !is_trusted && strcmp (choice->mime_type, "application/javascript") == 0;
      return make_source (output, choice);
    }
}
