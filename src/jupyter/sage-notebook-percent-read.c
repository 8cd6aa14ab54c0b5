/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-percent"

#include "config.h"

#include <string.h>

#include "sage-error.h"
#include "sage-json.h"
#include "sage-notebook-percent.h"
#include "sage-notebook-private.h"
#include "sage-python-lines-private.h"

/* A cell while it is read. */
typedef struct
{
  SageCellKind  kind;
  JsonObject   *metadata;  /* (owned) */
  char         *language;  /* (owned) (nullable): of a cell magic */
  char         *arguments; /* (owned) (nullable): and what follows it */
  GPtrArray    *lines;     /* (owned) */
  guint         first;     /* of the script's lines: the marker, or the first where there is none */
  gboolean      is_marked;
} Cell;

static Cell *
cell_new (void)
{
  Cell *self = g_new0 (Cell, 1);

  self->kind = SAGE_CELL_CODE;
  self->metadata = json_object_new ();
  self->lines = g_ptr_array_new_with_free_func (g_free);

  return self;
}

static void
cell_free (gpointer data)
{
  Cell *self = data;

  json_object_unref (self->metadata);
  g_free (self->language);
  g_free (self->arguments);
  g_ptr_array_unref (self->lines);
  g_free (self);
}

/* Returns: (nullable): what follows "# %%" on a line that begins a cell */
static const char *
get_options (const char *line)
{
  const char *at = line;

  while (*at == ' ' || *at == '\t')
    at++;
  if (*at != '#')
    return NULL;
  at++;
  while (*at == ' ' || *at == '\t')
    at++;
  if (!g_str_has_prefix (at, "%%"))
    return NULL;
  at += 2;
  while (*at == '%')
    at++;

  return *at == '\0' || g_ascii_isspace (*at) ? at : NULL;
}

/* Takes "key=value" at @at. Returns: (nullable): what follows the value */
static const char *
take_option (Cell       *self,
             const char *at)
{
  const char *equals = at;
  g_autofree char *key = NULL;
  g_autoptr(JsonNode) node = NULL;
  SageJsonCursor cursor;
  SageJsonPiece value;

  while (g_ascii_isalnum (*equals) || (*equals != '\0' && strchr ("_.-", *equals) != NULL))
    equals++;
  if (equals == at || *equals != '=')
    return NULL;

  key = g_strndup (at, (gsize) (equals - at));
  sage_json_cursor_init (&cursor, equals + 1, strlen (equals + 1));
  if (!sage_json_cursor_value (&cursor, &value))
    return NULL;

  node = sage_json_piece_node (&value);
  if (strcmp (key, "language") == 0 && sage_json_piece_kind (&value) == '"')
    g_set_str (&self->language, json_node_get_string (node));
  else if (strcmp (key, "magic_args") == 0 && sage_json_piece_kind (&value) == '"')
    g_set_str (&self->arguments, json_node_get_string (node));
  else
    json_object_set_member (self->metadata, key, g_steal_pointer (&node));

  return cursor.at;
}

/* The options in jupytext's older way: one JSON object. */
static gboolean
take_object (Cell       *self,
             const char *at)
{
  SageJsonCursor cursor;
  SageJsonPiece value;
  g_autoptr(JsonNode) node = NULL;

  sage_json_cursor_init (&cursor, at, strlen (at));
  if (*at != '{' || !sage_json_cursor_value (&cursor, &value))
    return FALSE;

  node = sage_json_piece_node (&value);
  json_object_unref (self->metadata);
  self->metadata = json_node_dup_object (node);

  return TRUE;
}

/* "Title [markdown]" */
static void
take_title (Cell       *self,
            const char *text)
{
  static const struct
  {
    const char   *word;
    SageCellKind  kind;
  } kinds[] = {
    { "[markdown]", SAGE_CELL_MARKDOWN },
    { "[md]", SAGE_CELL_MARKDOWN },
    { "[raw]", SAGE_CELL_RAW },
    { "[code]", SAGE_CELL_CODE },
  };
  g_autofree char *title = g_strstrip (g_strdup (text));

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_has_suffix (title, kinds[i].word))
      {
        self->kind = kinds[i].kind;
        title[strlen (title) - strlen (kinds[i].word)] = '\0';
        g_strchomp (title);
        break;
      }
  if (*title != '\0')
    json_object_set_string_member (self->metadata, "title", title);
}

