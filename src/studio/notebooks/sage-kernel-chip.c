/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-kernel-chip"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-kernel-chip.h"
#include "sage-shortcut-table.h"
#include "sage-text.h"
#include "sage-words.h"

#define REFRESH_SECONDS 5 /* between two looks at what it takes, while the chip is in sight */

struct _SageKernelChip
{
  AdwBin              parent_instance;

  SageNotebookKernel *kernel;  /* (owned) (nullable) */
  guint               refresh; /* source */

  GtkMenuButton      *button;
  GtkImage           *icon;
  GtkLabel           *name;
  GtkLabel           *facts;
  GtkLabel           *processor;
  gboolean            narrow;  /* there is no room for all */
};

typedef enum
{
  PROP_NARROW = 1,
} SageKernelChipProperty;

static GParamSpec *properties[PROP_NARROW + 1];

G_DEFINE_FINAL_TYPE (SageKernelChip, sage_kernel_chip, ADW_TYPE_BIN)

/* How each state looks, in the order of the enumeration. */
static const struct
{
  const char *word;
  const char *icon;
  const char *css_class;
} looks[] = {
  { N_("Not running"), "sagebrush-state-none-symbolic", "dim-label" },
  { N_("Starting"), "sagebrush-state-waiting-symbolic", "state-running" },
  { N_("Ready"), "sagebrush-state-good-symbolic", "state-good" },
  { N_("Running"), "sagebrush-state-running-symbolic", "state-running" },
  { N_("Ended"), "sagebrush-state-bad-symbolic", "state-bad" },
  { N_("Engine away"), "sagebrush-state-idle-symbolic", "state-waiting" },
};

/* --- The menu --------------------------------------------------------------------------------- */

static void
append (GMenu      *menu,
        const char *action)
{
  g_autoptr(GMenuItem) item = sage_shortcut_menu_item (action);

  g_menu_append_item (menu, item);
}

static GMenu *
list_specs (SageKernelChip *self)
{
  GPtrArray *specs = sage_notebook_kernel_get_specs (self->kernel);
  GMenu *menu = g_menu_new ();

  for (guint i = 0; specs != NULL && i < specs->len; i++)
    {
      const SageServerSpec *spec = specs->pdata[i];
      g_autofree char *label = sage_text_shorten_end (spec->display_name, SAGE_TEXT_MAX_LINE);
      g_autoptr(GMenuItem) item = g_menu_item_new (label, NULL);

      g_menu_item_set_action_and_target (item, "notebook.change-kernel", "s", spec->name);
      g_menu_append_item (menu, item);
    }

  return menu;
}

static void
popup_cb (GtkMenuButton *button,
          gpointer       user_data)
{
  SageKernelChip *self = SAGE_KERNEL_CHIP (user_data);
  g_autoptr(GMenu) menu = g_menu_new ();
  g_autoptr(GMenu) first = g_menu_new ();
  g_autoptr(GMenu) last = g_menu_new ();
  g_autoptr(GMenu) specs = NULL;

  append (first, "notebook.interrupt");
  append (first, "notebook.restart");
  append (first, "notebook.restart-run-all");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (first));
  append (last, "notebook.shut-down");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (last));
  if (self->kernel != NULL)
    {
      specs = list_specs (self);
      if (g_menu_model_get_n_items (G_MENU_MODEL (specs)) > 0)
        g_menu_append_section (menu, _("Change kernel"), G_MENU_MODEL (specs));
    }
  gtk_menu_button_set_menu_model (button, G_MENU_MODEL (menu));
}

/* --- What it shows ---------------------------------------------------------------------------- */

/* Returns: (transfer full): what the kernel takes, in words; "" where nothing is known. @size: (nullable):
 * its memory */
static char *
describe_use (SageKernelChip *self,
              const char     *size)
{
  double processor = sage_notebook_kernel_get_processor (self->kernel);

  if (size == NULL)
    return g_strdup ("");
  if (processor < 0)
    /* Translators: an amount of memory */
    return g_strdup_printf (_("%s of memory"), size);

  /* Translators: an amount of memory, and a percentage, which is over 100 where several cores work */
  return g_strdup_printf (_("%s of memory, %.0f %% of one processor core"), size, processor);
}

/* Beside the memory, once it is known. */
static void
update_processor (SageKernelChip *self)
{
  double percent = sage_notebook_kernel_get_processor (self->kernel);
  gboolean known = percent >= 0 && sage_notebook_kernel_get_memory (self->kernel) > 0;
  /* Translators: a percentage of one processor core */
  g_autofree char *text = known ? g_strdup_printf (_("%.0f %% CPU"), percent) : NULL;

  gtk_label_set_text (self->processor, known ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->processor), known && !self->narrow);
}

