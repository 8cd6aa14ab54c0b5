/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-index-page"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-index-page-private.h"
#include "sage-index-rows.h"

/* What a page says to make a SageIndexPage its own. */

/**
 * sage_index_page_set_model:
 * @self: a page
 * @model: (nullable): a list of #SageResource: a #SageResourceList, or a #GtkFlattenListModel of
 *   several; no resource is in it twice
 *
 * Sets the rows. Changes of rows are noticed by the events of the page's connection.
 */
void
sage_index_page_set_model (SageIndexPage *self,
                           GListModel    *model)
{
  g_return_if_fail (SAGE_IS_INDEX_PAGE (self));
  g_return_if_fail (model == NULL || G_IS_LIST_MODEL (model));

  sage_index_model_set_source (sage_index_page_private (self)->model, model);
}

/* Rows of a list that was loaded anew may have changed without events. */
static void
source_notify_cb (SageResourceList *list,
                  GParamSpec       *pspec,
                  SageIndexPage    *self)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);

  if (g_strcmp0 (pspec->name, "loading") == 0 && !sage_resource_list_get_loading (list))
    sage_index_model_recount (priv->model);
  sage_index_page_update (self);
}

/**
 * sage_index_page_add_source:
 * @self: a page
 * @list: a list that rows come from
 *
 * Lets the page say that @list is being loaded, or why it is not there, and load it again.
 */
void
sage_index_page_add_source (SageIndexPage    *self,
                            SageResourceList *list)
{
  g_return_if_fail (SAGE_IS_INDEX_PAGE (self));
  g_return_if_fail (SAGE_IS_RESOURCE_LIST (list));

  g_ptr_array_add (sage_index_page_private (self)->sources, g_object_ref (list));
  g_signal_connect (list, "notify", G_CALLBACK (source_notify_cb), self);
  sage_index_page_update (self);
}

/**
 * sage_index_page_set_count:
 * @self: a page
 * @count: words a number of rows: "1,204 jobs"
 */
void
sage_index_page_set_count (SageIndexPage  *self,
                           SageIndexCount  count)
{
  g_return_if_fail (SAGE_IS_INDEX_PAGE (self));

  sage_index_page_private (self)->count_words = count;
  sage_index_page_update (self);
}

/**
 * sage_index_page_set_empty:
 * @self: a page
 * @icon_name: an icon
 * @title: what there is none of, translated: "No jobs yet"
 * @description: one sentence, translated
 * @label: (nullable): the one action that fills the list, translated
 * @action_name: (nullable): its detailed name
 *
 * Sets what is shown instead of an empty list.
 */
void
sage_index_page_set_empty (SageIndexPage *self,
                           const char    *icon_name,
                           const char    *title,
                           const char    *description,
                           const char    *label,
                           const char    *action_name)
{
  SageIndexPagePrivate *priv;
  g_autofree char *markup = NULL;

  g_return_if_fail (SAGE_IS_INDEX_PAGE (self));
  g_return_if_fail (title != NULL && description != NULL);

  priv = sage_index_page_private (self);
  markup = g_markup_escape_text (description, -1);
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (priv->empty), icon_name);
  adw_status_page_set_title (ADW_STATUS_PAGE (priv->empty), title);
  adw_status_page_set_description (ADW_STATUS_PAGE (priv->empty), markup);
  gtk_widget_set_visible (priv->empty_action, label != NULL);
  if (label != NULL)
    {
      gtk_button_set_label (GTK_BUTTON (priv->empty_action), label);
      gtk_actionable_set_detailed_action_name (GTK_ACTIONABLE (priv->empty_action), action_name);
    }
}

/* A button of a bar: where there is no room for its words, they are in the tooltip. */
static void
set_content (GtkWidget  *button,
             GtkWidget  *content,
             gboolean    is_narrow)
{
  const char *label = g_object_get_data (G_OBJECT (button), "label");

  adw_button_content_set_label (ADW_BUTTON_CONTENT (content),
                                is_narrow || label == NULL ? "" : label);
  gtk_widget_set_tooltip_text (button, is_narrow ? label : NULL);
}

