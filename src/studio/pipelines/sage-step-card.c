/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-step-card"

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sage-step-cache.h"
#include "sage-step-card.h"
#include "sage-words.h"

/* Below that there are icon and name, and below that the colour of the state only. */
#define NAME_ZOOM 0.5
#define STATE_ZOOM 0.2

/* Text is not let become smaller on the screen than that share of its usual size. */
#define MIN_TEXT 0.7

/* The edge that shows the state, on the screen, in pixels. */
#define EDGE_WIDTH 4

struct _SageStepCard
{
  GtkWidget     parent_instance;

  char         *name;  /* (owned): the step's title */
  const char   *type;  /* what it does, translated */
  char         *about; /* (owned): the one fact beside the type */
  SageResource *step;  /* (owned) (nullable): of the execution that is shown */
  SageState     shown; /* the state whose style class is set */
  double        zoom;  /* what it is drawn at */
  guint         fit_id; /* text is about to be fitted */

  GtkWidget    *card;
  GtkWidget    *edge;
  GtkWidget    *content;
  GtkWidget    *icon;
  GtkWidget    *title;
  GtkWidget    *fact;
  GtkWidget    *state;
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SageStepCard, sage_step_card, GTK_TYPE_WIDGET)

static const struct
{
  const char *type;
  const char *icon;
  const char *word;
} types[] = {
  { "Condition", "sagebrush-condition-symbolic", N_("Condition") },
  { "Fail", "sagebrush-state-bad-symbolic", N_("Fail") },
  { "Model", "sagebrush-model-symbolic", N_("Model") },
  { "Processing", "sagebrush-processing-symbolic", N_("Processing") },
  { "RegisterModel", "sagebrush-register-symbolic", N_("Register model") },
  { "Training", "sagebrush-training-symbolic", N_("Training") },
};

/**
 * sage_step_type_icon:
 * @type: the type of a step, as definitions spell it
 *
 * Returns: the name of its icon
 */
const char *
sage_step_type_icon (const char *type)
{
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (strcmp (types[i].type, type) == 0)
      return types[i].icon;

  return "sagebrush-pipeline-symbolic";
}

/**
 * sage_step_type_word:
 * @type: the type of a step, as definitions spell it
 *
 * Returns: what it is called, translated; @type itself if it is not known
 */
const char *
sage_step_type_word (const char *type)
{
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (strcmp (types[i].type, type) == 0)
      return _(types[i].word);

  return type;
}

static void
describe (SageStepCard *self,
          const char   *status,
          gboolean      reused)
{
  g_autofree char *text = NULL;

  if (reused)
    /* Translators: the type of a step, its state; what it made is that of an earlier execution */
    text = g_strdup_printf (_("%s, %s, reused"), self->type, status);
  else if (status[0] != '\0')
    /* Translators: the type of a step, its state */
    text = g_strdup_printf (_("%s, %s"), self->type, status);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, self->name,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  text != NULL ? text : self->type, -1);
}

static void
sage_step_card_update (SageStepCard *self)
{
  SageState state = SAGE_STATE_NONE;
  gboolean changed;
  gboolean reused = FALSE;
  const char *status = "";
  g_autofree char *fact = NULL;

  if (self->step != NULL)
    {
      double created = sage_resource_get_created (self->step);
      double ended = sage_resource_get_ended (self->step);

      state = sage_resource_get_state (self->step);
      status = sage_words_status (sage_resource_get_status (self->step));
      reused = sage_step_cache_source (self->step) != NULL;
      if (reused)
        fact = g_strdup (_("Reused"));
      else if (ended > created && created > 0)
        fact = sage_words_duration (ended - created);
    }

  gtk_widget_remove_css_class (GTK_WIDGET (self), sage_words_state_class (self->shown));
  gtk_widget_add_css_class (GTK_WIDGET (self), sage_words_state_class (state));
  changed = self->shown != state;
  self->shown = state;
  gtk_image_set_from_icon_name (GTK_IMAGE (self->state), sage_words_state_icon (state));
  gtk_widget_set_visible (self->state, self->zoom >= NAME_ZOOM && state != SAGE_STATE_NONE);
  gtk_label_set_text (GTK_LABEL (self->fact), fact != NULL ? fact : self->about);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), self->name);
  describe (self, status, reused);
  if (changed)
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
scale_text (SageStepCard *self,
            double        scale)
{
  g_autoptr(PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (scale));
  gtk_label_set_attributes (GTK_LABEL (self->title), attributes);
  gtk_label_set_attributes (GTK_LABEL (self->fact), attributes);
  gtk_image_set_pixel_size (GTK_IMAGE (self->icon), (int) round (16 * scale));
  gtk_image_set_pixel_size (GTK_IMAGE (self->state), (int) round (16 * scale));
}

static double
height_of_text (SageStepCard *self)
{
  int height;

  gtk_widget_measure (self->content, GTK_ORIENTATION_VERTICAL, -1, &height, NULL, NULL, NULL);

  return height;
}

static void
fit_text (SageStepCard *self)
{
  double scale = MAX (1, MIN_TEXT / self->zoom);
  gboolean is_full = self->zoom >= NAME_ZOOM;
  gboolean is_bare = self->zoom < STATE_ZOOM;
  double height;

  gtk_widget_set_visible (self->content, !is_bare);
  gtk_widget_set_visible (self->fact, is_full);
  gtk_widget_set_visible (self->state, is_full && self->shown != SAGE_STATE_NONE);
  gtk_widget_set_hexpand (self->edge, is_bare);
  gtk_widget_set_size_request (self->edge, (int) round (EDGE_WIDTH * MAX (1, 1 / self->zoom)), -1);
  if (is_bare)
    return;

  scale_text (self, scale);
  if (height_of_text (self) > SAGE_GRAPH_NODE_HEIGHT)
    gtk_widget_set_visible (self->fact, FALSE);
  height = height_of_text (self);
  if (height > SAGE_GRAPH_NODE_HEIGHT) /* a little less: lines are of whole pixels */
    scale_text (self, scale * SAGE_GRAPH_NODE_HEIGHT / height * 0.95);
}

