/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-find-bar"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-find-bar.h"
#include "sage-page.h"

struct _SageFindBar
{
  AdwBin                   parent_instance;

  GtkSourceView           *view;     /* (nullable) (weak) */
  GtkSourceSearchSettings *settings; /* (owned) */
  GtkSourceSearchContext  *context;  /* (owned) (nullable): while it is open */
  gboolean                 searching; /* the first match is not selected yet */
  GtkTextMark             *anchor;   /* (owned) (nullable): where the search began */

  GtkEditable             *query;
  GtkEditable             *replacement;
  GtkToggleButton         *case_sensitive;
  GtkToggleButton         *whole_words;
  GtkToggleButton         *regular;
  GtkLabel                *count;
  GtkWidget               *replace_box;
  GtkWidget               *previous;
  GtkWidget               *next;
  GtkWidget               *replace;
  GtkWidget               *replace_all;
};

enum
{
  SIGNAL_CLOSE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SageFindBar, sage_find_bar, ADW_TYPE_BIN)

static GtkTextBuffer *
get_buffer (SageFindBar *self)
{
  return gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view));
}

/* --- What was found --------------------------------------------------------------------------- */

/* A button that cannot be used any more must not take the keyboard with it. */
static void
set_usable (SageFindBar *self,
            GtkWidget   *button,
            gboolean     usable)
{
  if (!usable && gtk_widget_has_focus (button))
    gtk_widget_grab_focus (GTK_WIDGET (self->query));
  gtk_widget_set_sensitive (button, usable);
}

static void
update_count (SageFindBar *self)
{
  GError *error = self->context != NULL
                    ? gtk_source_search_context_get_regex_error (self->context) : NULL;
  int n = self->context != NULL ? gtk_source_search_context_get_occurrences_count (self->context) : 0;
  gboolean asked = gtk_editable_get_text (self->query)[0] != '\0';
  gboolean editable = self->view != NULL
                      && gtk_text_view_get_editable (GTK_TEXT_VIEW (self->view));
  g_autofree char *text = NULL;

  if (error != NULL)
    text = g_strdup (_("Not an expression"));
  else if (asked && n >= 0)
    {
      GtkTextIter start;
      GtkTextIter end;
      int at = 0;

      if (gtk_text_buffer_get_selection_bounds (get_buffer (self), &start, &end))
        at = gtk_source_search_context_get_occurrence_position (self->context, &start, &end);
      if (at > 0)
        /* Translators: the third of five matches is selected */
        text = g_strdup_printf (_("%d of %d"), at, n);
      else
        text = g_strdup_printf (g_dngettext (NULL, "%d match", "%d matches", (gulong) n), n);
    }

  gtk_label_set_text (self->count, text != NULL ? text : "");
  if (asked && (n == 0 || error != NULL))
    gtk_widget_add_css_class (GTK_WIDGET (self->query), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->query), "error");
  set_usable (self, self->previous, n > 0);
  set_usable (self, self->next, n > 0);
  set_usable (self, self->replace, n > 0 && editable);
  set_usable (self, self->replace_all, n > 0 && editable);
  g_clear_error (&error);
}

static void
select_match (SageFindBar *self,
              GtkTextIter *start,
              GtkTextIter *end)
{
  gtk_text_buffer_select_range (get_buffer (self), start, end);
  gtk_text_view_scroll_to_mark (GTK_TEXT_VIEW (self->view),
                                gtk_text_buffer_get_insert (get_buffer (self)), 0.15, FALSE, 0, 0);
  update_count (self);
}

/**
 * sage_find_bar_step:
 * @self: the bar
 * @backward: to the match before, instead of the next one
 *
 * Selects another match, if there is one.
 */
void
sage_find_bar_step (SageFindBar *self,
                    gboolean     backward)
{
  GtkTextIter start;
  GtkTextIter end;
  gboolean found;

  g_return_if_fail (SAGE_IS_FIND_BAR (self));

  if (self->context == NULL || self->view == NULL)
    return;

  gtk_text_buffer_get_selection_bounds (get_buffer (self), &start, &end);
  if (backward)
    found = gtk_source_search_context_backward (self->context, &start, &start, &end, NULL);
  else
    found = gtk_source_search_context_forward (self->context, &end, &start, &end, NULL);
  if (found)
    select_match (self, &start, &end);
}

/* While one types, the first match from where one was is shown as soon as the text has been searched,
 * which goes on by the way. */
