/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-output-view"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-error-view.h"
#include "sage-output-content-private.h"
#include "sage-output-view.h"
#include "sage-stream-view.h"
#include "sage-widget-view.h"

struct _SageOutputView
{
  GtkWidget   parent_instance;

  SageOutput *output;     /* (owned) */
  SageComms  *comms;      /* (owned) (nullable) */
  gboolean    is_trusted;
  char       *wanted;     /* (owned) (nullable): the type that the reader chose */
  char       *mime_type;  /* (owned) (nullable): the type that is shown */
  guint       update;     /* source id */
  int         limit;      /* pixels; 0: none */
  gboolean    from_end;

  GtkWidget  *row;
  GtkWidget  *box;        /* the content, and notes under it */
  GtkWidget  *content;
  GtkWidget  *menu;       /* (nullable): the button, once there was a choice */
};

enum
{
  SIGNAL_TRUST_REQUESTED,
  SIGNAL_OPEN_LOCATION,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SageOutputView, sage_output_view, GTK_TYPE_WIDGET)

/* --- Notes ----------------------------------------------------------------------------------- */

static void
trust_cb (SageOutputView *self)
{
  g_signal_emit (self, signals[SIGNAL_TRUST_REQUESTED], 0);
}

static GtkWidget *
make_note (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (label), GTK_NATURAL_WRAP_NONE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, "caption");

  return label;
}

static void
add_trust_note (SageOutputView *self)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *note = make_note (_("Parts of this output are not shown, because the notebook is not trusted"));
  GtkWidget *button = gtk_button_new_with_label (_("Trust…"));

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "caption");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (trust_cb), self);
  gtk_box_append (GTK_BOX (row), note);
  gtk_box_append (GTK_BOX (row), button);
  gtk_box_append (GTK_BOX (self->box), row);
}

/* --- The menu -------------------------------------------------------------------------------- */

/* Most outputs are streams, which can be shown in one way: only those with a choice need the button. */
static void
ensure_menu (SageOutputView *self)
{
  if (self->menu != NULL)
    return;

  self->menu = gtk_menu_button_new ();
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (self->menu), "view-more-symbolic");
  gtk_widget_set_tooltip_text (self->menu, _("Show this output in another way"));
  gtk_widget_set_valign (self->menu, GTK_ALIGN_START);
  gtk_widget_add_css_class (self->menu, "output-menu");
  gtk_widget_add_css_class (self->menu, "flat");
  gtk_box_append (GTK_BOX (self->row), self->menu);
}

static void
fill_menu (SageOutputView *self,
           GPtrArray      *choices)
{
  g_autoptr(GMenu) menu = g_menu_new ();
  g_autoptr(GMenu) section = g_menu_new ();

  if (self->menu != NULL)
    gtk_widget_set_visible (self->menu, choices->len > 1);
  if (choices->len <= 1)
    return;

  ensure_menu (self);
  for (guint i = 0; i < choices->len; i++)
    {
      const SageMimeChoice *choice = g_ptr_array_index (choices, i);
      g_autofree char *name = sage_mime_name (choice->mime_type);
      g_autofree char *valid = g_utf8_make_valid (name, -1);
      g_autoptr(GMenuItem) item = g_menu_item_new (valid, NULL);

      g_menu_item_set_action_and_target_value (item, "output.show-as",
                                               g_variant_new_string (choice->mime_type));
      g_menu_append_item (section, item);
    }
  g_menu_append_section (menu, _("Show As"), G_MENU_MODEL (section));
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (self->menu), G_MENU_MODEL (menu));
}

/* --- Content --------------------------------------------------------------------------------- */

static void
open_location_cb (SageOutputView *self,
                  const char     *path,
                  int             line)
{
  g_signal_emit (self, signals[SIGNAL_OPEN_LOCATION], 0, path, line);
}

static void
clear (SageOutputView *self)
{
  GtkWidget *child;

  self->content = NULL;
  while ((child = gtk_widget_get_first_child (self->box)) != NULL)
    gtk_box_remove (GTK_BOX (self->box), child);
}

/* The choice of the reader where it is still offered, else the first that can be made. */
static const SageMimeChoice *
find_choice (SageOutputView *self,
             GPtrArray      *choices,
             GtkWidget     **content,
             gboolean       *incomplete)
{
  const SageMimeChoice *choice = NULL;
  gboolean any = FALSE;

  *content = NULL;
  for (guint pass = self->wanted != NULL ? 0 : 1; pass < 2 && *content == NULL; pass++)
    for (guint i = 0; i < choices->len && *content == NULL; i++)
      {
        choice = g_ptr_array_index (choices, i);
        if (pass == 0 && strcmp (choice->mime_type, self->wanted) != 0)
          continue;
        *content = _sage_output_make_content (self->output, choice, self->comms, self->is_trusted,
                                              incomplete);
        any |= *incomplete;
      }
  *incomplete |= any && self->wanted == NULL;

  return *content != NULL ? choice : NULL;
}

