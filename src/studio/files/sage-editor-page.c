/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-editor-page"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-action-state.h"
#include "sage-editor-page-private.h"
#include "sage-error.h"
#include "sage-file-location.h"
#include "sage-hidden-marks.h"
#include "sage-notebook-console.h"
#include "sage-shortcut-table.h"
#include "sage-words.h"

#define HIDDEN_AFTER_MS 250

G_DEFINE_FINAL_TYPE (SageEditorPage, sage_editor_page, SAGE_TYPE_PAGE)

/* Returns: (transfer none): what the page shows */
GFile *
sage_editor_page_get_file (SageEditorPage *self)
{
  return sage_text_file_get_file (sage_text_document_get_file (self->document));
}

/* --- What it says of the file ----------------------------------------------------------------- */

/* The file has another place or name. */
static void
follow_file (SageEditorPage *self,
             const char     *location)
{
  g_autoptr(GFile) before = sage_file_location_parse (sage_page_get_location (SAGE_PAGE (self)));

  sage_page_set_location (SAGE_PAGE (self), location);
  if (!self->set_up)
    return;

  if (g_file_query_exists (before, NULL)) /* saved as another one: that script keeps its console */
    adw_bin_set_child (self->console, NULL);
  else
    sage_notebook_console_follow (before, sage_editor_page_get_file (self));
  if (adw_bin_get_child (self->console) == NULL || !sage_editor_can_run (self))
    gtk_widget_set_visible (GTK_WIDGET (self->console), FALSE);
  sage_editor_views_set_up (self);
}

static void
update_names (SageEditorPage *self)
{
  GFile *file = sage_editor_page_get_file (self);
  g_autofree char *location = sage_file_location_new ("file", file);
  g_autofree char *base = g_file_get_basename (file);
  g_autofree char *title = sage_file_name_to_show (base);
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *shown = sage_file_name_to_show (path);

  if (strcmp (location, sage_page_get_location (SAGE_PAGE (self))) != 0)
    follow_file (self, location);
  sage_page_set_title (SAGE_PAGE (self), title);
  gtk_label_set_text (self->path, shown);
  gtk_widget_set_visible (self->run_kernel, g_str_has_suffix (base, ".py"));
  gtk_widget_set_visible (self->run, g_str_has_suffix (base, ".py") || g_str_has_suffix (base, ".sh"));
}

/* What can be done with the text needs the whole of it. */
static void
update_actions (SageEditorPage *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean ready = sage_text_document_get_state (self->document) == SAGE_DOCUMENT_READY;
  gboolean editable = ready && !sage_text_document_is_read_only (self->document);
  gboolean can_run = sage_editor_can_run (self);

  sage_action_set_enabled (widget, "document.save-as", editable);
  sage_action_set_enabled (widget, "document.overwrite", editable);
  sage_action_set_enabled (widget, "document.run", ready && gtk_widget_get_visible (self->run));
  sage_action_set_enabled (widget, "document.run-file", can_run);
  sage_action_set_enabled (widget, "document.run-cell", can_run);
  sage_action_set_enabled (widget, "document.run-lines", can_run);
  sage_action_set_enabled (widget, "document.console", can_run);
  sage_action_set_enabled (widget, "document.to-notebook", can_run);
}

static void
update_facts (SageEditorPage *self)
{
  SageTextFile *file = sage_text_document_get_file (self->document);
  const SageTextCoding *coding = sage_text_file_get_coding (file);
  GtkSourceLanguage *language
    = gtk_source_buffer_get_language (sage_text_document_get_buffer (self->document));
  g_autofree char *indent = NULL;
  g_autofree char *text = NULL;

  if (gtk_source_view_get_insert_spaces_instead_of_tabs (self->view))
    indent = g_strdup_printf (_("Spaces: %u"), gtk_source_view_get_tab_width (self->view));
  text = g_strdup_printf ("%s · %s%s · %s · %s",
                          language != NULL ? gtk_source_language_get_name (language)
                                           : _("Plain text"),
                          coding->charset, coding->bom ? " BOM" : "",
                          sage_newline_get_name (coding->newline),
                          indent != NULL ? indent : _("Tabs"));
  gtk_label_set_text (self->facts, text);
}

