/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-picture-view"

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sage-page.h"
#include "sage-picture-load.h"
#include "sage-picture-view.h"

#define LOADING_HEIGHT 48 /* until the size is known */
#define MAX_SIZE 16384    /* pixels, whatever an output asks for */

struct _SagePictureView
{
  GtkWidget     parent_instance;

  GBytes       *bytes;     /* (owned) (nullable): as it came */
  char         *mime_type; /* (owned) (nullable) */
  GdkTexture   *texture;   /* (owned) (nullable) */
  GCancellable *load;      /* (owned) (nullable) */
  double        scale;     /* device pixels of a pixel that an SVG was drawn for */
  int           width;     /* as the output wants it; -1: as it is */
  int           height;

  GtkWidget    *message;   /* (nullable): instead of the picture */
  GtkWidget    *menu;      /* (nullable) */
};

G_DEFINE_FINAL_TYPE (SagePictureView, sage_picture_view, GTK_TYPE_WIDGET)

/* --- Size ------------------------------------------------------------------------------------ */

static void
get_size (SagePictureView *self,
          double          *width,
          double          *height)
{
  double own_width = gdk_texture_get_width (self->texture) / self->scale;
  double own_height = gdk_texture_get_height (self->texture) / self->scale;

  *width = own_width;
  *height = own_height;
  if (self->width > 0 && self->height > 0)
    {
      *width = self->width;
      *height = self->height;
    }
  else if (self->width > 0)
    {
      *width = self->width;
      *height = own_height * self->width / own_width;
    }
  else if (self->height > 0)
    {
      *height = self->height;
      *width = own_width * self->height / own_height;
    }
  *width = MIN (*width, MAX_SIZE);
  *height = MIN (*height, MAX_SIZE);
}

static void
sage_picture_view_measure (GtkWidget      *widget,
                           GtkOrientation  orientation,
                           int             for_size,
                           int            *minimum,
                           int            *natural,
                           int            *minimum_baseline,
                           int            *natural_baseline)
{
  SagePictureView *self = SAGE_PICTURE_VIEW (widget);
  double width;
  double height;

  if (self->message != NULL)
    {
      gtk_widget_measure (self->message, orientation, for_size, minimum, natural, NULL, NULL);
      return;
    }
  if (self->texture == NULL)
    {
      *minimum = 0;
      *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? MAX (self->width, LOADING_HEIGHT)
                                                           : MAX (self->height, LOADING_HEIGHT);
      return;
    }

  get_size (self, &width, &height);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = 0;
      *natural = (int) ceil (width);
    }
  else
    *minimum = *natural = (int) ceil (for_size >= 0 && for_size < width ? height * for_size / width
                                                                        : height);
}

static GtkSizeRequestMode
sage_picture_view_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
sage_picture_view_size_allocate (GtkWidget *widget,
                                 int        width,
                                 int        height,
                                 int        baseline)
{
  SagePictureView *self = SAGE_PICTURE_VIEW (widget);

  if (self->message != NULL)
    gtk_widget_allocate (self->message, width, height, baseline, NULL);
  if (self->menu != NULL)
    gtk_popover_present (GTK_POPOVER (self->menu));
}

static void
sage_picture_view_snapshot (GtkWidget   *widget,
                            GtkSnapshot *snapshot)
{
  SagePictureView *self = SAGE_PICTURE_VIEW (widget);
  double width;
  double height;
  double fit;

  if (self->texture == NULL || self->message != NULL)
    {
      GTK_WIDGET_CLASS (sage_picture_view_parent_class)->snapshot (widget, snapshot);
      return;
    }

  get_size (self, &width, &height);
  fit = MIN (1, gtk_widget_get_width (widget) / width);
  gtk_snapshot_append_scaled_texture (snapshot, self->texture, GSK_SCALING_FILTER_TRILINEAR,
                                      &GRAPHENE_RECT_INIT (0, 0, (float) (width * fit),
                                                           (float) (height * fit)));
}

/* --- Content --------------------------------------------------------------------------------- */

