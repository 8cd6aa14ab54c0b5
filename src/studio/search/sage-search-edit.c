/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-search-edit"

#include "config.h"

#include <string.h>

#include "sage-error.h"
#include "sage-search-edit.h"

/* The matches of a content, of which some are to be replaced. */
typedef struct
{
  const SageSearchPattern *pattern;
  const char              *replacement;
  GArray                  *places; /* of SageSearchPlace, in order */
  guint                    at;     /* the next of them */
  GArray                  *edits;  /* (owned): of SageSearchEdit, in order */
} Making;

static void
edit_clear (gpointer data)
{
  SageSearchEdit *edit = data;

  g_free (edit->before);
  g_free (edit->by);
}

static gboolean
make_in_part (guint       cell,
              gboolean    in_output,
              const char *text,
              gpointer    user_data)
{
  Making *making = user_data;
  SageScanFlags flags;
  g_autoptr(GArray) spans = NULL;

  if (making->at == making->places->len
      || g_array_index (making->places, SageSearchPlace, making->at).cell != cell)
    return making->at < making->places->len;

  spans = sage_search_pattern_scan (making->pattern, text, making->replacement, G_MAXUINT, NULL, &flags);
  for (guint i = 0; i < spans->len && making->at < making->places->len; i++)
    {
      const SageSearchPlace *place = &g_array_index (making->places, SageSearchPlace, making->at);
      SageSearchSpan *span = &g_array_index (spans, SageSearchSpan, i);
      SageSearchEdit edit = { cell, span->start, span->end, NULL, NULL };

      if (place->cell != cell || place->start != span->start || place->end != span->end)
        continue;
      edit.before = g_strndup (text + span->start, span->end - span->start);
      edit.by = g_steal_pointer (&span->by);
      g_array_append_val (making->edits, edit);
      making->at++;
    }

  return TRUE;
}

/**
 * sage_search_edits_make:
 * @content: what is to be changed
 * @pattern: what is replaced
 * @replacement: what takes its place; of an expression, with references to what matched
 * @places: of #SageSearchPlace, in order: the matches that are replaced
 *
 * Returns: (transfer full): of #SageSearchEdit, in order; %NULL with %SAGE_ERROR_CONFLICT if one of
 *   @places is no match any more
 */
GArray *
sage_search_edits_make (SageSearchContent        *content,
                        const SageSearchPattern  *pattern,
                        const char               *replacement,
                        GArray                   *places,
                        GError                  **error)
{
  Making making = { pattern, replacement, places, 0, NULL };

  making.edits = g_array_new (FALSE, FALSE, sizeof (SageSearchEdit));
  g_array_set_clear_func (making.edits, edit_clear);
  sage_search_content_foreach (content, FALSE, make_in_part, &making);
  if (making.at < places->len)
    {
      g_array_unref (making.edits);
      sage_throw (error, SAGE_ERROR_CONFLICT, "What was found is not there any more");
      return NULL;
    }

  return making.edits;
}

/* Returns: (transfer full): @text with the edits done */
char *
sage_search_edits_apply_to_text (GArray     *edits,
                                 const char *text)
{
  GString *out = g_string_sized_new (strlen (text) + 64);
  gsize from = 0;

  for (guint i = 0; i < edits->len; i++)
    {
      const SageSearchEdit *edit = &g_array_index (edits, SageSearchEdit, i);

      g_string_append_len (out, text + from, (gssize) (edit->start - from));
      g_string_append (out, edit->by);
      from = edit->end;
    }
  g_string_append (out, text + from);

  return g_string_free_and_steal (out);
}

/* From the last one on, so that the places of those before stay true. */
void
sage_search_edits_apply_to_notebook (GArray       *edits,
                                     SageNotebook *notebook)
{
  for (guint i = edits->len; i > 0; i--)
    {
      const SageSearchEdit *edit = &g_array_index (edits, SageSearchEdit, i - 1);

      sage_notebook_edit_source (notebook, sage_notebook_get_cell (notebook, edit->cell), edit->start,
                                 edit->end - edit->start, edit->by);
    }
}

/**
 * sage_search_edits_apply:
 * @edits: of #SageSearchEdit, made for @content
 * @content: what a file holds; it is changed
 *
 * Returns: (transfer full): what the file is to hold
 */
GBytes *
sage_search_edits_apply (GArray            *edits,
                         SageSearchContent *content)
{
  g_autofree char *text = NULL;
  char *data;
  gsize length;

  if (content->notebook != NULL)
    {
      sage_search_edits_apply_to_notebook (edits, content->notebook);
      return sage_notebook_serialise (content->notebook);
    }

  text = sage_search_edits_apply_to_text (edits, content->text);
  data = sage_text_encode (text, strlen (text), &content->coding, &length);

  return g_bytes_new_take (data, length);
}