static void
count_cb (SageFindBar *self)
{
  GtkTextIter from;
  GtkTextIter start;
  GtkTextIter end;

  update_count (self);
  if (!self->searching || self->context == NULL || self->view == NULL
      || gtk_source_search_context_get_occurrences_count (self->context) <= 0)
    return;

  self->searching = FALSE;
  gtk_text_buffer_get_iter_at_mark (get_buffer (self), &from, self->anchor);
  if (gtk_source_search_context_forward (self->context, &from, &start, &end, NULL))
    select_match (self, &start, &end);
}

static void
query_changed_cb (SageFindBar *self)
{
  const char *text = gtk_editable_get_text (self->query);
  g_autofree char *plain = NULL;

  if (!gtk_source_search_settings_get_regex_enabled (self->settings))
    plain = gtk_source_utils_unescape_search_text (text);
  gtk_source_search_settings_set_search_text (self->settings, plain != NULL ? plain : text);
  self->searching = TRUE;
  count_cb (self);
}

static void
options_changed_cb (SageFindBar *self)
{
  gtk_source_search_settings_set_case_sensitive (
    self->settings, gtk_toggle_button_get_active (self->case_sensitive));
  gtk_source_search_settings_set_at_word_boundaries (
    self->settings, gtk_toggle_button_get_active (self->whole_words));
  gtk_source_search_settings_set_regex_enabled (self->settings,
                                                gtk_toggle_button_get_active (self->regular));
  query_changed_cb (self);
}

static void
next_cb (SageFindBar *self)
{
  sage_find_bar_step (self, FALSE);
}

static void
previous_cb (SageFindBar *self)
{
  sage_find_bar_step (self, TRUE);
}

/* --- Replacing -------------------------------------------------------------------------------- */

static void
say_error (SageFindBar  *self,
           const GError *error)
{
  if (error != NULL)
    sage_toast (GTK_WIDGET (self), _("The replacement is not one that a regular expression can have"));
}

/* Replaces the match that is selected, and selects the next one. */
static void
replace_cb (SageFindBar *self)
{
  const char *text = gtk_editable_get_text (self->replacement);
  g_autoptr(GError) error = NULL;
  GtkTextIter start;
  GtkTextIter end;

  if (self->context == NULL || !gtk_text_view_get_editable (GTK_TEXT_VIEW (self->view)))
    return;

  if (gtk_text_buffer_get_selection_bounds (get_buffer (self), &start, &end)
      && gtk_source_search_context_get_occurrence_position (self->context, &start, &end) > 0)
    {
      gtk_source_search_context_replace (self->context, &start, &end, text, -1, &error);
      gtk_text_buffer_place_cursor (get_buffer (self), &end);
    }
  say_error (self, error);
  sage_find_bar_step (self, FALSE);
}

/* One step of undo takes all of it back. */
static void
replace_all_cb (SageFindBar *self)
{
  const char *text = gtk_editable_get_text (self->replacement);
  g_autoptr(GError) error = NULL;
  g_autofree char *said = NULL;
  guint n;

  if (self->context == NULL || !gtk_text_view_get_editable (GTK_TEXT_VIEW (self->view)))
    return;

  gtk_text_buffer_begin_user_action (get_buffer (self));
  n = gtk_source_search_context_replace_all (self->context, text, -1, &error);
  gtk_text_buffer_end_user_action (get_buffer (self));
  say_error (self, error);
  if (error == NULL)
    {
      said = g_strdup_printf (g_dngettext (NULL, "%u match replaced", "%u matches replaced", n), n);
      sage_toast (GTK_WIDGET (self), said);
    }
}

/* --- The bar ---------------------------------------------------------------------------------- */

static void
forget_context (SageFindBar *self)
{
  if (self->anchor != NULL && self->context != NULL)
    gtk_text_buffer_delete_mark (
      GTK_TEXT_BUFFER (gtk_source_search_context_get_buffer (self->context)), self->anchor);
  g_clear_object (&self->anchor);
  g_clear_object (&self->context);
}

/**
 * sage_find_bar_close:
 *
 * Ends the search: nothing is highlighted any more.
 */
void
sage_find_bar_close (SageFindBar *self)
{
  g_return_if_fail (SAGE_IS_FIND_BAR (self));

  forget_context (self);
}

static void
close_cb (SageFindBar *self)
{
  g_signal_emit (self, signals[SIGNAL_CLOSE], 0);
}

