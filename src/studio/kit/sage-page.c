/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-page"

#include "config.h"

#include "sage-page.h"

/*
 * What stands in a document tab. It is made for a location ("jobs", "training-job/NAME") on a
 * connection; whoever holds it shows its title and icon, and what it has selected in the inspector.
 */
typedef struct
{
  SageConnection *connection; /* (owned) (nullable) */
  char           *location;   /* (owned) */
  char           *title;      /* (owned) */
  char           *icon_name;  /* (owned) */
  GObject        *selection;  /* (owned) (nullable): what the inspector shows */
  gboolean        attention;
  gboolean        modified;
  gboolean        has_content; /* it was shown once */
} SagePagePrivate;

typedef enum
{
  PROP_CONNECTION = 1,
  PROP_LOCATION,
  PROP_TITLE,
  PROP_ICON_NAME,
  PROP_SELECTION,
  PROP_ATTENTION,
  PROP_MODIFIED,
} SagePageProperty;

static GParamSpec *properties[PROP_MODIFIED + 1];

enum
{
  SIGNAL_CLOSE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (SagePage, sage_page, ADW_TYPE_BIN)

#define PRIVATE(self) ((SagePagePrivate *) sage_page_get_instance_private (self))

static void
sage_page_dispose (GObject *object)
{
  SagePagePrivate *priv = PRIVATE (SAGE_PAGE (object));

  g_clear_object (&priv->selection);
  g_clear_object (&priv->connection);

  G_OBJECT_CLASS (sage_page_parent_class)->dispose (object);
}

static void
sage_page_finalize (GObject *object)
{
  SagePagePrivate *priv = PRIVATE (SAGE_PAGE (object));

  g_free (priv->location);
  g_free (priv->title);
  g_free (priv->icon_name);

  G_OBJECT_CLASS (sage_page_parent_class)->finalize (object);
}

static void
sage_page_get_property (GObject    *object,
                        guint       prop_id,
                        GValue     *value,
                        GParamSpec *pspec)
{
  SagePagePrivate *priv = PRIVATE (SAGE_PAGE (object));

  switch ((SagePageProperty) prop_id)
    {
    case PROP_CONNECTION:
      g_value_set_object (value, priv->connection);
      break;
    case PROP_LOCATION:
      g_value_set_string (value, priv->location);
      break;
    case PROP_TITLE:
      g_value_set_string (value, priv->title);
      break;
    case PROP_ICON_NAME:
      g_value_set_string (value, priv->icon_name);
      break;
    case PROP_SELECTION:
      g_value_set_object (value, priv->selection);
      break;
    case PROP_ATTENTION:
      g_value_set_boolean (value, priv->attention);
      break;
    case PROP_MODIFIED:
      g_value_set_boolean (value, priv->modified);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_page_set_property (GObject      *object,
                        guint         prop_id,
                        const GValue *value,
                        GParamSpec   *pspec)
{
  SagePage *self = SAGE_PAGE (object);
  SagePagePrivate *priv = PRIVATE (self);

  switch ((SagePageProperty) prop_id)
    {
    case PROP_CONNECTION:
      priv->connection = g_value_dup_object (value);
      break;
    case PROP_LOCATION:
      sage_page_set_location (self, g_value_get_string (value));
      break;
    case PROP_TITLE:
      sage_page_set_title (self, g_value_get_string (value));
      break;
    case PROP_ICON_NAME:
      sage_page_set_icon_name (self, g_value_get_string (value));
      break;
    case PROP_SELECTION:
      sage_page_set_selection (self, g_value_get_object (value));
      break;
    case PROP_ATTENTION:
      sage_page_set_attention (self, g_value_get_boolean (value));
      break;
    case PROP_MODIFIED:
      sage_page_set_modified (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_page_class_init (SagePageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  const GParamFlags once = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = sage_page_dispose;
  object_class->finalize = sage_page_finalize;
  object_class->get_property = sage_page_get_property;
  object_class->set_property = sage_page_set_property;

  properties[PROP_CONNECTION] = g_param_spec_object ("connection", NULL, NULL,
                                                     SAGE_TYPE_CONNECTION, once);
  properties[PROP_LOCATION] = g_param_spec_string ("location", NULL, NULL, NULL,
                                                   flags | G_PARAM_CONSTRUCT);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_ICON_NAME] = g_param_spec_string ("icon-name", NULL, NULL, NULL, flags);
  properties[PROP_SELECTION] = g_param_spec_object ("selection", NULL, NULL, G_TYPE_OBJECT, flags);
  properties[PROP_ATTENTION] = g_param_spec_boolean ("attention", NULL, NULL, FALSE, flags);
  properties[PROP_MODIFIED] = g_param_spec_boolean ("modified", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  /* The page asks to be closed: what it shows has been deleted. */
  signals[SIGNAL_CLOSE] = g_signal_new ("close", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sage_page_init (SagePage *self)
{
}

/**
 * sage_page_get_connection:
 * @self: a page
 *
 * Returns: (nullable) (transfer none): the engine that it shows
 */
SageConnection *
sage_page_get_connection (SagePage *self)
{
  g_return_val_if_fail (SAGE_IS_PAGE (self), NULL);

  return PRIVATE (self)->connection;
}

/**
 * sage_page_reconnect:
 * @self: a page
 *
 * Has its window connect once more if its engine was given up; what else a retry is for is up to the
 * page.
 */
void
sage_page_reconnect (SagePage *self)
{
  SageConnection *connection;

  g_return_if_fail (SAGE_IS_PAGE (self));

  connection = PRIVATE (self)->connection;
  if (connection != NULL && sage_connection_get_state (connection) == SAGE_CONNECTION_AWAY)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.connect", "s",
                                sage_profile_get_id (sage_connection_get_profile (connection)));
}

/**
 * sage_page_get_location:
 * @self: a page
 *
 * Returns: what it shows, e.g. `jobs` or `training-job/NAME`; the same location opens it again
 */
const char *
sage_page_get_location (SagePage *self)
{
  g_return_val_if_fail (SAGE_IS_PAGE (self), NULL);

  return PRIVATE (self)->location;
}

/**
 * sage_page_set_location:
 * @self: a page
 * @location: where the same thing is found from now on: a file that has been moved
 */
void
sage_page_set_location (SagePage   *self,
                        const char *location)
{
  g_return_if_fail (SAGE_IS_PAGE (self));

  if (g_set_str (&PRIVATE (self)->location, location))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOCATION]);
}

const char *
sage_page_get_title (SagePage *self)
{
  g_return_val_if_fail (SAGE_IS_PAGE (self), NULL);

  return PRIVATE (self)->title;
}

void
sage_page_set_title (SagePage   *self,
                     const char *title)
{
  g_return_if_fail (SAGE_IS_PAGE (self));

  if (g_set_str (&PRIVATE (self)->title, title))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
}

const char *
sage_page_get_icon_name (SagePage *self)
{
  g_return_val_if_fail (SAGE_IS_PAGE (self), NULL);

  return PRIVATE (self)->icon_name;
}

void
sage_page_set_icon_name (SagePage   *self,
                         const char *icon_name)
{
  g_return_if_fail (SAGE_IS_PAGE (self));

  if (g_set_str (&PRIVATE (self)->icon_name, icon_name))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ICON_NAME]);
}

/**
 * sage_page_get_selection:
 * @self: a page
 *
 * Returns: (nullable) (transfer none): what the inspector shows of it, most often a #SageResource
 */
GObject *
sage_page_get_selection (SagePage *self)
{
  g_return_val_if_fail (SAGE_IS_PAGE (self), NULL);

  return PRIVATE (self)->selection;
}

void
sage_page_set_selection (SagePage *self,
                         GObject  *selection)
{
  g_return_if_fail (SAGE_IS_PAGE (self));

  if (g_set_object (&PRIVATE (self)->selection, selection))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTION]);
}

gboolean
sage_page_get_attention (SagePage *self)
{
  g_return_val_if_fail (SAGE_IS_PAGE (self), FALSE);

  return PRIVATE (self)->attention;
}

/**
 * sage_page_set_attention:
 * @self: a page
 * @attention: whether something in it finished or failed; its tab shows that while it is hidden
 */
void
sage_page_set_attention (SagePage *self,
                         gboolean  attention)
{
  g_return_if_fail (SAGE_IS_PAGE (self));

  if (PRIVATE (self)->attention != attention)
    {
      PRIVATE (self)->attention = attention;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ATTENTION]);
    }
}

