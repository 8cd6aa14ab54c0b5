/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-json-text"

#include "config.h"

#include <adwaita.h>
#include <gtksourceview/gtksource.h>

#include "sage-json-text-private.h"
#include "sage-source-style.h"

struct _SageJsonText
{
  GtkWidget               parent_instance;

  GtkSourceBuffer        *buffer;   /* (owned) */
  GtkSourceSearchContext *search;   /* (owned) */
  gboolean                searched; /* the first match of the query has been selected */
  double                  scroll;   /* where to be scrolled to once the text is laid out; 0 */

  GtkWidget              *window;
  GtkWidget              *view;
};

enum
{
  SIGNAL_MATCHES_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SageJsonText, sage_json_text, GTK_TYPE_WIDGET)

/* --- Searching ------------------------------------------------------------------------------- */

static const char *
get_query (SageJsonText *self)
{
  return gtk_source_search_settings_get_search_text (
    gtk_source_search_context_get_settings (self->search));
}

static void
select_match (SageJsonText *self,
              GtkTextIter  *start,
              GtkTextIter  *end)
{
  gtk_text_buffer_select_range (GTK_TEXT_BUFFER (self->buffer), start, end);
  gtk_text_view_scroll_to_mark (GTK_TEXT_VIEW (self->view),
                                gtk_text_buffer_get_insert (GTK_TEXT_BUFFER (self->buffer)), 0.1,
                                FALSE, 0, 0);
}

/* The search runs by the way, and the first match may be found long after it was asked for. */
static void
count_cb (SageJsonText *self)
{
  if (!self->searched && get_query (self) != NULL
      && gtk_source_search_context_get_occurrences_count (self->search) > 0)
    {
      GtkTextIter from;
      GtkTextIter start;
      GtkTextIter end;

      self->searched = TRUE;
      gtk_text_buffer_get_selection_bounds (GTK_TEXT_BUFFER (self->buffer), &from, NULL);
      if (gtk_source_search_context_forward (self->search, &from, &start, &end, NULL))
        select_match (self, &start, &end);
    }

  g_signal_emit (self, signals[SIGNAL_MATCHES_CHANGED], 0);
}

/* --- The object ------------------------------------------------------------------------------ */

/* A text view lays out by and by, and is scrolled back when it has come far enough. */
static void
adjustment_changed_cb (SageJsonText  *self,
                       GtkAdjustment *adjustment)
{
  double room = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);

  if (self->scroll > 0 && room >= self->scroll)
    {
      gtk_adjustment_set_value (adjustment, self->scroll);
      self->scroll = 0;
    }
}

static void
sage_json_text_dispose (GObject *object)
{
  SageJsonText *self = SAGE_JSON_TEXT (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_JSON_TEXT);
  g_clear_object (&self->search);
  g_clear_object (&self->buffer);

  G_OBJECT_CLASS (sage_json_text_parent_class)->dispose (object);
}

static void
sage_json_text_class_init (SageJsonTextClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sage_json_text_dispose;

  signals[SIGNAL_MATCHES_CHANGED] = g_signal_new ("matches-changed", G_TYPE_FROM_CLASS (klass),
                                                  G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                  G_TYPE_NONE, 0);

  g_type_ensure (GTK_SOURCE_TYPE_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/sagebrush/Studio/ui/kit/sage-json-text.ui");
  gtk_widget_class_bind_template_child (widget_class, SageJsonText, window);
  gtk_widget_class_bind_template_child (widget_class, SageJsonText, view);
}

static void
sage_json_text_init (SageJsonText *self)
{
  GtkSourceLanguage *language =
    gtk_source_language_manager_get_language (gtk_source_language_manager_get_default (), "json");
  g_autoptr(GtkSourceSearchSettings) settings = gtk_source_search_settings_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  self->buffer = gtk_source_buffer_new (NULL);
  gtk_source_buffer_set_language (self->buffer, language);
  gtk_text_view_set_buffer (GTK_TEXT_VIEW (self->view), GTK_TEXT_BUFFER (self->buffer));
  gtk_source_search_settings_set_wrap_around (settings, TRUE);
  self->search = gtk_source_search_context_new (self->buffer, settings);

  sage_source_follow_style (self->buffer);
  g_signal_connect_object (self->search, "notify::occurrences-count", G_CALLBACK (count_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->window)),
                           "changed", G_CALLBACK (adjustment_changed_cb), self, G_CONNECT_SWAPPED);
}

/* Returns: (transfer floating): a text view without text */
GtkWidget *
sage_json_text_new (void)
{
  return g_object_new (SAGE_TYPE_JSON_TEXT, NULL);
}

/* Shows @text, and as much of it in sight as before. */
void
sage_json_text_set_text (SageJsonText *self,
                         const char   *text)
{
  GtkTextIter start;

  self->scroll = gtk_adjustment_get_value (
    gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->window)));
  gtk_text_buffer_set_text (GTK_TEXT_BUFFER (self->buffer), text, -1);
  gtk_text_buffer_get_start_iter (GTK_TEXT_BUFFER (self->buffer), &start);
  gtk_text_buffer_place_cursor (GTK_TEXT_BUFFER (self->buffer), &start);
}

/* @query (nullable): what to search for; the first match is selected when it is found */
void
sage_json_text_set_query (SageJsonText *self,
                          const char   *query)
{
  GtkSourceSearchSettings *settings = gtk_source_search_context_get_settings (self->search);

  if (query != NULL && query[0] == '\0')
    query = NULL;
  if (g_strcmp0 (get_query (self), query) == 0)
    return;

  self->searched = FALSE;
  gtk_source_search_settings_set_search_text (settings, query);
  count_cb (self);
}

/* Selects the next match, or the one before; after the last comes the first. */
void
sage_json_text_step (SageJsonText *self,
                     gboolean      forward)
{
  GtkTextIter from;
  GtkTextIter to;
  GtkTextIter start;
  GtkTextIter end;
  gboolean found;

  gtk_text_buffer_get_selection_bounds (GTK_TEXT_BUFFER (self->buffer), &from, &to);
  found = forward
            ? gtk_source_search_context_forward (self->search, &to, &start, &end, NULL)
            : gtk_source_search_context_backward (self->search, &from, &start, &end, NULL);
  if (found)
    select_match (self, &start, &end);

  g_signal_emit (self, signals[SIGNAL_MATCHES_CHANGED], 0);
}

/* Returns: how many matches there are; @position: (out): which one is selected, from 0; -1: none */
int
sage_json_text_get_matches (SageJsonText *self,
                            int          *position)
{
  GtkTextIter start;
  GtkTextIter end;

  gtk_text_buffer_get_selection_bounds (GTK_TEXT_BUFFER (self->buffer), &start, &end);
  *position = gtk_source_search_context_get_occurrence_position (self->search, &start, &end) - 1;
  *position = MAX (*position, -1);

  return MAX (gtk_source_search_context_get_occurrences_count (self->search), 0);
}