/**
 * sage_picture_view_set_message:
 * @self: a picture
 * @message: (nullable): what to say in its place
 */
void
sage_picture_view_set_message (SagePictureView *self,
                               const char      *message)
{
  g_return_if_fail (SAGE_IS_PICTURE_VIEW (self));

  g_clear_pointer (&self->message, gtk_widget_unparent);
  if (message != NULL)
    {
      self->message = gtk_label_new (message);
      gtk_label_set_wrap (GTK_LABEL (self->message), TRUE);
      gtk_label_set_xalign (GTK_LABEL (self->message), 0);
      gtk_widget_add_css_class (self->message, "dim-label");
      gtk_widget_set_parent (self->message, GTK_WIDGET (self));
    }
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
loaded_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(SagePictureView) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GdkTexture) texture = sage_picture_load_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_set_object (&self->texture, texture);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "picture.copy", texture != NULL);
  if (texture == NULL)
    {
      g_debug ("%s", error->message);
      sage_picture_view_set_message (self, _("The picture is broken or too large to be shown"));
    }
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/**
 * sage_picture_view_set_bytes:
 * @self: a picture
 * @bytes: its data, as they came
 * @mime_type: what they are said to be
 *
 * Shows a picture as soon as it is decoded; until then, what was shown before.
 */
void
sage_picture_view_set_bytes (SagePictureView *self,
                             GBytes          *bytes,
                             const char      *mime_type)
{
  gboolean is_svg = g_strcmp0 (mime_type, "image/svg+xml") == 0;

  g_return_if_fail (SAGE_IS_PICTURE_VIEW (self));
  g_return_if_fail (bytes != NULL);

  g_cancellable_cancel (self->load);
  g_clear_object (&self->load);
  self->load = g_cancellable_new ();
  g_clear_pointer (&self->bytes, g_bytes_unref);
  self->bytes = g_bytes_ref (bytes);
  g_set_str (&self->mime_type, mime_type);
  self->scale = is_svg ? 2 : 1; /* sharp on a screen with two pixels to one */
  sage_picture_view_set_message (self, NULL);
  sage_picture_load_async (bytes, is_svg, self->scale, self->load, loaded_cb, g_object_ref (self));
}

/**
 * sage_picture_view_set_size:
 * @self: a picture
 * @width: in pixels of the screen, as the output wants it; -1 for its own
 * @height: likewise
 */
void
sage_picture_view_set_size (SagePictureView *self,
                            int              width,
                            int              height)
{
  g_return_if_fail (SAGE_IS_PICTURE_VIEW (self));

  self->width = MIN (width, MAX_SIZE);
  self->height = MIN (height, MAX_SIZE);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/* @alt: (nullable): what a screen reader says */
void
sage_picture_view_set_alt (SagePictureView *self,
                           const char      *alt)
{
  g_return_if_fail (SAGE_IS_PICTURE_VIEW (self));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  alt != NULL && alt[0] != '\0' ? alt : _("Picture"), -1);
}

/* Returns: (transfer none) (nullable): what is shown */
GdkTexture *
sage_picture_view_get_texture (SagePictureView *self)
{
  g_return_val_if_fail (SAGE_IS_PICTURE_VIEW (self), NULL);

  return self->texture;
}

/* --- Actions --------------------------------------------------------------------------------- */

static void
copy_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  SagePictureView *self = SAGE_PICTURE_VIEW (widget);

  if (self->texture == NULL)
    return;
  gdk_clipboard_set_texture (gtk_widget_get_clipboard (widget), self->texture);
  sage_toast (widget, _("Copied"));
}

static void
saved_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(SagePictureView) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!g_file_replace_contents_finish (G_FILE (object), result, NULL, &error) &&
      gtk_widget_get_root (GTK_WIDGET (self)) != NULL)
    sage_toast_error (GTK_WIDGET (self), _("The picture was not saved"), error);
}

