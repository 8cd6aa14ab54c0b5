/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-csv-index"

#include "config.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sage-csv-index.h"
#include "sage-csv-order-private.h"
#include "sage-csv-reader.h"
#include "sage-error.h"

#define HEAD (64 * 1024)      /* that tells the delimiter and the names of the columns */
#define COUNT_COLUMNS 100000  /* beyond which they are not even counted */

struct _SageCsvRow
{
  GObject    parent_instance;

  guint64    number; /* from one on, the heading not counted */
  GPtrArray *fields; /* (owned): of text */
  char       delimiter;
};

G_DEFINE_FINAL_TYPE (SageCsvRow, sage_csv_row, G_TYPE_OBJECT)

struct _SageCsvIndex
{
  GObject       parent_instance;

  SageCsvSource       *source;      /* (owned) */
  GCancellable *reading;     /* (owned) */
  GCancellable *ordering;    /* (owned) (nullable) */
  char         *filter;      /* (owned) (nullable): folded to small letters */
  int           column;      /* that the rows are to be sorted by; -1 */
  gboolean      descending;
  gboolean      too_large;   /* for that */
  GArray       *order;       /* (owned) (nullable): of guint64, the records that are shown */
  GStrv         titles;      /* (owned) */
  guint         n_columns;   /* that there are in the first record */
  gboolean      heading;     /* the first record is one */
  guint         n_items;     /* as was last said */
  gboolean      busy;
  guint         update_id;
};

typedef enum
{
  PROP_BUSY = 1,
  PROP_ROWS,
} SageCsvIndexProperty;

static GParamSpec *properties[PROP_ROWS + 1];

static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SageCsvIndex, sage_csv_index, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

/* --- What is shown ---------------------------------------------------------------------------- */

static guint
count_items (SageCsvIndex *self)
{
  guint64 n = sage_csv_source_count (self->source);

  if (self->order != NULL)
    return self->order->len;

  return (guint) MIN (n > 0 ? n - self->heading : 0, G_MAXUINT - 1);
}

static void
set_busy (SageCsvIndex *self,
          gboolean      busy)
{
  if (self->busy != busy)
    {
      self->busy = busy;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
    }
}

/* Tells of the rows that have been found since. */
static void
grow (SageCsvIndex *self)
{
  guint before = self->n_items;

  self->n_items = count_items (self);
  if (self->n_items > before)
    g_list_model_items_changed (G_LIST_MODEL (self), before, 0, self->n_items - before);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROWS]);
}

static void
replace_all (SageCsvIndex *self)
{
  guint before = self->n_items;

  self->n_items = count_items (self);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, before, self->n_items);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROWS]);
}

static gboolean
update_cb (gpointer user_data)
{
  SageCsvIndex *self = user_data;

  if (self->order == NULL)
    grow (self);

  return G_SOURCE_CONTINUE;
}

static void
ordered_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  SageCsvIndex *self = SAGE_CSV_INDEX (object);
  SageCsvOrder *order = g_task_get_task_data (G_TASK (result));

  if (g_cancellable_is_cancelled (g_task_get_cancellable (G_TASK (result))))
    return;

  g_clear_pointer (&self->order, g_array_unref);
  self->order = g_steal_pointer (&order->records);
  self->too_large = order->too_large;
  replace_all (self);
  set_busy (self, FALSE);
}

static gboolean
is_ordered (SageCsvIndex *self)
{
  return self->filter != NULL || self->column >= 0;
}

static void
start_order (SageCsvIndex *self)
{
  g_autoptr(GTask) task = NULL;
  SageCsvOrder *order = g_new0 (SageCsvOrder, 1);

  order->source = sage_csv_source_ref (self->source);
  order->filter = g_strdup (self->filter);
  order->first = self->heading;
  order->column = self->column;
  order->descending = self->descending;
  self->ordering = g_cancellable_new ();
  set_busy (self, TRUE);
  task = g_task_new (self, self->ordering, ordered_cb, NULL);
  g_task_set_source_tag (task, start_order);
  g_task_set_task_data (task, order, (GDestroyNotify) sage_csv_order_free);
  g_task_run_in_thread (task, sage_csv_order_find);
}