static gboolean
key_cb (SageFindBar     *self,
        guint            key,
        guint            code,
        GdkModifierType  state)
{
  gboolean shift = (state & GDK_SHIFT_MASK) != 0;

  if (key == GDK_KEY_Escape)
    close_cb (self);
  else if (key == GDK_KEY_F3 || (shift && key == GDK_KEY_Return))
    sage_find_bar_step (self, shift);
  else
    return GDK_EVENT_PROPAGATE;

  return GDK_EVENT_STOP;
}

static void
sage_find_bar_dispose (GObject *object)
{
  SageFindBar *self = SAGE_FIND_BAR (object);

  forget_context (self);
  g_clear_weak_pointer (&self->view);
  g_clear_object (&self->settings);
  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_FIND_BAR);

  G_OBJECT_CLASS (sage_find_bar_parent_class)->dispose (object);
}

static void
sage_find_bar_class_init (SageFindBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sage_find_bar_dispose;

  signals[SIGNAL_CLOSE] = g_signal_new ("close", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/sagebrush/Studio/ui/files/sage-find-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, SageFindBar, query);
  gtk_widget_class_bind_template_child (widget_class, SageFindBar, replacement);
  gtk_widget_class_bind_template_child (widget_class, SageFindBar, case_sensitive);
  gtk_widget_class_bind_template_child (widget_class, SageFindBar, whole_words);
  gtk_widget_class_bind_template_child (widget_class, SageFindBar, regular);
  gtk_widget_class_bind_template_child (widget_class, SageFindBar, count);
  gtk_widget_class_bind_template_child (widget_class, SageFindBar, replace_box);
  gtk_widget_class_bind_template_child (widget_class, SageFindBar, previous);
  gtk_widget_class_bind_template_child (widget_class, SageFindBar, next);
  gtk_widget_class_bind_template_child (widget_class, SageFindBar, replace);
  gtk_widget_class_bind_template_child (widget_class, SageFindBar, replace_all);
  gtk_widget_class_bind_template_callback (widget_class, query_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, options_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, next_cb);
  gtk_widget_class_bind_template_callback (widget_class, previous_cb);
  gtk_widget_class_bind_template_callback (widget_class, replace_cb);
  gtk_widget_class_bind_template_callback (widget_class, replace_all_cb);
  gtk_widget_class_bind_template_callback (widget_class, close_cb);
}

static void
sage_find_bar_init (SageFindBar *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  self->settings = gtk_source_search_settings_new ();
  gtk_source_search_settings_set_wrap_around (self->settings, TRUE);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

/**
 * sage_find_bar_set_view:
 * @self: the bar
 * @view: the text to search, for as long as the bar is there
 */
void
sage_find_bar_set_view (SageFindBar   *self,
                        GtkSourceView *view)
{
  g_return_if_fail (SAGE_IS_FIND_BAR (self));

  g_set_weak_pointer (&self->view, view);
}

/**
 * sage_find_bar_open:
 * @self: the bar
 * @replace: to replace too
 *
 * Begins a search from the cursor on, for what is selected if that is within a line.
 */
void
sage_find_bar_open (SageFindBar *self,
                    gboolean     replace)
{
  GtkTextBuffer *buffer;
  GtkTextIter start;
  GtkTextIter end;

  g_return_if_fail (SAGE_IS_FIND_BAR (self) && self->view != NULL);

  buffer = get_buffer (self);
  gtk_widget_set_visible (self->replace_box, replace);
  forget_context (self);
  self->context = gtk_source_search_context_new (GTK_SOURCE_BUFFER (buffer), self->settings);
  g_signal_connect_object (self->context, "notify::occurrences-count", G_CALLBACK (count_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->context, "notify::regex-error", G_CALLBACK (update_count), self,
                           G_CONNECT_SWAPPED);

  if (gtk_text_buffer_get_selection_bounds (buffer, &start, &end)
      && gtk_text_iter_get_line (&start) == gtk_text_iter_get_line (&end))
    {
      g_autofree char *text = gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
      g_autofree char *escaped = gtk_source_utils_escape_search_text (text);

      gtk_editable_set_text (self->query,
                             gtk_toggle_button_get_active (self->regular) ? text : escaped);
    }
  self->anchor = g_object_ref (gtk_text_buffer_create_mark (buffer, NULL, &start, TRUE));
  gtk_widget_grab_focus (GTK_WIDGET (self->query));
  gtk_editable_select_region (self->query, 0, -1);
  self->searching = TRUE;
  count_cb (self);
}
