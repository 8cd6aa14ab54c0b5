/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-log-view"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-log-view-private.h"
#include "sage-words.h"

/* More new lines than that are not told apart. */
#define MAX_UNSEEN 99999

typedef enum
{
  PROP_PAGER = 1,
  PROP_LIVE,
  PROP_WRAP,
  PROP_SHOW_TIMES,
  PROP_FOLLOW,
  PROP_SEARCH_TEXT,
  PROP_FILTER,
  PROP_MATCH_LABEL,
  PROP_SEARCHING,
  PROP_EMPTY_TITLE,
} SageLogViewProperty;

static GParamSpec *properties[PROP_EMPTY_TITLE + 1];

enum
{
  SIGNAL_METRIC_ACTIVATED,
  SIGNAL_SAVE_LINE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SageLogView, sage_log_view, ADW_TYPE_BIN)

/* --- what is seen ----------------------------------------------------------------------------- */

static const char *
page_of_state (SageLogView        *self,
               SageLogBufferState  state)
{
  switch (state)
    {
    case SAGE_LOG_BUFFER_EMPTY:
      return self->filtered != NULL ? "no-match" : "empty";
    case SAGE_LOG_BUFFER_ERROR:
      return "error";
    case SAGE_LOG_BUFFER_READY:
      return "content";
    case SAGE_LOG_BUFFER_LOADING:
    default:
      return "loading";
    }
}

/* What was read stays when the engine is away; then a banner says so. */
static void
update_page (SageLogView *self)
{
  SageLogBufferState state = self->shown != NULL ? sage_log_buffer_get_state (self->shown)
                                                 : SAGE_LOG_BUFFER_LOADING;
  const GError *error = self->shown != NULL ? sage_log_buffer_get_error (self->shown) : NULL;
  g_autofree char *sentence = error != NULL ? sage_words_error (error) : NULL;
  g_autofree char *markup = sentence != NULL ? g_markup_escape_text (sentence, -1) : NULL;

  if (error != NULL)
    {
      adw_banner_set_title (self->banner, sentence);
      adw_status_page_set_description (self->error, markup);
    }
  adw_banner_set_revealed (self->banner, error != NULL && state == SAGE_LOG_BUFFER_READY);
  gtk_stack_set_visible_child_name (self->stack, page_of_state (self, state));
}

static void
update_pill (SageLogView *self)
{
  guint unseen = self->shown != NULL ? sage_log_buffer_get_unseen (self->shown) : 0;
  g_autofree char *text = NULL;

  if (unseen == 0)
    text = g_strdup (_("Jump to end"));
  else if (unseen > MAX_UNSEEN)
    text = g_strdup_printf (_("More than %'u new lines"), MAX_UNSEEN);
  else
    text = g_strdup_printf (ngettext ("%'u new line", "%'u new lines", unseen), unseen);
  gtk_label_set_text (self->pill_label, text);
}

static void
buffer_changed_cb (SageLogBuffer *buffer,
                   int            head,
                   int            tail,
                   SageLogView   *self)
{
  if (tail > 0)
    sage_log_view_search_refresh (self);
}

static void
show_buffer (SageLogView   *self,
             SageLogBuffer *buffer)
{
  if (self->shown == buffer)
    return;

  if (self->shown != NULL)
    {
      sage_log_buffer_set_active (self->shown, FALSE);
      g_signal_handlers_disconnect_by_data (self->shown, self);
    }
  g_set_object (&self->shown, buffer);
  if (buffer != NULL)
    {
      g_signal_connect_swapped (buffer, "notify::state", G_CALLBACK (update_page), self);
      g_signal_connect_swapped (buffer, "notify::error", G_CALLBACK (update_page), self);
      g_signal_connect_swapped (buffer, "notify::unseen", G_CALLBACK (update_pill), self);
      g_signal_connect_swapped (buffer, "settled", G_CALLBACK (sage_log_view_search_settled), self);
      g_signal_connect (buffer, "changed", G_CALLBACK (buffer_changed_cb), self);
      sage_log_buffer_set_active (buffer, gtk_widget_get_mapped (GTK_WIDGET (self)));
    }
  sage_log_text_set_buffer (self->text, buffer);
}

/**
 * sage_log_view_update_shown:
 * @self: a log view
 *
 * Shows the lines that match, or all of them.
 */
void
sage_log_view_update_shown (SageLogView *self)
{
  show_buffer (self, self->filtered != NULL ? self->filtered : self->buffer);
  update_page (self);
  update_pill (self);
}

/* Nothing is read before somebody looks. */
static void
open_log (SageLogView *self)
{
  if (self->buffer != NULL && sage_log_buffer_get_state (self->buffer) == SAGE_LOG_BUFFER_LOADING &&
      !sage_log_buffer_get_reading (self->buffer))
    sage_log_buffer_go_to_end (self->buffer);
}

