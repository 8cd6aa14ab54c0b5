/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-log-view"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-log-view-private.h"
#include "sage-page.h"
#include "sage-words.h"

/* The pause in typing after which a search begins, in milliseconds. */
#define TYPING_PAUSE 150

/* The pause between two looks at what is new, in milliseconds. */
#define REFRESH_PAUSE 1000

/* --- what it came to -------------------------------------------------------------------------- */

/* Where the line that was found stands among those that match, if all of the log is held. Returns:
 * 0 if that is not known */
static guint
get_position (SageLogView *self)
{
  gint64 place = sage_log_text_get_found (self->text);
  gint64 first = sage_log_buffer_get_first (self->shown);
  SageLogNeedle *needle = sage_log_filter_get_needle (self->search);
  guint position = 0;
  gsize start;
  gsize end;

  if (!sage_log_buffer_get_at_start (self->shown) || !sage_log_buffer_get_at_end (self->shown) ||
      sage_log_buffer_get_line (self->shown, place) == NULL)
    return 0;

  for (gint64 i = first; i <= place; i++)
    {
      const SageLogLine *line = sage_log_buffer_get_line (self->shown, i);

      position += sage_log_needle_find (needle, line->text, line->length, 0, &start, &end);
    }

  return position;
}

static char *
describe_matches (SageLogView *self)
{
  guint count = sage_log_filter_get_count (self->search);
  gboolean complete = sage_log_filter_get_complete (self->search);
  guint position = complete && self->shown != NULL ? get_position (self) : 0;

  if (sage_log_filter_get_error (self->search) != NULL)
    return g_strdup (_("Search failed"));
  if (complete && count == 0)
    return g_strdup (_("No lines"));
  if (position > 0 && position <= count)
    /* Translators: the line that was found, and how many match */
    return g_strdup_printf (_("%'u of %'u"), position, count);
  if (!complete) /* Translators: so many lines match, and perhaps more */
    return g_strdup_printf (ngettext ("%'u+ line", "%'u+ lines", count), count);

  return g_strdup_printf (ngettext ("%'u line", "%'u lines", count), count);
}

static void
update_match_label (SageLogView *self)
{
  g_autofree char *label = self->search != NULL ? describe_matches (self) : g_strdup ("");

  g_set_str (&self->match_label, label);
  sage_log_view_notify_match_label (self);
}

static void
search_complete_cb (SageLogView *self)
{
  update_match_label (self);
  if (sage_log_filter_get_complete (self->search))
    sage_announce (GTK_WIDGET (self), self->match_label);
}

/* --- the search ------------------------------------------------------------------------------- */

/**
 * sage_log_view_search_clear:
 * @self: a log view
 *
 * Ends the search, whatever it came to.
 */
void
sage_log_view_search_clear (SageLogView *self)
{
  g_clear_handle_id (&self->debounce, g_source_remove);
  g_clear_handle_id (&self->refresh, g_source_remove);
  sage_log_finder_cancel (self->finder);
  if (self->search != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->search, self);
      sage_log_filter_stop (self->search);
    }
  g_clear_object (&self->search);
  g_clear_object (&self->filtered);
}

static void
show_filtered (SageLogView *self)
{
  if (self->search == NULL || self->filtered != NULL)
    return;

  self->filtered = sage_log_buffer_new (SAGE_LOG_PAGER (self->search));
  sage_log_buffer_set_live (self->filtered, self->live);
  sage_log_buffer_go_to_end (self->filtered);
}

static gboolean
start_search_cb (gpointer user_data)
{
  SageLogView *self = user_data;
  g_autoptr(SageLogNeedle) needle = NULL;

  self->debounce = 0;
  sage_log_view_search_clear (self);
  if (self->pager != NULL && self->search_text[0] != '\0')
    {
      needle = sage_log_needle_new (self->search_text);
      self->search = sage_log_filter_new (self->pager, needle);
      g_signal_connect_swapped (self->search, "notify::count", G_CALLBACK (update_match_label),
                                self);
      g_signal_connect_swapped (self->search, "notify::complete", G_CALLBACK (search_complete_cb),
                                self);
      g_signal_connect_swapped (self->search, "notify::error", G_CALLBACK (update_match_label),
                                self);
      if (self->filter)
        show_filtered (self);
      sage_log_filter_search (self->search);
    }
  sage_log_text_set_needle (self->text, needle);
  sage_log_view_update_shown (self);
  update_match_label (self);

  return G_SOURCE_REMOVE;
}

/**
 * sage_log_view_search_later:
 * @self: a log view
 *
 * Begins the search for what is typed when typing pauses.
 */
void
sage_log_view_search_later (SageLogView *self)
{
  g_clear_handle_id (&self->debounce, g_source_remove);
  if (self->search_text[0] == '\0')
    start_search_cb (self); /* nothing to wait for */
  else
    self->debounce = g_timeout_add (TYPING_PAUSE, start_search_cb, self);
}