/* Reads a marker: a title, a type, and options to the end of the line. */
static void
take_options (Cell       *self,
              const char *options)
{
  const char *at = options;
  g_autofree char *title = NULL;

  while (*at != '\0')
    {
      const char *next;

      while (g_ascii_isspace (*at))
        at++;
      if (*at == '\0')
        break;
      next = take_option (self, at);
      if (title == NULL && (next != NULL || take_object (self, at)))
        title = g_strndup (options, (gsize) (at - options));
      if (next != NULL)
        at = next;
      else
        while (*at != '\0' && !g_ascii_isspace (*at))
          at++;
    }
  take_title (self, title != NULL ? title : options);
}

static gboolean
is_blank (const char *line)
{
  while (g_ascii_isspace (*line))
    line++;

  return *line == '\0';
}

/* Takes away what parts a cell from the next one: a blank line, or two as style guides want them around
 * a function; of more than two, one. */
static void
trim (Cell *self)
{
  guint blank = 0;

  while (blank < self->lines->len &&
         is_blank (g_ptr_array_index (self->lines, self->lines->len - 1 - blank)))
    blank++;
  if (blank > 0)
    g_ptr_array_set_size (self->lines, (int) (self->lines->len - (blank == 2 ? 2 : 1)));
}

/* Takes "# " away from each line. */
static void
uncomment_all (char **lines)
{
  for (char **line = lines; *line != NULL; line++)
    {
      char *text = sage_python_uncomment (*line);

      if (**line != '#')
        g_set_str (&text, *line); /* an indent is no comment's */
      g_free (*line);
      *line = text;
    }
}

/* Takes the quotes of """text""" away, which hold Markdown too. */
static gboolean
unquote (GPtrArray *lines)
{
  char *first = lines->len > 0 ? g_ptr_array_index (lines, 0) : NULL;
  char *last;

  if (first == NULL || !g_str_has_prefix (first, "\"\"\""))
    return FALSE;
  memmove (first, first + 3, strlen (first + 3) + 1);
  last = g_ptr_array_index (lines, lines->len - 1);
  if (g_str_has_suffix (last, "\"\"\""))
    last[strlen (last) - 3] = '\0';
  if (lines->len > 1 && *first == '\0')
    g_ptr_array_remove_index (lines, 0);
  if (lines->len > 1 && *last == '\0')
    g_ptr_array_remove_index (lines, lines->len - 1);

  return TRUE;
}

/* Returns: (transfer full): the cell's source */
static char *
get_source (Cell *self)
{
  g_autofree char *text = NULL;
  gboolean is_quoted = self->kind != SAGE_CELL_CODE && unquote (self->lines);
  char **lines;

  g_ptr_array_add (self->lines, NULL);
  lines = (char **) self->lines->pdata;
  if (self->language != NULL || (self->kind != SAGE_CELL_CODE && !is_quoted))
    uncomment_all (lines);
  else if (self->kind == SAGE_CELL_CODE)
    sage_python_swap_magics (lines, sage_python_uncomment);
  text = g_strjoinv ("\n", lines);

  if (self->language == NULL)
    return g_steal_pointer (&text);

  return g_strdup_printf ("%%%%%s%s%s\n%s", self->language, self->arguments != NULL ? " " : "",
                          self->arguments != NULL ? self->arguments : "", text);
}

static void
append_cell (GString             *out,
             Cell                *self,
             guint                number,
             const SageJsonStyle *style)
{
  g_autofree char *source = get_source (self);
  g_autofree char *metadata = sage_json_object_to_string (self->metadata);

  if (number > 0)
    g_string_append_c (out, ',');
  g_string_append_printf (out, "{\"cell_type\":\"%s\",", sage_cell_kind_name (self->kind));
  if (self->kind == SAGE_CELL_CODE)
    g_string_append (out, "\"execution_count\":null,");
  g_string_append_printf (out, "\"id\":\"%08x\",\"metadata\":%s,", g_random_int () / 100000 * 100000 + number,
                          metadata);
  if (self->kind == SAGE_CELL_CODE)
    g_string_append (out, "\"outputs\":[],");
  g_string_append (out, "\"source\":");
  sage_json_style_text (style, out, source, strlen (source), TRUE, 0);
  g_string_append_c (out, '}');
}

