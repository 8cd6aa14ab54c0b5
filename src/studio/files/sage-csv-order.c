/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-csv-order"

#include "config.h"

#include <math.h>
#include <string.h>

#include "sage-csv-order-private.h"
#include "sage-csv-reader.h"
#include "sage-natural.h"

#define CHECK_EVERY 256                             /* records, until it is asked whether to go on */
#define MAX_KEYS    ((gsize) 512 * 1024 * 1024)     /* bytes that sorting may take */

/* What there is of a field, in the order that they are shown in; nothing is last either way. */
typedef enum
{
  KEY_NUMBER,
  KEY_TEXT,
  KEY_NOTHING,
} KeyKind;

typedef struct
{
  guint64 record;
  union
  {
    double number;
    char  *text;  /* (owned) */
  };
  KeyKind kind;
} Key;

/* How keys are compared. */
typedef struct
{
  gboolean      descending;
  GCancellable *cancellable;
} Comparison;

void
sage_csv_order_free (SageCsvOrder *self)
{
  sage_csv_source_unref (self->source);
  g_free (self->filter);
  g_clear_pointer (&self->records, g_array_unref);
  g_free (self);
}

/* --- Filtering -------------------------------------------------------------------------------- */

/* Whether @needle, in small letters, is in @data; beyond ASCII letters are folded too. */
static gboolean
contains (const char *data,
          gsize       length,
          const char *needle)
{
  gsize n = strlen (needle);

  if (!g_str_is_ascii (needle))
    {
      g_autofree char *valid = g_utf8_make_valid (data, (gssize) length);
      g_autofree char *folded = g_utf8_casefold (valid, -1);

      return strstr (folded, needle) != NULL;
    }

  for (gsize i = 0; i + n <= length; i++)
    if (g_ascii_tolower (data[i]) == needle[0] && g_ascii_strncasecmp (data + i, needle, n) == 0)
      return TRUE;

  return FALSE;
}

static void
find_records (SageCsvOrder *self,
              GCancellable *cancellable)
{
  guint64 n = sage_csv_source_count (self->source);

  self->records = g_array_new (FALSE, FALSE, sizeof (guint64));
  for (guint64 record = self->first; record < n; record++)
    {
      gboolean literal;
      gsize length;
      g_autofree char *data = NULL;

      if (record % CHECK_EVERY == 0 && g_cancellable_is_cancelled (cancellable))
        return;
      if (self->filter != NULL)
        {
          data = sage_csv_source_read_record (self->source, record, &length, &literal);
          if (!contains (data, length, self->filter))
            continue;
        }
      g_array_append_val (self->records, record);
    }
}

/* --- Sorting ---------------------------------------------------------------------------------- */

static void
key_clear (gpointer data)
{
  Key *key = data;

  if (key->kind == KEY_TEXT)
    g_free (key->text);
}

/* Takes over @text. */
static void
key_init (Key     *key,
          guint64  record,
          char    *text,
          char     delimiter)
{
  key->record = record;
  key->kind = KEY_NOTHING;
  g_strstrip (text);
  if (sage_csv_parse_number (text, delimiter, &key->number))
    key->kind = isnan (key->number) ? KEY_NOTHING : KEY_NUMBER;
  else if (*text != '\0')
    {
      key->kind = KEY_TEXT;
      key->text = text;
      return;
    }
  g_free (text);
}

/* Equal ones stay as they are in the file. */
static int
compare_keys (gconstpointer a,
              gconstpointer b,
              gpointer      user_data)
{
  const Key *first = a;
  const Key *second = b;
  const Comparison *comparison = user_data;
  int result = 0;

  if (g_cancellable_is_cancelled (comparison->cancellable))
    return 0;

  if (first->kind == KEY_NOTHING || second->kind == KEY_NOTHING)
    {
      if (first->kind != second->kind)
        return first->kind == KEY_NOTHING ? 1 : -1;
    }
  else if (first->kind != second->kind)
    result = first->kind < second->kind ? -1 : 1;
  else if (first->kind == KEY_NUMBER)
    result = (first->number > second->number) - (first->number < second->number);
  else
    result = sage_natural_compare (first->text, second->text);

  if (result != 0)
    return comparison->descending ? -result : result;

  return (first->record > second->record) - (first->record < second->record);
}

/* Returns: (transfer full) (nullable): the keys of all records; %NULL if there is no room for them */
static GArray *
make_keys (SageCsvOrder *self,
           GCancellable *cancellable)
{
  GArray *keys = g_array_new (FALSE, FALSE, sizeof (Key));
  gsize used = 0;

  g_array_set_clear_func (keys, key_clear);
  for (guint i = 0; i < self->records->len; i++)
    {
      guint64 record = g_array_index (self->records, guint64, i);
      guint column = (guint) self->column;
      g_autoptr(GPtrArray) fields = sage_csv_source_split (self->source, record, column + 1);
      char *text = column < fields->len ? g_steal_pointer (&fields->pdata[column]) : g_strdup ("");
      Key key;

      key_init (&key, record, text, self->source->delimiter);
      g_array_append_val (keys, key);
      used += 2 * sizeof key + (key.kind == KEY_TEXT ? strlen (key.text) + 1 : 0);
      if (used > MAX_KEYS || (i % CHECK_EVERY == 0 && g_cancellable_is_cancelled (cancellable)))
        {
          g_array_unref (keys);
          return NULL;
        }
    }

  return keys;
}

static void
sort_records (SageCsvOrder *self,
              GCancellable *cancellable)
{
  Comparison comparison = { self->descending, cancellable };
  g_autoptr(GArray) keys = make_keys (self, cancellable);

  self->too_large = keys == NULL;
  if (keys == NULL)
    return;

  g_array_sort_with_data (keys, compare_keys, &comparison);
  for (guint i = 0; i < keys->len; i++)
    g_array_index (self->records, guint64, i) = g_array_index (keys, Key, i).record;
}

/* The task of a thread: finds what its SageCsvOrder asks for. */
void
sage_csv_order_find (GTask        *task,
                     gpointer      object,
                     gpointer      task_data,
                     GCancellable *cancellable)
{
  SageCsvOrder *self = task_data;

  find_records (self, cancellable);
  if (self->column >= 0 && !g_cancellable_is_cancelled (cancellable))
    sort_records (self, cancellable);
  g_task_return_boolean (task, TRUE);
}