static void
show_bundle (SageOutputView *self)
{
  g_autoptr(GPtrArray) choices = sage_mime_rank (self->output, self->comms, self->is_trusted);
  const SageMimeChoice *choice;
  GtkWidget *content;
  gboolean incomplete = FALSE;
  const char *model = sage_mime_model (self->output);

  for (guint i = 0; i < choices->len && self->content != NULL; i++)
    {
      choice = g_ptr_array_index (choices, i);
      if (g_strcmp0 (choice->mime_type, self->mime_type) == 0 &&
          (self->wanted == NULL || strcmp (self->wanted, self->mime_type) == 0) &&
          _sage_output_update_picture (self->content, self->output, choice))
        {
          fill_menu (self, choices);
          return;
        }
    }

  clear (self);
  choice = find_choice (self, choices, &content, &incomplete);
  g_set_str (&self->mime_type, choice != NULL ? choice->mime_type : NULL);
  if (content != NULL)
    {
      self->content = content;
      gtk_box_append (GTK_BOX (self->box), content);
    }
  if (model != NULL && choice != NULL && choice->shown_as != SAGE_SHOWN_AS_WIDGET && self->wanted == NULL)
    gtk_box_append (GTK_BOX (self->box),
                    make_note (_("This widget can be used in a browser only; this is its text")));
  if (incomplete || (!self->is_trusted && choice != NULL && self->wanted == NULL &&
                     choice->shown_as == SAGE_SHOWN_AS_TEXT &&
                     sage_output_get_datum (self->output, "application/javascript") != NULL))
    add_trust_note (self);
  fill_menu (self, choices);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "output.show-as", choices->len > 1);
}

static void
rebuild (SageOutputView *self)
{
  switch (sage_output_get_kind (self->output))
    {
    case SAGE_OUTPUT_STREAM:
      clear (self);
      self->content = sage_stream_view_new (self->output, self->limit, self->from_end);
      break;
    case SAGE_OUTPUT_ERROR:
      clear (self);
      self->content = sage_error_view_new (self->output);
      g_signal_connect_object (self->content, "open-location", G_CALLBACK (open_location_cb), self,
                               G_CONNECT_SWAPPED);
      break;
    case SAGE_OUTPUT_DISPLAY_DATA:
    case SAGE_OUTPUT_EXECUTE_RESULT:
    default:
      show_bundle (self);
      return;
    }
  gtk_box_append (GTK_BOX (self->box), self->content);
}

static gboolean
update_cb (gpointer user_data)
{
  SageOutputView *self = user_data;

  self->update = 0;
  rebuild (self);

  return G_SOURCE_REMOVE;
}

/* However often an output is replaced, it is looked at once between two frames. A stream follows its
 * own changes. */
static void
changed_cb (SageOutputView *self)
{
  if (self->update == 0 && sage_output_get_kind (self->output) != SAGE_OUTPUT_STREAM)
    self->update = g_timeout_add_full (GDK_PRIORITY_REDRAW + 10, 16, update_cb, self, NULL);
}

/* A widget's model may come after the output that shows it. */
static void
comms_cb (SageOutputView *self)
{
  if (!SAGE_IS_WIDGET_VIEW (self->content))
    changed_cb (self);
}

static void
watch_model (SageOutputView *self)
{
  const char *model = self->comms != NULL ? sage_mime_model (self->output) : NULL;
  g_autofree char *signal = model != NULL ? g_strdup_printf ("changed::%s", model) : NULL;

  if (signal != NULL)
    g_signal_connect_object (self->comms, signal, G_CALLBACK (comms_cb), self, G_CONNECT_SWAPPED);
}

static void
show_as_action (GtkWidget  *widget,
                const char *action_name,
                GVariant   *parameter)
{
  sage_output_view_show_as (SAGE_OUTPUT_VIEW (widget), g_variant_get_string (parameter, NULL));
}

/* --- The object ------------------------------------------------------------------------------ */

static void
sage_output_view_dispose (GObject *object)
{
  SageOutputView *self = SAGE_OUTPUT_VIEW (object);

  g_clear_handle_id (&self->update, g_source_remove);
  g_clear_pointer (&self->row, gtk_widget_unparent);
  g_clear_object (&self->output);
  g_clear_object (&self->comms);

  G_OBJECT_CLASS (sage_output_view_parent_class)->dispose (object);
}

