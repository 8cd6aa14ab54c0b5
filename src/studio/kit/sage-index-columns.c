/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-index-page"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-index-page-private.h"
#include "sage-natural.h"
#include "sage-time.h"

/* The columns of SageIndexPage: what they show of a row, how they order rows, which are shown. */

#define CHECK_WIDTH 36
#define NAME_WIDTH 220 /* that names need at least before columns behind them go */
#define FREE_WIDTH 150 /* about that of a column that is as wide as what is in it */

typedef double (*GetTime) (SageResource *row);

static GetTime
find_time (const char *property)
{
  if (g_strcmp0 (property, "modified") == 0)
    return sage_resource_get_modified;
  if (g_strcmp0 (property, "ended") == 0)
    return sage_resource_get_ended;

  return sage_resource_get_created;
}

/* How long a row took or takes, in seconds; -1 if it is not known. */
static double
get_duration (SageResource *row)
{
  double created = sage_resource_get_created (row);
  double ended = sage_resource_get_ended (row);

  if (created <= 0)
    return -1;
  if (ended <= 0)
    return sage_resource_get_state (row) == SAGE_STATE_RUNNING
             ? MAX (sage_time_now () - created, 0) : -1;

  return MAX (ended - created, 0);
}

/* What a column of times or durations shows, in seconds; none is not above 0. */
double
sage_index_column_time (SageIndexColumn *column,
                        SageResource    *row)
{
  if (column->info->kind == SAGE_COLUMN_DURATION)
    return get_duration (row);

  return find_time (column->info->property) (row);
}

/* Returns: (transfer full) (nullable): what a column of texts shows */
char *
sage_index_column_text (SageIndexColumn *column,
                        SageResource    *row)
{
  char *text = NULL;

  if (column->info->text != NULL)
    return column->info->text (column->page, row);
  if (column->info->property != NULL)
    g_object_get (row, column->info->property, &text, NULL);

  return text;
}

static int
compare_numbers (double a,
                 double b)
{
  return (a > b) - (a < b);
}

/* What wants a person comes first. */
static int
state_rank (SageResource *row)
{
  static const int ranks[] = {
    [SAGE_STATE_WAITING] = 0, [SAGE_STATE_BAD] = 1,  [SAGE_STATE_RUNNING] = 2,
    [SAGE_STATE_GOOD] = 3,    [SAGE_STATE_IDLE] = 4, [SAGE_STATE_NONE] = 5,
  };

  return ranks[sage_resource_get_state (row)];
}

static int
compare_states (SageResource *a,
                SageResource *b)
{
  int result = state_rank (a) - state_rank (b);

  return result != 0 ? result
                     : strcmp (sage_resource_get_status (a), sage_resource_get_status (b));
}

/* Ages ascend: the newest is the least old. What has no time comes last. */
static int
compare_ages (SageIndexColumn *column,
              SageResource    *a,
              SageResource    *b)
{
  return compare_numbers (sage_index_column_time (column, b), sage_index_column_time (column, a));
}

static int
compare_durations (SageResource *a,
                   SageResource *b)
{
  double duration_a = get_duration (a);
  double duration_b = get_duration (b);

  return compare_numbers (duration_a < 0 ? G_MAXDOUBLE : duration_a,
                          duration_b < 0 ? G_MAXDOUBLE : duration_b);
}

static int
compare_texts (SageIndexColumn *column,
               SageResource    *a,
               SageResource    *b)
{
  g_autofree char *text_a = sage_index_column_text (column, a);
  g_autofree char *text_b = sage_index_column_text (column, b);

  return sage_natural_compare (text_a, text_b);
}

static int
compare_rows (gconstpointer a,
              gconstpointer b,
              gpointer      user_data)
{
  SageIndexColumn *column = user_data;
  SageResource *row_a = (SageResource *) a;
  SageResource *row_b = (SageResource *) b;

  if (column->info->compare != NULL)
    return column->info->compare (row_a, row_b);

  switch (column->info->kind)
    {
    case SAGE_COLUMN_NAME:
      return sage_natural_compare (sage_resource_get_title (row_a), sage_resource_get_title (row_b));
    case SAGE_COLUMN_STATE:
      return compare_states (row_a, row_b);
    case SAGE_COLUMN_TIME:
      return compare_ages (column, row_a, row_b);
    case SAGE_COLUMN_DURATION:
      return compare_durations (row_a, row_b);
    case SAGE_COLUMN_TEXT:
      return compare_texts (column, row_a, row_b);
    case SAGE_COLUMN_CUSTOM:
    default:
      return 0;
    }
}

/* What so many px of normal text are in the size of text that the user has chosen. */
static int
scale_width (int width)
{
  return adw_length_unit_to_px (ADW_LENGTH_UNIT_SP, width, gtk_settings_get_default ());
}