gboolean
sage_page_get_modified (SagePage *self)
{
  g_return_val_if_fail (SAGE_IS_PAGE (self), FALSE);

  return PRIVATE (self)->modified;
}

/**
 * sage_page_set_modified:
 * @self: a page
 * @modified: whether something in it is not saved; its tab shows that, and closing it asks
 */
void
sage_page_set_modified (SagePage *self,
                        gboolean  modified)
{
  g_return_if_fail (SAGE_IS_PAGE (self));

  if (PRIVATE (self)->modified != modified)
    {
      PRIVATE (self)->modified = modified;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MODIFIED]);
    }
}

/**
 * sage_page_close:
 * @self: a page
 *
 * Asks whoever holds the page to close it.
 */
void
sage_page_close (SagePage *self)
{
  g_return_if_fail (SAGE_IS_PAGE (self));

  g_signal_emit (self, signals[SIGNAL_CLOSE], 0);
}

static void
painted_cb (GdkFrameClock *clock,
            gpointer       user_data)
{
  const char *type = user_data;

  g_log ("sage-first-content", G_LOG_LEVEL_DEBUG, "first content of %s at %" G_GINT64_FORMAT, type,
         g_get_monotonic_time ());
  g_signal_handlers_disconnect_by_func (clock, painted_cb, user_data);
}