static void
sage_output_view_finalize (GObject *object)
{
  g_free (SAGE_OUTPUT_VIEW (object)->wanted);
  g_free (SAGE_OUTPUT_VIEW (object)->mime_type);

  G_OBJECT_CLASS (sage_output_view_parent_class)->finalize (object);
}

static void
sage_output_view_class_init (SageOutputViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sage_output_view_dispose;
  object_class->finalize = sage_output_view_finalize;

  signals[SIGNAL_TRUST_REQUESTED] = g_signal_new ("trust-requested", G_TYPE_FROM_CLASS (klass),
                                                  G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_OPEN_LOCATION] = g_signal_new ("open-location", G_TYPE_FROM_CLASS (klass),
                                                G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                                G_TYPE_STRING, G_TYPE_INT);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_install_action (widget_class, "output.show-as", "s", show_as_action);
}

static void
sage_output_view_init (SageOutputView *self)
{
  self->row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_widget_set_hexpand (self->box, TRUE);
  gtk_box_append (GTK_BOX (self->row), self->box);
  gtk_widget_set_parent (self->row, GTK_WIDGET (self));
  gtk_widget_add_css_class (GTK_WIDGET (self), "output");
}

/**
 * sage_output_view_new_limited:
 * @output: an output
 * @comms: (nullable): the kernel's widgets
 * @is_trusted: whether its scripts may run
 * @limit: as sage_output_list_set_limit() has it
 * @from_end: likewise
 *
 * Returns: (transfer floating): a widget that shows it
 */
GtkWidget *
sage_output_view_new_limited (SageOutput *output,
                              SageComms  *comms,
                              gboolean    is_trusted,
                              int         limit,
                              gboolean    from_end)
{
  SageOutputView *self = g_object_new (SAGE_TYPE_OUTPUT_VIEW, NULL);

  g_return_val_if_fail (SAGE_IS_OUTPUT (output), NULL);

  self->output = g_object_ref (output);
  g_set_object (&self->comms, comms);
  self->is_trusted = is_trusted;
  self->limit = limit;
  self->from_end = from_end;
  g_signal_connect_object (output, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  watch_model (self);
  rebuild (self);

  return GTK_WIDGET (self);
}

/**
 * sage_output_view_new:
 * @output: an output
 * @comms: (nullable): the kernel's widgets
 * @is_trusted: whether its scripts may run
 *
 * Returns: (transfer floating): a widget that shows all of it
 */
GtkWidget *
sage_output_view_new (SageOutput *output,
                      SageComms  *comms,
                      gboolean    is_trusted)
{
  return sage_output_view_new_limited (output, comms, is_trusted, 0, FALSE);
}

/* As sage_output_list_set_limit() has it. */
void
sage_output_view_set_limit (SageOutputView *self,
                            int             limit,
                            gboolean        from_end)
{
  g_return_if_fail (SAGE_IS_OUTPUT_VIEW (self));

  self->limit = limit;
  self->from_end = from_end;
  if (SAGE_IS_STREAM_VIEW (self->content))
    sage_stream_view_set_limit (SAGE_STREAM_VIEW (self->content), limit, from_end);
}

/* Returns: (transfer none): what is shown */
SageOutput *
sage_output_view_get_output (SageOutputView *self)
{
  g_return_val_if_fail (SAGE_IS_OUTPUT_VIEW (self), NULL);

  return self->output;
}

/* What is shown otherwise when scripts may run is built again. */
void
sage_output_view_set_trusted (SageOutputView *self,
                              gboolean        is_trusted)
{
  SageOutputKind kind;

  g_return_if_fail (SAGE_IS_OUTPUT_VIEW (self));

  if (self->is_trusted == is_trusted)
    return;
  self->is_trusted = is_trusted;
  kind = sage_output_get_kind (self->output);
  if (kind == SAGE_OUTPUT_DISPLAY_DATA || kind == SAGE_OUTPUT_EXECUTE_RESULT)
    rebuild (self);
}

/* Returns: (nullable): the type that is shown, of a bundle */
const char *
sage_output_view_get_mime_type (SageOutputView *self)
{
  g_return_val_if_fail (SAGE_IS_OUTPUT_VIEW (self), NULL);

  return self->mime_type;
}

/* @mime_type: one of the output's types */
void
sage_output_view_show_as (SageOutputView *self,
                          const char     *mime_type)
{
  g_return_if_fail (SAGE_IS_OUTPUT_VIEW (self));

  g_set_str (&self->wanted, mime_type);
  rebuild (self);
}
