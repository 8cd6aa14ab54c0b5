/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-index-page"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-index-page-private.h"
#include "sage-time.h"
#include "sage-undo.h"
#include "sage-words.h"

/* What is typed into the search of SageIndexPage, and the toggles of the states beside it. */

#define REFILTER_SECONDS 30 /* how exact ages are */
#define ANNOUNCE_MS 800     /* after the last letter typed */

/* The keys that every list has; those of its columns follow. */
enum
{
  KEY_NAME,
  KEY_STATUS,
  KEY_STATE,
  KEY_KIND,
  KEY_CREATED,
  KEY_MODIFIED,
  KEY_ENDED,
  KEY_DURATION,
  N_KEYS,
};

static const SageFilterKey common_keys[N_KEYS] = {
  [KEY_NAME] = { "name", SAGE_FILTER_TEXT },       [KEY_STATUS] = { "status", SAGE_FILTER_TEXT },
  [KEY_STATE] = { "state", SAGE_FILTER_TEXT },     [KEY_KIND] = { "kind", SAGE_FILTER_TEXT },
  [KEY_CREATED] = { "created", SAGE_FILTER_SPAN }, [KEY_MODIFIED] = { "modified", SAGE_FILTER_SPAN },
  [KEY_ENDED] = { "ended", SAGE_FILTER_SPAN },     [KEY_DURATION] = { "duration", SAGE_FILTER_SPAN },
};

/* In the order of their toggles: what is under way, what wants a person, what is over. */
static const struct
{
  SageState   state;
  const char *name; /* in filters and in what is remembered */
  const char *word;
} states[] = {
  { SAGE_STATE_RUNNING, "running", N_("Running") },
  { SAGE_STATE_WAITING, "waiting", N_("Waiting") },
  { SAGE_STATE_BAD, "failed", N_("Failed") },
  { SAGE_STATE_GOOD, "succeeded", N_("Succeeded") },
  { SAGE_STATE_IDLE, "stopped", N_("Stopped") },
};

static const char *
state_word (SageIndexPagePrivate *priv,
            guint                 index)
{
  const char *word = priv->state_words[states[index].state];

  return word != NULL ? word : _(states[index].word);
}

static gboolean
status_has (SageResource     *row,
            const SageNeedle *needle)
{
  const char *status = sage_resource_get_status (row);
  const char *approval = sage_resource_get_approval (row);

  return sage_needle_in (needle, status) || sage_needle_in (needle, sage_words_status (status))
         || (approval != NULL && (sage_needle_in (needle, approval)
                                  || sage_needle_in (needle, sage_words_status (approval))));
}

static gboolean
state_has (SageIndexPagePrivate *priv,
           SageResource         *row,
           const SageNeedle     *needle)
{
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (states[i].state == sage_resource_get_state (row))
      return sage_needle_in (needle, states[i].name)
             || sage_needle_in (needle, state_word (priv, i));

  return FALSE;
}

static gboolean
column_has (SageIndexColumn  *column,
            SageResource     *row,
            const SageNeedle *needle)
{
  g_autofree char *text = NULL;

  if (column == NULL || column->info->kind != SAGE_COLUMN_TEXT)
    return FALSE;

  text = sage_index_column_text (column, row);

  return sage_needle_in (needle, text);
}

/* Words without a key are looked for in the name, the texts of the columns, and ARNs if they are one. */
static gboolean
anything_has (SageIndexPagePrivate *priv,
              SageResource         *row,
              const SageNeedle     *needle)
{
  if (sage_needle_in (needle, sage_resource_get_name (row)))
    return TRUE;
  if (g_str_has_prefix (sage_needle_get_text (needle), "arn:"))
    return sage_needle_in (needle, sage_resource_get_arn (row));

  for (guint i = 0; i < priv->columns->len; i++)
    if (column_has (g_ptr_array_index (priv->columns, i), row, needle))
      return TRUE;

  return FALSE;
}

typedef struct
{
  SageIndexPage        *page;
  SageIndexPagePrivate *priv;
  SageResource         *row;
} Thing;

