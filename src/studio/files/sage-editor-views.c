/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-editor-page"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-csv-view.h"
#include "sage-editor-page-private.h"
#include "sage-json-view.h"
#include "sage-json.h"
#include "sage-markdown-view.h"

#define MAX_PAGE (1024 * 1024) /* bytes of Markdown, each of whose blocks is a widget */

/* What a file can be shown as beside its text. */
typedef enum
{
  VIEW_NONE,
  VIEW_TABLE,
  VIEW_TREE,
  VIEW_PAGE,
} OtherView;

static OtherView
get_other (SageEditorPage *self)
{
  g_autofree char *name = g_file_get_basename (sage_editor_page_get_file (self));

  if (g_str_has_suffix (name, ".csv") || g_str_has_suffix (name, ".tsv"))
    return VIEW_TABLE;
  if (g_str_has_suffix (name, ".md"))
    return VIEW_PAGE;
  if (g_str_has_suffix (name, ".json") && !sage_text_file_is_cut (sage_text_document_get_file (self->document)))
    return VIEW_TREE;

  return VIEW_NONE;
}

/* The word on the switch to it. */
static const char *
get_label (OtherView view)
{
  if (view == VIEW_TABLE)
    return _("Table");

  return view == VIEW_PAGE ? _("Preview") : _("Tree");
}

/* Offers what there is, which another name changes. */
void
sage_editor_views_set_up (SageEditorPage *self)
{
  OtherView other = get_other (self);

  if (self->other_kind != other)
    {
      adw_toggle_group_set_active_name (self->views, "text");
      adw_bin_set_child (self->other_bin, NULL);
    }
  self->other_kind = other;
  gtk_widget_set_visible (GTK_WIDGET (self->views), other != VIEW_NONE);
  adw_toggle_set_label (self->other, get_label (other));
  if (other == VIEW_TABLE && sage_text_file_is_cut (sage_text_document_get_file (self->document)))
    adw_toggle_group_set_active_name (self->views, "other");
}

static gboolean
show_table (SageEditorPage *self)
{
  SageTextFile *file = sage_text_document_get_file (self->document);
  GtkWidget *view = adw_bin_get_child (self->other_bin);
  g_autoptr(SageCsvIndex) index = NULL;
  g_autoptr(GError) error = NULL;

  if (sage_text_file_is_cut (file)) /* the file, which is larger than the text */
    {
      g_autofree char *path = g_file_get_path (sage_text_file_get_file (file));

      index = sage_csv_index_new_for_file (path, &error);
    }
  else
    {
      char *text = sage_text_document_dup_text (self->document);
      g_autoptr(GBytes) bytes = g_bytes_new_take (text, strlen (text));

      index = sage_csv_index_new_for_bytes (bytes);
    }
  if (index == NULL)
    {
      sage_toast_error (GTK_WIDGET (self), _("Could not read the table"), error);
      return FALSE;
    }

  if (view == NULL)
    {
      view = sage_csv_view_new ();
      adw_bin_set_child (self->other_bin, view);
    }
  sage_csv_view_set_index (SAGE_CSV_VIEW (view), index);

  return TRUE;
}

static gboolean
show_tree (SageEditorPage *self)
{
  static const SageJsonLimits limits = {
    .max_bytes = SAGE_TEXT_FILE_MAX_BYTES, .max_depth = 64, .max_keys = 200000, .max_items = 2000000,
  };
  GtkWidget *view = adw_bin_get_child (self->other_bin);
  g_autofree char *text = sage_text_document_dup_text (self->document);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = sage_json_parse (text, (gssize) strlen (text), &limits, &error);

  if (node == NULL)
    {
      g_autofree char *why = g_strdup_printf (_("There is no tree of it: %s"), error->message);

      sage_toast (GTK_WIDGET (self), why);
      return FALSE;
    }

  if (view == NULL)
    {
      view = sage_json_view_new ();
      adw_bin_set_child (self->other_bin, view);
    }
  sage_json_view_set_node (SAGE_JSON_VIEW (view), node);

  return TRUE;
}

