/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-log-buffer"

#include "config.h"

#include "sage-log-buffer-private.h"

G_DEFINE_ENUM_TYPE (SageLogBufferState, sage_log_buffer_state,
  G_DEFINE_ENUM_VALUE (SAGE_LOG_BUFFER_LOADING, "loading"),
  G_DEFINE_ENUM_VALUE (SAGE_LOG_BUFFER_EMPTY, "empty"),
  G_DEFINE_ENUM_VALUE (SAGE_LOG_BUFFER_ERROR, "error"),
  G_DEFINE_ENUM_VALUE (SAGE_LOG_BUFFER_READY, "ready"))

typedef enum
{
  PROP_PAGER = 1,
  PROP_STATE,
  PROP_ERROR,
  PROP_AT_START,
  PROP_AT_END,
  PROP_LIVE,
  PROP_ACTIVE,
  PROP_FOLLOWING,
  PROP_UNSEEN,
} SageLogBufferProperty;

static GParamSpec *properties[PROP_UNSEEN + 1];

enum
{
  SIGNAL_CHANGED,
  SIGNAL_REPLACED,
  SIGNAL_SETTLED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SageLogBuffer, sage_log_buffer, G_TYPE_OBJECT)

/* --- for what reads --------------------------------------------------------------------------- */

static void
set_flag (SageLogBuffer         *self,
          gboolean              *flag,
          gboolean               value,
          SageLogBufferProperty  property)
{
  if (*flag != value)
    {
      *flag = value;
      g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
    }
}

void
sage_log_buffer_set_state (SageLogBuffer      *self,
                           SageLogBufferState  state)
{
  if (self->state != state)
    {
      self->state = state;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
    }
}

void
sage_log_buffer_set_at_start (SageLogBuffer *self,
                              gboolean       at_start)
{
  set_flag (self, &self->at_start, at_start, PROP_AT_START);
}

void
sage_log_buffer_set_at_end (SageLogBuffer *self,
                            gboolean       at_end)
{
  set_flag (self, &self->at_end, at_end, PROP_AT_END);
}

void
sage_log_buffer_set_unseen (SageLogBuffer *self,
                            guint          unseen)
{
  if (self->unseen != unseen)
    {
      self->unseen = unseen;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_UNSEEN]);
    }
}

/* Takes over @error, which may be NULL. */
void
sage_log_buffer_take_error (SageLogBuffer *self,
                            GError        *error)
{
  gboolean changed = self->error != error;

  g_clear_error (&self->error);
  self->error = error;
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

void
sage_log_buffer_emit_changed (SageLogBuffer *self,
                              int            head,
                              int            tail)
{
  if (head != 0 || tail != 0)
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0, head, tail);
}

void
sage_log_buffer_emit_replaced (SageLogBuffer *self)
{
  g_signal_emit (self, signals[SIGNAL_REPLACED], 0);
}

void
sage_log_buffer_emit_settled (SageLogBuffer *self)
{
  g_signal_emit (self, signals[SIGNAL_SETTLED], 0);
}

/* --- properties ------------------------------------------------------------------------------- */

/**
 * sage_log_buffer_set_live:
 * @self: a buffer
 * @live: whether more may be written; when that ends, what is left is still read
 */
void
sage_log_buffer_set_live (SageLogBuffer *self,
                          gboolean       live)
{
  g_return_if_fail (SAGE_IS_LOG_BUFFER (self));

  if (self->live == live)
    return;

  self->drained = FALSE;
  self->pause = SAGE_LOG_BUFFER_SHORTEST_PAUSE;
  set_flag (self, &self->live, live, PROP_LIVE);
  sage_log_buffer_schedule_poll (self);
}

/**
 * sage_log_buffer_set_active:
 * @self: a buffer
 * @active: whether somebody looks at it; if not, nothing is read
 */
void
sage_log_buffer_set_active (SageLogBuffer *self,
                            gboolean       active)
{
  g_return_if_fail (SAGE_IS_LOG_BUFFER (self));

  if (self->active == active)
    return;

  self->pause = 0;
  set_flag (self, &self->active, active, PROP_ACTIVE);
  sage_log_buffer_schedule_poll (self);
}