static void
sage_log_view_map (GtkWidget *widget)
{
  SageLogView *self = SAGE_LOG_VIEW (widget);

  GTK_WIDGET_CLASS (sage_log_view_parent_class)->map (widget);
  open_log (self);
  if (self->shown != NULL)
    sage_log_buffer_set_active (self->shown, TRUE);
}

static void
sage_log_view_unmap (GtkWidget *widget)
{
  SageLogView *self = SAGE_LOG_VIEW (widget);

  if (self->shown != NULL)
    sage_log_buffer_set_active (self->shown, FALSE);
  GTK_WIDGET_CLASS (sage_log_view_parent_class)->unmap (widget);
}

/* What is not in sight must not have the focus: keys would go nowhere. */
static gboolean
sage_log_view_grab_focus (GtkWidget *widget)
{
  GtkWidget *text = GTK_WIDGET (SAGE_LOG_VIEW (widget)->text);

  return gtk_widget_get_mapped (text) && gtk_widget_grab_focus (text);
}

/* --- actions ---------------------------------------------------------------------------------- */

/**
 * sage_log_view_retry:
 * @self: a log view
 *
 * Reads again what could not be read; the engine may be back.
 */
void
sage_log_view_retry (SageLogView *self)
{
  g_return_if_fail (SAGE_IS_LOG_VIEW (self));

  if (self->search != NULL && sage_log_filter_get_error (self->search) != NULL)
    sage_log_filter_search (self->search);
  if (self->shown != NULL && sage_log_buffer_get_error (self->shown) != NULL)
    sage_log_buffer_retry (self->shown);
}

static void
retry_action (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  sage_log_view_retry (SAGE_LOG_VIEW (widget));
}

static void
jump_to_end_action (GtkWidget  *widget,
                    const char *name,
                    GVariant   *parameter)
{
  sage_log_view_set_follow (SAGE_LOG_VIEW (widget), TRUE);
  gtk_widget_grab_focus (widget); /* the button goes */
}

static void
show_all_action (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  sage_log_view_set_filter (SAGE_LOG_VIEW (widget), FALSE);
}

static void
text_metric_activated_cb (SageLogText *text,
                          const char  *line,
                          SageLogView *self)
{
  g_signal_emit (self, signals[SIGNAL_METRIC_ACTIVATED], 0, line);
}

static void
text_save_line_cb (SageLogText *text,
                   const char  *line,
                   SageLogView *self)
{
  g_signal_emit (self, signals[SIGNAL_SAVE_LINE], 0, line);
}

/**
 * sage_log_view_set_metrics:
 * @self: a log view
 * @patterns: (nullable): regular expressions that tell the lines that hold a metric
 *
 * Lines that match can be activated.
 */
void
sage_log_view_set_metrics (SageLogView        *self,
                           const char * const *patterns)
{
  g_return_if_fail (SAGE_IS_LOG_VIEW (self));

  sage_log_text_set_metrics (self->text, patterns);
}

/**
 * sage_log_view_get_text:
 * @self: a log view
 *
 * Returns: (transfer none): the lines themselves: what has the focus and the selection
 */
GtkWidget *
sage_log_view_get_text (SageLogView *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_VIEW (self), NULL);

  return GTK_WIDGET (self->text);
}

/* --- properties ------------------------------------------------------------------------------- */

SageLogPager *
sage_log_view_get_pager (SageLogView *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_VIEW (self), NULL);

  return self->pager;
}

/**
 * sage_log_view_set_pager:
 * @self: a log view
 * @pager: (nullable): the log to show, from its end
 */
void
sage_log_view_set_pager (SageLogView  *self,
                         SageLogPager *pager)
{
  g_return_if_fail (SAGE_IS_LOG_VIEW (self));

  if (!g_set_object (&self->pager, pager))
    return;

  sage_log_view_search_clear (self);
  g_clear_object (&self->buffer);
  if (pager != NULL)
    {
      self->buffer = sage_log_buffer_new (pager);
      sage_log_buffer_set_live (self->buffer, self->live);
      if (gtk_widget_get_mapped (GTK_WIDGET (self)))
        open_log (self);
    }
  sage_log_view_set_follow (self, TRUE);
  sage_log_view_search_later (self);
  sage_log_view_update_shown (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PAGER]);
}

static gboolean
set_flag (SageLogView         *self,
          gboolean            *flag,
          gboolean             value,
          SageLogViewProperty  property)
{
  if (*flag == value)
    return FALSE;

  *flag = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);

  return TRUE;
}

gboolean
sage_log_view_get_live (SageLogView *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_VIEW (self), FALSE);

  return self->live;
}

/**
 * sage_log_view_set_live:
 * @self: a log view
 * @live: whether more may be written
 */
