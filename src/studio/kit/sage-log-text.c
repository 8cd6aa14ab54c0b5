/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-log-text"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "sage-log-text-private.h"

typedef enum
{
  PROP_BUFFER = 1,
  PROP_WRAP,
  PROP_SHOW_TIMES,
  PROP_FOLLOW,
  PROP_HAS_SELECTION,
  PROP_END_IN_SIGHT,
  /* of GtkScrollable */
  PROP_HADJUSTMENT,
  PROP_VADJUSTMENT,
  PROP_HSCROLL_POLICY,
  PROP_VSCROLL_POLICY,
} SageLogTextProperty;

static GParamSpec *properties[PROP_END_IN_SIGHT + 1];

enum
{
  SIGNAL_METRIC_ACTIVATED,
  SIGNAL_SAVE_LINE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE_WITH_CODE (SageLogText, sage_log_text, GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SCROLLABLE, NULL)
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_ACCESSIBLE_TEXT,
                                                      sage_log_text_accessible_init))

/* --- the buffer ------------------------------------------------------------------------------- */

static void
sage_log_text_changed_cb (SageLogBuffer *buffer,
                          int            head,
                          int            tail,
                          SageLogText   *self)
{
  sage_log_text_change_rows (self, head, tail);
  if (head < 0 || tail < 0)
    sage_log_text_clamp (self);
  sage_log_text_update_actions (self);
}

/* Other lines: the end of the log, its start, or what was looked for, which begins them. */
static void
sage_log_text_replaced_cb (SageLogBuffer *buffer,
                           SageLogText   *self)
{
  const SageLogPlace nowhere = { SAGE_LOG_NO_LINE, 0 };

  g_array_set_size (self->rows, 0);
  g_array_set_size (self->starts, 1);
  self->base = 0;
  self->hovered = self->found = SAGE_LOG_NO_LINE;
  sage_log_text_select (self, &nowhere, &nowhere);
  sage_log_text_rebuild_rows (self);
  if (!self->follow)
    sage_log_text_scroll_to (self, -G_MAXDOUBLE);
  sage_log_text_update_actions (self);
}

/* Whether or not it went well: what is in sight may need more. */
static void
sage_log_text_settled_cb (SageLogBuffer *buffer,
                          SageLogText   *self)
{
  sage_log_text_update_end (self);
  if (sage_log_buffer_get_error (buffer) == NULL)
    sage_log_text_check_edges (self);
}

/**
 * sage_log_text_update_end:
 * @self: a log text
 *
 * Finds out whether the end of the log is in sight.
 */
void
sage_log_text_update_end (SageLogText *self)
{
  GtkAdjustment *adjustment = self->adjustments[GTK_ORIENTATION_VERTICAL];
  gboolean end_in_sight =
    adjustment == NULL || self->buffer == NULL ||
    (sage_log_buffer_get_at_end (self->buffer) &&
     gtk_adjustment_get_value (adjustment) >= gtk_adjustment_get_upper (adjustment) -
                                                gtk_adjustment_get_page_size (adjustment) - 1);

  if (self->end_in_sight != end_in_sight)
    {
      self->end_in_sight = end_in_sight;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_END_IN_SIGHT]);
    }
}

/* Somebody scrolled: following goes with being at the end. */
static void
sage_log_text_scrolled_cb (GtkAdjustment *adjustment,
                           SageLogText   *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (self->configuring || self->buffer == NULL)
    return;

  if (adjustment == self->adjustments[GTK_ORIENTATION_VERTICAL])
    {
      sage_log_text_update_end (self);
      sage_log_text_set_follow (self, self->end_in_sight);
      sage_log_text_check_edges (self);
    }
}