/**
 * sage_log_buffer_set_following:
 * @self: a buffer
 * @following: whether the window moves on with what is new; it goes to the end if it is not there
 */
void
sage_log_buffer_set_following (SageLogBuffer *self,
                               gboolean       following)
{
  g_return_if_fail (SAGE_IS_LOG_BUFFER (self));

  if (self->following == following)
    return;

  set_flag (self, &self->following, following, PROP_FOLLOWING);
  if (following && !self->at_end && self->state == SAGE_LOG_BUFFER_READY)
    sage_log_buffer_go_to_end (self);
  else if (following)
    sage_log_buffer_set_unseen (self, 0);
}

SageLogPager *
sage_log_buffer_get_pager (SageLogBuffer *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_BUFFER (self), NULL);

  return self->pager;
}

SageLogBufferState
sage_log_buffer_get_state (SageLogBuffer *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_BUFFER (self), SAGE_LOG_BUFFER_LOADING);

  return self->state;
}

/**
 * sage_log_buffer_get_error:
 * @self: a buffer
 *
 * Returns: (nullable): why the last read failed; %NULL after one that did not
 */
const GError *
sage_log_buffer_get_error (SageLogBuffer *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_BUFFER (self), NULL);

  return self->error;
}

guint
sage_log_buffer_get_n_lines (SageLogBuffer *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_BUFFER (self), 0);

  return sage_log_window_get_n_lines (self->window);
}

/**
 * sage_log_buffer_get_first:
 * @self: a buffer
 *
 * Returns: the number of the first line that is held; a line keeps its number
 */
gint64
sage_log_buffer_get_first (SageLogBuffer *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_BUFFER (self), 0);

  return sage_log_window_get_first (self->window);
}

/**
 * sage_log_buffer_get_line:
 * @self: a buffer
 * @number: the number of a line
 *
 * Returns: (transfer none) (nullable): the line, if it is held
 */
SageLogLine *
sage_log_buffer_get_line (SageLogBuffer *self,
                          gint64         number)
{
  g_return_val_if_fail (SAGE_IS_LOG_BUFFER (self), NULL);

  return sage_log_window_get_line (self->window, number);
}

gboolean
sage_log_buffer_get_at_start (SageLogBuffer *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_BUFFER (self), FALSE);

  return self->at_start;
}

gboolean
sage_log_buffer_get_at_end (SageLogBuffer *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_BUFFER (self), FALSE);

  return self->at_end;
}

/**
 * sage_log_buffer_get_reading:
 * @self: a buffer
 *
 * Returns: whether a read is under way, which "settled" ends
 */
gboolean
sage_log_buffer_get_reading (SageLogBuffer *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_BUFFER (self), FALSE);

  return self->reading[SAGE_LOG_FORWARD] || self->reading[SAGE_LOG_BACKWARD];
}

guint
sage_log_buffer_get_unseen (SageLogBuffer *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_BUFFER (self), 0);

  return self->unseen;
}

gboolean
sage_log_buffer_get_live (SageLogBuffer *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_BUFFER (self), FALSE);

  return self->live;
}

gboolean
sage_log_buffer_get_active (SageLogBuffer *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_BUFFER (self), FALSE);

  return self->active;
}

gboolean
sage_log_buffer_get_following (SageLogBuffer *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_BUFFER (self), FALSE);

  return self->following;
}

static void
sage_log_buffer_dispose (GObject *object)
{
  SageLogBuffer *self = SAGE_LOG_BUFFER (object);

  g_clear_handle_id (&self->poll, g_source_remove);
  g_cancellable_cancel (self->cancellable);

  G_OBJECT_CLASS (sage_log_buffer_parent_class)->dispose (object);
}

static void
sage_log_buffer_finalize (GObject *object)
{
  SageLogBuffer *self = SAGE_LOG_BUFFER (object);

  g_clear_object (&self->pager);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->window, sage_log_window_free);
  g_clear_error (&self->error);
  g_free (self->tail);

  G_OBJECT_CLASS (sage_log_buffer_parent_class)->finalize (object);
}