/* A scalar of YAML in one of its three ways. */
static char *
read_scalar (const char *text)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  SageJsonPiece piece = { stripped, strlen (stripped) };
  SageJsonCursor cursor;

  if (*stripped == '\'' && piece.length >= 2)
    {
      g_auto(GStrv) parts = NULL;

      stripped[piece.length - 1] = '\0';
      parts = g_strsplit (stripped + 1, "''", -1);
      return g_strjoinv ("'", parts);
    }
  sage_json_cursor_init (&cursor, stripped, piece.length);
  if (*stripped == '"' && sage_json_cursor_value (&cursor, &piece))
    return sage_json_piece_string (&piece);

  return g_steal_pointer (&stripped);
}

/* Reads the header's kernelspec. Returns: the line after the header */
static guint
read_header (char      **lines,
             JsonObject *metadata)
{
  guint i = 1;
  gboolean is_spec = FALSE;
  g_autoptr(JsonObject) spec = json_object_new ();

  if (lines[0] == NULL || strcmp (lines[0], "# ---") != 0)
    return 0;

  for (; lines[i] != NULL && strcmp (lines[i], "# ---") != 0; i++)
    {
      g_autofree char *key = NULL;
      g_autofree char *value = NULL;
      const char *colon = strchr (lines[i], ':');
      gboolean is_deep = g_str_has_prefix (lines[i], "#     ");

      if (*lines[i] != '#')
        return 0; /* no header: it does not end */
      if (!is_deep)
        is_spec = g_str_has_prefix (lines[i], "#   kernelspec:");
      if (!is_deep || !is_spec || colon == NULL)
        continue;
      key = g_strstrip (g_strndup (lines[i] + 1, (gsize) (colon - lines[i] - 1)));
      value = read_scalar (colon + 1);
      json_object_set_string_member (spec, key, value);
    }
  if (lines[i] == NULL)
    return 0;
  if (json_object_has_member (spec, "name"))
    {
      if (!json_object_has_member (spec, "display_name"))
        json_object_set_string_member (spec, "display_name",
                                       json_object_get_string_member (spec, "name"));
      json_object_set_object_member (metadata, "kernelspec", json_object_ref (spec));
    }

  return i + 1;
}

/* Adds a cell that begins with line @first. */
static Cell *
add_cell (GPtrArray *cells,
          guint      first,
          gboolean   is_marked)
{
  Cell *cell = cell_new ();

  cell->first = first;
  cell->is_marked = is_marked;
  g_ptr_array_add (cells, cell);

  return cell;
}

/* Cuts the script into cells, from line @first on. What stands before the first marker is code. */
static GPtrArray *
read_cells (char  **lines,
            guint   first)
{
  GPtrArray *cells = g_ptr_array_new_with_free_func (cell_free);
  SagePythonQuote quote = { 0 };
  Cell *cell = NULL;

  for (char **line = lines + first; *line != NULL; line++)
    {
      const char *options = quote.quote == '\0' ? get_options (*line) : NULL;

      if (options == NULL)
        {
          if (line[1] == NULL && **line == '\0')
            break; /* what follows the last line break is no line */
          if (cell == NULL && is_blank (*line))
            continue;
          if (cell == NULL)
            cell = add_cell (cells, (guint) (line - lines), FALSE);
          g_ptr_array_add (cell->lines, g_strdup (*line));
          sage_python_quote_pass (&quote, *line);
          continue;
        }

      if (cell != NULL)
        trim (cell);
      cell = add_cell (cells, (guint) (line - lines), TRUE);
      take_options (cell, options);
    }
  if (cell != NULL)
    trim (cell);

  return cells;
}

/* Cuts the text into lines, which are without their ends. @starts: (out) (nullable): at which byte each
 * of them begins, and after the last one where the text ends. */