/* What has to be said above the text, and what can be done about it. */
static void
update_note (SageEditorPage *self)
{
  SageTextFile *file = sage_text_document_get_file (self->document);
  g_autofree char *text = NULL;
  const char *button = NULL;

  if (sage_text_file_is_cut (file))
    {
      g_autofree char *size = sage_words_bytes ((guint64) sage_text_file_get_size (file));
      g_autofree char *most = sage_words_bytes (SAGE_TEXT_FILE_MAX_BYTES);

      text = g_strdup_printf (_("The file has %s, more than the %s that can be edited. Its beginning is shown."),
                              size, most);
    }
  else if (sage_text_document_is_read_only (self->document))
    {
      text = g_strdup_printf (_("The file is not in UTF-8 and is shown as %s, read-only."),
                              sage_text_file_get_coding (file)->charset);
      button = _("Convert to UTF-8");
    }
  else if (sage_text_document_is_restored (self->document))
    {
      text = g_strdup (_("Changes that were not saved last time have been restored."));
      button = _("Discard them");
    }

  if (text != NULL)
    {
      adw_banner_set_title (self->note, text);
      adw_banner_set_button_label (self->note, button);
    }
  adw_banner_set_revealed (self->note, text != NULL);
}

static void
note_clicked_cb (SageEditorPage *self)
{
  if (sage_text_document_is_read_only (self->document))
    sage_text_document_make_utf8 (self->document);
  else
    sage_text_document_reload (self->document);
}

static void
update_conflict (SageEditorPage *self)
{
  SageDisk disk = sage_text_document_get_disk (self->document);
  gboolean gone = disk == SAGE_DISK_GONE;

  if (disk != SAGE_DISK_SAME)
    {
      gtk_label_set_text (self->conflict_label,
                          gone ? _("The file has been deleted or moved away.")
                               : _("Another program has changed the file, and so have you."));
      gtk_button_set_label (self->overwrite, gone ? _("Save again") : _("Overwrite"));
      gtk_widget_set_visible (self->reload, !gone);
      if (!gtk_revealer_get_reveal_child (self->conflict))
        sage_announce (GTK_WIDGET (self), gtk_label_get_text (self->conflict_label));
    }
  gtk_revealer_set_reveal_child (self->conflict, disk != SAGE_DISK_SAME);
}

static void
show_error (SageEditorPage *self)
{
  const GError *error = sage_text_document_get_error (self->document);
  g_autofree char *escaped = NULL;

  if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_SYNTAX))
    adw_status_page_set_title (self->error, _("This is not text"));
  else if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND))
    adw_status_page_set_title (self->error, _("There is no such file"));
  else
    {
      escaped = g_markup_escape_text (error->message, -1);
      adw_status_page_set_title (self->error, _("The file cannot be read"));
    }
  adw_status_page_set_description (self->error, escaped);
  gtk_stack_set_visible_child_name (self->stack, "error");
}

/* --- The text --------------------------------------------------------------------------------- */

static void
update_hidden (SageEditorPage *self)
{
  adw_banner_set_revealed (self->hidden, sage_hidden_marks_any (GTK_TEXT_BUFFER (
                                           sage_text_document_get_buffer (self->document))));
}

static gboolean
hidden_cb (gpointer user_data)
{
  SageEditorPage *self = user_data;

  self->hidden_id = 0;
  update_hidden (self);

  return G_SOURCE_REMOVE;
}

static void
text_changed_cb (SageEditorPage *self)
{
  if (self->hidden_id == 0)
    self->hidden_id = g_timeout_add (HIDDEN_AFTER_MS, hidden_cb, self);
}

/* Once the text is there for the first time. */
static void
set_up_text (SageEditorPage *self)
{
  g_autofree char *text = sage_text_document_dup_text (self->document);
  gboolean tabs;
  guint indent = sage_text_guess_indent (text, &tabs);

  gtk_source_view_set_insert_spaces_instead_of_tabs (self->view, !tabs);
  if (indent > 0 && !tabs)
    gtk_source_view_set_tab_width (self->view, indent);
  update_hidden (self);
  sage_editor_views_set_up (self);
  sage_editor_apply_pending (self);
  sage_page_take_focus (SAGE_PAGE (self), GTK_WIDGET (self->view));
  sage_page_mark_content (SAGE_PAGE (self));
}

static void
updated_cb (SageEditorPage *self)
{
  SageDocumentState state = sage_text_document_get_state (self->document);
  gboolean read_only = state != SAGE_DOCUMENT_READY
                       || sage_text_document_is_read_only (self->document);
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (sage_text_document_get_buffer (self->document));

  update_names (self);
  update_actions (self);
  sage_page_set_modified (SAGE_PAGE (self), state == SAGE_DOCUMENT_READY
                                              && gtk_text_buffer_get_modified (buffer));
  gtk_text_view_set_editable (GTK_TEXT_VIEW (self->view), !read_only);
  gtk_widget_set_visible (self->status, state == SAGE_DOCUMENT_READY);

  if (state == SAGE_DOCUMENT_FAILED)
    {
      show_error (self);
      return;
    }
  if (state == SAGE_DOCUMENT_LOADING)
    {
      gtk_stack_set_visible_child_name (self->stack, "loading");
      return;
    }

  if (!self->set_up)
    {
      self->set_up = TRUE;
      gtk_stack_set_visible_child_name (self->stack, "text");
      set_up_text (self);
    }
  update_facts (self);
  update_note (self);
  update_conflict (self);
  sage_editor_update_position (self);
}

