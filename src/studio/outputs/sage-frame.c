/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-frame"

#include "config.h"

#include <math.h>
#include <string.h>

#include "sage-frame.h"

typedef struct
{
  char          *name;    /* (owned) */
  SageFrameKind  kind;
  GArray        *numbers; /* of double, a row each; NaN is missing; (nullable): of numbers only */
} Column;

struct _SageFrame
{
  GObject       parent_instance;

  guint         n_columns;
  guint         n_index;
  gint64        total_rows;    /* of what this is an excerpt; -1: not known */
  gint64        total_columns; /* likewise */
  Column       *columns;
  GPtrArray    *cells;         /* of char, row by row, in `strings` */
  GStringChunk *strings;
};

G_DEFINE_FINAL_TYPE (SageFrame, sage_frame, G_TYPE_OBJECT)

static void
sage_frame_finalize (GObject *object)
{
  SageFrame *self = SAGE_FRAME (object);

  for (guint i = 0; i < self->n_columns; i++)
    {
      g_free (self->columns[i].name);
      g_clear_pointer (&self->columns[i].numbers, g_array_unref);
    }
  g_free (self->columns);
  g_ptr_array_unref (self->cells);
  g_string_chunk_free (self->strings);

  G_OBJECT_CLASS (sage_frame_parent_class)->finalize (object);
}

static void
sage_frame_class_init (SageFrameClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sage_frame_finalize;
}

static void
sage_frame_init (SageFrame *self)
{
  self->total_rows = self->total_columns = -1;
  self->cells = g_ptr_array_new ();
  self->strings = g_string_chunk_new (4096);
}

/**
 * sage_frame_new:
 * @n_columns: how many columns, those of the index included
 * @n_index: how many of them, from the first, are the index
 *
 * Returns: (transfer full): a table without rows; sage_frame_finish() ends its making
 */
SageFrame *
sage_frame_new (guint n_columns,
                guint n_index)
{
  SageFrame *self = g_object_new (SAGE_TYPE_FRAME, NULL);

  g_return_val_if_fail (n_columns > 0 && n_columns <= SAGE_FRAME_MAX_COLUMNS, NULL);
  g_return_val_if_fail (n_index <= n_columns, NULL);

  self->n_columns = n_columns;
  self->n_index = n_index;
  self->columns = g_new0 (Column, n_columns);
  for (guint i = 0; i < n_columns; i++)
    self->columns[i].name = g_strdup ("");

  return self;
}

void
sage_frame_set_name (SageFrame  *self,
                     guint       column,
                     const char *name)
{
  g_return_if_fail (SAGE_IS_FRAME (self) && column < self->n_columns);

  g_set_str (&self->columns[column].name, name);
}

/* @cells: as many as there are columns; NULL is a missing value */
void
sage_frame_add_row (SageFrame          *self,
                    const char * const *cells)
{
  g_return_if_fail (SAGE_IS_FRAME (self));

  for (guint i = 0; i < self->n_columns; i++)
    g_ptr_array_add (self->cells, cells[i] != NULL
                                    ? g_string_chunk_insert_const (self->strings, cells[i]) : NULL);
}

/* What the table is an excerpt of, as the program says; -1: it does not say. */
void
sage_frame_set_total (SageFrame *self,
                      gint64     rows,
                      gint64     columns)
{
  g_return_if_fail (SAGE_IS_FRAME (self));

  self->total_rows = rows;
  self->total_columns = columns;
}

/* --- Kinds ----------------------------------------------------------------------------------- */

/* How pandas writes that there is no value. */
static gboolean
is_missing_text (const char *text)
{
  static const char * const words[] = { "", "NaN", "nan", "None", "NaT", "<NA>", "null" };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (strcmp (text, words[i]) == 0)
      return TRUE;

  return FALSE;
}

/* A number with digits, maybe grouped by commas. Returns: whether @text is one */
static gboolean
parse_number (const char *text,
              double     *number)
{
  char plain[64];
  gsize length = 0;
  char *end;

  for (const char *at = text; *at != '\0'; at++)
    {
      if (length + 1 == sizeof plain)
        return FALSE;
      if (*at == ',' && at > text && g_ascii_isdigit (at[1]))
        continue;
      if (!g_ascii_isdigit (*at) && strchr ("+-.eEinfIN", *at) == NULL)
        return FALSE;
      plain[length++] = *at;
    }
  plain[length] = '\0';
  if (length == 0)
    return FALSE;

  *number = g_ascii_strtod (plain, &end);

  return *end == '\0' && !isnan (*number);
}

