/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-markdown-code"

#include "config.h"

#include <adwaita.h>
#include <gtksourceview/gtksource.h>
#include <string.h>

#include "sage-markdown-private.h"
#include "sage-visible.h"

#define MAX_HIGHLIGHTED (64 * 1024) /* bytes; more is shown in one colour */
#define MAX_SHOWN (512 * 1024)

/* Names that people write after a fence and GtkSourceView has others for. */
static const struct
{
  const char *name;
  const char *id;
} aliases[] = {
  { "py", "python3" }, { "python", "python3" }, { "ipython", "python3" }, { "ipython3", "python3" },
  { "bash", "sh" }, { "shell", "sh" }, { "console", "sh" }, { "js", "js" }, { "javascript", "js" },
  { "ts", "typescript" }, { "c++", "cpp" }, { "yml", "yaml" }, { "r", "r" }, { "md", "markdown" },
  { "tex", "latex" }, { "dockerfile", "docker" }, { "golang", "go" }, { "rs", "rust" },
};

static GtkSourceLanguage *
find_language (const char *name)
{
  g_autofree char *lower = name != NULL ? g_ascii_strdown (name, -1) : NULL;

  if (lower == NULL || lower[0] == '\0')
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (aliases); i++)
    if (strcmp (aliases[i].name, lower) == 0)
      return gtk_source_language_manager_get_language (gtk_source_language_manager_get_default (),
                                                       aliases[i].id);

  return gtk_source_language_manager_get_language (gtk_source_language_manager_get_default (), lower);
}

static void
insert (PangoAttrList  *attributes,
        PangoAttribute *attribute,
        guint           start,
        guint           end)
{
  attribute->start_index = start;
  attribute->end_index = end;
  pango_attr_list_insert (attributes, attribute);
}

/* What a tag of the buffer makes of the text between two places. */
static void
copy_tag (PangoAttrList *attributes,
          GtkTextTag    *tag,
          guint          start,
          guint          end)
{
  g_autoptr(GdkRGBA) colour = NULL;
  gboolean coloured;
  gboolean styled;
  gboolean weighted;
  PangoStyle style;
  int weight;

  g_object_get (tag, "foreground-set", &coloured, "foreground-rgba", &colour, "style-set", &styled,
                "style", &style, "weight-set", &weighted, "weight", &weight, NULL);
  if (coloured && colour != NULL)
    insert (attributes,
            pango_attr_foreground_new ((guint16) (colour->red * 65535), (guint16) (colour->green * 65535),
                                       (guint16) (colour->blue * 65535)),
            start, end);
  if (styled)
    insert (attributes, pango_attr_style_new (style), start, end);
  if (weighted)
    insert (attributes, pango_attr_weight_new ((PangoWeight) weight), start, end);
}

/* The colours that a source view would have, for a label: it is as high as its text at once. */
static PangoAttrList *
highlight (const char        *code,
           GtkSourceLanguage *language)
{
  PangoAttrList *attributes = pango_attr_list_new ();
  g_autoptr(GtkSourceBuffer) buffer = gtk_source_buffer_new_with_language (language);
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  GtkTextIter at;
  GtkTextIter end;
  guint offset = 0;

  gtk_source_buffer_set_style_scheme (buffer,
                                      gtk_source_style_scheme_manager_get_scheme (
                                        gtk_source_style_scheme_manager_get_default (),
                                        dark ? "Adwaita-dark" : "Adwaita"));
  gtk_text_buffer_set_text (GTK_TEXT_BUFFER (buffer), code, -1);
  gtk_text_buffer_get_bounds (GTK_TEXT_BUFFER (buffer), &at, &end);
  gtk_source_buffer_ensure_highlight (buffer, &at, &end);
  while (!gtk_text_iter_is_end (&at))
    {
      GtkTextIter start = at;
      g_autofree char *text = NULL;
      g_autoptr(GSList) tags = gtk_text_iter_get_tags (&start);

      if (!gtk_text_iter_forward_to_tag_toggle (&at, NULL))
        at = end;
      text = gtk_text_iter_get_slice (&start, &at);
      for (GSList *tag = tags; tag != NULL; tag = tag->next)
        copy_tag (attributes, tag->data, offset, offset + (guint) strlen (text));
      offset += (guint) strlen (text);
    }

  return attributes;
}

/* @language: (nullable): as it stands after the fence. Returns: (transfer floating): a block of code */
GtkWidget *
_sage_markdown_make_code (const char *code,
                          const char *language)
{
  gsize length = strlen (code);
  g_autofree char *cut = length > MAX_SHOWN ? g_utf8_make_valid (code, MAX_SHOWN) : g_strdup (code);
  g_autofree char *visible = sage_visible_dup (cut);
  GtkSourceLanguage *known = find_language (language);
  GtkWidget *window = gtk_scrolled_window_new ();
  GtkWidget *label;

  g_strchomp (visible);
  label = g_object_new (GTK_TYPE_LABEL, "accessible-role", GTK_ACCESSIBLE_ROLE_PARAGRAPH, "label",
                        visible, "selectable", TRUE, "xalign", 0.0, "halign", GTK_ALIGN_START, NULL);
  gtk_widget_add_css_class (label, "monospace");
  if (known != NULL && strlen (visible) <= MAX_HIGHLIGHTED)
    {
      g_autoptr(PangoAttrList) attributes = highlight (visible, known);

      gtk_label_set_attributes (GTK_LABEL (label), attributes);
    }
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (window), GTK_POLICY_AUTOMATIC, GTK_POLICY_NEVER);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (window), label);
  gtk_widget_add_css_class (window, "markdown-code");

  return window;
}