void
sage_log_view_set_live (SageLogView *self,
                        gboolean     live)
{
  g_return_if_fail (SAGE_IS_LOG_VIEW (self));

  if (!set_flag (self, &self->live, live, PROP_LIVE))
    return;
  if (self->buffer != NULL)
    sage_log_buffer_set_live (self->buffer, live);
  if (self->filtered != NULL)
    sage_log_buffer_set_live (self->filtered, live);
}

gboolean
sage_log_view_get_wrap (SageLogView *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_VIEW (self), FALSE);

  return self->wrap;
}

void
sage_log_view_set_wrap (SageLogView *self,
                        gboolean     wrap)
{
  g_return_if_fail (SAGE_IS_LOG_VIEW (self));

  set_flag (self, &self->wrap, wrap, PROP_WRAP);
}

gboolean
sage_log_view_get_show_times (SageLogView *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_VIEW (self), FALSE);

  return self->show_times;
}

void
sage_log_view_set_show_times (SageLogView *self,
                              gboolean     show_times)
{
  g_return_if_fail (SAGE_IS_LOG_VIEW (self));

  set_flag (self, &self->show_times, show_times, PROP_SHOW_TIMES);
}

gboolean
sage_log_view_get_follow (SageLogView *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_VIEW (self), FALSE);

  return self->follow;
}

/**
 * sage_log_view_set_follow:
 * @self: a log view
 * @follow: whether the end of the log stays in sight
 */
void
sage_log_view_set_follow (SageLogView *self,
                          gboolean     follow)
{
  g_return_if_fail (SAGE_IS_LOG_VIEW (self));

  if (set_flag (self, &self->follow, follow, PROP_FOLLOW))
    update_pill (self);
}

const char *
sage_log_view_get_search_text (SageLogView *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_VIEW (self), NULL);

  return self->search_text;
}

/**
 * sage_log_view_set_search_text:
 * @self: a log view
 * @text: (nullable): what to search for, in any case; %NULL or empty for nothing
 */
void
sage_log_view_set_search_text (SageLogView *self,
                               const char  *text)
{
  g_return_if_fail (SAGE_IS_LOG_VIEW (self));

  if (!g_set_str (&self->search_text, text != NULL ? text : ""))
    return;

  sage_log_view_search_later (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SEARCH_TEXT]);
}

gboolean
sage_log_view_get_filter (SageLogView *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_VIEW (self), FALSE);

  return self->filter;
}

/**
 * sage_log_view_set_filter:
 * @self: a log view
 * @filter: whether only lines that match are shown, while something is searched for
 */
void
sage_log_view_set_filter (SageLogView *self,
                          gboolean     filter)
{
  g_return_if_fail (SAGE_IS_LOG_VIEW (self));

  if (set_flag (self, &self->filter, filter, PROP_FILTER))
    sage_log_view_search_set_filter (self, filter);
}

const char *
sage_log_view_get_match_label (SageLogView *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_VIEW (self), NULL);

  return self->match_label;
}

/**
 * sage_log_view_notify_match_label:
 * @self: a log view
 */
void
sage_log_view_notify_match_label (SageLogView *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MATCH_LABEL]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SEARCHING]);
}

/* --- the type --------------------------------------------------------------------------------- */

static void
sage_log_view_dispose (GObject *object)
{
  SageLogView *self = SAGE_LOG_VIEW (object);

  if (self->finder != NULL)
    sage_log_view_search_clear (self);
  if (self->text != NULL)
    show_buffer (self, NULL);
  g_clear_object (&self->finder);
  g_clear_object (&self->buffer);
  g_clear_object (&self->pager);
  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_LOG_VIEW);

  G_OBJECT_CLASS (sage_log_view_parent_class)->dispose (object);
}

static void
sage_log_view_finalize (GObject *object)
{
  SageLogView *self = SAGE_LOG_VIEW (object);

  g_free (self->search_text);
  g_free (self->match_label);
  g_free (self->empty_title);
  g_free (self->wanted_text);

  G_OBJECT_CLASS (sage_log_view_parent_class)->finalize (object);
}