static gboolean
is_boolean (const char *text)
{
  return strcmp (text, "True") == 0 || strcmp (text, "False") == 0 || strcmp (text, "true") == 0 ||
         strcmp (text, "false") == 0;
}

static void
find_kind (SageFrame *self,
           guint      index)
{
  Column *column = &self->columns[index];
  g_autoptr(GArray) numbers = g_array_new (FALSE, FALSE, sizeof (double));
  gboolean numeric = TRUE;
  gboolean boolean = TRUE;
  guint n_values = 0;

  for (guint row = 0; row < sage_frame_get_n_rows (self) && (numeric || boolean); row++)
    {
      const char *text = sage_frame_get_cell (self, row, index);
      double number = NAN;

      if (text != NULL && !is_missing_text (text))
        {
          n_values++;
          boolean = boolean && is_boolean (text);
          numeric = numeric && parse_number (text, &number);
        }
      g_array_append_val (numbers, number);
    }

  column->kind = SAGE_FRAME_TEXT;
  if (n_values > 0 && numeric)
    {
      column->kind = SAGE_FRAME_NUMBER;
      column->numbers = g_steal_pointer (&numbers);
    }
  else if (n_values > 0 && boolean)
    column->kind = SAGE_FRAME_BOOLEAN;
}

/* All rows were added: finds what the columns hold. */
void
sage_frame_finish (SageFrame *self)
{
  g_return_if_fail (SAGE_IS_FRAME (self));

  for (guint i = 0; i < self->n_columns; i++)
    find_kind (self, i);
}

/* --- What it holds --------------------------------------------------------------------------- */

guint
sage_frame_get_n_rows (SageFrame *self)
{
  return self->cells->len / self->n_columns;
}

guint
sage_frame_get_n_columns (SageFrame *self)
{
  return self->n_columns;
}

guint
sage_frame_get_n_index (SageFrame *self)
{
  return self->n_index;
}

/* Returns: how many rows the whole table has that this is an excerpt of; -1 if it is not known */
gint64
sage_frame_get_total_rows (SageFrame *self)
{
  return self->total_rows;
}

gint64
sage_frame_get_total_columns (SageFrame *self)
{
  return self->total_columns;
}

const char *
sage_frame_get_name (SageFrame *self,
                     guint      column)
{
  g_return_val_if_fail (column < self->n_columns, "");

  return self->columns[column].name;
}

SageFrameKind
sage_frame_get_kind (SageFrame *self,
                     guint      column)
{
  g_return_val_if_fail (column < self->n_columns, SAGE_FRAME_TEXT);

  return self->columns[column].kind;
}

/* Returns: (transfer none) (nullable): what stands there */
const char *
sage_frame_get_cell (SageFrame *self,
                     guint      row,
                     guint      column)
{
  g_return_val_if_fail (row < sage_frame_get_n_rows (self) && column < self->n_columns, NULL);

  return g_ptr_array_index (self->cells, row * self->n_columns + column);
}

gboolean
sage_frame_is_missing (SageFrame *self,
                       guint      row,
                       guint      column)
{
  const char *text = sage_frame_get_cell (self, row, column);

  return text == NULL || is_missing_text (text);
}

/* Orders two rows by a column: numbers by their size, texts as people do; missing values last. */
int
sage_frame_compare (SageFrame *self,
                    guint      column,
                    guint      a,
                    guint      b)
{
  gboolean no_a = sage_frame_is_missing (self, a, column);
  gboolean no_b = sage_frame_is_missing (self, b, column);

  if (no_a || no_b)
    return (int) no_a - (int) no_b;
  if (self->columns[column].kind == SAGE_FRAME_NUMBER)
    {
      double first = g_array_index (self->columns[column].numbers, double, a);
      double second = g_array_index (self->columns[column].numbers, double, b);

      return (first > second) - (first < second);
    }

  return g_utf8_collate (sage_frame_get_cell (self, a, column),
                         sage_frame_get_cell (self, b, column));
}

/* @needle: casefolded. Returns: whether a cell of the row has it in it */
gboolean
sage_frame_matches (SageFrame  *self,
                    guint       row,
                    const char *needle)
{
  for (guint i = 0; i < self->n_columns; i++)
    {
      const char *text = sage_frame_get_cell (self, row, i);
      g_autofree char *folded = text != NULL ? g_utf8_casefold (text, -1) : NULL;

      if (folded != NULL && strstr (folded, needle) != NULL)
        return TRUE;
    }

  return FALSE;
}

/* --- Statistics ------------------------------------------------------------------------------ */

static void
add_number (SageFrameStatistics *statistics,
            double               number)
{
  /* Welford's running mean: no sum that overflows */
  statistics->mean += (number - statistics->mean) / statistics->count;
  statistics->min = MIN (statistics->min, number);
  statistics->max = MAX (statistics->max, number);
}