/* The filter or the sort is another one. */
static void
order_anew (SageCsvIndex *self)
{
  g_cancellable_cancel (self->ordering);
  g_clear_object (&self->ordering);
  self->too_large = FALSE;
  if (is_ordered (self))
    {
      if (self->update_id == 0) /* else it begins when all of it has been read */
        start_order (self);
      return;
    }

  if (self->order != NULL)
    {
      g_clear_pointer (&self->order, g_array_unref);
      replace_all (self);
    }
  set_busy (self, self->update_id != 0);
}

static void
read_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  SageCsvIndex *self = SAGE_CSV_INDEX (object);

  g_clear_handle_id (&self->update_id, g_source_remove);
  if (g_cancellable_is_cancelled (self->reading))
    return;

  if (is_ordered (self))
    start_order (self);
  else
    {
      set_busy (self, FALSE);
      grow (self);
    }
}

static GType
get_item_type (GListModel *model)
{
  return SAGE_TYPE_CSV_ROW;
}

static guint
get_n_items (GListModel *model)
{
  return SAGE_CSV_INDEX (model)->n_items;
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  SageCsvIndex *self = SAGE_CSV_INDEX (model);
  SageCsvRow *row;
  guint64 record;

  if (position >= self->n_items)
    return NULL;

  record = self->order != NULL ? g_array_index (self->order, guint64, position)
                                 : (guint64) position + self->heading;
  row = g_object_new (SAGE_TYPE_CSV_ROW, NULL);
  row->number = record + 1 - self->heading;
  row->delimiter = self->source->delimiter;
  row->fields = sage_csv_source_split (self->source, record, MIN (self->n_columns, SAGE_CSV_MAX_COLUMNS));

  return row;
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* --- The objects ------------------------------------------------------------------------------ */

static void
sage_csv_row_finalize (GObject *object)
{
  g_clear_pointer (&SAGE_CSV_ROW (object)->fields, g_ptr_array_unref);

  G_OBJECT_CLASS (sage_csv_row_parent_class)->finalize (object);
}

static void
sage_csv_row_class_init (SageCsvRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sage_csv_row_finalize;
}

static void
sage_csv_row_init (SageCsvRow *self)
{
}

/**
 * sage_csv_index_close:
 * @self: an index that is not shown any more
 *
 * Ends what reads for it, which would keep it otherwise until all is read.
 */
void
sage_csv_index_close (SageCsvIndex *self)
{
  g_return_if_fail (SAGE_IS_CSV_INDEX (self));

  g_cancellable_cancel (self->reading);
  g_cancellable_cancel (self->ordering);
  g_clear_handle_id (&self->update_id, g_source_remove);
}

static void
sage_csv_index_dispose (GObject *object)
{
  SageCsvIndex *self = SAGE_CSV_INDEX (object);

  sage_csv_index_close (self);
  g_clear_object (&self->reading);
  g_clear_object (&self->ordering);

  G_OBJECT_CLASS (sage_csv_index_parent_class)->dispose (object);
}

static void
sage_csv_index_finalize (GObject *object)
{
  SageCsvIndex *self = SAGE_CSV_INDEX (object);

  sage_csv_source_unref (self->source);
  g_clear_pointer (&self->order, g_array_unref);
  g_free (self->filter);
  g_strfreev (self->titles);

  G_OBJECT_CLASS (sage_csv_index_parent_class)->finalize (object);
}

static void
sage_csv_index_get_property (GObject    *object,
                             guint       prop_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  SageCsvIndex *self = SAGE_CSV_INDEX (object);

  switch ((SageCsvIndexProperty) prop_id)
    {
    case PROP_BUSY:
      g_value_set_boolean (value, self->busy);
      break;
    case PROP_ROWS:
      g_value_set_uint64 (value, sage_csv_index_get_rows (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_csv_index_class_init (SageCsvIndexClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = sage_csv_index_dispose;
  object_class->finalize = sage_csv_index_finalize;
  object_class->get_property = sage_csv_index_get_property;

  properties[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, flags);
  properties[PROP_ROWS] = g_param_spec_uint64 ("rows", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
sage_csv_index_init (SageCsvIndex *self)
{
  self->column = -1;
}

/* Finds out what the columns are, from the beginning of the table. */
static void
read_head (SageCsvIndex *self)
{
  SageCsvSource *source = self->source;
  g_autofree char *head = g_malloc (SAGE_CSV_MAX_RECORD);
  gsize n = sage_csv_source_read (source, 0, head, SAGE_CSV_MAX_RECORD);
  gsize skip = n >= 3 && memcmp (head, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
  g_autoptr(GArray) starts = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr(GPtrArray) fields = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GStrvBuilder) titles = g_strv_builder_new ();
  SageCsvScanner scanner;
  gsize end;

  source->delimiter = sage_csv_guess_delimiter (head + skip, MIN (n - skip, HEAD));
  sage_csv_scanner_init (&scanner, source->delimiter);
  sage_csv_scanner_feed (&scanner, head + skip, n - skip, 0, starts);
  end = starts->len > 1 ? g_array_index (starts, guint64, 1) : n - skip;
  sage_csv_split (head + skip, end, source->delimiter, FALSE, COUNT_COLUMNS, fields);
  self->n_columns = fields->len;
  self->heading = n > skip && sage_csv_is_heading (fields);
  for (guint i = 0; i < MIN (fields->len, SAGE_CSV_MAX_COLUMNS); i++)
    {
      g_autofree char *number = g_strdup_printf ("%u", i + 1);

      g_strv_builder_add (titles, self->heading ? fields->pdata[i] : number);
    }
  self->titles = g_strv_builder_end (titles);
}

static SageCsvIndex *
start (SageCsvSource *source)
{
  SageCsvIndex *self = g_object_new (SAGE_TYPE_CSV_INDEX, NULL);
  g_autoptr(GTask) task = NULL;

  self->source = source;
  read_head (self);

  self->busy = TRUE;
  self->reading = g_cancellable_new ();
  self->update_id = g_timeout_add (100, update_cb, self);
  task = g_task_new (self, self->reading, read_cb, NULL);
  g_task_set_source_tag (task, start);
  g_task_set_task_data (task, sage_csv_source_ref (source), sage_csv_source_unref);
  g_task_run_in_thread (task, sage_csv_source_scan);

  return self;
}

/**
 * sage_csv_index_new_for_bytes:
 * @bytes: a table
 *
 * Returns: (transfer full): the index of it, which fills by and by
 */
SageCsvIndex *
sage_csv_index_new_for_bytes (GBytes *bytes)
{
  return start (sage_csv_source_new (bytes, -1, (goffset) g_bytes_get_size (bytes)));
}

/**
 * sage_csv_index_new_for_file:
 * @path: a regular file, however large
 *
 * Returns: (transfer full): the index of the table in it; %NULL with @error set
 */
SageCsvIndex *
sage_csv_index_new_for_file (const char  *path,
                             GError     **error)
{
  struct stat info;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

  if (fd < 0 || fstat (fd, &info) != 0 || !S_ISREG (info.st_mode))
    {
      if (fd < 0)
        sage_throw_errno (error, "Cannot open '%s'", path);
      else
        {
          sage_throw (error, SAGE_ERROR_INVALID, "'%s' is not a regular file", path);
          close (fd);
        }
      return NULL;
    }

  return start (sage_csv_source_new (NULL, fd, info.st_size));
}

/* Returns: (transfer none): the names of the columns that are shown */
const char * const *
sage_csv_index_get_titles (SageCsvIndex *self)
{
  g_return_val_if_fail (SAGE_IS_CSV_INDEX (self), NULL);

  return (const char * const *) self->titles;
}

/* Returns: how many columns there are; %SAGE_CSV_MAX_COLUMNS of them are shown */
guint
sage_csv_index_get_n_columns (SageCsvIndex *self)
{
  g_return_val_if_fail (SAGE_IS_CSV_INDEX (self), 0);

  return self->n_columns;
}

/* Returns: how many rows have been found, the heading not counted */
guint64
sage_csv_index_get_rows (SageCsvIndex *self)
{
  guint64 n;

  g_return_val_if_fail (SAGE_IS_CSV_INDEX (self), 0);

  n = sage_csv_source_count (self->source);

  return n > 0 ? n - self->heading : 0;
}

/* Returns: the number of the row with a quote that is never closed; 0 if there is none */
guint64
sage_csv_index_get_broken_row (SageCsvIndex *self)
{
  g_autoptr(GMutexLocker) locker = NULL;

  g_return_val_if_fail (SAGE_IS_CSV_INDEX (self), 0);

  locker = g_mutex_locker_new (&self->source->lock);

  return self->source->literal ? self->source->literal_row + 1 - self->heading : 0;
}

gboolean
sage_csv_index_get_busy (SageCsvIndex *self)
{
  g_return_val_if_fail (SAGE_IS_CSV_INDEX (self), FALSE);

  return self->busy;
}

/**
 * sage_csv_index_set_filter:
 * @self: an index
 * @text: (nullable): what a row must contain to be shown, in whatever letters; empty shows all
 */
void
sage_csv_index_set_filter (SageCsvIndex *self,
                           const char   *text)
{
  g_return_if_fail (SAGE_IS_CSV_INDEX (self));

  g_clear_pointer (&self->filter, g_free);
  if (text != NULL && *text != '\0')
    self->filter = g_utf8_casefold (text, -1);
  order_anew (self);
}

/**
 * sage_csv_index_set_sort:
 * @self: an index
 * @column: which column the rows are sorted by, from zero on; -1 shows them as they are in the file
 * @descending: the largest first
 *
 * Numbers are sorted as numbers and come before text; rows with nothing in the column are last either
 * way, and equal ones stay as they are in the file. It is done when "busy" is %FALSE again.
 */
void
sage_csv_index_set_sort (SageCsvIndex *self,
                         int           column,
                         gboolean      descending)
{
  g_return_if_fail (SAGE_IS_CSV_INDEX (self));

  if (self->column == column && (self->descending == descending || column < 0))
    return;
  self->column = column;
  self->descending = descending;
  order_anew (self);
}

/* Returns: whether the table is too large to be sorted, so that the rows are as they are in the file */
gboolean
sage_csv_index_is_too_large (SageCsvIndex *self)
{
  g_return_val_if_fail (SAGE_IS_CSV_INDEX (self), FALSE);

  return self->too_large;
}

guint64
sage_csv_row_get_number (SageCsvRow *self)
{
  g_return_val_if_fail (SAGE_IS_CSV_ROW (self), 0);

  return self->number;
}

/* Returns: (transfer none): what stands in a column; nothing where the row is shorter */
const char *
sage_csv_row_get_field (SageCsvRow *self,
                        guint       column)
{
  g_return_val_if_fail (SAGE_IS_CSV_ROW (self), "");

  return column < self->fields->len ? self->fields->pdata[column] : "";
}

/* Returns: whether what stands there is a number, as sorting has it */
gboolean
sage_csv_row_is_number (SageCsvRow *self,
                        guint       column)
{
  double value;

  g_return_val_if_fail (SAGE_IS_CSV_ROW (self), FALSE);

  return sage_csv_parse_number (sage_csv_row_get_field (self, column), self->delimiter, &value);
}