static gboolean
has_text (gpointer          thing,
          int               key,
          const SageNeedle *needle)
{
  SageIndexPagePrivate *priv = ((Thing *) thing)->priv;
  SageResource *row = ((Thing *) thing)->row;

  switch (key)
    {
    case -1:
      return anything_has (priv, row, needle);
    case KEY_NAME:
      return sage_needle_in (needle, sage_resource_get_name (row));
    case KEY_STATUS:
      return status_has (row, needle);
    case KEY_STATE:
      return state_has (priv, row, needle);
    case KEY_KIND:
      return sage_needle_in (needle, sage_kind_info (sage_resource_get_kind (row))->id)
             || sage_needle_in (needle, sage_words_kind (sage_resource_get_kind (row)));
    default:
      return column_has (sage_index_page_find_column (
                           ((Thing *) thing)->page,
                           g_array_index (priv->keys, SageFilterKey, key).name),
                         row, needle);
    }
}

static gboolean
get_age (double  time,
         double *seconds)
{
  *seconds = MAX (sage_time_now () - time, 0);

  return time > 0;
}

static gboolean
get_span (gpointer  thing,
          int       key,
          double   *seconds)
{
  SageIndexPagePrivate *priv = ((Thing *) thing)->priv;
  SageResource *row = ((Thing *) thing)->row;
  double created = sage_resource_get_created (row);
  double ended = sage_resource_get_ended (row);

  switch (key)
    {
    case KEY_CREATED:
      return get_age (created, seconds);
    case KEY_MODIFIED:
      return get_age (sage_resource_get_modified (row), seconds);
    case KEY_ENDED:
      return get_age (ended, seconds);
    case KEY_DURATION:
      *seconds = ended > 0 ? ended - created : sage_time_now () - created;
      return created > 0
             && (ended > 0 || sage_resource_get_state (row) == SAGE_STATE_RUNNING);
    default:
      return get_age (sage_index_column_time (
                        sage_index_page_find_column (
                          ((Thing *) thing)->page,
                          g_array_index (priv->keys, SageFilterKey, key).name), row),
                      seconds);
    }
}

gboolean
sage_index_page_row_belongs (SageResource *row,
                             gpointer      user_data)
{
  SageIndexPagePrivate *priv = sage_index_page_private (user_data);

  return !sage_resource_get_deleted (row) && !sage_undo_is_pending (row)
         && (priv->belongs == NULL || priv->belongs (user_data, row));
}

gboolean
sage_index_page_row_matches (SageResource *row,
                             gpointer      user_data)
{
  static const SageFilterSubject subject = { has_text, get_span };
  SageIndexPagePrivate *priv = sage_index_page_private (user_data);
  Thing thing = { user_data, priv, row };

  if (priv->state >= 0 && (int) sage_resource_get_state (row) != priv->state)
    return FALSE;

  return priv->expression == NULL
         || sage_filter_expression_matches (priv->expression, &subject, &thing);
}

gboolean
sage_index_page_is_filtered (SageIndexPage *self)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);

  return priv->state >= 0
         || (priv->expression != NULL && !sage_filter_expression_is_empty (priv->expression));
}

/* Returns: (transfer full): what there is to filter by: "name, status, kind" */
static char *
list_keys (SageIndexPagePrivate *priv)
{
  g_autoptr(GString) list = g_string_new (NULL);

  for (guint i = 0; i < priv->keys->len; i++)
    g_string_append_printf (list, "%s%s", i > 0 ? ", " : "",
                            g_array_index (priv->keys, SageFilterKey, i).name);

  return g_string_free_and_steal (g_steal_pointer (&list));
}

