/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-state-chip"

#include "config.h"

#include "sage-state-chip.h"
#include "sage-time.h"
#include "sage-words.h"

struct _SageStateChip
{
  GtkWidget     parent_instance;

  SageResource *resource; /* (owned) (nullable) */
  SageState     state;    /* the one whose style class is set */
  char         *shown;    /* (owned) (nullable): the word in sight; the resource lets go of its own */
  guint         tick;     /* source id while the elapsed time moves */

  GtkWidget    *icon;
  GtkWidget    *word;
  GtkWidget    *elapsed;
};

typedef enum
{
  PROP_RESOURCE = 1,
} SageStateChipProperty;

static GParamSpec *properties[PROP_RESOURCE + 1];

G_DEFINE_FINAL_TYPE (SageStateChip, sage_state_chip, GTK_TYPE_WIDGET)

static void
update_elapsed (SageStateChip *self)
{
  gboolean running = self->resource != NULL
                     && sage_resource_get_state (self->resource) == SAGE_STATE_RUNNING
                     && sage_resource_get_created (self->resource) > 0;

  gtk_widget_set_visible (self->elapsed, running);
  if (running)
    {
      g_autofree char *text = sage_words_elapsed (sage_time_now ()
                                                  - sage_resource_get_created (self->resource));

      gtk_label_set_text (GTK_LABEL (self->elapsed), text);
    }
}

static gboolean
tick_cb (gpointer user_data)
{
  update_elapsed (user_data);

  return G_SOURCE_CONTINUE;
}

/* In a list that is scrolled, most chips show what they showed for another row, and styling anew is
 * most of the work. */
static void
show_state (SageStateChip *self,
            SageState      state)
{
  if (self->shown != NULL && state == self->state)
    return;

  gtk_widget_remove_css_class (self->icon, sage_words_state_class (self->state));
  self->state = state;
  gtk_widget_add_css_class (self->icon, sage_words_state_class (state));
  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon), sage_words_state_icon (state));
}

static void
show_word (SageStateChip *self,
           const char    *word)
{
  if (!g_set_str (&self->shown, word))
    return;

  gtk_label_set_text (GTK_LABEL (self->word), word);
  gtk_widget_set_visible (self->icon, word[0] != '\0');
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, word, -1);
}

static void
sage_state_chip_update (SageStateChip *self)
{
  SageState state = SAGE_STATE_NONE;
  const char *word = "";

  if (self->resource != NULL)
    {
      state = sage_resource_get_state (self->resource);
      word = sage_words_resource (self->resource);
    }

  show_state (self, state);
  show_word (self, word);
  update_elapsed (self);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)) && state == SAGE_STATE_RUNNING)
    {
      if (self->tick == 0)
        self->tick = g_timeout_add_seconds (1, tick_cb, self);
    }
  else
    g_clear_handle_id (&self->tick, g_source_remove);
}

static void
sage_state_chip_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sage_state_chip_parent_class)->map (widget);
  sage_state_chip_update (SAGE_STATE_CHIP (widget));
}

/* Of 100,000 rows, only those in sight count seconds. */
static void
sage_state_chip_unmap (GtkWidget *widget)
{
  SageStateChip *self = SAGE_STATE_CHIP (widget);

  g_clear_handle_id (&self->tick, g_source_remove);
  GTK_WIDGET_CLASS (sage_state_chip_parent_class)->unmap (widget);
}

static void
sage_state_chip_dispose (GObject *object)
{
  SageStateChip *self = SAGE_STATE_CHIP (object);

  g_clear_handle_id (&self->tick, g_source_remove);
  if (self->resource != NULL)
    g_signal_handlers_disconnect_by_data (self->resource, self);
  g_clear_object (&self->resource);
  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_STATE_CHIP);

  G_OBJECT_CLASS (sage_state_chip_parent_class)->dispose (object);
}

static void
sage_state_chip_finalize (GObject *object)
{
  g_free (SAGE_STATE_CHIP (object)->shown);

  G_OBJECT_CLASS (sage_state_chip_parent_class)->finalize (object);
}

static void
sage_state_chip_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  SageStateChip *self = SAGE_STATE_CHIP (object);

  switch ((SageStateChipProperty) prop_id)
    {
    case PROP_RESOURCE:
      g_value_set_object (value, self->resource);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_state_chip_set_property (GObject      *object,
                              guint         prop_id,
                              const GValue *value,
                              GParamSpec   *pspec)
{
  SageStateChip *self = SAGE_STATE_CHIP (object);

  switch ((SageStateChipProperty) prop_id)
    {
    case PROP_RESOURCE:
      sage_state_chip_set_resource (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_state_chip_class_init (SageStateChipClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sage_state_chip_dispose;
  object_class->finalize = sage_state_chip_finalize;
  object_class->get_property = sage_state_chip_get_property;
  object_class->set_property = sage_state_chip_set_property;
  widget_class->map = sage_state_chip_map;
  widget_class->unmap = sage_state_chip_unmap;

  properties[PROP_RESOURCE] =
    g_param_spec_object ("resource", NULL, NULL, SAGE_TYPE_RESOURCE,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_css_name (widget_class, "statechip");
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/sagebrush/Studio/ui/kit/sage-state-chip.ui");
  gtk_widget_class_bind_template_child (widget_class, SageStateChip, icon);
  gtk_widget_class_bind_template_child (widget_class, SageStateChip, word);
  gtk_widget_class_bind_template_child (widget_class, SageStateChip, elapsed);
}

static void
sage_state_chip_init (SageStateChip *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sage_state_chip_new (void)
{
  return g_object_new (SAGE_TYPE_STATE_CHIP, NULL);
}

SageResource *
sage_state_chip_get_resource (SageStateChip *self)
{
  g_return_val_if_fail (SAGE_IS_STATE_CHIP (self), NULL);

  return self->resource;
}

static void
notify_cb (SageStateChip *self,
           GParamSpec    *pspec,
           SageResource  *resource)
{
  sage_state_chip_update (self);
}

/**
 * sage_state_chip_set_resource:
 * @self: a state chip
 * @resource: (nullable): whose state to show, now and whenever it changes
 */
void
sage_state_chip_set_resource (SageStateChip *self,
                              SageResource  *resource)
{
  g_return_if_fail (SAGE_IS_STATE_CHIP (self));

  if (self->resource == resource)
    return;

  if (self->resource != NULL)
    g_signal_handlers_disconnect_by_func (self->resource, notify_cb, self);
  g_set_object (&self->resource, resource);
  if (resource != NULL)
    g_signal_connect_object (resource, "notify", G_CALLBACK (notify_cb), self, G_CONNECT_SWAPPED);

  sage_state_chip_update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RESOURCE]);
}

/**
 * sage_state_chip_forget:
 * @self: a state chip
 *
 * Lets go of the resource and goes on showing the state that it had: for a list, which will give the
 * chip another one before it is seen again.
 */
void
sage_state_chip_forget (SageStateChip *self)
{
  g_return_if_fail (SAGE_IS_STATE_CHIP (self));

  if (self->resource == NULL)
    return;

  g_signal_handlers_disconnect_by_func (self->resource, notify_cb, self);
  g_clear_object (&self->resource);
  g_clear_handle_id (&self->tick, g_source_remove);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RESOURCE]);
}