static void
sage_log_buffer_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  SageLogBuffer *self = SAGE_LOG_BUFFER (object);

  switch ((SageLogBufferProperty) prop_id)
    {
    case PROP_PAGER:
      g_value_set_object (value, self->pager);
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    case PROP_AT_START:
      g_value_set_boolean (value, self->at_start);
      break;
    case PROP_AT_END:
      g_value_set_boolean (value, self->at_end);
      break;
    case PROP_LIVE:
      g_value_set_boolean (value, self->live);
      break;
    case PROP_ACTIVE:
      g_value_set_boolean (value, self->active);
      break;
    case PROP_FOLLOWING:
      g_value_set_boolean (value, self->following);
      break;
    case PROP_UNSEEN:
      g_value_set_uint (value, self->unseen);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_log_buffer_set_property (GObject      *object,
                              guint         prop_id,
                              const GValue *value,
                              GParamSpec   *pspec)
{
  SageLogBuffer *self = SAGE_LOG_BUFFER (object);

  switch ((SageLogBufferProperty) prop_id)
    {
    case PROP_PAGER:
      self->pager = g_value_dup_object (value);
      break;
    case PROP_LIVE:
      sage_log_buffer_set_live (self, g_value_get_boolean (value));
      break;
    case PROP_ACTIVE:
      sage_log_buffer_set_active (self, g_value_get_boolean (value));
      break;
    case PROP_FOLLOWING:
      sage_log_buffer_set_following (self, g_value_get_boolean (value));
      break;
    case PROP_STATE:
    case PROP_ERROR:
    case PROP_AT_START:
    case PROP_AT_END:
    case PROP_UNSEEN:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags read = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  const GParamFlags both = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  properties[PROP_PAGER] =
    g_param_spec_object ("pager", NULL, NULL, SAGE_TYPE_LOG_PAGER,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, SAGE_TYPE_LOG_BUFFER_STATE, SAGE_LOG_BUFFER_LOADING,
                       read);
  properties[PROP_ERROR] = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, read);
  properties[PROP_AT_START] = g_param_spec_boolean ("at-start", NULL, NULL, FALSE, read);
  properties[PROP_AT_END] = g_param_spec_boolean ("at-end", NULL, NULL, FALSE, read);
  properties[PROP_LIVE] = g_param_spec_boolean ("live", NULL, NULL, FALSE, both);
  properties[PROP_ACTIVE] = g_param_spec_boolean ("active", NULL, NULL, FALSE, both);
  properties[PROP_FOLLOWING] = g_param_spec_boolean ("following", NULL, NULL, TRUE, both);
  properties[PROP_UNSEEN] = g_param_spec_uint ("unseen", NULL, NULL, 0, G_MAXUINT, 0, read);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
sage_log_buffer_class_init (SageLogBufferClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = sage_log_buffer_dispose;
  object_class->finalize = sage_log_buffer_finalize;
  object_class->get_property = sage_log_buffer_get_property;
  object_class->set_property = sage_log_buffer_set_property;
  install_properties (object_class);

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_INT,
                                          G_TYPE_INT);
  signals[SIGNAL_REPLACED] = g_signal_new ("replaced", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                           0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_SETTLED] = g_signal_new ("settled", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sage_log_buffer_init (SageLogBuffer *self)
{
  self->window = sage_log_window_new ();
  self->cancellable = g_cancellable_new ();
  self->following = TRUE;
}

/**
 * sage_log_buffer_new:
 * @pager: where the log comes from
 *
 * Returns: (transfer full): a buffer that reads when it is told where to go
 */
SageLogBuffer *
sage_log_buffer_new (SageLogPager *pager)
{
  g_return_val_if_fail (SAGE_IS_LOG_PAGER (pager), NULL);

  return g_object_new (SAGE_TYPE_LOG_BUFFER, "pager", pager, NULL);
}