static gboolean
content_tick_cb (GtkWidget     *widget,
                 GdkFrameClock *clock,
                 gpointer       user_data)
{
  g_signal_connect (clock, "after-paint", G_CALLBACK (painted_cb),
                    (gpointer) G_OBJECT_TYPE_NAME (widget));

  return G_SOURCE_REMOVE;
}

/**
 * sage_page_mark_content:
 * @self: a page
 *
 * Says that the page shows what there is to show. The first time, when that is painted, it is logged
 * with the page's type: the benchmark of how long one waits reads it.
 */
void
sage_page_mark_content (SagePage *self)
{
  g_return_if_fail (SAGE_IS_PAGE (self));

  if (!PRIVATE (self)->has_content && gtk_widget_get_mapped (GTK_WIDGET (self)))
    {
      PRIVATE (self)->has_content = TRUE;
      gtk_widget_add_tick_callback (GTK_WIDGET (self), content_tick_cb, NULL, NULL);
    }
}

/**
 * sage_page_save_state:
 * @self: a page
 *
 * Returns: (transfer full) (nullable): what sage_page_restore_state() takes
 */
GVariant *
sage_page_save_state (SagePage *self)
{
  SagePageClass *klass = SAGE_PAGE_GET_CLASS (self);
  GVariant *state;

  g_return_val_if_fail (SAGE_IS_PAGE (self), NULL);

  state = klass->save_state != NULL ? klass->save_state (self) : NULL;

  return state != NULL ? g_variant_ref_sink (state) : NULL;
}

void
sage_page_restore_state (SagePage *self,
                         GVariant *state)
{
  SagePageClass *klass = SAGE_PAGE_GET_CLASS (self);

  g_return_if_fail (SAGE_IS_PAGE (self));
  g_return_if_fail (state != NULL);

  if (klass->restore_state != NULL && g_variant_is_of_type (state, G_VARIANT_TYPE_VARDICT))
    klass->restore_state (self, state);
}

/**
 * sage_page_find:
 * @self: a page
 *
 * Starts a search in the page, where it has one.
 */
void
sage_page_find (SagePage *self)
{
  SagePageClass *klass = SAGE_PAGE_GET_CLASS (self);

  g_return_if_fail (SAGE_IS_PAGE (self));

  if (klass->find != NULL)
    klass->find (self);
}

/**
 * sage_page_get_default_focus:
 * @self: a page
 *
 * Returns: (transfer none) (nullable): the widget that gets the focus when the page is shown
 */
GtkWidget *
sage_page_get_default_focus (SagePage *self)
{
  SagePageClass *klass = SAGE_PAGE_GET_CLASS (self);

  g_return_val_if_fail (SAGE_IS_PAGE (self), NULL);

  return klass->get_default_focus != NULL ? klass->get_default_focus (self) : NULL;
}

/**
 * sage_page_take_focus:
 * @self: a page whose content has just come
 * @widget: what of it is to have the focus
 *
 * Something else had the focus while there was nothing in the page that could have it; only who types
 * somewhere, or is asked something, keeps it.
 */
void
sage_page_take_focus (SagePage  *self,
                      GtkWidget *widget)
{
  GtkRoot *root;
  GtkWidget *focus;
  gboolean asked;

  g_return_if_fail (SAGE_IS_PAGE (self));
  g_return_if_fail (GTK_IS_WIDGET (widget));

  root = gtk_widget_get_root (GTK_WIDGET (self));
  focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  asked = ADW_IS_APPLICATION_WINDOW (root)
          && adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (root)) != NULL;
  if (gtk_widget_get_mapped (GTK_WIDGET (self)) && !asked
      && !GTK_IS_EDITABLE (focus) && !GTK_IS_TEXT_VIEW (focus))
    gtk_widget_grab_focus (widget);
}
