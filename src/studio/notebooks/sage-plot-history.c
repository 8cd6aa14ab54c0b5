/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-plot-history"

#include "config.h"

#include <string.h>

#include "sage-json.h"
#include "sage-plot-history.h"
#include "sage-text.h"

#define MAX_PLOTS 200
#define MAX_BYTES ((gsize) 64 * 1024 * 1024) /* of all of them, as they came */

#define SEEN "sage-plot-seen" /* of an output: that the history has looked at it */

static const char * const mime_types[] = {
  "image/png", "image/jpeg", "image/svg+xml", "image/gif", "image/webp",
};

/* --- A picture -------------------------------------------------------------------------------- */

struct _SagePlot
{
  GObject  parent_instance;

  GBytes  *bytes;      /* (owned): as they came */
  char    *mime_type;  /* (owned) */
  char    *cell_id;    /* (owned) */
  char    *title;      /* (owned): the first line of the cell as it was */
  char    *display_id; /* (owned) (nullable) */
  gint64   count;      /* of the run; -1: not known */
  double   time;       /* seconds since the epoch; 0: before the notebook was opened */
};

G_DEFINE_FINAL_TYPE (SagePlot, sage_plot, G_TYPE_OBJECT)

static void
sage_plot_finalize (GObject *object)
{
  SagePlot *self = SAGE_PLOT (object);

  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self->mime_type);
  g_free (self->cell_id);
  g_free (self->title);
  g_free (self->display_id);

  G_OBJECT_CLASS (sage_plot_parent_class)->finalize (object);
}

static void
sage_plot_class_init (SagePlotClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sage_plot_finalize;
}

static void
sage_plot_init (SagePlot *self)
{
}

/* @datum: as it stands in a bundle */
static SagePlot *
plot_new (SageCell   *cell,
          const char *mime_type,
          const char *datum,
          double      time)
{
  SagePlot *self = g_object_new (SAGE_TYPE_PLOT, NULL);
  const char *source = sage_cell_get_source (cell);
  g_autofree char *line = g_strndup (source, strcspn (source, "\r\n"));
  gsize length;

  if (strcmp (mime_type, "image/svg+xml") == 0)
    self->bytes = g_bytes_new (datum, strlen (datum));
  else
    {
      guchar *data = g_base64_decode (datum, &length);

      self->bytes = g_bytes_new_take (data, length);
    }
  self->mime_type = g_strdup (mime_type);
  self->cell_id = g_strdup (sage_cell_get_id (cell));
  self->title = sage_text_shorten_end (line, SAGE_TEXT_MAX_LINE);
  self->count = sage_cell_get_execution_count (cell);
  self->time = time;

  return self;
}

/* Returns: (transfer none): the data of the picture, as they came */
GBytes *
sage_plot_get_bytes (SagePlot *self)
{
  g_return_val_if_fail (SAGE_IS_PLOT (self), NULL);

  return self->bytes;
}

const char *
sage_plot_get_mime_type (SagePlot *self)
{
  g_return_val_if_fail (SAGE_IS_PLOT (self), NULL);

  return self->mime_type;
}

const char *
sage_plot_get_cell_id (SagePlot *self)
{
  g_return_val_if_fail (SAGE_IS_PLOT (self), NULL);

  return self->cell_id;
}

/* The first line of the cell, as it was when it ran. */
const char *
sage_plot_get_title (SagePlot *self)
{
  g_return_val_if_fail (SAGE_IS_PLOT (self), NULL);

  return self->title;
}

/* The number of the run; -1 if it is not known. */
gint64
sage_plot_get_count (SagePlot *self)
{
  g_return_val_if_fail (SAGE_IS_PLOT (self), -1);

  return self->count;
}

/* When it was shown, in seconds since the epoch; 0: before the notebook was opened. */
double
sage_plot_get_time (SagePlot *self)
{
  g_return_val_if_fail (SAGE_IS_PLOT (self), 0);

  return self->time;
}

/* --- All of them ------------------------------------------------------------------------------ */

struct _SagePlotHistory
{
  GObject    parent_instance;

  GPtrArray *plots;   /* (owned): of SagePlot, the last one at the end */
  gsize      n_bytes; /* of them all */
};

static gpointer
get_item (GListModel *model,
          guint       position)
{
  SagePlotHistory *self = SAGE_PLOT_HISTORY (model);
  guint n = self->plots->len;

  return position < n ? g_object_ref (self->plots->pdata[n - 1 - position]) : NULL;
}

static guint
get_n_items (GListModel *model)
{
  return SAGE_PLOT_HISTORY (model)->plots->len;
}