/* Shows words on the buttons, or their icons alone. */
void
sage_index_page_update_buttons (SageIndexPage *self)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);

  set_content (priv->primary, priv->primary_content, priv->is_narrow);
  for (GtkWidget *button = gtk_widget_get_first_child (priv->bulk); button != NULL;
       button = gtk_widget_get_next_sibling (button))
    set_content (button, gtk_button_get_child (GTK_BUTTON (button)), priv->is_narrow);
}

static void
name_button (GtkWidget  *button,
             const char *label,
             const char *action_name)
{
  g_object_set_data_full (G_OBJECT (button), "label", g_strdup (label), g_free);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_actionable_set_detailed_action_name (GTK_ACTIONABLE (button), action_name);
}

/**
 * sage_index_page_set_primary:
 * @self: a page
 * @label: (nullable): what is done here most, translated: "Train a model"
 * @action_name: (nullable): its detailed name
 */
void
sage_index_page_set_primary (SageIndexPage *self,
                             const char    *label,
                             const char    *action_name)
{
  SageIndexPagePrivate *priv;

  g_return_if_fail (SAGE_IS_INDEX_PAGE (self));

  priv = sage_index_page_private (self);
  gtk_widget_set_visible (priv->primary, label != NULL);
  if (label != NULL)
    name_button (priv->primary, label, action_name);
  sage_index_page_update_buttons (self);
}

/**
 * sage_index_page_set_menu:
 * @self: a page
 * @menu: (nullable): what else can be done with the list
 */
void
sage_index_page_set_menu (SageIndexPage *self,
                          GMenuModel    *menu)
{
  SageIndexPagePrivate *priv;

  g_return_if_fail (SAGE_IS_INDEX_PAGE (self));

  priv = sage_index_page_private (self);
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (priv->overflow), menu);
  gtk_widget_set_visible (priv->overflow, menu != NULL);
}

/**
 * sage_index_page_add_filter_widget:
 * @self: a page
 * @widget: (transfer floating): what narrows the list down beside the search, such as a toggle of
 *   kinds; it has sage_index_page_set_filter_func() do so
 */
void
sage_index_page_add_filter_widget (SageIndexPage *self,
                                   GtkWidget     *widget)
{
  SageIndexPagePrivate *priv;
  GtkWidget *scroller;

  g_return_if_fail (SAGE_IS_INDEX_PAGE (self));
  g_return_if_fail (GTK_IS_WIDGET (widget));

  priv = sage_index_page_private (self);
  scroller = g_object_new (GTK_TYPE_SCROLLED_WINDOW,
                           "hscrollbar-policy", GTK_POLICY_EXTERNAL,
                           "vscrollbar-policy", GTK_POLICY_NEVER,
                           "propagate-natural-width", TRUE,
                           "child", widget,
                           NULL);
  g_object_bind_property (widget, "visible", scroller, "visible", G_BINDING_SYNC_CREATE);
  adw_wrap_box_insert_child_after (ADW_WRAP_BOX (priv->filters), scroller,
                                   gtk_widget_get_prev_sibling (priv->states_scroller));
}

/**
 * sage_index_page_add_bulk_action:
 * @self: a page
 * @label: what it does to the rows that are selected, translated: "Stop"
 * @icon_name: an icon
 * @action_name: its detailed name
 * @destructive: whether something is lost by it
 *
 * Adds a button to the bar that rises when rows are selected.
 */