static gboolean
refresh_cb (gpointer user_data)
{
  SageLogView *self = user_data;

  self->refresh = 0;
  if (self->search != NULL && sage_log_filter_get_complete (self->search))
    sage_log_filter_search (self->search);

  return G_SOURCE_REMOVE;
}

/**
 * sage_log_view_search_refresh:
 * @self: a log view
 *
 * Has what is new searched too, now and then.
 */
void
sage_log_view_search_refresh (SageLogView *self)
{
  if (self->search != NULL && self->refresh == 0)
    self->refresh = g_timeout_add (REFRESH_PAUSE, refresh_cb, self);
}

/* --- from match to match ---------------------------------------------------------------------- */

static void
found_cb (SageLogFinder *finder,
          gint64         number,
          gboolean       wrapped,
          SageLogView   *self)
{
  sage_log_text_show_line (self->text, number);
  update_match_label (self);
  if (wrapped)
    sage_announce (GTK_WIDGET (self), _("The search went on from the other end"));
}

static void
reading_on_cb (SageLogFinder    *finder,
               SageLogDirection  direction,
               SageLogView      *self)
{
  sage_log_text_show_edge (self->text, direction);
}

static void
not_found_cb (SageLogFinder *finder,
              SageLogView   *self)
{
  sage_log_view_set_follow (self, self->was_following);
}

/**
 * sage_log_view_find:
 * @self: a log view
 * @direction: where to look
 *
 * Goes to the next line that matches, wherever in the log it is.
 */
void
sage_log_view_find (SageLogView      *self,
                    SageLogDirection  direction)
{
  gint64 place;

  g_return_if_fail (SAGE_IS_LOG_VIEW (self));

  if (self->debounce != 0) /* Enter is faster than a pause */
    {
      g_clear_handle_id (&self->debounce, g_source_remove);
      start_search_cb (self);
    }
  if (self->search == NULL || self->shown == NULL ||
      (sage_log_filter_get_complete (self->search) && sage_log_filter_get_count (self->search) == 0))
    return;

  place = sage_log_text_get_place (self->text);
  if (place != sage_log_text_get_found (self->text)) /* it may match itself */
    place += direction == SAGE_LOG_FORWARD ? -1 : 1;
  self->was_following = self->follow;
  sage_log_view_set_follow (self, FALSE);
  sage_log_finder_start (self->finder, self->shown, self->search, direction, place);
}

/* --- only lines that match -------------------------------------------------------------------- */

/* Remembers the line that one is at, to find it among all lines. */
static void
remember_line (SageLogView *self)
{
  const SageLogLine *line =
    self->shown != NULL ? sage_log_buffer_get_line (self->shown, sage_log_text_get_place (self->text))
                        : NULL;

  if (line == NULL || self->follow)
    return;
  self->wanted_ms = line->time_ms;
  g_set_str (&self->wanted_text, line->text);
}

/* Returns: whether the line that is wanted is held; it is shown then */
static gboolean
show_wanted (SageLogView *self)
{
  gint64 first = sage_log_buffer_get_first (self->buffer);

  for (guint i = 0; i < sage_log_buffer_get_n_lines (self->buffer); i++)
    {
      const SageLogLine *line = sage_log_buffer_get_line (self->buffer, first + i);

      if (line->time_ms == self->wanted_ms && strcmp (line->text, self->wanted_text) == 0)
        {
          sage_log_text_show_line (self->text, first + i);
          g_clear_pointer (&self->wanted_text, g_free);
          return TRUE;
        }
    }

  return FALSE;
}

/**
 * sage_log_view_search_settled:
 * @self: a log view
 *
 * Comes back to a line that was remembered, if it has been read now.
 */
void
sage_log_view_search_settled (SageLogView *self)
{
  if (self->wanted_text == NULL || self->shown != self->buffer)
    return;

  show_wanted (self);
  g_clear_pointer (&self->wanted_text, g_free);
}

/**
 * sage_log_view_search_set_filter:
 * @self: a log view
 * @filter: whether only lines that match are shown; the line that one is at stays in sight
 */
void
sage_log_view_search_set_filter (SageLogView *self,
                                 gboolean     filter)
{
  gboolean was_filtered = self->filtered != NULL;

  sage_log_finder_cancel (self->finder);
  if (filter)
    show_filtered (self);
  else if (was_filtered)
    remember_line (self);
  if (!filter)
    g_clear_object (&self->filtered);
  sage_log_view_update_shown (self);
  update_match_label (self);

  if (self->wanted_text != NULL && !show_wanted (self))
    sage_log_buffer_go_to_time (self->buffer, self->wanted_ms);
}

/**
 * sage_log_view_search_init:
 * @self: a log view
 */
void
sage_log_view_search_init (SageLogView *self)
{
  self->finder = sage_log_finder_new ();
  self->search_text = g_strdup ("");
  self->match_label = g_strdup ("");
  g_signal_connect_object (self->finder, "found", G_CALLBACK (found_cb), self, 0);
  g_signal_connect_object (self->finder, "not-found", G_CALLBACK (not_found_cb), self, 0);
  g_signal_connect_object (self->finder, "reading-on", G_CALLBACK (reading_on_cb), self, 0);
}