static GType
get_item_type (GListModel *model)
{
  return SAGE_TYPE_PLOT;
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item = get_item;
  iface->get_n_items = get_n_items;
  iface->get_item_type = get_item_type;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (SagePlotHistory, sage_plot_history, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static void
sage_plot_history_finalize (GObject *object)
{
  g_ptr_array_unref (SAGE_PLOT_HISTORY (object)->plots);

  G_OBJECT_CLASS (sage_plot_history_parent_class)->finalize (object);
}

static void
sage_plot_history_class_init (SagePlotHistoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sage_plot_history_finalize;
}

static void
sage_plot_history_init (SagePlotHistory *self)
{
  self->plots = g_ptr_array_new_with_free_func (g_object_unref);
}

SagePlotHistory *
sage_plot_history_new (void)
{
  return g_object_new (SAGE_TYPE_PLOT_HISTORY, NULL);
}

/* @index: from the oldest one on */
static void
remove_plot (SagePlotHistory *self,
             guint            index)
{
  self->n_bytes -= g_bytes_get_size (((SagePlot *) self->plots->pdata[index])->bytes);
  g_ptr_array_remove_index (self->plots, index);
  g_list_model_items_changed (G_LIST_MODEL (self), self->plots->len - index, 1, 0);
}

/* @index: from the oldest one on; @plot is taken */
static void
insert_plot (SagePlotHistory *self,
             guint            index,
             SagePlot        *plot)
{
  self->n_bytes += g_bytes_get_size (plot->bytes);
  g_ptr_array_insert (self->plots, (int) index, plot);
  g_list_model_items_changed (G_LIST_MODEL (self), self->plots->len - 1 - index, 0, 1);
}

static void
forget_oldest (SagePlotHistory *self)
{
  while (self->plots->len > 1 && (self->plots->len > MAX_PLOTS || self->n_bytes > MAX_BYTES))
    remove_plot (self, 0);
}

/* A picture that a program moves is one: what it shows now. */
static void
remove_display (SagePlotHistory *self,
                const char      *display_id)
{
  for (guint i = self->plots->len; i > 0; i--)
    if (g_strcmp0 (((SagePlot *) self->plots->pdata[i - 1])->display_id, display_id) == 0)
      {
        remove_plot (self, i - 1);
        return;
      }
}

/**
 * sage_plot_history_take:
 * @self: a history
 * @cell: what ran
 * @content: of a message with a bundle: display_data, update_display_data, execute_result
 *
 * Keeps the picture that there is in it, if there is one.
 */
void
sage_plot_history_take (SagePlotHistory *self,
                        SageCell        *cell,
                        JsonObject      *content)
{
  JsonObject *data = sage_json_object (content, "data");
  JsonObject *transient = sage_json_object (content, "transient");
  const char *display_id = transient != NULL ? sage_json_string (transient, "display_id", NULL) : NULL;

  g_return_if_fail (SAGE_IS_PLOT_HISTORY (self));

  for (gsize i = 0; data != NULL && i < G_N_ELEMENTS (mime_types); i++)
    {
      const char *datum = sage_json_string (data, mime_types[i], NULL);
      SagePlot *plot;

      if (datum == NULL)
        continue;
      if (display_id != NULL)
        remove_display (self, display_id);
      plot = plot_new (cell, mime_types[i], datum, (double) g_get_real_time () / G_USEC_PER_SEC);
      plot->display_id = g_strdup (display_id);
      insert_plot (self, self->plots->len, plot);
      forget_oldest (self);
      return;
    }
}

/* --- What the file has ------------------------------------------------------------------------ */

static gboolean
has_plot (SagePlotHistory *self,
          SagePlot        *plot)
{
  for (guint i = 0; i < self->plots->len; i++)
    {
      SagePlot *known = self->plots->pdata[i];

      if (strcmp (known->cell_id, plot->cell_id) == 0 && g_bytes_equal (known->bytes, plot->bytes))
        return TRUE;
    }

  return FALSE;
}

/* Returns: (nullable): as what a bundle holds a picture */
static const char *
find_type (SageOutput *output)
{
  g_auto(GStrv) types = sage_output_list_types (output);

  for (gsize i = 0; i < G_N_ELEMENTS (mime_types); i++)
    if (g_strv_contains ((const char * const *) types, mime_types[i]))
      return mime_types[i];

  return NULL;
}

/* What a run here has put out was taken then, and may have been forgotten since. */
static gboolean
is_to_be_seen (SageOutput *output)
{
  SageOutputKind kind = sage_output_get_kind (output);

  return (kind == SAGE_OUTPUT_DISPLAY_DATA || kind == SAGE_OUTPUT_EXECUTE_RESULT)
         && !sage_output_is_own (output) && g_object_get_data (G_OBJECT (output), SEEN) == NULL;
}

/* As the oldest of all, if there is room for it. */
static void
add_saved_output (SagePlotHistory *self,
                  SageCell        *cell,
                  SageOutput      *output)
{
  const char *mime_type;
  g_autofree char *datum = NULL;
  g_autoptr(SagePlot) plot = NULL;

  if (!is_to_be_seen (output))
    return;

  g_object_set_data (G_OBJECT (output), SEEN, GINT_TO_POINTER (TRUE));
  mime_type = find_type (output);
  datum = mime_type != NULL ? sage_output_dup_datum (output, mime_type) : NULL;
  if (datum == NULL)
    return;

  plot = plot_new (cell, mime_type, datum, 0);
  if (self->n_bytes + g_bytes_get_size (plot->bytes) <= MAX_BYTES && !has_plot (self, plot))
    insert_plot (self, 0, g_steal_pointer (&plot));
}

/**
 * sage_plot_history_add_saved:
 * @self: a history
 * @notebook: the notebook, always the same one
 *
 * Adds the pictures that the notebook has and the history has not: those of runs before it was opened. Of
 * more than there is room for it takes the last ones. An output is looked at once, however often this is
 * called.
 */
void
sage_plot_history_add_saved (SagePlotHistory *self,
                             SageNotebook    *notebook)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (notebook));

  g_return_if_fail (SAGE_IS_PLOT_HISTORY (self));

  for (guint i = n; i > 0 && self->plots->len < MAX_PLOTS; i--)
    {
      SageCell *cell = sage_notebook_get_cell (notebook, i - 1);
      GListModel *outputs = sage_cell_get_outputs (cell);

      for (guint j = g_list_model_get_n_items (outputs); j > 0 && self->plots->len < MAX_PLOTS; j--)
        {
          g_autoptr(SageOutput) output = g_list_model_get_item (outputs, j - 1);

          add_saved_output (self, cell, output);
        }
    }
}