static char **
cut_lines (const char  *text,
           GArray     **starts)
{
  char **lines = g_strsplit (text, "\n", -1);
  gsize at = 0;

  if (starts != NULL)
    *starts = g_array_new (FALSE, FALSE, sizeof (gsize));
  for (char **line = lines; *line != NULL; line++)
    {
      gsize length = strlen (*line);

      if (starts != NULL)
        g_array_append_val (*starts, at);
      at += length + 1;
      if (length > 0 && (*line)[length - 1] == '\r')
        (*line)[length - 1] = '\0';
    }
  at = strlen (text);
  if (starts != NULL)
    g_array_append_val (*starts, at);

  return lines;
}

/**
 * sage_notebook_percent_ranges:
 * @text: a Python script
 *
 * Says where the cells of a script are, as sage_notebook_from_percent() reads them. They follow one
 * another without a gap to the end of the text; before the first there is at most what is in no cell: a
 * header, or blank lines.
 *
 * Returns: (transfer full) (element-type SagePercentRange): the cells, in bytes of @text
 */
GArray *
sage_notebook_percent_ranges (const char *text)
{
  GArray *ranges = g_array_new (FALSE, FALSE, sizeof (SagePercentRange));
  g_autoptr(GArray) starts = NULL;
  g_auto(GStrv) lines = NULL;
  g_autoptr(JsonObject) metadata = json_object_new ();
  g_autoptr(GPtrArray) cells = NULL;

  g_return_val_if_fail (text != NULL, ranges);

  lines = cut_lines (text, &starts);
  cells = read_cells (lines, read_header (lines, metadata));
  for (guint i = 0; i < cells->len; i++)
    {
      const Cell *cell = g_ptr_array_index (cells, i);
      const Cell *next = i + 1 < cells->len ? g_ptr_array_index (cells, i + 1) : NULL;
      SagePercentRange range = { cell->kind, cell->is_marked, 0, 0, 0 };

      range.start = g_array_index (starts, gsize, cell->first);
      range.source = g_array_index (starts, gsize, cell->first + cell->is_marked);
      range.end = g_array_index (starts, gsize, next != NULL ? next->first : starts->len - 1);
      g_array_append_val (ranges, range);
    }

  return ranges;
}

/**
 * sage_notebook_from_percent:
 * @text: a Python script
 *
 * Reads a script in the percent format, of ours or jupytext's or written by hand. One without a marker is
 * one cell.
 *
 * Returns: (transfer full): a notebook of nbformat 4.5 with fresh ids, or %NULL with %SAGE_ERROR_SYNTAX
 *   where @text is not UTF-8
 */
SageNotebook *
sage_notebook_from_percent (const char  *text,
                            GError     **error)
{
  g_auto(GStrv) lines = NULL;
  g_autoptr(GPtrArray) cells = NULL;
  g_autoptr(JsonObject) metadata = json_object_new ();
  g_autofree char *metadata_text = NULL;
  g_autoptr(GString) compact = g_string_new ("{\"cells\":[");
  GString *out;
  g_autoptr(GBytes) bytes = NULL;
  SageJsonStyle style;
  SageJsonPiece piece;

  g_return_val_if_fail (text != NULL, NULL);

  if (!g_utf8_validate (text, -1, NULL))
    {
      sage_throw (error, SAGE_ERROR_SYNTAX, "The script is not UTF-8");
      return NULL;
    }

  lines = cut_lines (text, NULL);
  cells = read_cells (lines, read_header (lines, metadata));

  sage_json_style_init (&style);
  style.indent[0] = '\0';
  for (guint i = 0; i < cells->len; i++)
    append_cell (compact, g_ptr_array_index (cells, i), i, &style);
  metadata_text = sage_json_object_to_string (metadata);
  g_string_append_printf (compact, "],\"metadata\":%s,\"nbformat\":4,\"nbformat_minor\":5}", metadata_text);

  sage_json_style_init (&style);
  piece = (SageJsonPiece) { compact->str, compact->len };
  out = g_string_sized_new (compact->len * 2);
  sage_json_style_value (&style, out, &piece, 0);
  g_string_append_c (out, '\n');
  bytes = g_string_free_to_bytes (out);

  return sage_notebook_parse (bytes, error);
}
