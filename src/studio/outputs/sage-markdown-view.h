/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <gtk/gtk.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* A heading of a text, for an outline. */
#define SAGE_TYPE_HEADING (sage_heading_get_type ())

G_DECLARE_FINAL_TYPE (SageHeading, sage_heading, SAGE, HEADING, GObject)

guint       sage_heading_get_level (SageHeading *self); /* 1 to 6 */
const char *sage_heading_get_text  (SageHeading *self); /* without markup */
guint       sage_heading_get_line  (SageHeading *self); /* of the source, from 1 */

/* The headings of a Markdown text, without showing it: (transfer full): a list of SageHeading. */
GListModel *sage_markdown_list_headings (const char *text);

/*
 * Markdown, drawn natively; it is as high as its text needs at its width. Properties: "text"
 * (nullable), "attachments" (JsonObject, boxed, nullable: name → MIME bundle, as in a cell),
 * "base-folder" (GFile, nullable: the only folder whose files are shown as pictures).
 *
 * Signal "link-activated" (const char *uri) → gboolean: a link was followed. A handler that takes it
 * (to go to "#heading" or to a file of the project) returns TRUE; else the reader is asked, with the
 * whole address, and it is opened by the desktop.
 */
#define SAGE_TYPE_MARKDOWN_VIEW (sage_markdown_view_get_type ())

G_DECLARE_FINAL_TYPE (SageMarkdownView, sage_markdown_view, SAGE, MARKDOWN_VIEW, GtkWidget)

GtkWidget  *sage_markdown_view_new             (void);
const char *sage_markdown_view_get_text        (SageMarkdownView *self);
void        sage_markdown_view_set_text        (SageMarkdownView *self,
                                                const char       *text);
JsonObject *sage_markdown_view_get_attachments (SageMarkdownView *self);
void        sage_markdown_view_set_attachments (SageMarkdownView *self,
                                                JsonObject       *attachments);
GFile      *sage_markdown_view_get_base_folder (SageMarkdownView *self);
void        sage_markdown_view_set_base_folder (SageMarkdownView *self,
                                                GFile            *base_folder);
GListModel *sage_markdown_view_get_headings    (SageMarkdownView *self); /* live; of SageHeading */

G_END_DECLS