static void
update (SageKernelChip *self)
{
  SageNotebookKernelState state = sage_notebook_kernel_get_state (self->kernel);
  const char *name = sage_notebook_kernel_get_name (self->kernel);
  guint64 memory = sage_notebook_kernel_get_memory (self->kernel);
  g_autofree char *shown = sage_text_shorten_end (name != NULL ? name : _("Kernel"),
                                                  SAGE_TEXT_MAX_LINE);
  g_autofree char *size = memory > 0 ? sage_words_bytes (memory) : NULL;
  g_autofree char *use = describe_use (self, size);
  g_autofree char *label = NULL;
  g_autofree char *tooltip = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (looks); i++)
    gtk_widget_remove_css_class (GTK_WIDGET (self->icon), looks[i].css_class);
  gtk_widget_add_css_class (GTK_WIDGET (self->icon), looks[state].css_class);
  gtk_image_set_from_icon_name (self->icon, looks[state].icon);
  gtk_label_set_text (self->name, shown);
  gtk_label_set_text (self->facts, size != NULL ? size : _(looks[state].word));
  update_processor (self);

  /* Translators: the name of a kernel, what it does, e.g. "Python 3, Ready" */
  label = g_strdup_printf (_("Kernel %s, %s"), shown, _(looks[state].word));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, use, -1);
  tooltip = use[0] != '\0' ? g_strdup_printf ("%s\n%s", label, use) : g_strdup (label);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), tooltip);
}

static gboolean
refresh_cb (gpointer user_data)
{
  SageKernelChip *self = user_data;
  SageNotebookKernelState state = sage_notebook_kernel_get_state (self->kernel);

  if (state == SAGE_NOTEBOOK_KERNEL_IDLE || state == SAGE_NOTEBOOK_KERNEL_BUSY)
    sage_notebook_kernel_load_facts (self->kernel);

  return G_SOURCE_CONTINUE;
}

static void
sage_kernel_chip_map (GtkWidget *widget)
{
  SageKernelChip *self = SAGE_KERNEL_CHIP (widget);

  GTK_WIDGET_CLASS (sage_kernel_chip_parent_class)->map (widget);
  if (self->kernel != NULL && self->refresh == 0)
    self->refresh = g_timeout_add_seconds (REFRESH_SECONDS, refresh_cb, self);
}

static void
sage_kernel_chip_unmap (GtkWidget *widget)
{
  SageKernelChip *self = SAGE_KERNEL_CHIP (widget);

  g_clear_handle_id (&self->refresh, g_source_remove);
  GTK_WIDGET_CLASS (sage_kernel_chip_parent_class)->unmap (widget);
}

/* --- The object ------------------------------------------------------------------------------- */

static void
sage_kernel_chip_get_property (GObject    *object,
                               guint       prop_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  switch ((SageKernelChipProperty) prop_id)
    {
    case PROP_NARROW:
      g_value_set_boolean (value, SAGE_KERNEL_CHIP (object)->narrow);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_kernel_chip_set_property (GObject      *object,
                               guint         prop_id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  SageKernelChip *self = SAGE_KERNEL_CHIP (object);

  switch ((SageKernelChipProperty) prop_id)
    {
    case PROP_NARROW:
      self->narrow = g_value_get_boolean (value);
      if (self->kernel != NULL)
        update_processor (self);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_kernel_chip_dispose (GObject *object)
{
  SageKernelChip *self = SAGE_KERNEL_CHIP (object);

  g_clear_handle_id (&self->refresh, g_source_remove);
  g_clear_object (&self->kernel);

  G_OBJECT_CLASS (sage_kernel_chip_parent_class)->dispose (object);
}

static void
sage_kernel_chip_class_init (SageKernelChipClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = sage_kernel_chip_dispose;
  object_class->get_property = sage_kernel_chip_get_property;
  object_class->set_property = sage_kernel_chip_set_property;
  GTK_WIDGET_CLASS (klass)->map = sage_kernel_chip_map;
  GTK_WIDGET_CLASS (klass)->unmap = sage_kernel_chip_unmap;

  properties[PROP_NARROW] = g_param_spec_boolean ("narrow", NULL, NULL, FALSE,
                                                  G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
sage_kernel_chip_init (SageKernelChip *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->icon = GTK_IMAGE (gtk_image_new ());
  self->name = GTK_LABEL (gtk_label_new (NULL));
  self->facts = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_ellipsize (self->name, PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (self->name, 24);
  gtk_widget_add_css_class (GTK_WIDGET (self->facts), "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (self->facts), "numeric");
  self->processor = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_width_chars (self->processor, 8); /* a moving number moves nothing else */
  gtk_label_set_xalign (self->processor, 1);
  gtk_widget_set_visible (GTK_WIDGET (self->processor), FALSE);
  gtk_widget_add_css_class (GTK_WIDGET (self->processor), "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (self->processor), "numeric");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->icon));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->name));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->facts));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->processor));

  self->button = GTK_MENU_BUTTON (gtk_menu_button_new ());
  gtk_menu_button_set_child (self->button, box);
  gtk_menu_button_set_create_popup_func (self->button, popup_cb, self, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (self->button), "flat");
  gtk_widget_add_css_class (GTK_WIDGET (self->button), "kernel-chip");
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->button));
}

/**
 * sage_kernel_chip_set_kernel:
 * @self: a chip without one
 * @kernel: what it shows
 */
void
sage_kernel_chip_set_kernel (SageKernelChip     *self,
                             SageNotebookKernel *kernel)
{
  static const char * const signals[] = { "notify::state", "notify::name", "notify::memory",
                                          "notify::processor" };

  g_return_if_fail (SAGE_IS_KERNEL_CHIP (self) && self->kernel == NULL);

  self->kernel = g_object_ref (kernel);
  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++)
    g_signal_connect_object (kernel, signals[i], G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)) && self->refresh == 0)
    self->refresh = g_timeout_add_seconds (REFRESH_SECONDS, refresh_cb, self);
}