static void
fit_cb (gpointer user_data)
{
  SageStepCard *self = user_data;

  self->fit_id = 0;
  fit_text (self);
}

/* The labels hear of another font after this. */
static void
sage_step_card_system_setting_changed (GtkWidget        *widget,
                                       GtkSystemSetting  setting)
{
  SageStepCard *self = SAGE_STEP_CARD (widget);

  GTK_WIDGET_CLASS (sage_step_card_parent_class)->system_setting_changed (widget, setting);
  if (self->fit_id == 0)
    self->fit_id = g_idle_add_once (fit_cb, self);
}

static void
sage_step_card_dispose (GObject *object)
{
  SageStepCard *self = SAGE_STEP_CARD (object);

  g_clear_handle_id (&self->fit_id, g_source_remove);
  if (self->step != NULL)
    g_signal_handlers_disconnect_by_data (self->step, self);
  g_clear_object (&self->step);
  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_STEP_CARD);

  G_OBJECT_CLASS (sage_step_card_parent_class)->dispose (object);
}

static void
sage_step_card_finalize (GObject *object)
{
  SageStepCard *self = SAGE_STEP_CARD (object);

  g_free (self->name);
  g_free (self->about);

  G_OBJECT_CLASS (sage_step_card_parent_class)->finalize (object);
}

static void
sage_step_card_class_init (SageStepCardClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sage_step_card_dispose;
  object_class->finalize = sage_step_card_finalize;
  widget_class->system_setting_changed = sage_step_card_system_setting_changed;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_css_name (widget_class, "stepcard");
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/sagebrush/Studio/ui/pipelines/sage-step-card.ui");
  gtk_widget_class_bind_template_child (widget_class, SageStepCard, card);
  gtk_widget_class_bind_template_child (widget_class, SageStepCard, edge);
  gtk_widget_class_bind_template_child (widget_class, SageStepCard, content);
  gtk_widget_class_bind_template_child (widget_class, SageStepCard, icon);
  gtk_widget_class_bind_template_child (widget_class, SageStepCard, title);
  gtk_widget_class_bind_template_child (widget_class, SageStepCard, fact);
  gtk_widget_class_bind_template_child (widget_class, SageStepCard, state);
}

static void
sage_step_card_init (SageStepCard *self)
{
  self->zoom = 1;
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * sage_step_card_new:
 * @node: the step
 *
 * Returns: (transfer floating): a card for it, without a state
 */
GtkWidget *
sage_step_card_new (const SageGraphNode *node)
{
  SageStepCard *self = g_object_new (SAGE_TYPE_STEP_CARD, NULL);

  self->name = g_strdup (node->title);
  self->type = sage_step_type_word (node->type);
  self->about = g_strdup (node->fact != NULL ? node->fact : self->type);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon), sage_step_type_icon (node->type));
  gtk_label_set_text (GTK_LABEL (self->title), node->title);
  sage_step_card_update (self);

  return GTK_WIDGET (self);
}

/**
 * sage_step_card_set_step:
 * @self: a card
 * @step: (nullable): what became of the step in an execution; the card follows it
 */
void
sage_step_card_set_step (SageStepCard *self,
                         SageResource *step)
{
  g_return_if_fail (SAGE_IS_STEP_CARD (self));

  if (self->step == step)
    return;

  if (self->step != NULL)
    g_signal_handlers_disconnect_by_data (self->step, self);
  g_set_object (&self->step, step);
  if (step != NULL)
    g_signal_connect_swapped (step, "notify", G_CALLBACK (sage_step_card_update), self);
  sage_step_card_update (self);
}

SageState
sage_step_card_get_state (SageStepCard *self)
{
  g_return_val_if_fail (SAGE_IS_STEP_CARD (self), SAGE_STATE_NONE);

  return self->shown;
}

/**
 * sage_step_card_get_colour:
 * @self: a card
 * @colour: (out): what its state is shown in
 */
void
sage_step_card_get_colour (SageStepCard *self,
                           GdkRGBA      *colour)
{
  g_return_if_fail (SAGE_IS_STEP_CARD (self));

  gtk_widget_get_color (self->state, colour);
}

void
sage_step_card_set_selected (SageStepCard *self,
                             gboolean      selected)
{
  g_return_if_fail (SAGE_IS_STEP_CARD (self));

  if (selected)
    gtk_widget_add_css_class (GTK_WIDGET (self), "selected");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "selected");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_PRESSED,
                               selected ? GTK_ACCESSIBLE_TRISTATE_TRUE
                                        : GTK_ACCESSIBLE_TRISTATE_FALSE, -1);
}

/**
 * sage_step_card_set_zoom:
 * @self: a card
 * @zoom: what it is drawn at, 1 for 100 %
 *
 * Shows what can be read at that size: below 50 % icon and name only, below 20 % only the colour of the
 * state. Text and icons are made larger than the card they are on, so that they stay legible, but never
 * larger than it has room for, whatever the user's own scale of text is.
 */
void
sage_step_card_set_zoom (SageStepCard *self,
                         double        zoom)
{
  g_return_if_fail (SAGE_IS_STEP_CARD (self));
  g_return_if_fail (zoom > 0);

  self->zoom = zoom;
  fit_text (self);
}