/* Says what was not understood, in a place that is not in the way. */
static void
update_hint (SageIndexPage *self)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  g_autofree char *hint = NULL;
  g_autofree char *known = list_keys (priv);
  const char *token;

  switch (sage_filter_expression_get_problem (priv->expression, &token))
    {
    case SAGE_FILTER_UNKNOWN_KEY:
      hint = g_strdup_printf (_("“%s:” is nothing to filter by here, so it is looked for as text. "
                                "There is: %s."), token, known);
      break;
    case SAGE_FILTER_BAD_SPAN:
      hint = g_strdup_printf (_("“%s” needs a time such as >7d, <2h or 30min."), token);
      break;
    case SAGE_FILTER_TOO_LONG:
      hint = g_strdup (_("The filter is too long: its end is left out."));
      break;
    case SAGE_FILTER_FINE:
    default:
      break;
    }

  if (hint != NULL)
    gtk_label_set_text (GTK_LABEL (priv->hint), hint);
  gtk_revealer_set_reveal_child (GTK_REVEALER (priv->hint_revealer), hint != NULL);
}

static gboolean
refilter_cb (gpointer user_data)
{
  sage_index_model_refilter (sage_index_page_private (user_data)->model, FALSE);

  return G_SOURCE_CONTINUE;
}

static gboolean
announce_cb (gpointer user_data)
{
  SageIndexPagePrivate *priv = sage_index_page_private (user_data);

  priv->announce = 0;
  sage_announce (GTK_WIDGET (priv->search), gtk_label_get_text (GTK_LABEL (priv->count)));

  return G_SOURCE_REMOVE;
}

/* Takes over what the search says. */
void
sage_index_page_filter_changed (SageIndexPage *self)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  const char *text = gtk_editable_get_text (GTK_EDITABLE (priv->search));

  g_clear_pointer (&priv->expression, sage_filter_expression_free);
  priv->expression = sage_filter_expression_new (text, (SageFilterKey *) priv->keys->data,
                                                 priv->keys->len);
  update_hint (self);

  g_clear_handle_id (&priv->refilter, g_source_remove);
  if (sage_filter_expression_has_spans (priv->expression))
    priv->refilter = g_timeout_add_seconds (REFILTER_SECONDS, refilter_cb, self);
  g_clear_handle_id (&priv->announce, g_source_remove);
  if (sage_index_page_is_filtered (self))
    priv->announce = g_timeout_add (ANNOUNCE_MS, announce_cb, self);

  sage_index_model_refilter (priv->model, TRUE);
}

/* Shows one state alone; -1 for all. */
void
sage_index_page_set_state (SageIndexPage *self,
                           int            state)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  const char *name = "all";

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if ((int) states[i].state == state)
      name = states[i].name;

  if (priv->state != state)
    {
      priv->state = state;
      sage_index_model_refilter (priv->model, TRUE);
    }
  if (g_strcmp0 (adw_toggle_group_get_active_name (ADW_TOGGLE_GROUP (priv->states)), name) != 0)
    adw_toggle_group_set_active_name (ADW_TOGGLE_GROUP (priv->states), name);
}

/* Takes over what the toggles say. */
void
sage_index_page_take_toggle (SageIndexPage *self)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  const char *name = adw_toggle_group_get_active_name (ADW_TOGGLE_GROUP (priv->states));
  int state = -1;

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (g_strcmp0 (states[i].name, name) == 0)
      state = states[i].state;
  sage_index_page_set_state (self, state);
}

void
sage_index_page_clear_filter (SageIndexPage *self)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);

  gtk_editable_set_text (GTK_EDITABLE (priv->search), "");
  sage_index_page_set_state (self, -1);
  sage_index_page_filter_changed (self);
}