static void
set_adjustment (SageLogText    *self,
                GtkOrientation  orientation,
                GtkAdjustment  *adjustment)
{
  g_autoptr(GtkAdjustment) added = NULL;

  if (adjustment != NULL && self->adjustments[orientation] == adjustment)
    return;

  added = g_object_ref_sink (adjustment != NULL ? adjustment
                                                : gtk_adjustment_new (0, 0, 0, 0, 0, 0));
  if (self->adjustments[orientation] != NULL)
    g_signal_handlers_disconnect_by_data (self->adjustments[orientation], self);
  g_set_object (&self->adjustments[orientation], added);
  g_signal_connect (added, "value-changed", G_CALLBACK (sage_log_text_scrolled_cb), self);
  sage_log_text_configure (self);
  g_object_notify (G_OBJECT (self), orientation == GTK_ORIENTATION_HORIZONTAL ? "hadjustment"
                                                                              : "vadjustment");
}

/* --- the widget ------------------------------------------------------------------------------- */

static void
sage_log_text_size_allocate (GtkWidget *widget,
                             int        width,
                             int        height,
                             int        baseline)
{
  SageLogText *self = SAGE_LOG_TEXT (widget);
  guint columns = self->columns;
  double room = width - 2 * SAGE_LOG_MARGIN - sage_log_text_gutter_width (self);

  if (!self->measured || (self->wrap && columns != (guint) MAX (room / self->cell_width, 8)))
    sage_log_text_rebuild_rows (self);
  else
    sage_log_text_configure (self);
  sage_log_text_check_edges (self);
  if (self->menu != NULL)
    gtk_popover_present (GTK_POPOVER (self->menu));
}

static void
sage_log_text_measure (GtkWidget      *widget,
                       GtkOrientation  orientation,
                       int             for_size,
                       int            *minimum,
                       int            *natural,
                       int            *minimum_baseline,
                       int            *natural_baseline)
{
  *minimum = 1;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 600 : 200;
}

static GtkSizeRequestMode
sage_log_text_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_CONSTANT_SIZE;
}

static void
update_palette (SageLogText *self)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();
  g_autoptr(GdkRGBA) accent = adw_style_manager_get_accent_color_rgba (manager);

  self->accent = *accent;
  sage_log_palette_init (&self->palette, adw_style_manager_get_dark (manager),
                         adw_style_manager_get_high_contrast (manager));
  sage_log_text_forget (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* The font or the colours are others. */
static void
sage_log_text_css_changed (GtkWidget         *widget,
                           GtkCssStyleChange *change)
{
  SageLogText *self = SAGE_LOG_TEXT (widget);

  GTK_WIDGET_CLASS (sage_log_text_parent_class)->css_changed (widget, change);
  self->measured = FALSE;
  gtk_widget_queue_allocate (widget);
  update_palette (self);
}

static void
sage_log_text_system_setting_changed (GtkWidget        *widget,
                                      GtkSystemSetting  setting)
{
  GTK_WIDGET_CLASS (sage_log_text_parent_class)->system_setting_changed (widget, setting);
  SAGE_LOG_TEXT (widget)->measured = FALSE;
  gtk_widget_queue_allocate (widget);
}

static void
sage_log_text_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sage_log_text_parent_class)->map (widget);
  sage_log_text_check_edges (SAGE_LOG_TEXT (widget));
}

static void
redraw_cb (GtkWidget *widget)
{
  gtk_widget_queue_draw (widget);
}

/* --- for the other parts ---------------------------------------------------------------------- */

/**
 * sage_log_text_emit_metric:
 * @self: a log text
 * @number: the line that was clicked
 */
void
sage_log_text_emit_metric (SageLogText *self,
                           gint64       number)
{
  const SageLogLine *line = sage_log_buffer_get_line (self->buffer, number);

  if (line != NULL)
    g_signal_emit (self, signals[SIGNAL_METRIC_ACTIVATED], 0, line->text);
}

/**
 * sage_log_text_emit_save:
 * @self: a log text
 * @number: the line that somebody wants to keep whole
 */
void
sage_log_text_emit_save (SageLogText *self,
                         gint64       number)
{
  const SageLogLine *line = sage_log_buffer_get_line (self->buffer, number);
  g_autofree char *text = line != NULL ? sage_log_line_dup_text (line) : NULL;

  if (text != NULL)
    g_signal_emit (self, signals[SIGNAL_SAVE_LINE], 0, text);
}