/* How wide a column is to begin with, in px; -1 for what is in it. */
int
sage_index_column_width (const SageColumn *info)
{
  if (info->width > 0)
    return scale_width (info->width);

  switch (info->kind)
    {
    case SAGE_COLUMN_STATE:
      return scale_width (190);
    case SAGE_COLUMN_TIME:
      return scale_width (120);
    case SAGE_COLUMN_DURATION:
      return scale_width (110);
    case SAGE_COLUMN_NAME:
    case SAGE_COLUMN_TEXT:
    case SAGE_COLUMN_CUSTOM:
    default:
      return -1;
    }
}

void
sage_index_column_free (gpointer data)
{
  SageIndexColumn *column = data;

  g_object_unref (column->column);
  g_free (column);
}

static SageIndexColumn *
make_column (SageIndexPage    *self,
             const SageColumn *info)
{
  SageIndexColumn *column = g_new0 (SageIndexColumn, 1);

  column->page = self;
  column->info = info;
  column->shown = info != NULL && !info->hidden;
  column->column = gtk_column_view_column_new (info != NULL ? _(info->title) : NULL,
                                               sage_index_cell_factory (column));

  return column;
}

SageIndexColumn *
sage_index_page_find_column (SageIndexPage *self,
                             const char    *id)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);

  for (guint i = 0; i < priv->columns->len; i++)
    {
      SageIndexColumn *column = g_ptr_array_index (priv->columns, i);

      if (g_strcmp0 (column->info->id, id) == 0)
        return column;
    }

  return NULL;
}

/*
 * Which of the columns there is room for, as a bit for each: those behind go first. Once the user has
 * chosen what to see, all of that is shown, and scrolled to where it does not fit.
 */
static guint64
find_fitting (SageIndexPage *self)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  GListModel *columns = gtk_column_view_get_columns (GTK_COLUMN_VIEW (priv->view));
  double room = priv->width - CHECK_WIDTH;
  guint64 fitting = 0;
  guint index;

  if (priv->chosen || priv->width <= 0)
    return G_MAXUINT64;

  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr(GtkColumnViewColumn) each = g_list_model_get_item (columns, i);
      const char *id = gtk_column_view_column_get_id (each);
      SageIndexColumn *column = id != NULL ? sage_index_page_find_column (self, id) : NULL;
      int width = gtk_column_view_column_get_fixed_width (each);

      if (column == NULL || !column->shown || !g_ptr_array_find (priv->columns, column, &index))
        continue;
      room -= width > 0 ? width : scale_width (index == 0 ? NAME_WIDTH : FREE_WIDTH);
      if (room >= 0 || index == 0)
        fitting |= G_GUINT64_CONSTANT (1) << MIN (index, 63);
    }

  return fitting;
}

/* Shows the columns that there is room for, and one for all of them where there is none. */
void
sage_index_page_update_columns (SageIndexPage *self)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  GtkWidget *header = gtk_widget_get_first_child (priv->view);
  guint64 fitting = find_fitting (self);

  gtk_column_view_column_set_visible (priv->narrow->column, priv->is_narrow);
  gtk_column_view_column_set_visible (priv->checks->column, !priv->is_narrow || priv->is_selecting);
  for (guint i = 0; i < priv->columns->len; i++)
    {
      SageIndexColumn *column = g_ptr_array_index (priv->columns, i);
      GAction *action = g_action_map_lookup_action (G_ACTION_MAP (priv->column_actions),
                                                    column->info->id);
      gboolean fits = (fitting & (G_GUINT64_CONSTANT (1) << MIN (i, 63))) != 0;

      gtk_column_view_column_set_visible (column->column,
                                          column->shown && fits && !priv->is_narrow);
      if (action != NULL)
        g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_boolean (column->shown));
    }

  /* There is no call for it, and titles of columns that are not there would stand above the rows. */
  if (header != NULL && strcmp (gtk_widget_get_css_name (header), "header") == 0)
    gtk_widget_set_visible (header, !priv->is_narrow);
}

static gboolean
fit_cb (gpointer user_data)
{
  sage_index_page_private (user_data)->fit = 0;
  sage_index_page_update_columns (user_data);

  return G_SOURCE_REMOVE;
}

/* In the midst of an allocation it is too late for other columns. */
static void
width_cb (SageIndexPage *self,
          GParamSpec    *pspec,
          GtkAdjustment *adjustment)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);

  priv->width = gtk_adjustment_get_page_size (adjustment);
  if (priv->fit == 0)
    priv->fit = g_idle_add_full (G_PRIORITY_HIGH_IDLE, fit_cb, self, NULL);
}