static void
add_toggle (SageIndexPage *self,
            const char    *name,
            const char    *word,
            const char    *icon_name,
            const char    *state_class)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  AdwToggle *toggle = adw_toggle_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new (word);
  GtkWidget *count = gtk_label_new (NULL);

  if (icon_name != NULL)
    {
      GtkWidget *icon = gtk_image_new_from_icon_name (icon_name);

      gtk_widget_add_css_class (icon, state_class);
      gtk_accessible_update_property (GTK_ACCESSIBLE (icon), GTK_ACCESSIBLE_PROPERTY_LABEL, word, -1);
      gtk_box_append (GTK_BOX (box), icon);
    }
  gtk_widget_add_css_class (count, "dim-label");
  gtk_widget_add_css_class (count, "numeric");
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), count);
  gtk_widget_add_css_class (box, "index-state");
  gtk_widget_set_halign (box, GTK_ALIGN_CENTER);

  adw_toggle_set_name (toggle, name);
  adw_toggle_set_child (toggle, box);
  adw_toggle_set_tooltip (toggle, word);
  adw_toggle_group_add (ADW_TOGGLE_GROUP (priv->states), toggle);
}

/* Makes a toggle for each state that a row has ever been in: one that goes as the last row leaves it
 * would move the others from under the pointer. */
static void
make_toggles (SageIndexPage *self)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  AdwToggleGroup *group = ADW_TOGGLE_GROUP (priv->states);

  g_signal_handlers_block_matched (group, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL, self);
  adw_toggle_group_remove_all (group);
  add_toggle (self, "all", _("All"), NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if ((priv->seen_states & (1u << states[i].state)) != 0)
      add_toggle (self, states[i].name, state_word (priv, i),
                  sage_words_state_icon (states[i].state), sage_words_state_class (states[i].state));
  sage_index_page_set_state (self, priv->state);
  g_signal_handlers_unblock_matched (group, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL, self);
}

/* What a toggle says: a word where there is room, and how many there are. */
static void
update_toggle (SageIndexPagePrivate *priv,
               const char           *name,
               guint                 n)
{
  AdwToggle *toggle = adw_toggle_group_get_toggle_by_name (ADW_TOGGLE_GROUP (priv->states), name);
  g_autofree char *text = g_strdup_printf ("%'u", n);
  GtkWidget *count;

  if (toggle == NULL)
    return;

  count = gtk_widget_get_last_child (adw_toggle_get_child (toggle));
  gtk_label_set_text (GTK_LABEL (count), text);
  gtk_widget_set_visible (gtk_widget_get_prev_sibling (count), !priv->is_narrow);
}

/* Brings the toggles up to date; where all rows are in one state there are none. */
void
sage_index_page_update_states (SageIndexPage *self)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  guint seen = priv->seen_states;
  guint several;

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (sage_index_model_get_count (priv->model, states[i].state) > 0
        || priv->state == (int) states[i].state)
      seen |= 1u << states[i].state;

  if (seen != priv->seen_states)
    {
      priv->seen_states = seen;
      make_toggles (self);
    }
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    update_toggle (priv, states[i].name,
                   sage_index_model_get_count (priv->model, states[i].state));

  several = seen & (seen - 1);
  gtk_widget_set_visible (priv->states_scroller, several != 0 || priv->state >= 0);
}

/**
 * sage_index_page_set_state_word:
 * @self: a page
 * @state: a state
 * @word: (transfer none): what it is called here, translated, e.g. _("In service"); it must outlive
 *   the page
 *
 * Names a state on its toggle otherwise than "Running", "Waiting", "Failed", "Succeeded", "Stopped".
 */
void
sage_index_page_set_state_word (SageIndexPage *self,
                                SageState      state,
                                const char    *word)
{
  g_return_if_fail (SAGE_IS_INDEX_PAGE (self));
  g_return_if_fail (state < G_N_ELEMENTS (sage_index_page_private (self)->state_words));

  sage_index_page_private (self)->state_words[state] = word;
  make_toggles (self);
  sage_index_page_update_states (self);
}

void
sage_index_page_init_filter (SageIndexPage *self)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);

  priv->state = -1;
  priv->keys = g_array_new (FALSE, FALSE, sizeof (SageFilterKey));
  g_array_append_vals (priv->keys, common_keys, G_N_ELEMENTS (common_keys));
  priv->undo = sage_undo_filter_new ();
  g_signal_connect_object (priv->undo, "changed", G_CALLBACK (sage_index_page_refilter), self,
                           G_CONNECT_SWAPPED);
  make_toggles (self);
}