/* Ctrl+Tab is for tabs, as everywhere; in a text view it would move the focus. */
static gboolean
key_cb (SageEditorPage  *self,
        guint            key,
        guint            code,
        GdkModifierType  state)
{
  gboolean tab = key == GDK_KEY_Tab || key == GDK_KEY_ISO_Left_Tab;

  if (sage_editor_run_key (self, key, state))
    return GDK_EVENT_STOP;
  if (tab && (state & GDK_CONTROL_MASK) != 0)
    {
      gtk_widget_activate_action (GTK_WIDGET (self), (state & GDK_SHIFT_MASK) != 0
                                                       ? "win.previous-tab" : "win.next-tab", NULL);
      return GDK_EVENT_STOP;
    }
  if (key == GDK_KEY_F3 && gtk_revealer_get_reveal_child (self->find_revealer))
    {
      sage_find_bar_step (self->find_bar, (state & GDK_SHIFT_MASK) != 0);
      return GDK_EVENT_STOP;
    }
  if (key == GDK_KEY_Escape && gtk_revealer_get_reveal_child (self->find_revealer))
    {
      g_signal_emit_by_name (self->find_bar, "close");
      return GDK_EVENT_STOP;
    }

  return GDK_EVENT_PROPAGATE;
}

static void
find_closed_cb (SageEditorPage *self)
{
  sage_find_bar_close (self->find_bar);
  gtk_revealer_set_reveal_child (self->find_revealer, FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

static void
view_chosen_cb (SageEditorPage *self)
{
  if (self->document != NULL)
    sage_editor_views_choose (self);
}

static void
go_cb (SageEditorPage *self)
{
  const char *text = gtk_editable_get_text (self->go_entry);
  const char *colon = strchr (text, ':');
  gint64 line = g_ascii_strtoll (text, NULL, 10);
  gint64 column = colon != NULL ? g_ascii_strtoll (colon + 1, NULL, 10) : 1;

  if (line < 1)
    return;

  gtk_popover_popdown (self->go_popover);
  sage_editor_go_to (self, (int) CLAMP (line, 1, G_MAXINT) - 1, (int) CLAMP (column, 1, G_MAXINT) - 1);
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

/* --- The page --------------------------------------------------------------------------------- */

static void
sage_editor_page_find (SagePage *page)
{
  SageEditorPage *self = SAGE_EDITOR_PAGE (page);

  if (!self->set_up || sage_editor_views_find (self))
    return;

  gtk_revealer_set_reveal_child (self->find_revealer, TRUE);
  sage_find_bar_open (self->find_bar, FALSE);
}

static void
sage_editor_page_discard (SagePage *page)
{
  sage_text_document_discard (SAGE_EDITOR_PAGE (page)->document);
}

static GtkWidget *
sage_editor_page_get_default_focus (SagePage *page)
{
  SageEditorPage *self = SAGE_EDITOR_PAGE (page);

  return gtk_widget_get_mapped (GTK_WIDGET (self->view)) ? GTK_WIDGET (self->view) : NULL;
}

static void
sage_editor_page_constructed (GObject *object)
{
  SageEditorPage *self = SAGE_EDITOR_PAGE (object);
  g_autoptr(GFile) file = sage_file_location_parse (sage_page_get_location (SAGE_PAGE (self)));
  GtkTextBuffer *buffer;

  G_OBJECT_CLASS (sage_editor_page_parent_class)->constructed (object);

  sage_page_set_icon_name (SAGE_PAGE (self), "text-x-generic-symbolic");
  self->document = sage_text_document_open (file);
  sage_text_document_add_editor (self->document);
  buffer = GTK_TEXT_BUFFER (sage_text_document_get_buffer (self->document));
  gtk_text_view_set_buffer (GTK_TEXT_VIEW (self->view), buffer);
  sage_find_bar_set_view (self->find_bar, self->view);
  g_signal_connect_object (self->document, "updated", G_CALLBACK (updated_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (buffer, "changed", G_CALLBACK (text_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (buffer, "cursor-moved", G_CALLBACK (sage_editor_update_position), self,
                           G_CONNECT_SWAPPED);
  updated_cb (self);
}

/* A gutter that was never shown forgets to free what it remembers of its renderers. */
static void
empty_gutter (GtkSourceView *view)
{
  GtkSourceGutter *gutter = gtk_source_view_get_gutter (view, GTK_TEXT_WINDOW_LEFT);
  GtkWidget *renderer;

  while ((renderer = gtk_widget_get_first_child (GTK_WIDGET (gutter))) != NULL)
    gtk_source_gutter_remove (gutter, GTK_SOURCE_GUTTER_RENDERER (renderer));
}

static void
sage_editor_page_dispose (GObject *object)
{
  SageEditorPage *self = SAGE_EDITOR_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->hidden_id, g_source_remove);
  g_clear_pointer (&self->pending, g_variant_unref);
  if (self->view != NULL)
    empty_gutter (self->view);
  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_EDITOR_PAGE);
  if (self->document != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->document, self);
      sage_text_document_remove_editor (self->document);
    }
  g_clear_object (&self->document);

  G_OBJECT_CLASS (sage_editor_page_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, SageEditorPage, path);
  gtk_widget_class_bind_template_child (widget_class, SageEditorPage, views);
  gtk_widget_class_bind_template_child (widget_class, SageEditorPage, other);
  gtk_widget_class_bind_template_child (widget_class, SageEditorPage, run);
  gtk_widget_class_bind_template_child (widget_class, SageEditorPage, conflict);
  gtk_widget_class_bind_template_child (widget_class, SageEditorPage, conflict_label);
  gtk_widget_class_bind_template_child (widget_class, SageEditorPage, overwrite);
  gtk_widget_class_bind_template_child (widget_class, SageEditorPage, reload);
  gtk_widget_class_bind_template_child (widget_class, SageEditorPage, note);
  gtk_widget_class_bind_template_child (widget_class, SageEditorPage, hidden);
  gtk_widget_class_bind_template_child (widget_class, SageEditorPage, find_revealer);
  gtk_widget_class_bind_template_child (widget_class, SageEditorPage, find_bar);
  gtk_widget_class_bind_template_child (widget_class, SageEditorPage, stack);
  gtk_widget_class_bind_template_child (widget_class, SageEditorPage, error);
  gtk_widget_class_bind_template_child (widget_class, SageEditorPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, SageEditorPage, view);
  gtk_widget_class_bind_template_child (widget_class, SageEditorPage, other_bin);
  gtk_widget_class_bind_template_child (widget_class, SageEditorPage, status);
  gtk_widget_class_bind_template_child (widget_class, SageEditorPage, run_kernel);
  gtk_widget_class_bind_template_child (widget_class, SageEditorPage, paned);
  gtk_widget_class_bind_template_child (widget_class, SageEditorPage, console);
  gtk_widget_class_bind_template_child (widget_class, SageEditorPage, position);
  gtk_widget_class_bind_template_child (widget_class, SageEditorPage, position_label);
  gtk_widget_class_bind_template_child (widget_class, SageEditorPage, facts);
  gtk_widget_class_bind_template_child (widget_class, SageEditorPage, go_popover);
  gtk_widget_class_bind_template_child (widget_class, SageEditorPage, go_entry);
  gtk_widget_class_bind_template_callback (widget_class, note_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, find_closed_cb);
  gtk_widget_class_bind_template_callback (widget_class, view_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, go_cb);
}

static void
sage_editor_page_class_init (SageEditorPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  SagePageClass *page_class = SAGE_PAGE_CLASS (klass);

  object_class->constructed = sage_editor_page_constructed;
  object_class->dispose = sage_editor_page_dispose;
  page_class->is_document = TRUE;
  page_class->save_state = sage_editor_save_state;
  page_class->restore_state = sage_editor_restore_state;
  page_class->find = sage_editor_page_find;
  page_class->get_default_focus = sage_editor_page_get_default_focus;
  page_class->save_async = sage_editor_save_async;
  page_class->save_finish = sage_editor_save_finish;
  page_class->discard = sage_editor_page_discard;

  g_type_ensure (GTK_SOURCE_TYPE_VIEW);
  g_type_ensure (SAGE_TYPE_FIND_BAR);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/sagebrush/Studio/ui/files/sage-editor-page.ui");
  bind_children (widget_class);
  sage_editor_actions_install (widget_class);
  sage_editor_save_install (widget_class);
  sage_editor_run_install (widget_class);
}

static void
sage_editor_page_init (SageEditorPage *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  sage_shortcut_set_tooltip (self->run_kernel, "document.run-file");
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->view), keys);
}
