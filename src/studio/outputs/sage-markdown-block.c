/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-markdown-block"

#include "config.h"

#include <cmark-gfm-core-extensions.h>
#include <glib/gi18n.h>
#include <string.h>

#include "sage-markdown-private.h"
#include "sage-rich-label.h"

#define MAX_DEPTH 16        /* blocks in each other that are indented; deeper ones are not */
#define MAX_TABLE_CELLS 20000
#define MAX_CELL_CHARS 60 /* a longer one wraps; a table that is too wide scrolls */

static GtkWidget *
make_box (int spacing)
{
  return gtk_box_new (GTK_ORIENTATION_VERTICAL, spacing);
}

static void
add_heading (SageMarkdownBuild *build,
             GtkWidget         *box,
             cmark_node        *node)
{
  static const char * const classes[] = {
    "markdown-h1", "markdown-h2", "markdown-h3", "markdown-h4", "markdown-h5", "markdown-h6",
  };
  int level = CLAMP (cmark_node_get_heading_level (node), 1, 6);
  GtkWidget *before = gtk_widget_get_last_child (box);

  _sage_markdown_add_inlines (build, box, node, GTK_ACCESSIBLE_ROLE_HEADING, classes[level - 1]);
  for (GtkWidget *child = before != NULL ? gtk_widget_get_next_sibling (before)
                                         : gtk_widget_get_first_child (box);
       child != NULL; child = gtk_widget_get_next_sibling (child))
    if (SAGE_IS_RICH_LABEL (child))
      gtk_accessible_update_property (
        GTK_ACCESSIBLE (sage_rich_label_get_label (SAGE_RICH_LABEL (child))),
        GTK_ACCESSIBLE_PROPERTY_LEVEL, level, -1);
}

/* --- Lists ----------------------------------------------------------------------------------- */

static GtkWidget *
make_marker (cmark_node *list,
             cmark_node *item,
             int         number)
{
  GtkWidget *marker;

  if (strcmp (cmark_node_get_type_string (item), "tasklist") == 0)
    {
      gboolean done = cmark_gfm_extensions_get_tasklist_item_checked (item);

      marker = gtk_image_new_from_icon_name (done ? "checkbox-checked-symbolic" : "checkbox-symbolic");
      gtk_accessible_update_property (GTK_ACCESSIBLE (marker), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      done ? _("Done") : _("To do"), -1);
      gtk_widget_add_css_class (marker, done ? "accent" : "dim-label");
      gtk_widget_set_margin_top (marker, 2);
    }
  else if (cmark_node_get_list_type (list) == CMARK_ORDERED_LIST)
    {
      g_autofree char *text = g_strdup_printf ("%d.", number);

      marker = gtk_label_new (text);
      gtk_widget_add_css_class (marker, "numeric");
    }
  else
    marker = gtk_label_new ("•");

  gtk_widget_set_valign (marker, GTK_ALIGN_START);
  gtk_widget_set_halign (marker, GTK_ALIGN_END);
  gtk_widget_set_size_request (marker, 18, -1);

  return marker;
}

static void
add_list (SageMarkdownBuild *build,
          GtkWidget         *box,
          cmark_node        *list)
{
  gboolean tight = cmark_node_get_list_tight (list) != 0;
  int number = cmark_node_get_list_start (list);
  GtkWidget *items = g_object_new (GTK_TYPE_BOX, "orientation", GTK_ORIENTATION_VERTICAL, "spacing",
                                   tight ? 3 : 9, "accessible-role", GTK_ACCESSIBLE_ROLE_LIST, NULL);

  for (cmark_node *item = cmark_node_first_child (list); item != NULL; item = cmark_node_next (item))
    {
      GtkWidget *row = g_object_new (GTK_TYPE_BOX, "spacing", 6, "accessible-role",
                                     GTK_ACCESSIBLE_ROLE_LIST_ITEM, NULL);
      GtkWidget *content = make_box (tight ? 3 : 9);

      gtk_box_append (GTK_BOX (row), make_marker (list, item, number++));
      gtk_widget_set_hexpand (content, TRUE);
      gtk_box_append (GTK_BOX (row), content);
      _sage_markdown_add_blocks (build, content, item);
      gtk_box_append (GTK_BOX (items), row);
    }
  gtk_box_append (GTK_BOX (box), items);
}

/* --- Tables ---------------------------------------------------------------------------------- */

