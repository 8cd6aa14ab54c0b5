/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-mime-choice"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-json.h"
#include "sage-math.h"
#include "sage-mime-choice.h"
#include "sage-widget-view.h"

#define WIDGET_TYPE "application/vnd.jupyter.widget-view+json"
#define TABLE_TYPE "application/vnd.dataresource+json"

static const char * const pictures[] = {
  "image/svg+xml", "image/png", "image/jpeg", "image/webp", "image/gif",
};

static void
choice_free (gpointer data)
{
  g_free (((SageMimeChoice *) data)->mime_type);
  g_free (data);
}

/**
 * sage_mime_model:
 * @output: an output
 *
 * Returns: (transfer none) (nullable): the id of the kernel's widget that it shows
 */
const char *
sage_mime_model (SageOutput *output)
{
  JsonNode *node = sage_output_get_json_datum (output, WIDGET_TYPE);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node)
           ? sage_json_string (json_node_get_object (node), "model_id", NULL) : NULL;
}

/**
 * sage_mime_frame:
 * @output: an output
 * @mime_type: one of its types
 *
 * Returns: (transfer full) (nullable): the table that the datum is, if it is one
 */
SageFrame *
sage_mime_frame (SageOutput *output,
                 const char *mime_type)
{
  const char *html;

  if (strcmp (mime_type, TABLE_TYPE) == 0)
    return sage_frame_new_from_schema (sage_output_get_json_datum (output, mime_type));
  if (strcmp (mime_type, "text/html") != 0)
    return NULL;
  html = sage_output_get_datum (output, mime_type);

  /* most HTML is none: it is looked at before it is read */
  return html != NULL && strstr (html, "dataframe") != NULL
           ? sage_frame_new_from_html (html, strlen (html)) : NULL;
}

/**
 * sage_mime_formula:
 * @output: an output
 *
 * Returns: (transfer full) (nullable): the formula that its text/latex is, if that is one that can be
 *   read, without the dollars around it
 */
char *
sage_mime_formula (SageOutput *output)
{
  const char *latex = sage_output_get_datum (output, "text/latex");
  g_autofree char *bare = latex != NULL ? g_strstrip (g_strdup (latex)) : NULL;
  g_autoptr(SageMath) math = NULL;
  gsize length;
  gsize start;

  if (bare == NULL)
    return NULL;
  length = strlen (bare);
  start = strspn (bare, "$");
  start = MIN (start, 2);
  if (start > 0 && length >= 2 * start && strncmp (bare + length - start, "$$", start) == 0)
    {
      bare[length - start] = '\0';
      memmove (bare, bare + start, length - 2 * start + 1);
    }
  math = sage_math_parse (bare, NULL);

  return math != NULL && strchr (bare, '$') == NULL ? g_steal_pointer (&bare) : NULL;
}

static void
add (GPtrArray   *choices,
     const char  *mime_type,
     SageShownAs  shown_as)
{
  SageMimeChoice *choice = g_new (SageMimeChoice, 1);

  choice->mime_type = g_strdup (mime_type);
  choice->shown_as = shown_as;
  g_ptr_array_add (choices, choice);
}

static gboolean
is_added (GPtrArray  *choices,
          const char *mime_type)
{
  for (guint i = 0; i < choices->len; i++)
    if (strcmp (((SageMimeChoice *) g_ptr_array_index (choices, i))->mime_type, mime_type) == 0)
      return TRUE;

  return FALSE;
}

/* What is shown natively, the richest first. */
static void
add_native (GPtrArray          *choices,
            SageOutput         *output,
            SageComms          *comms,
            const char * const *types)
{
  static const char * const tables[] = { TABLE_TYPE, "text/html" };
  g_autofree char *formula = NULL;

  if (comms != NULL && sage_widget_view_can_show (comms, sage_mime_model (output)))
    add (choices, WIDGET_TYPE, SAGE_SHOWN_AS_WIDGET);
  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    if (g_strv_contains (types, tables[i]))
      {
        g_autoptr(SageFrame) frame = sage_mime_frame (output, tables[i]);

        if (frame != NULL)
          add (choices, tables[i], SAGE_SHOWN_AS_TABLE);
      }
  formula = sage_mime_formula (output);
  if (formula != NULL)
    add (choices, "text/latex", SAGE_SHOWN_AS_FORMULA);
  for (gsize i = 0; i < G_N_ELEMENTS (pictures); i++)
    if (g_strv_contains (types, pictures[i]))
      add (choices, pictures[i], SAGE_SHOWN_AS_PICTURE);
  if (g_strv_contains (types, "text/markdown"))
    add (choices, "text/markdown", SAGE_SHOWN_AS_MARKDOWN);
}

/**
 * sage_mime_rank:
 * @output: a bundle of representations
 * @comms: (nullable): the kernel's widgets
 * @is_trusted: whether scripts may run
 *
 * Puts the representations of an output in order: what is shown natively, the richest first, then what
 * needs a browser, then text, then what can only be shown as its source.
 *
 * Returns: (transfer full) (element-type SageMimeChoice): all of them
 */
GPtrArray *
sage_mime_rank (SageOutput *output,
                SageComms  *comms,
                gboolean    is_trusted)
{
  GPtrArray *choices = g_ptr_array_new_with_free_func (choice_free);
  g_auto(GStrv) types = sage_output_list_types (output);
  const char * const *all = (const char * const *) types;
  gboolean has_script;

  add_native (choices, output, comms, all);
  if (g_strv_contains (all, "text/html") && !is_added (choices, "text/html"))
    add (choices, "text/html", SAGE_SHOWN_AS_PAGE);
  if (g_strv_contains (all, "application/json"))
    add (choices, "application/json", SAGE_SHOWN_AS_TREE);
  has_script = is_trusted && g_strv_contains (all, "application/javascript");
  if (has_script)
    add (choices, "application/javascript", SAGE_SHOWN_AS_PAGE);
  if (g_strv_contains (all, "text/plain"))
    add (choices, "text/plain", SAGE_SHOWN_AS_TEXT);
  for (gsize i = 0; types[i] != NULL; i++)
    if (!is_added (choices, types[i]))
      add (choices, types[i],
           sage_output_get_datum (output, types[i]) != NULL ? SAGE_SHOWN_AS_SOURCE : SAGE_SHOWN_AS_TREE);

  return choices;
}

/* Returns: (transfer full): what a type is called in a menu */
char *
sage_mime_name (const char *mime_type)
{
  static const struct
  {
    const char *mime_type;
    const char *name;
  } names[] = {
    { WIDGET_TYPE, N_("Widget") }, { TABLE_TYPE, N_("Table schema") }, { "text/html", N_("HTML") },
    { "text/latex", N_("LaTeX") }, { "text/markdown", N_("Markdown") }, { "text/plain", N_("Plain text") },
    { "application/json", N_("JSON") }, { "application/javascript", N_("JavaScript") },
    { "image/png", N_("PNG picture") }, { "image/jpeg", N_("JPEG picture") },
    { "image/svg+xml", N_("SVG picture") }, { "image/gif", N_("GIF picture") },
    { "image/webp", N_("WebP picture") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (names[i].mime_type, mime_type) == 0)
      return g_strdup (_(names[i].name));

  return g_strdup_printf ("%.80s", mime_type);
}