/**
 * sage_log_text_expand_line:
 * @self: a log text
 * @number: the line that is shown whole
 */
void
sage_log_text_expand_line (SageLogText *self,
                           gint64       number)
{
  SageLogLine *line = sage_log_buffer_get_line (self->buffer, number);

  if (line == NULL)
    return;

  sage_log_line_expand (line);
  sage_log_text_update_line (self, number);
  sage_log_text_update_actions (self);
}

/**
 * sage_log_text_notify_selection:
 * @self: a log text
 *
 * Tells that another text is selected.
 */
void
sage_log_text_notify_selection (SageLogText *self)
{
  sage_log_text_update_actions (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HAS_SELECTION]);
}

/* --- properties ------------------------------------------------------------------------------- */

SageLogBuffer *
sage_log_text_get_buffer (SageLogText *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_TEXT (self), NULL);

  return self->buffer;
}

/**
 * sage_log_text_set_buffer:
 * @self: a log text
 * @buffer: (nullable): the log to show
 */
void
sage_log_text_set_buffer (SageLogText   *self,
                          SageLogBuffer *buffer)
{
  g_return_if_fail (SAGE_IS_LOG_TEXT (self));

  if (self->buffer == buffer)
    return;

  if (self->buffer != NULL)
    g_signal_handlers_disconnect_by_data (self->buffer, self);
  g_clear_handle_id (&self->activation, g_source_remove);
  g_set_object (&self->buffer, buffer);
  if (buffer != NULL)
    {
      g_signal_connect (buffer, "changed", G_CALLBACK (sage_log_text_changed_cb), self);
      g_signal_connect (buffer, "replaced", G_CALLBACK (sage_log_text_replaced_cb), self);
      g_signal_connect (buffer, "settled", G_CALLBACK (sage_log_text_settled_cb), self);
      sage_log_buffer_set_following (buffer, self->follow);
    }
  sage_log_text_replaced_cb (buffer, self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUFFER]);
}

gboolean
sage_log_text_get_wrap (SageLogText *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_TEXT (self), FALSE);

  return self->wrap;
}

/**
 * sage_log_text_set_wrap:
 * @self: a log text
 * @wrap: whether lines that are too long go on in the next row
 */
void
sage_log_text_set_wrap (SageLogText *self,
                        gboolean     wrap)
{
  g_return_if_fail (SAGE_IS_LOG_TEXT (self));

  if (self->wrap == wrap)
    return;

  self->wrap = wrap;
  sage_log_text_rebuild_rows (self);
  sage_log_text_check_edges (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WRAP]);
}

gboolean
sage_log_text_get_show_times (SageLogText *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_TEXT (self), FALSE);

  return self->show_times;
}

/**
 * sage_log_text_set_show_times:
 * @self: a log text
 * @show_times: whether the time of each line stands beside it
 */
void
sage_log_text_set_show_times (SageLogText *self,
                              gboolean     show_times)
{
  g_return_if_fail (SAGE_IS_LOG_TEXT (self));

  if (self->show_times == show_times)
    return;

  self->show_times = show_times;
  sage_log_text_rebuild_rows (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SHOW_TIMES]);
}

gboolean
sage_log_text_get_follow (SageLogText *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_TEXT (self), FALSE);

  return self->follow;
}

/**
 * sage_log_text_set_follow:
 * @self: a log text
 * @follow: whether the end stays in sight; it comes into sight with that
 */
void
sage_log_text_set_follow (SageLogText *self,
                          gboolean     follow)
{
  g_return_if_fail (SAGE_IS_LOG_TEXT (self));

  if (self->follow == follow)
    return;

  self->follow = follow;
  if (self->buffer != NULL)
    sage_log_buffer_set_following (self->buffer, follow);
  sage_log_text_configure (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FOLLOW]);
}

/**
 * sage_log_text_set_needle:
 * @self: a log text
 * @needle: (nullable): what is marked wherever it stands
 */
