/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-palette-item"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-palette-item.h"
#include "sage-words.h"

struct _SagePaletteItem
{
  GObject   parent_instance;

  char     *title;     /* (owned) */
  char     *detail;    /* (owned) (nullable) */
  char     *icon_name; /* (owned) */
  char     *keys;      /* (owned) (nullable) */
  char     *action;    /* (owned) */
  GVariant *target;    /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (SagePaletteItem, sage_palette_item, G_TYPE_OBJECT)

static void
sage_palette_item_finalize (GObject *object)
{
  SagePaletteItem *self = SAGE_PALETTE_ITEM (object);

  g_free (self->title);
  g_free (self->detail);
  g_free (self->icon_name);
  g_free (self->keys);
  g_free (self->action);
  g_clear_pointer (&self->target, g_variant_unref);

  G_OBJECT_CLASS (sage_palette_item_parent_class)->finalize (object);
}

static void
sage_palette_item_class_init (SagePaletteItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sage_palette_item_finalize;
}

static void
sage_palette_item_init (SagePaletteItem *self)
{
}

/**
 * sage_palette_item_new:
 * @title: what it is called
 * @detail: (nullable): what kind of thing it is
 * @icon_name: (nullable): its icon
 * @action: the action that it stands for
 * @target: (nullable): that action's parameter; a floating one is sunk
 *
 * Returns: (transfer full): an item
 */
SagePaletteItem *
sage_palette_item_new (const char *title,
                       const char *detail,
                       const char *icon_name,
                       const char *action,
                       GVariant   *target)
{
  SagePaletteItem *self = g_object_new (SAGE_TYPE_PALETTE_ITEM, NULL);

  self->title = g_strdup (title);
  self->detail = g_strdup (detail);
  self->icon_name = g_strdup (icon_name);
  self->action = g_strdup (action);
  self->target = target != NULL ? g_variant_ref_sink (target) : NULL;

  return self;
}

SagePaletteItem *
sage_palette_item_for_shortcut (const SageShortcut *shortcut)
{
  g_autofree char *action = NULL;
  g_autoptr(GVariant) target = NULL;
  SagePaletteItem *self;

  if (!g_action_parse_detailed_name (shortcut->action, &action, &target, NULL))
    g_assert_not_reached (); /* the table is ours */

  self = sage_palette_item_new (_(shortcut->title), _(shortcut->group), shortcut->icon, action,
                                target);
  self->keys = sage_shortcut_dup_label (shortcut);

  return self;
}

SagePaletteItem *
sage_palette_item_for_resource (SageResource *resource)
{
  SageKind kind = sage_resource_get_kind (resource);
  g_autofree char *location = sage_resource_dup_location (resource);

  return sage_palette_item_new (sage_resource_get_name (resource), sage_words_kind (kind),
                                sage_words_kind_icon (kind), "win.open",
                                g_variant_new_string (location));
}

const char *
sage_palette_item_get_title (SagePaletteItem *self)
{
  return self->title;
}

const char *
sage_palette_item_get_detail (SagePaletteItem *self)
{
  return self->detail;
}

const char *
sage_palette_item_get_icon_name (SagePaletteItem *self)
{
  return self->icon_name;
}

const char *
sage_palette_item_get_keys (SagePaletteItem *self)
{
  return self->keys;
}

const char *
sage_palette_item_get_action (SagePaletteItem *self)
{
  return self->action;
}

/**
 * sage_palette_item_activate:
 * @self: an item
 * @window: the window whose action to activate
 */
void
sage_palette_item_activate (SagePaletteItem *self,
                            GtkWidget       *window)
{
  g_return_if_fail (SAGE_IS_PALETTE_ITEM (self));

  gtk_widget_activate_action_variant (window, self->action, self->target);
}
