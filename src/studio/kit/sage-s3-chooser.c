/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-s3-chooser"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-object-list.h"
#include "sage-s3-chooser.h"
#include "sage-words.h"

#define SCHEME "s3://"

struct _SageS3Chooser
{
  AdwDialog       parent_instance;

  SageConnection *connection; /* (owned) */
  char           *bucket;     /* (owned) (nullable): NULL where the buckets are listed */
  char           *prefix;     /* (owned): "", or what ends in a slash */
  char           *next;       /* (owned) (nullable): what gets the next page */
  GCancellable   *loading;    /* (owned) (nullable) */

  AdwWindowTitle *heading;
  GtkStack       *stack;
  GtkListBox     *list;
  GtkWidget      *more;
  AdwStatusPage  *problem;
};

enum
{
  SIGNAL_CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SageS3Chooser, sage_s3_chooser, ADW_TYPE_DIALOG)

/* Returns: (transfer full): the address of what is listed, or of @key there */
static char *
make_address (SageS3Chooser *self,
              const char    *key)
{
  return g_strconcat (SCHEME, self->bucket, "/", key != NULL ? key : self->prefix, NULL);
}

static void
choose (SageS3Chooser *self,
        const char    *key)
{
  g_autofree char *address = make_address (self, key);

  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, address);
  adw_dialog_close (ADW_DIALOG (self));
}

/* --- Rows ------------------------------------------------------------------------------------- */

static GtkWidget *
make_row (SageS3Chooser         *self,
          const SageObjectEntry *entry)
{
  GtkWidget *row = adw_action_row_new ();
  gboolean is_object = entry->size >= 0;
  g_autofree char *name = NULL;
  g_autofree char *size = NULL;

  /* What has this level's own name is an object that stands for the folder. All begin with the prefix. */
  name = g_strdup (strcmp (entry->name, self->prefix) == 0 ? "." : entry->name + strlen (self->prefix));
  if (!is_object && g_str_has_suffix (name, "/"))
    name[strlen (name) - 1] = '\0';
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name[0] != '\0' ? name : "/");
  adw_action_row_add_prefix (ADW_ACTION_ROW (row),
                             gtk_image_new_from_icon_name (is_object ? "text-x-generic-symbolic"
                                                                     : "folder-symbolic"));
  if (is_object)
    {
      GtkWidget *label;

      size = sage_words_bytes (entry->size);
      label = gtk_label_new (size);
      gtk_widget_add_css_class (label, "dim-label");
      gtk_widget_add_css_class (label, "numeric");
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
    }
  else
    adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                               gtk_image_new_from_icon_name ("go-next-symbolic"));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_object_set_data_full (G_OBJECT (row), "name", g_strdup (entry->name), g_free);
  g_object_set_data (G_OBJECT (row), "is-object", GINT_TO_POINTER (is_object));

  return row;
}

static void
show_page (SageS3Chooser *self,
           GPtrArray     *entries)
{
  gboolean first = gtk_list_box_get_row_at_index (self->list, 0) == NULL;

  for (guint i = 0; i < entries->len; i++)
    gtk_list_box_append (self->list, make_row (self, g_ptr_array_index (entries, i)));
  gtk_widget_set_visible (self->more, self->next != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "s3.more", self->next != NULL);

  /* A page may have nothing and yet not be the last one. */
  gtk_widget_set_visible (GTK_WIDGET (self->list), !first || entries->len > 0);
  if (!first || entries->len > 0 || self->next != NULL)
    gtk_stack_set_visible_child_name (self->stack, "list");
  else
    gtk_stack_set_visible_child_name (self->stack, self->bucket != NULL ? "empty" : "no-buckets");
  if (first && entries->len > 0)
    gtk_widget_grab_focus (GTK_WIDGET (gtk_list_box_get_row_at_index (self->list, 0)));
  else if (first && self->next != NULL)
    gtk_widget_grab_focus (self->more);
}

/* --- Loading ---------------------------------------------------------------------------------- */

static void
listed_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(SageS3Chooser) self = user_data;
  g_autoptr(GPtrArray) entries = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *next = NULL;
  g_autofree char *words = NULL;

  entries = sage_client_list_objects_finish (SAGE_CLIENT (object), result, &next, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_clear_object (&self->loading);
  if (entries != NULL)
    {
      g_set_str (&self->next, next);
      show_page (self, entries);
      return;
    }

  words = sage_words_error (error);
  adw_status_page_set_description (self->problem, words);
  gtk_stack_set_visible_child_name (self->stack, "error");
}

static void
load (SageS3Chooser *self,
      const char    *token)
{
  SageClient *client = sage_connection_get_client (self->connection);

  if (self->loading != NULL)
    g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  self->loading = g_cancellable_new ();
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "s3.more", FALSE);
  sage_client_list_objects_async (client, self->bucket, self->prefix, token, self->loading, listed_cb,
                                  g_object_ref (self));
}