void
sage_log_text_set_needle (SageLogText   *self,
                          SageLogNeedle *needle)
{
  g_return_if_fail (SAGE_IS_LOG_TEXT (self));

  g_clear_pointer (&self->needle, sage_log_needle_unref);
  self->needle = needle != NULL ? sage_log_needle_ref (needle) : NULL;
  self->found = SAGE_LOG_NO_LINE;
  sage_log_text_forget (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * sage_log_text_set_metrics:
 * @self: a log text
 * @patterns: (nullable): regular expressions that tell the lines that hold a metric
 *
 * Lines that match are activated by a click.
 */
void
sage_log_text_set_metrics (SageLogText        *self,
                           const char * const *patterns)
{
  g_return_if_fail (SAGE_IS_LOG_TEXT (self));

  g_ptr_array_set_size (self->metrics, 0);
  for (guint i = 0; patterns != NULL && patterns[i] != NULL; i++)
    {
      /* whoever wrote it, it gives up before anybody waits */
      g_autofree char *bounded = g_strconcat ("(*LIMIT_MATCH=20000)", patterns[i], NULL);
      GRegex *regex = g_regex_new (bounded, G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT, NULL);

      if (regex != NULL)
        g_ptr_array_add (self->metrics, regex);
    }
}

/**
 * sage_log_text_show_line:
 * @self: a log text
 * @number: a line that is held
 *
 * Brings it into sight, with what was searched for in it, and marks it.
 */
void
sage_log_text_show_line (SageLogText *self,
                         gint64       number)
{
  const SageLogLine *line =
    self->buffer != NULL ? sage_log_buffer_get_line (self->buffer, number) : NULL;
  GtkAdjustment *adjustment = self->adjustments[GTK_ORIENTATION_VERTICAL];
  SageLogPlace place = { number, 0 };
  gint64 previous = self->found;
  gsize start;
  gsize end;
  double row;

  if (line == NULL || adjustment == NULL)
    return;

  self->found = number;
  sage_log_text_forget_line (self, previous);
  sage_log_text_forget_line (self, number);
  if (self->needle != NULL &&
      sage_log_needle_find (self->needle, line->text, line->length, 0, &start, &end))
    place.byte = (guint) start;

  row = (double) sage_log_text_row_of_line (self, number) * self->row_height -
        gtk_adjustment_get_value (adjustment);
  if (row < 0 || row + self->row_height > gtk_adjustment_get_page_size (adjustment))
    gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + row -
                                            gtk_adjustment_get_page_size (adjustment) / 3);
  sage_log_text_select (self, &place, &place);
  sage_log_text_reveal_caret (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * sage_log_text_show_edge:
 * @self: a log text
 * @direction: an end of what is held
 *
 * Brings the lines there into sight.
 */
void
sage_log_text_show_edge (SageLogText      *self,
                         SageLogDirection  direction)
{
  g_return_if_fail (SAGE_IS_LOG_TEXT (self));

  sage_log_text_scroll_to (self, direction == SAGE_LOG_FORWARD ? G_MAXDOUBLE : -G_MAXDOUBLE);
}

/**
 * sage_log_text_get_place:
 * @self: a log text
 *
 * Returns: the line that a search goes on from: the one that was found or clicked, else the first
 *   one in sight
 */
gint64
sage_log_text_get_place (SageLogText *self)
{
  guint row_in_line;

  g_return_val_if_fail (SAGE_IS_LOG_TEXT (self), 0);

  if (self->rows->len == 0)
    return SAGE_LOG_NO_LINE;
  if (sage_log_buffer_get_line (self->buffer, self->caret.line) != NULL)
    return self->caret.line;

  return sage_log_text_line_at_row (self, sage_log_text_row_at (self, 0), &row_in_line);
}

/**
 * sage_log_text_get_found:
 * @self: a log text
 *
 * Returns: the line that sage_log_text_show_line() showed last; no line that is held if there is none
 */
gint64
sage_log_text_get_found (SageLogText *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_TEXT (self), 0);

  return self->found;
}

gboolean
sage_log_text_get_has_selection (SageLogText *self)
{
  SageLogPlace start;
  SageLogPlace end;

  g_return_val_if_fail (SAGE_IS_LOG_TEXT (self), FALSE);

  return sage_log_text_get_range (self, &start, &end);
}

/* --- the type --------------------------------------------------------------------------------- */

static void
sage_log_text_dispose (GObject *object)
{
  SageLogText *self = SAGE_LOG_TEXT (object);

  if (self->buffer != NULL)
    g_signal_handlers_disconnect_by_data (self->buffer, self);
  g_clear_handle_id (&self->activation, g_source_remove);
  g_clear_object (&self->buffer);
  g_array_set_size (self->rows, 0);
  for (guint i = 0; i < G_N_ELEMENTS (self->adjustments); i++)
    {
      if (self->adjustments[i] != NULL)
        g_signal_handlers_disconnect_by_data (self->adjustments[i], self);
      g_clear_object (&self->adjustments[i]);
    }
  g_clear_pointer (&self->menu, gtk_widget_unparent);

  G_OBJECT_CLASS (sage_log_text_parent_class)->dispose (object);
}

static void
sage_log_text_finalize (GObject *object)
{
  SageLogText *self = SAGE_LOG_TEXT (object);

  g_clear_pointer (&self->needle, sage_log_needle_unref);
  g_clear_pointer (&self->metrics, g_ptr_array_unref);
  g_clear_pointer (&self->rows, g_array_unref);
  g_clear_pointer (&self->starts, g_array_unref);
  g_clear_pointer (&self->layouts, g_hash_table_unref);
  g_clear_pointer (&self->segments, g_hash_table_unref);

  G_OBJECT_CLASS (sage_log_text_parent_class)->finalize (object);
}

static void
sage_log_text_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  SageLogText *self = SAGE_LOG_TEXT (object);

  switch ((SageLogTextProperty) prop_id)
    {
    case PROP_BUFFER:
      g_value_set_object (value, self->buffer);
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
    case PROP_HAS_SELECTION:
      g_value_set_boolean (value, sage_log_text_get_has_selection (self));
      break;
    case PROP_END_IN_SIGHT:
      g_value_set_boolean (value, self->end_in_sight);
      break;
    case PROP_HADJUSTMENT:
      g_value_set_object (value, self->adjustments[GTK_ORIENTATION_HORIZONTAL]);
      break;
    case PROP_VADJUSTMENT:
      g_value_set_object (value, self->adjustments[GTK_ORIENTATION_VERTICAL]);
      break;
    case PROP_HSCROLL_POLICY:
      g_value_set_enum (value, self->policies[GTK_ORIENTATION_HORIZONTAL]);
      break;
    case PROP_VSCROLL_POLICY:
      g_value_set_enum (value, self->policies[GTK_ORIENTATION_VERTICAL]);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
set_policy (SageLogText         *self,
            GtkOrientation       orientation,
            GtkScrollablePolicy  policy,
            GParamSpec          *pspec)
{
  if (self->policies[orientation] == policy)
    return;

  self->policies[orientation] = policy;
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), pspec);
}

static void
sage_log_text_set_property (GObject      *object,
                            guint         prop_id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  SageLogText *self = SAGE_LOG_TEXT (object);

  switch ((SageLogTextProperty) prop_id)
    {
    case PROP_BUFFER:
      sage_log_text_set_buffer (self, g_value_get_object (value));
      break;
    case PROP_WRAP:
      sage_log_text_set_wrap (self, g_value_get_boolean (value));
      break;
    case PROP_SHOW_TIMES:
      sage_log_text_set_show_times (self, g_value_get_boolean (value));
      break;
    case PROP_FOLLOW:
      sage_log_text_set_follow (self, g_value_get_boolean (value));
      break;
    case PROP_HADJUSTMENT:
      set_adjustment (self, GTK_ORIENTATION_HORIZONTAL, g_value_get_object (value));
      break;
    case PROP_VADJUSTMENT:
      set_adjustment (self, GTK_ORIENTATION_VERTICAL, g_value_get_object (value));
      break;
    case PROP_HSCROLL_POLICY:
      set_policy (self, GTK_ORIENTATION_HORIZONTAL, g_value_get_enum (value), pspec);
      break;
    case PROP_VSCROLL_POLICY:
      set_policy (self, GTK_ORIENTATION_VERTICAL, g_value_get_enum (value), pspec);
      break;
    case PROP_HAS_SELECTION:
    case PROP_END_IN_SIGHT:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  properties[PROP_BUFFER] = g_param_spec_object ("buffer", NULL, NULL, SAGE_TYPE_LOG_BUFFER, flags);
  properties[PROP_WRAP] = g_param_spec_boolean ("wrap", NULL, NULL, FALSE, flags);
  properties[PROP_SHOW_TIMES] = g_param_spec_boolean ("show-times", NULL, NULL, FALSE, flags);
  properties[PROP_FOLLOW] = g_param_spec_boolean ("follow", NULL, NULL, TRUE, flags);
  properties[PROP_HAS_SELECTION] =
    g_param_spec_boolean ("has-selection", NULL, NULL, FALSE,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_END_IN_SIGHT] =
    g_param_spec_boolean ("end-in-sight", NULL, NULL, TRUE,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  g_object_class_override_property (object_class, PROP_HADJUSTMENT, "hadjustment");
  g_object_class_override_property (object_class, PROP_VADJUSTMENT, "vadjustment");
  g_object_class_override_property (object_class, PROP_HSCROLL_POLICY, "hscroll-policy");
  g_object_class_override_property (object_class, PROP_VSCROLL_POLICY, "vscroll-policy");
}

static void
sage_log_text_class_init (SageLogTextClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sage_log_text_dispose;
  object_class->finalize = sage_log_text_finalize;
  object_class->get_property = sage_log_text_get_property;
  object_class->set_property = sage_log_text_set_property;
  widget_class->size_allocate = sage_log_text_size_allocate;
  widget_class->measure = sage_log_text_measure;
  widget_class->get_request_mode = sage_log_text_get_request_mode;
  widget_class->snapshot = sage_log_text_snapshot;
  widget_class->css_changed = sage_log_text_css_changed;
  widget_class->system_setting_changed = sage_log_text_system_setting_changed;
  widget_class->map = sage_log_text_map;
  install_properties (object_class);

  signals[SIGNAL_METRIC_ACTIVATED] =
    g_signal_new ("metric-activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                  NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_SAVE_LINE] =
    g_signal_new ("save-line", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_css_name (widget_class, "logtext");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LOG);
  sage_log_text_input_class_init (widget_class);
}

static void
sage_log_text_init (SageLogText *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  AdwStyleManager *manager = adw_style_manager_get_default ();

  self->metrics = g_ptr_array_new_with_free_func ((GDestroyNotify) g_regex_unref);
  self->rows = g_array_new (FALSE, FALSE, sizeof (guint));
  self->starts = g_array_new (FALSE, TRUE, sizeof (gint64));
  g_array_set_size (self->starts, 1);
  self->follow = self->end_in_sight = TRUE;
  self->anchor.line = self->caret.line = self->found = self->hovered = SAGE_LOG_NO_LINE;
  self->goal = -1;
  update_palette (self);
  g_signal_connect_object (manager, "notify::dark", G_CALLBACK (update_palette), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (manager, "notify::high-contrast", G_CALLBACK (update_palette), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (manager, "notify::accent-color-rgba", G_CALLBACK (update_palette), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect (self, "notify::has-focus", G_CALLBACK (redraw_cb), NULL);

  gtk_widget_set_focusable (widget, TRUE);
  gtk_widget_set_overflow (widget, GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_cursor_from_name (widget, "text");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, C_("accessible", "Log"),
                                  GTK_ACCESSIBLE_PROPERTY_READ_ONLY, TRUE, -1);
  sage_log_text_input_init (self);
}

GtkWidget *
sage_log_text_new (void)
{
  return g_object_new (SAGE_TYPE_LOG_TEXT, NULL);
}
