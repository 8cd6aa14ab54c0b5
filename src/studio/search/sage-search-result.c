/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-search-result"

#include "config.h"

#include <string.h>

#include "sage-search-result.h"

#define SHOWN_BEFORE 60 /* bytes of a line that are kept before what was found, and from there on */
#define SHOWN_AFTER 240

typedef enum
{
  PROP_CHOSEN = 1,
} SageSearchMatchProperty;

static GParamSpec *match_properties[PROP_CHOSEN + 1];

G_DEFINE_FINAL_TYPE (SageSearchMatch, sage_search_match, G_TYPE_OBJECT)
G_DEFINE_FINAL_TYPE (SageSearchFile, sage_search_file, G_TYPE_OBJECT)

/* --- A match ---------------------------------------------------------------------------------- */

static void
sage_search_match_finalize (GObject *object)
{
  SageSearchMatch *self = SAGE_SEARCH_MATCH (object);

  g_free (self->matched);
  g_free (self->shown);

  G_OBJECT_CLASS (sage_search_match_parent_class)->finalize (object);
}

static void
sage_search_match_get_property (GObject    *object,
                                guint       prop_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  SageSearchMatch *self = SAGE_SEARCH_MATCH (object);

  switch ((SageSearchMatchProperty) prop_id)
    {
    case PROP_CHOSEN:
      g_value_set_boolean (value, self->chosen);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_search_match_class_init (SageSearchMatchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = sage_search_match_finalize;
  object_class->get_property = sage_search_match_get_property;

  match_properties[PROP_CHOSEN]
    = g_param_spec_boolean ("chosen", NULL, NULL, FALSE,
                            G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (match_properties), match_properties);
}

static void
sage_search_match_init (SageSearchMatch *self)
{
}

/* The start of the character that @at is in. */
static gsize
to_char (const char *text,
         gsize       at)
{
  while (at > 0 && ((guchar) text[at] & 0xc0) == 0x80)
    at--;

  return at;
}

/**
 * sage_search_match_new:
 * @cell: the number of a cell, or %SAGE_SEARCH_NO_CELL
 * @in_output: whether it is in its outputs
 * @text: what was searched
 * @span: where in it
 *
 * Returns: (transfer full): a match, which is chosen to be replaced if it can be
 */
SageSearchMatch *
sage_search_match_new (guint                 cell,
                       gboolean              in_output,
                       const char           *text,
                       const SageSearchSpan *span)
{
  SageSearchMatch *self = g_object_new (SAGE_TYPE_SEARCH_MATCH, NULL);
  gsize from = span->start - MIN (span->start - span->line_start, SHOWN_BEFORE);
  gsize to = span->start + MIN (span->line_end - span->start, SHOWN_AFTER);

  from = MAX (to_char (text, from), span->line_start);
  to = to < span->line_end ? to_char (text, to) : to;
  self->cell = cell;
  self->in_output = in_output;
  self->fixed = in_output;
  self->chosen = !in_output;
  self->line = span->line;
  self->column = (guint) g_utf8_strlen (text + span->line_start,
                                        (gssize) (span->start - span->line_start));
  self->start = span->start;
  self->end = span->end;
  self->matched = g_strndup (text + span->start, span->end - span->start);
  self->shown = g_strndup (text + from, to - from);
  self->shown_start = span->start - from;
  self->shown_end = MIN (span->end, to) - from;

  return self;
}

/**
 * sage_search_match_set_chosen:
 * @self: a match
 * @chosen: whether it is to be replaced; what is fixed never is
 */
void
sage_search_match_set_chosen (SageSearchMatch *self,
                              gboolean         chosen)
{
  chosen = chosen && !self->fixed;
  if (self->chosen != chosen)
    {
      self->chosen = chosen;
      g_object_notify_by_pspec (G_OBJECT (self), match_properties[PROP_CHOSEN]);
    }
}

/* --- A file ----------------------------------------------------------------------------------- */

static void
sage_search_file_finalize (GObject *object)
{
  SageSearchFile *self = SAGE_SEARCH_FILE (object);

  g_clear_object (&self->file);
  g_clear_object (&self->matches);
  g_free (self->relative);

  G_OBJECT_CLASS (sage_search_file_parent_class)->finalize (object);
}

static void
sage_search_file_class_init (SageSearchFileClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sage_search_file_finalize;
}

static void
sage_search_file_init (SageSearchFile *self)
{
  self->matches = g_list_store_new (SAGE_TYPE_SEARCH_MATCH);
}

/**
 * sage_search_file_new:
 * @path: of a file
 * @relative: its path below the folder that is searched
 *
 * Returns: (transfer full): it, with nothing found in it yet
 */
SageSearchFile *
sage_search_file_new (const char *path,
                      const char *relative)
{
  SageSearchFile *self = g_object_new (SAGE_TYPE_SEARCH_FILE, NULL);

  self->file = g_file_new_for_path (path);
  self->relative = g_strdup (relative);

  return self;
}

/* Chooses all matches of it, or none. */
void
sage_search_file_set_chosen (SageSearchFile *self,
                             gboolean        chosen)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->matches));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr(SageSearchMatch) match = g_list_model_get_item (G_LIST_MODEL (self->matches), i);

      sage_search_match_set_chosen (match, chosen);
    }
}

/**
 * sage_search_file_count:
 * @self: a file
 * @n_chosen: (out) (optional): how many of its matches are to be replaced
 *
 * Returns: how many matches there are
 */
guint
sage_search_file_count (SageSearchFile *self,
                        guint          *n_chosen)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->matches));
  guint chosen = 0;

  for (guint i = 0; n_chosen != NULL && i < n; i++)
    {
      g_autoptr(SageSearchMatch) match = g_list_model_get_item (G_LIST_MODEL (self->matches), i);

      chosen += match->chosen;
    }
  if (n_chosen != NULL)
    *n_chosen = chosen;

  return n;
}