void
sage_index_page_add_bulk_action (SageIndexPage *self,
                                 const char    *label,
                                 const char    *icon_name,
                                 const char    *action_name,
                                 gboolean       destructive)
{
  GtkWidget *content;
  GtkWidget *button;

  g_return_if_fail (SAGE_IS_INDEX_PAGE (self));
  g_return_if_fail (label != NULL && icon_name != NULL && action_name != NULL);

  content = adw_button_content_new ();
  adw_button_content_set_icon_name (ADW_BUTTON_CONTENT (content), icon_name);
  button = gtk_button_new ();
  gtk_button_set_child (GTK_BUTTON (button), content);
  name_button (button, label, action_name);
  if (destructive)
    gtk_widget_add_css_class (button, "destructive-action");
  gtk_box_append (GTK_BOX (sage_index_page_private (self)->bulk), button);
  sage_index_page_update_buttons (self);
}

/**
 * sage_index_page_set_row_menu:
 * @self: a page
 * @menu: (nullable): what can be done with the rows that are selected; to open them, copy their
 *   names and delete them is there already
 */
void
sage_index_page_set_row_menu (SageIndexPage *self,
                              GMenuModel    *menu)
{
  g_return_if_fail (SAGE_IS_INDEX_PAGE (self));

  g_set_object (&sage_index_page_private (self)->row_menu_model, menu);
}

/**
 * sage_index_page_set_filter_func:
 * @self: a page
 * @filter: (nullable): which rows are in the list at all
 *
 * Leaves rows out for other reasons than the user's filter, such as a kind that is not asked for.
 * They are not counted. It must be quick, and sage_index_page_refilter() be called when it would say
 * something else.
 */
void
sage_index_page_set_filter_func (SageIndexPage   *self,
                                 SageIndexFilter  filter)
{
  g_return_if_fail (SAGE_IS_INDEX_PAGE (self));

  sage_index_page_private (self)->belongs = filter;
  sage_index_page_refilter (self);
}

/**
 * sage_index_page_refilter:
 * @self: a page
 *
 * Looks at all rows again: the page's own filter says something else, or rows have changed in ways
 * that come with no event.
 */
void
sage_index_page_refilter (SageIndexPage *self)
{
  g_return_if_fail (SAGE_IS_INDEX_PAGE (self));

  sage_index_model_recount (sage_index_page_private (self)->model);
}

/**
 * sage_index_page_dup_selected:
 * @self: a page
 *
 * Returns: (transfer full): the rows that actions are for: those that are selected, or else the one
 *   that has the focus; the list does not change any more
 */
GListModel *
sage_index_page_dup_selected (SageIndexPage *self)
{
  SageIndexPagePrivate *priv;

  g_return_val_if_fail (SAGE_IS_INDEX_PAGE (self), NULL);

  priv = sage_index_page_private (self);
  if (sage_index_model_n_selected (priv->model) == 0 && priv->focused != NULL)
    {
      g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);

      g_ptr_array_add (rows, g_object_ref (priv->focused));
      return G_LIST_MODEL (sage_index_rows_new (rows));
    }

  return sage_index_model_dup_selected (priv->model);
}

/**
 * sage_index_page_get_focused:
 * @self: a page
 *
 * Returns: (nullable) (transfer none): the row that has, or had last, the focus
 */
SageResource *
sage_index_page_get_focused (SageIndexPage *self)
{
  g_return_val_if_fail (SAGE_IS_INDEX_PAGE (self), NULL);

  return sage_index_page_private (self)->focused;
}

/**
 * sage_index_page_get_filter:
 * @self: a page
 *
 * Returns: what is typed into the search
 */
const char *
sage_index_page_get_filter (SageIndexPage *self)
{
  g_return_val_if_fail (SAGE_IS_INDEX_PAGE (self), NULL);

  return gtk_editable_get_text (GTK_EDITABLE (sage_index_page_private (self)->search));
}

/**
 * sage_index_page_set_filter:
 * @self: a page
 * @filter: (nullable): what to type into the search, e.g. `status:failed created:<1d`
 */
void
sage_index_page_set_filter (SageIndexPage *self,
                            const char    *filter)
{
  g_return_if_fail (SAGE_IS_INDEX_PAGE (self));

  gtk_editable_set_text (GTK_EDITABLE (sage_index_page_private (self)->search),
                         filter != NULL ? filter : "");
  sage_index_page_filter_changed (self);
}