static void
go_to (SageS3Chooser *self,
       const char    *bucket,
       const char    *prefix)
{
  g_autofree char *address = NULL;

  g_set_str (&self->bucket, bucket);
  g_set_str (&self->prefix, prefix);
  g_clear_pointer (&self->next, g_free);
  address = bucket != NULL ? make_address (self, NULL) : g_strdup ("");
  adw_window_title_set_subtitle (self->heading, address);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "s3.up", bucket != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "s3.choose", bucket != NULL);
  gtk_list_box_remove_all (self->list);
  gtk_stack_set_visible_child_name (self->stack, "loading");
  load (self, NULL);
}

/* --- Actions ---------------------------------------------------------------------------------- */

static void
activated_cb (SageS3Chooser *self,
              GtkListBoxRow *row)
{
  g_autofree char *name = g_strdup (g_object_get_data (G_OBJECT (row), "name"));

  if (GPOINTER_TO_INT (g_object_get_data (G_OBJECT (row), "is-object")))
    choose (self, name);
  else if (self->bucket == NULL)
    go_to (self, name, "");
  else
    go_to (self, self->bucket, name);
}

static void
up_action (GtkWidget  *widget,
           const char *action_name,
           GVariant   *parameter)
{
  SageS3Chooser *self = SAGE_S3_CHOOSER (widget);
  g_autofree char *prefix = g_strdup (self->prefix);
  gsize length = strlen (prefix);

  if (length == 0)
    {
      go_to (self, NULL, "");
      return;
    }

  do
    prefix[--length] = '\0';
  while (length > 0 && prefix[length - 1] != '/');
  go_to (self, self->bucket, prefix);
}

static void
choose_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  choose (SAGE_S3_CHOOSER (widget), NULL);
}

static void
more_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  SageS3Chooser *self = SAGE_S3_CHOOSER (widget);

  load (self, self->next);
}

static void
again_action (GtkWidget  *widget,
              const char *action_name,
              GVariant   *parameter)
{
  SageS3Chooser *self = SAGE_S3_CHOOSER (widget);

  go_to (self, self->bucket, self->prefix);
}

/* --- Object ----------------------------------------------------------------------------------- */

static void
sage_s3_chooser_dispose (GObject *object)
{
  SageS3Chooser *self = SAGE_S3_CHOOSER (object);

  if (self->loading != NULL)
    g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_S3_CHOOSER);
  g_clear_object (&self->connection);
  g_clear_pointer (&self->bucket, g_free);
  g_clear_pointer (&self->prefix, g_free);
  g_clear_pointer (&self->next, g_free);

  G_OBJECT_CLASS (sage_s3_chooser_parent_class)->dispose (object);
}

static void
sage_s3_chooser_class_init (SageS3ChooserClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sage_s3_chooser_dispose;
  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/sagebrush/Studio/ui/kit/sage-s3-chooser.ui");
  gtk_widget_class_bind_template_child (widget_class, SageS3Chooser, heading);
  gtk_widget_class_bind_template_child (widget_class, SageS3Chooser, stack);
  gtk_widget_class_bind_template_child (widget_class, SageS3Chooser, list);
  gtk_widget_class_bind_template_child (widget_class, SageS3Chooser, more);
  gtk_widget_class_bind_template_child (widget_class, SageS3Chooser, problem);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
  gtk_widget_class_install_action (widget_class, "s3.up", NULL, up_action);
  gtk_widget_class_install_action (widget_class, "s3.choose", NULL, choose_action);
  gtk_widget_class_install_action (widget_class, "s3.more", NULL, more_action);
  gtk_widget_class_install_action (widget_class, "s3.again", NULL, again_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Up, GDK_ALT_MASK, "s3.up", NULL);
}

static void
sage_s3_chooser_init (SageS3Chooser *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * sage_s3_chooser_new:
 * @connection: the engine whose buckets they are; its client is known
 * @address: (nullable): what was typed so far: where it begins, if it is an address
 *
 * Returns: (transfer floating): the dialog
 */
AdwDialog *
sage_s3_chooser_new (SageConnection *connection,
                     const char     *address)
{
  SageS3Chooser *self;
  g_auto(GStrv) parts = NULL;
  g_autofree char *prefix = NULL;

  g_return_val_if_fail (SAGE_IS_CONNECTION (connection), NULL);

  self = g_object_new (SAGE_TYPE_S3_CHOOSER, NULL);
  self->connection = g_object_ref (connection);
  if (address != NULL && g_str_has_prefix (address, SCHEME))
    parts = g_strsplit (address + strlen (SCHEME), "/", 2);
  if (parts != NULL && parts[0] != NULL && parts[0][0] != '\0')
    {
      const char *slash = parts[1] != NULL ? strrchr (parts[1], '/') : NULL;

      prefix = slash != NULL ? g_strndup (parts[1], (gsize) (slash - parts[1]) + 1) : g_strdup ("");
      go_to (self, parts[0], prefix);
    }
  else
    go_to (self, NULL, "");

  return ADW_DIALOG (self);
}