static void
align_cell (GtkWidget *cell,
            guint8     alignment)
{
  float xalign = alignment == 'r' ? 1 : alignment == 'c' ? 0.5f : 0;

  for (GtkWidget *child = gtk_widget_get_first_child (cell); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (SAGE_IS_RICH_LABEL (child))
      {
        GtkLabel *label = GTK_LABEL (sage_rich_label_get_label (SAGE_RICH_LABEL (child)));

        gtk_label_set_xalign (label, xalign);
        if (g_utf8_strlen (gtk_label_get_text (label), -1) > MAX_CELL_CHARS)
          gtk_label_set_width_chars (label, MAX_CELL_CHARS);
        else
          gtk_label_set_wrap (label, FALSE);
        gtk_label_set_max_width_chars (label, MAX_CELL_CHARS);
        gtk_label_set_justify (label, alignment == 'r' ? GTK_JUSTIFY_RIGHT
                                      : alignment == 'c' ? GTK_JUSTIFY_CENTER : GTK_JUSTIFY_LEFT);
      }
}

static void
add_table (SageMarkdownBuild *build,
           GtkWidget         *box,
           cmark_node        *table)
{
  const guint8 *alignments = cmark_gfm_extensions_get_table_alignments (table);
  guint n_columns = cmark_gfm_extensions_get_table_columns (table);
  GtkWidget *grid = g_object_new (GTK_TYPE_GRID, "accessible-role", GTK_ACCESSIBLE_ROLE_TABLE, NULL);
  GtkWidget *window = gtk_scrolled_window_new ();
  int y = 0;
  guint n_cells = 0;

  gtk_widget_add_css_class (grid, "markdown-table");
  for (cmark_node *row = cmark_node_first_child (table); row != NULL; row = cmark_node_next (row), y++)
    {
      gboolean header = cmark_gfm_extensions_get_table_row_is_header (row) != 0;
      guint x = 0;

      for (cmark_node *node = cmark_node_first_child (row);
           node != NULL && n_cells < MAX_TABLE_CELLS; node = cmark_node_next (node), x++, n_cells++)
        {
          GtkWidget *cell = g_object_new (GTK_TYPE_BOX, "orientation", GTK_ORIENTATION_VERTICAL,
                                          "accessible-role", header ? GTK_ACCESSIBLE_ROLE_COLUMN_HEADER
                                                                    : GTK_ACCESSIBLE_ROLE_CELL, NULL);

          gtk_widget_add_css_class (cell, header ? "header" : "cell");
          _sage_markdown_add_inlines (build, cell, node, GTK_ACCESSIBLE_ROLE_PARAGRAPH,
                                      header ? "heading" : NULL);
          align_cell (cell, x < n_columns ? alignments[x] : 0);
          gtk_grid_attach (GTK_GRID (grid), cell, (int) x, y, 1, 1);
        }
    }
  gtk_widget_set_halign (grid, GTK_ALIGN_START);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (window), GTK_POLICY_AUTOMATIC, GTK_POLICY_NEVER);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (window), grid);
  gtk_box_append (GTK_BOX (box), window);
}

/* --- Blocks ---------------------------------------------------------------------------------- */

static void
add_quote (SageMarkdownBuild *build,
           GtkWidget         *box,
           cmark_node        *node)
{
  GtkWidget *quote = g_object_new (GTK_TYPE_BOX, "orientation", GTK_ORIENTATION_VERTICAL, "spacing", 9,
                                   "accessible-role", GTK_ACCESSIBLE_ROLE_BLOCK_QUOTE, NULL);

  gtk_widget_add_css_class (quote, "markdown-quote");
  _sage_markdown_add_blocks (build, quote, node);
  gtk_box_append (GTK_BOX (box), quote);
}

static void
add_code (SageMarkdownBuild *build,
          GtkWidget         *box,
          cmark_node        *node)
{
  g_autofree char *code = _sage_markdown_put_back (cmark_node_get_literal (node), build->formulas);
  const char *info = cmark_node_get_fence_info (node);
  g_autofree char *language = info != NULL ? g_strndup (info, strcspn (info, " \t{")) : NULL;

  gtk_box_append (GTK_BOX (box), _sage_markdown_make_code (code, language));
}

static void
add_block (SageMarkdownBuild *build,
           GtkWidget         *box,
           cmark_node        *node)
{
  cmark_node_type type = cmark_node_get_type (node);

  if (type == CMARK_NODE_HEADING)
    add_heading (build, box, node);
  else if (type == CMARK_NODE_PARAGRAPH)
    _sage_markdown_add_inlines (build, box, node, GTK_ACCESSIBLE_ROLE_PARAGRAPH, NULL);
  else if (type == CMARK_NODE_CODE_BLOCK)
    add_code (build, box, node);
  else if (type == CMARK_NODE_HTML_BLOCK)
    _sage_markdown_add_html (build, box, cmark_node_get_literal (node));
  else if (type == CMARK_NODE_THEMATIC_BREAK)
    gtk_box_append (GTK_BOX (box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  else if (build->depth >= MAX_DEPTH)
    _sage_markdown_add_blocks (build, box, node);
  else if (type == CMARK_NODE_BLOCK_QUOTE)
    add_quote (build, box, node);
  else if (type == CMARK_NODE_LIST)
    add_list (build, box, node);
  else if (strcmp (cmark_node_get_type_string (node), "table") == 0)
    add_table (build, box, node);
  else
    _sage_markdown_add_blocks (build, box, node);
}

/* Adds what stands in a node to a box, block by block. */
void
_sage_markdown_add_blocks (SageMarkdownBuild *build,
                           GtkWidget         *box,
                           cmark_node        *parent)
{
  if (build->depth >= 2 * MAX_DEPTH)
    {
      /* nobody writes that; the text of it is all there is to see */
      g_autofree char *text = _sage_markdown_plain_text (parent, build->formulas);
      GtkWidget *label = gtk_label_new (text);

      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_box_append (GTK_BOX (box), label);
      return;
    }

  build->depth++;
  for (cmark_node *node = cmark_node_first_child (parent); node != NULL; node = cmark_node_next (node))
    add_block (build, box, node);
  build->depth--;
}