static void
chosen_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(SagePictureView) self = user_data;
  g_autoptr(GFile) file = gtk_file_dialog_save_finish (GTK_FILE_DIALOG (object), result, NULL);

  if (file != NULL && self->bytes != NULL)
    g_file_replace_contents_bytes_async (file, self->bytes, NULL, FALSE, G_FILE_CREATE_NONE, NULL,
                                         saved_cb, g_object_ref (self));
}

static void
save_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  static const struct
  {
    const char *mime_type;
    const char *ending;
  } endings[] = {
    { "image/png", "png" }, { "image/jpeg", "jpg" }, { "image/gif", "gif" },
    { "image/webp", "webp" }, { "image/svg+xml", "svg" },
  };
  SagePictureView *self = SAGE_PICTURE_VIEW (widget);
  g_autoptr(GtkFileDialog) dialog = gtk_file_dialog_new ();
  g_autofree char *name = NULL;
  const char *ending = "png";

  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_strcmp0 (self->mime_type, endings[i].mime_type) == 0)
      ending = endings[i].ending;
  /* Translators: the name of a file; the ending is added */
  name = g_strdup_printf ("%s.%s", _("picture"), ending);
  gtk_file_dialog_set_initial_name (dialog, name);
  gtk_file_dialog_save (dialog, GTK_WINDOW (gtk_widget_get_root (widget)), NULL, chosen_cb,
                        g_object_ref (self));
}

static void
popup_menu (SagePictureView *self,
            double           x,
            double           y)
{
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  {
    g_autoptr(GMenu) menu = g_menu_new ();

    g_menu_append (menu, _("_Copy"), "picture.copy");
    g_menu_append (menu, _("_Save As…"), "picture.save");
    self->menu = gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));
  }
  gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
  gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu),
                               &(GdkRectangle) { (int) x, (int) y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
pressed_cb (GtkGestureClick *gesture,
            int              n_press,
            double           x,
            double           y,
            SagePictureView *self)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  popup_menu (self, x, y);
}

static void
menu_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  popup_menu (SAGE_PICTURE_VIEW (widget), 12, 12);
}

/* --- The object ------------------------------------------------------------------------------ */

static void
sage_picture_view_dispose (GObject *object)
{
  SagePictureView *self = SAGE_PICTURE_VIEW (object);

  g_cancellable_cancel (self->load);
  g_clear_object (&self->load);
  g_clear_pointer (&self->message, gtk_widget_unparent);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_object (&self->texture);

  G_OBJECT_CLASS (sage_picture_view_parent_class)->dispose (object);
}

static void
sage_picture_view_finalize (GObject *object)
{
  SagePictureView *self = SAGE_PICTURE_VIEW (object);

  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self->mime_type);

  G_OBJECT_CLASS (sage_picture_view_parent_class)->finalize (object);
}

static void
sage_picture_view_class_init (SagePictureViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sage_picture_view_dispose;
  object_class->finalize = sage_picture_view_finalize;
  widget_class->measure = sage_picture_view_measure;
  widget_class->get_request_mode = sage_picture_view_get_request_mode;
  widget_class->size_allocate = sage_picture_view_size_allocate;
  widget_class->snapshot = sage_picture_view_snapshot;

  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_install_action (widget_class, "picture.copy", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "picture.save", NULL, save_action);
  gtk_widget_class_install_action (widget_class, "picture.menu", NULL, menu_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "picture.copy", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "picture.menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "picture.menu", NULL);
}

static void
sage_picture_view_init (SagePictureView *self)
{
  GtkGesture *gesture = gtk_gesture_click_new ();

  self->width = self->height = -1;
  self->scale = 1;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (gesture), GDK_BUTTON_SECONDARY);
  g_signal_connect (gesture, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (gesture));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "picture.copy", FALSE);
  sage_picture_view_set_alt (self, NULL);
}

/**
 * sage_picture_view_new:
 *
 * Returns: (transfer floating): a widget without a picture
 */
GtkWidget *
sage_picture_view_new (void)
{
  return g_object_new (SAGE_TYPE_PICTURE_VIEW, NULL);
}