/**
 * sage_frame_get_statistics:
 * @self: a table
 * @column: one of its columns
 * @statistics: (out caller-allocates): what its values come to
 *
 * Counts over the rows that the table has; of an excerpt, that is not all.
 */
void
sage_frame_get_statistics (SageFrame           *self,
                           guint                column,
                           SageFrameStatistics *statistics)
{
  g_autoptr(GHashTable) distinct = g_hash_table_new (g_str_hash, g_str_equal);
  const GArray *numbers = self->columns[column].numbers;

  memset (statistics, 0, sizeof *statistics);
  statistics->min = INFINITY;
  statistics->max = -INFINITY;
  for (guint row = 0; row < sage_frame_get_n_rows (self); row++)
    {
      const char *text = sage_frame_get_cell (self, row, column);

      if (sage_frame_is_missing (self, row, column))
        {
          statistics->missing++;
          continue;
        }
      statistics->count++;
      g_hash_table_add (distinct, (gpointer) text);
      if (numbers != NULL)
        add_number (statistics, g_array_index (numbers, double, row));
      if (statistics->first == NULL || g_utf8_collate (text, statistics->first) < 0)
        statistics->first = text;
      if (statistics->last == NULL || g_utf8_collate (text, statistics->last) > 0)
        statistics->last = text;
    }
  statistics->distinct = g_hash_table_size (distinct);
}

/* --- CSV ------------------------------------------------------------------------------------- */

/* A field as RFC 4180 has it. */
static void
append_field (GString    *out,
              const char *text)
{
  if (text == NULL)
    return;
  if (strpbrk (text, ",\"\r\n") == NULL)
    {
      g_string_append (out, text);
      return;
    }

  g_string_append_c (out, '"');
  for (; *text != '\0'; text++)
    {
      if (*text == '"')
        g_string_append_c (out, '"');
      g_string_append_c (out, *text);
    }
  g_string_append_c (out, '"');
}

/**
 * sage_frame_to_csv:
 * @self: a table
 * @rows: (nullable): a list of SageFrameRow in the order wanted; %NULL for all
 *
 * Returns: (transfer full): the rows as CSV, under the names of the columns
 */
char *
sage_frame_to_csv (SageFrame  *self,
                   GListModel *rows)
{
  GString *out = g_string_new (NULL);
  guint n = rows != NULL ? g_list_model_get_n_items (rows) : sage_frame_get_n_rows (self);

  for (guint i = 0; i < self->n_columns; i++)
    {
      append_field (out, self->columns[i].name);
      g_string_append_c (out, i + 1 < self->n_columns ? ',' : '\n');
    }
  for (guint i = 0; i < n; i++)
    {
      g_autoptr(SageFrameRow) row = rows != NULL ? g_list_model_get_item (rows, i) : NULL;
      guint number = row != NULL ? sage_frame_row_get_number (row) : i;

      for (guint column = 0; column < self->n_columns; column++)
        {
          if (!sage_frame_is_missing (self, number, column))
            append_field (out, sage_frame_get_cell (self, number, column));
          g_string_append_c (out, column + 1 < self->n_columns ? ',' : '\n');
        }
    }

  return g_string_free_and_steal (out);
}

/* --- Rows ------------------------------------------------------------------------------------ */

struct _SageFrameRow
{
  GObject parent_instance;

  guint   number;
};

G_DEFINE_FINAL_TYPE (SageFrameRow, sage_frame_row, G_TYPE_OBJECT)

static void
sage_frame_row_class_init (SageFrameRowClass *klass)
{
}

static void
sage_frame_row_init (SageFrameRow *self)
{
}

guint
sage_frame_row_get_number (SageFrameRow *self)
{
  g_return_val_if_fail (SAGE_IS_FRAME_ROW (self), 0);

  return self->number;
}

/* Returns: (transfer full): a list of all rows */
GListModel *
sage_frame_list_rows (SageFrame *self)
{
  GListStore *list = g_list_store_new (SAGE_TYPE_FRAME_ROW);
  guint n = sage_frame_get_n_rows (self);
  g_autoptr(GPtrArray) rows = g_ptr_array_new_full (n, g_object_unref);

  for (guint i = 0; i < n; i++)
    {
      SageFrameRow *row = g_object_new (SAGE_TYPE_FRAME_ROW, NULL);

      row->number = i;
      g_ptr_array_add (rows, row);
    }
  g_list_store_splice (list, 0, 0, rows->pdata, n);

  return G_LIST_MODEL (list);
}