/* The columns that every list has: a check, and the one that shows a row on two lines. */
void
sage_index_page_init_columns (SageIndexPage *self)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);

  priv->checks = make_column (self, NULL);
  gtk_column_view_column_set_fixed_width (priv->checks->column, CHECK_WIDTH);

  priv->narrow = make_column (self, NULL);
  gtk_column_view_column_set_expand (priv->narrow->column, TRUE);
  gtk_column_view_column_set_visible (priv->narrow->column, FALSE);

  g_signal_connect_object (gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (priv->scroller)),
                           "notify::page-size", G_CALLBACK (width_cb), self, G_CONNECT_SWAPPED);
  gtk_column_view_append_column (GTK_COLUMN_VIEW (priv->view), priv->checks->column);
  gtk_column_view_append_column (GTK_COLUMN_VIEW (priv->view), priv->narrow->column);
}

static void
column_action_cb (GSimpleAction   *action,
                  GVariant        *value,
                  SageIndexColumn *column)
{
  column->shown = g_variant_get_boolean (value);
  sage_index_page_private (column->page)->chosen = TRUE;
  sage_index_page_update_columns (column->page);
}

/* Returns: (transfer full): the menu of each header: which columns there are */
static GMenuModel *
make_header_menu (SageIndexPage *self)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  g_autoptr(GMenu) columns = g_menu_new ();
  g_autoptr(GMenu) reset = g_menu_new ();
  GMenu *menu = g_menu_new ();

  /* The names always stay. */
  for (guint i = 1; i < priv->columns->len; i++)
    {
      SageIndexColumn *column = g_ptr_array_index (priv->columns, i);
      g_autofree char *action = g_strconcat ("columns.", column->info->id, NULL);

      g_menu_append (columns, _(column->info->title), action);
    }
  g_menu_append (reset, _("Reset columns"), "index.reset-columns");
  g_menu_append_section (menu, _("Columns"), G_MENU_MODEL (columns));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (reset));

  return G_MENU_MODEL (menu);
}

static void
add_action (SageIndexColumn *column)
{
  SageIndexPagePrivate *priv = sage_index_page_private (column->page);
  g_autoptr(GSimpleAction) action = NULL;

  action = g_simple_action_new_stateful (column->info->id, NULL,
                                         g_variant_new_boolean (column->shown));
  g_signal_connect (action, "change-state", G_CALLBACK (column_action_cb), column);
  g_action_map_add_action (G_ACTION_MAP (priv->column_actions), G_ACTION (action));
}

static void
add_key (SageIndexPagePrivate *priv,
         const SageColumn     *column)
{
  SageFilterKey key = { column->id, SAGE_FILTER_SPAN };

  if (column->kind == SAGE_COLUMN_TEXT)
    key.kind = SAGE_FILTER_TEXT;
  else if (column->kind != SAGE_COLUMN_TIME && column->kind != SAGE_COLUMN_DURATION)
    return;
  for (guint i = 0; i < priv->keys->len; i++)
    if (strcmp (g_array_index (priv->keys, SageFilterKey, i).name, key.name) == 0)
      return;

  g_array_append_val (priv->keys, key);
}

/**
 * sage_index_page_add_column:
 * @self: a page
 * @column: what to show of the rows; it must outlive the page
 *
 * Adds a column behind those that are there.
 */
void
sage_index_page_add_column (SageIndexPage    *self,
                            const SageColumn *column)
{
  SageIndexPagePrivate *priv;
  SageIndexColumn *made;
  g_autoptr(GMenuModel) menu = NULL;

  g_return_if_fail (SAGE_IS_INDEX_PAGE (self));
  g_return_if_fail (column != NULL && column->id != NULL && column->title != NULL);

  priv = sage_index_page_private (self);
  made = make_column (self, column);
  g_ptr_array_add (priv->columns, made);
  add_key (priv, column);

  gtk_column_view_column_set_id (made->column, column->id);
  gtk_column_view_column_set_resizable (made->column, TRUE);
  gtk_column_view_column_set_expand (made->column, column->expand);
  gtk_column_view_column_set_fixed_width (made->column, sage_index_column_width (column));
  if (column->kind != SAGE_COLUMN_CUSTOM || column->compare != NULL)
    {
      g_autoptr(GtkCustomSorter) sorter = gtk_custom_sorter_new (compare_rows, made, NULL);

      gtk_column_view_column_set_sorter (made->column, GTK_SORTER (sorter));
    }
  gtk_column_view_append_column (GTK_COLUMN_VIEW (priv->view), made->column);

  if (priv->columns->len > 1)
    add_action (made);
  menu = make_header_menu (self);
  for (guint i = 0; i < priv->columns->len; i++)
    {
      SageIndexColumn *each = g_ptr_array_index (priv->columns, i);

      gtk_column_view_column_set_header_menu (each->column, menu);
    }
  sage_index_page_update_columns (self);
}