static void
sage_log_view_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  SageLogView *self = SAGE_LOG_VIEW (object);

  switch ((SageLogViewProperty) prop_id)
    {
    case PROP_PAGER:
      g_value_set_object (value, self->pager);
      break;
    case PROP_LIVE:
      g_value_set_boolean (value, self->live);
      break;
    case PROP_WRAP:
      g_value_set_boolean (value, self->wrap);
      break;
    case PROP_SHOW_TIMES:
      g_value_set_boolean (value, self->show_times);
      break;
    case PROP_FOLLOW:
      g_value_set_boolean (value, self->follow);
      break;
    case PROP_SEARCH_TEXT:
      g_value_set_string (value, self->search_text);
      break;
    case PROP_FILTER:
      g_value_set_boolean (value, self->filter);
      break;
    case PROP_MATCH_LABEL:
      g_value_set_string (value, self->match_label);
      break;
    case PROP_SEARCHING:
      g_value_set_boolean (value, self->search != NULL &&
                                    sage_log_filter_get_searching (self->search));
      break;
    case PROP_EMPTY_TITLE:
      g_value_set_string (value, self->empty_title);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_log_view_set_property (GObject      *object,
                            guint         prop_id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  SageLogView *self = SAGE_LOG_VIEW (object);

  switch ((SageLogViewProperty) prop_id)
    {
    case PROP_PAGER:
      sage_log_view_set_pager (self, g_value_get_object (value));
      break;
    case PROP_LIVE:
      sage_log_view_set_live (self, g_value_get_boolean (value));
      break;
    case PROP_WRAP:
      sage_log_view_set_wrap (self, g_value_get_boolean (value));
      break;
    case PROP_SHOW_TIMES:
      sage_log_view_set_show_times (self, g_value_get_boolean (value));
      break;
    case PROP_FOLLOW:
      sage_log_view_set_follow (self, g_value_get_boolean (value));
      break;
    case PROP_SEARCH_TEXT:
      sage_log_view_set_search_text (self, g_value_get_string (value));
      break;
    case PROP_FILTER:
      sage_log_view_set_filter (self, g_value_get_boolean (value));
      break;
    case PROP_EMPTY_TITLE:
      if (g_set_str (&self->empty_title, g_value_get_string (value)))
        g_object_notify_by_pspec (object, pspec);
      break;
    case PROP_MATCH_LABEL:
    case PROP_SEARCHING:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  const GParamFlags read = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  properties[PROP_PAGER] = g_param_spec_object ("pager", NULL, NULL, SAGE_TYPE_LOG_PAGER, flags);
  properties[PROP_LIVE] = g_param_spec_boolean ("live", NULL, NULL, FALSE, flags);
  properties[PROP_WRAP] = g_param_spec_boolean ("wrap", NULL, NULL, FALSE, flags);
  properties[PROP_SHOW_TIMES] = g_param_spec_boolean ("show-times", NULL, NULL, FALSE, flags);
  properties[PROP_FOLLOW] = g_param_spec_boolean ("follow", NULL, NULL, TRUE, flags);
  properties[PROP_SEARCH_TEXT] = g_param_spec_string ("search-text", NULL, NULL, "", flags);
  properties[PROP_FILTER] = g_param_spec_boolean ("filter", NULL, NULL, FALSE, flags);
  properties[PROP_MATCH_LABEL] = g_param_spec_string ("match-label", NULL, NULL, "", read);
  properties[PROP_SEARCHING] = g_param_spec_boolean ("searching", NULL, NULL, FALSE, read);
  properties[PROP_EMPTY_TITLE] = g_param_spec_string ("empty-title", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/sagebrush/Studio/ui/kit/sage-log-view.ui");
  gtk_widget_class_bind_template_child (widget_class, SageLogView, banner);
  gtk_widget_class_bind_template_child (widget_class, SageLogView, stack);
  gtk_widget_class_bind_template_child (widget_class, SageLogView, error);
  gtk_widget_class_bind_template_child (widget_class, SageLogView, text);
  gtk_widget_class_bind_template_child (widget_class, SageLogView, pill_label);
  gtk_widget_class_bind_template_callback (widget_class, text_metric_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, text_save_line_cb);
}

static void
sage_log_view_class_init (SageLogViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sage_log_view_dispose;
  object_class->finalize = sage_log_view_finalize;
  object_class->get_property = sage_log_view_get_property;
  object_class->set_property = sage_log_view_set_property;
  widget_class->map = sage_log_view_map;
  widget_class->unmap = sage_log_view_unmap;
  widget_class->grab_focus = sage_log_view_grab_focus;
  install_properties (object_class);

  signals[SIGNAL_METRIC_ACTIVATED] =
    g_signal_new ("metric-activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                  NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_SAVE_LINE] =
    g_signal_new ("save-line", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (SAGE_TYPE_LOG_TEXT);
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "log.retry", NULL, retry_action);
  gtk_widget_class_install_action (widget_class, "log.jump-to-end", NULL, jump_to_end_action);
  gtk_widget_class_install_action (widget_class, "log.show-all", NULL, show_all_action);
}

static void
sage_log_view_init (SageLogView *self)
{
  self->follow = TRUE;
  self->empty_title = g_strdup (_("Nothing has been printed yet"));
  sage_log_view_search_init (self);
  gtk_widget_init_template (GTK_WIDGET (self));
  update_pill (self);
}

GtkWidget *
sage_log_view_new (void)
{
  return g_object_new (SAGE_TYPE_LOG_VIEW, NULL);
}
