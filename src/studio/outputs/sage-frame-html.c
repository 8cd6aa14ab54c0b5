/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-frame-html"

#include "config.h"

#include <string.h>

#include "sage-frame.h"
#include "sage-html-reader.h"

/* What pandas' and Polars' data frames write, and nothing else: rows of cells that hold text. */

#define MAX_HEADER_ROWS 10
#define MAX_SPAN SAGE_FRAME_MAX_COLUMNS

typedef struct
{
  char     *text;    /* (owned): without the space around it */
  guint     columns; /* that it spans */
  guint     rows;
  gboolean  header;  /* th */
} Cell;

typedef struct
{
  GPtrArray *header;     /* of GArray of Cell: the rows of the head */
  GPtrArray *body;       /* likewise */
  gsize      n_cells;    /* places that the cells take */
  gint64     total_rows; /* as it says under the table; -1: it does not */
  gint64     total_columns;
} Table;

static void
cell_clear (gpointer data)
{
  g_clear_pointer (&((Cell *) data)->text, g_free);
}

static void
table_clear (Table *table)
{
  g_clear_pointer (&table->header, g_ptr_array_unref);
  g_clear_pointer (&table->body, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Table, table_clear)

/* --- Reading --------------------------------------------------------------------------------- */

static guint
read_span (SageHtmlReader *reader,
           const char     *attribute)
{
  const char *value = sage_html_reader_get (reader, attribute);
  guint64 span = value != NULL ? g_ascii_strtoull (value, NULL, 10) : 1;

  return (guint) CLAMP (span, 1, MAX_SPAN);
}

static gboolean
has_class (SageHtmlReader *reader,
           const char     *class)
{
  const char *value = sage_html_reader_get (reader, "class");
  g_auto(GStrv) classes = value != NULL ? g_strsplit_set (value, " \t\n", 32) : NULL;

  return classes != NULL && g_strv_contains ((const char * const *) classes, class);
}

/* The text up to the end of a cell. Returns: whether there was nothing else in it */
static gboolean
read_cell (SageHtmlReader *reader,
           GArray         *row)
{
  Cell cell = { NULL, read_span (reader, "colspan"), read_span (reader, "rowspan"),
                reader->name[1] == 'h' };
  g_autoptr(GString) text = g_string_new (NULL);
  char end[SAGE_HTML_MAX_NAME];

  g_strlcpy (end, reader->name, sizeof end);
  while (sage_html_reader_next (reader))
    {
      if (reader->kind == SAGE_HTML_TEXT)
        g_string_append (text, reader->text->str);
      else if (reader->kind == SAGE_HTML_END && strcmp (reader->name, end) == 0)
        {
          cell.text = g_strstrip (g_string_free_and_steal (g_steal_pointer (&text)));
          g_array_append_val (row, cell);
          return TRUE;
        }
      else if (reader->kind == SAGE_HTML_START && strcmp (reader->name, "br") == 0)
        g_string_append_c (text, ' ');
      else
        return FALSE; /* markup of its own: for a browser */
    }

  return FALSE;
}

static gboolean
read_row (SageHtmlReader *reader,
          Table          *table,
          GPtrArray      *rows)
{
  GArray *row = g_array_new (FALSE, FALSE, sizeof (Cell));

  g_array_set_clear_func (row, cell_clear);
  g_ptr_array_add (rows, row);
  while (sage_html_reader_next (reader))
    {
      if (reader->kind == SAGE_HTML_TEXT)
        continue; /* the space between cells */
      if (reader->kind == SAGE_HTML_END && strcmp (reader->name, "tr") == 0)
        return TRUE;
      if (reader->kind != SAGE_HTML_START ||
          (strcmp (reader->name, "td") != 0 && strcmp (reader->name, "th") != 0) ||
          row->len >= SAGE_FRAME_MAX_COLUMNS || !read_cell (reader, row))
        return FALSE;
      table->n_cells += (gsize) g_array_index (row, Cell, row->len - 1).columns *
                        g_array_index (row, Cell, row->len - 1).rows;
      if (table->n_cells > SAGE_FRAME_MAX_CELLS)
        return FALSE;
    }

  return FALSE;
}

static gboolean
read_table (SageHtmlReader *reader,
            Table          *table)
{
  GPtrArray *rows = table->body;

  while (sage_html_reader_next (reader))
    {
      gboolean start = reader->kind == SAGE_HTML_START;

      if (reader->kind == SAGE_HTML_TEXT)
        continue;
      if (strcmp (reader->name, "thead") == 0)
        rows = start ? table->header : table->body;
      else if (start && strcmp (reader->name, "tr") == 0)
        {
          if (!read_row (reader, table, rows))
            return FALSE;
        }
      else if (!start && strcmp (reader->name, "table") == 0)
        return TRUE;
      else if (strcmp (reader->name, "tbody") != 0)
        return FALSE;
    }

  return FALSE;
}

/* Two numbers in a text of a fixed form. */
static gboolean
read_pair (const char *text,
           const char *before,
           const char *between,
           const char *after,
           guint64    *first,
           guint64    *second)
{
  char *end;

  if (!g_str_has_prefix (text, before) || !g_ascii_isdigit (text[strlen (before)]))
    return FALSE;
  *first = g_ascii_strtoull (text + strlen (before), &end, 10);
  if (!g_str_has_prefix (end, between) || !g_ascii_isdigit (end[strlen (between)]))
    return FALSE;
  *second = g_ascii_strtoull (end + strlen (between), &end, 10);

  return strcmp (end, after) == 0;
}

/* "10000 rows × 20 columns", or as Polars has it, "shape: (10_000, 20)". */
static gboolean
read_total (const char *text,
            Table      *table)
{
  g_auto(GStrv) parts = g_strsplit (text, "_", 16);
  g_autofree char *plain = g_strjoinv (NULL, parts);
  guint64 rows;
  guint64 columns;

  if (!read_pair (text, "", " rows × ", " columns", &rows, &columns) &&
      !read_pair (plain, "shape: (", ", ", ")", &rows, &columns))
    return FALSE;

  table->total_rows = (gint64) MIN (rows, G_MAXINT64);
  table->total_columns = (gint64) MIN (columns, G_MAXINT64);

  return TRUE;
}

/* Around the table: a division, its style, and "10000 rows × 20 columns" in a paragraph. */
static gboolean
read_document (SageHtmlReader *reader,
               Table          *table)
{
  gboolean found = FALSE;

  while (sage_html_reader_next (reader))
    {
      if (reader->kind == SAGE_HTML_START && strcmp (reader->name, "table") == 0)
        {
          if (found || !has_class (reader, "dataframe") || !read_table (reader, table))
            return FALSE;
          found = TRUE;
        }
      else if (reader->kind == SAGE_HTML_TEXT)
        {
          char *text = g_strstrip (reader->text->str);

          if (text[0] != '\0' && !read_total (text, table))
            return FALSE; /* more than a table */
        }
      else if (strcmp (reader->name, "div") != 0 && strcmp (reader->name, "style") != 0 &&
               strcmp (reader->name, "p") != 0 && strcmp (reader->name, "small") != 0)
        return FALSE;
    }

  return found && table->body->len + table->header->len > 0;
}

/* --- Laying out ------------------------------------------------------------------------------ */

static const Cell *
get_cell (GPtrArray *rows,
          guint      row,
          guint      index)
{
  GArray *cells = g_ptr_array_index (rows, row);

  return index < cells->len ? &g_array_index (cells, Cell, index) : NULL;
}

/* The texts of some rows as a grid: what spans several places stands in each. */
static GPtrArray *
spread (GPtrArray *rows,
        guint      n_columns)
{
  GPtrArray *grid = g_ptr_array_new ();

  g_ptr_array_set_size (grid, (int) (rows->len * n_columns));
  for (guint row = 0; row < rows->len; row++)
    {
      guint column = 0;
      const Cell *cell;

      for (guint i = 0; (cell = get_cell (rows, row, i)) != NULL; i++)
        {
          while (column < n_columns && grid->pdata[row * n_columns + column] != NULL)
            column++;
          for (guint y = row; y < MIN (row + cell->rows, rows->len); y++)
            for (guint x = column; x < MIN (column + cell->columns, n_columns); x++)
              grid->pdata[y * n_columns + x] = cell->text;
          column = MIN (column + cell->columns, n_columns);
        }
    }

  return grid;
}

static guint
count_columns (Table *table)
{
  GPtrArray *rows = table->header->len > 0 ? table->header : table->body;
  guint n = 0;
  const Cell *cell;

  for (guint i = 0; (cell = get_cell (rows, 0, i)) != NULL; i++)
    n += cell->columns;

  return n;
}

/* The columns that the first row of the body has before its first value. */
static guint
count_index (Table *table)
{
  guint n = 0;
  const Cell *cell;

  for (guint i = 0; table->body->len > 0 && (cell = get_cell (table->body, 0, i)) != NULL &&
                    cell->header; i++)
    n += cell->columns;

  return n;
}

/* Whether the last row of the head names the index only: then it is no level of the columns. */
static gboolean
names_index (GPtrArray *grid,
             guint      row,
             guint      n_columns,
             guint      n_index)
{
  gboolean named = FALSE;

  for (guint i = 0; i < n_columns; i++)
    {
      const char *text = grid->pdata[row * n_columns + i];
      gboolean empty = text == NULL || text[0] == '\0';

      if (i >= n_index && !empty)
        return FALSE;
      named = named || !empty;
    }

  return named && row > 0;
}

static void
set_names (SageFrame *frame,
           GPtrArray *grid,
           guint      n_rows,
           guint      n_columns,
           guint      n_index)
{
  gboolean index_row = n_rows > 0 && names_index (grid, n_rows - 1, n_columns, n_index);

  for (guint column = 0; column < n_columns; column++)
    {
      g_autoptr(GString) name = g_string_new (NULL);
      guint first = column < n_index && index_row ? n_rows - 1 : 0;
      guint end = index_row && column >= n_index ? n_rows - 1 : n_rows;

      for (guint row = first; row < end; row++)
        {
          const char *text = grid->pdata[row * n_columns + column];

          if (text != NULL && text[0] != '\0')
            g_string_append_printf (name, "%s%s", name->len > 0 ? " / " : "", text);
        }
      sage_frame_set_name (frame, column, name->str);
    }
}

/* Where rows or columns are left out, there are dots all along. */
static gboolean
is_gap (const char * const *cells,
        guint               n,
        gsize               step)
{
  for (guint i = 0; i < n; i++)
    if (cells[i * step] == NULL ||
        (strcmp (cells[i * step], "...") != 0 && strcmp (cells[i * step], "…") != 0))
      return FALSE;

  return n > 0;
}

static SageFrame *
build (Table *table)
{
  guint n_columns = count_columns (table);
  guint n_index = count_index (table);
  guint n_rows = table->body->len;
  g_autoptr(GPtrArray) head = NULL;
  g_autoptr(GPtrArray) body = NULL;
  g_autoptr(GPtrArray) kept = g_ptr_array_new ();
  SageFrame *frame;
  guint gap;

  if (n_columns == 0 || n_columns > SAGE_FRAME_MAX_COLUMNS || n_index > n_columns ||
      table->header->len > MAX_HEADER_ROWS || (guint64) n_rows * n_columns > SAGE_FRAME_MAX_CELLS)
    return NULL;

  head = spread (table->header, n_columns);
  body = spread (table->body, n_columns);
  for (gap = n_index; gap < n_columns; gap++)
    if (is_gap ((const char * const *) body->pdata + gap, n_rows, n_columns) && n_columns > 2)
      break;
  gap = table->total_columns >= 0 ? gap : n_columns;
  frame = sage_frame_new (n_columns, n_index);
  set_names (frame, head, table->header->len, n_columns, n_index);
  if (gap < n_columns)
    sage_frame_set_name (frame, gap, "\xe2\x80\xa6");
  for (guint row = 0; row < n_rows; row++)
    {
      const char * const *cells = (const char * const *) body->pdata + (gsize) row * n_columns;

      if (table->total_rows < 0 || !is_gap (cells, n_columns, 1))
        sage_frame_add_row (frame, cells);
    }
  sage_frame_set_total (frame, table->total_rows, table->total_columns);
  sage_frame_finish (frame);

  return frame;
}

/**
 * sage_frame_new_from_html:
 * @html: any bytes
 * @length: how many
 *
 * Reads the HTML that pandas writes of a DataFrame.
 *
 * Returns: (transfer full) (nullable): the table; %NULL if it is anything else
 */
SageFrame *
sage_frame_new_from_html (const char *html,
                          gsize       length)
{
  g_auto(SageHtmlReader) reader = { 0 };
  g_auto(Table) table = {
    g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref),
    g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref),
    0, -1, -1,
  };

  sage_html_reader_init (&reader, html, length);
  if (!read_document (&reader, &table))
    return NULL;

  return build (&table);
}