/* A heading of the text that a link names has no place of its own here; others ask first. */
static gboolean
link_cb (SageMarkdownView *view,
         const char       *uri)
{
  return uri[0] == '#';
}

static gboolean
show_page (SageEditorPage *self)
{
  GtkWidget *scroller = adw_bin_get_child (self->other_bin);
  g_autofree char *text = sage_text_document_dup_text (self->document);
  g_autoptr(GFile) folder = g_file_get_parent (sage_editor_page_get_file (self));
  GtkWidget *view;

  if (strlen (text) > MAX_PAGE)
    {
      sage_toast (GTK_WIDGET (self), _("The text is too long to be shown as a page"));
      return FALSE;
    }

  if (scroller == NULL)
    {
      GtkWidget *clamp = adw_clamp_new ();

      view = sage_markdown_view_new ();
      g_object_set (view, "margin-top", 18, "margin-bottom", 48, "margin-start", 18, "margin-end", 18,
                    "valign", GTK_ALIGN_START, NULL);
      g_signal_connect (view, "link-activated", G_CALLBACK (link_cb), NULL);
      adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 860);
      adw_clamp_set_child (ADW_CLAMP (clamp), view);
      scroller = g_object_new (GTK_TYPE_SCROLLED_WINDOW, "child", clamp, "hscrollbar-policy",
                               GTK_POLICY_NEVER, NULL);
      g_object_set_data (G_OBJECT (scroller), "sage-view", view);
      adw_bin_set_child (self->other_bin, scroller);
    }
  view = g_object_get_data (G_OBJECT (scroller), "sage-view");
  sage_markdown_view_set_base_folder (SAGE_MARKDOWN_VIEW (view), folder);
  sage_markdown_view_set_text (SAGE_MARKDOWN_VIEW (view), text);

  return TRUE;
}

static gboolean
show_other (SageEditorPage *self,
            OtherView       kind)
{
  if (kind == VIEW_PAGE)
    return show_page (self);

  return kind == VIEW_TABLE ? show_table (self) : show_tree (self);
}

/* Shows what has been chosen; what cannot be shown leaves the text. */
void
sage_editor_views_choose (SageEditorPage *self)
{
  gboolean other = g_strcmp0 (adw_toggle_group_get_active_name (self->views), "other") == 0;
  OtherView kind = get_other (self);

  if (!self->set_up || !gtk_widget_get_visible (GTK_WIDGET (self->views)))
    return;

  if (other && show_other (self, kind))
    {
      if (gtk_revealer_get_reveal_child (self->find_revealer))
        g_signal_emit_by_name (self->find_bar, "close");
      gtk_stack_set_visible_child_name (self->stack, "other");
      gtk_widget_set_visible (GTK_WIDGET (self->position), FALSE);
    }
  else
    {
      if (other)
        adw_toggle_group_set_active_name (self->views, "text");
      gtk_stack_set_visible_child_name (self->stack, "text");
      gtk_widget_set_visible (GTK_WIDGET (self->position), TRUE);
      gtk_widget_grab_focus (GTK_WIDGET (self->view));
    }
}

/* Returns: whether what is in sight has a search of its own */
gboolean
sage_editor_views_find (SageEditorPage *self)
{
  GtkWidget *view = adw_bin_get_child (self->other_bin);

  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "other") != 0 || view == NULL)
    return FALSE;

  if (!SAGE_IS_CSV_VIEW (view) && !SAGE_IS_JSON_VIEW (view)) /* it is the text that is searched */
    {
      adw_toggle_group_set_active_name (self->views, "text");
      return FALSE;
    }

  if (SAGE_IS_CSV_VIEW (view))
    sage_csv_view_find (SAGE_CSV_VIEW (view));
  else
    sage_json_view_find (SAGE_JSON_VIEW (view));

  return TRUE;
}
