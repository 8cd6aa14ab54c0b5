/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-tab"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-file-location.h"
#include "sage-file-moves.h"
#include "sage-page-table.h"
#include "sage-tab.h"

#define MAX_BACK 50

/* Where one has been in a tab, and what brings the page back as it was. */
typedef struct
{
  char     *location; /* (owned) */
  GVariant *state;    /* (owned) (nullable) */
} Visit;

struct _SageTab
{
  PanelWidget     parent_instance;

  SageConnection *connection; /* (owned) */
  SagePage       *page;       /* (nullable): the child; there is none before the tab is shown first */
  char           *location;   /* (owned) (nullable): of the page that is to be made */
  GVariant       *state;      /* (owned) (nullable): how that was */
  GPtrArray      *back;       /* (owned): of Visit, the last one last */
  gboolean        forced;     /* it closes without a question */
};

G_DEFINE_FINAL_TYPE (SageTab, sage_tab, PANEL_TYPE_WIDGET)

static void
visit_free (Visit *visit)
{
  g_free (visit->location);
  g_clear_pointer (&visit->state, g_variant_unref);
  g_free (visit);
}

static void
update_attention (SageTab *self)
{
  gboolean hidden = !gtk_widget_get_mapped (GTK_WIDGET (self));

  if (!hidden && self->page != NULL)
    sage_page_set_attention (self->page, FALSE);
  panel_widget_set_needs_attention (PANEL_WIDGET (self),
                                    hidden && self->page != NULL
                                    && sage_page_get_attention (self->page));
}

/* The bar is libpanel's, whose mark of what is not saved is a picture without a name. */
static void
update_tooltip (SageTab *self)
{
  g_autofree char *title = g_markup_escape_text (sage_page_get_title (self->page), -1);
  g_autofree char *text = NULL;

  if (sage_page_get_modified (self->page))
    /* Translators: below the title of a tab, in its tooltip, which is its accessible description too */
    text = g_strdup_printf ("%s\n%s", title, _("Not saved"));
  panel_widget_set_tooltip (PANEL_WIDGET (self), text != NULL ? text : title);
}

static void
page_close_cb (SageTab *self)
{
  if (sage_tab_can_go_back (self))
    sage_tab_go_back (self);
  else
    panel_widget_close (PANEL_WIDGET (self));
}

static void
show_page (SageTab  *self,
           SagePage *page)
{
  self->page = page;
  g_object_bind_property (page, "title", self, "title", G_BINDING_SYNC_CREATE);
  g_object_bind_property (page, "icon-name", self, "icon-name", G_BINDING_SYNC_CREATE);
  g_object_bind_property (page, "modified", self, "modified", G_BINDING_SYNC_CREATE);
  g_signal_connect_object (page, "notify::title", G_CALLBACK (update_tooltip), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (page, "notify::modified", G_CALLBACK (update_tooltip), self,
                           G_CONNECT_SWAPPED);
  update_tooltip (self);
  g_signal_connect_object (page, "notify::attention", G_CALLBACK (update_attention), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (page, "close", G_CALLBACK (page_close_cb), self, G_CONNECT_SWAPPED);
  panel_widget_set_child (PANEL_WIDGET (self), GTK_WIDGET (page));
}

/* Returns: whether there is a page for @location */
static gboolean
open_location (SageTab    *self,
               const char *location,
               GVariant   *state)
{
  SagePage *page = sage_page_table_make (self->connection, location);

  if (page == NULL)
    return FALSE;

  show_page (self, page);
  if (state != NULL)
    sage_page_restore_state (page, state);

  return TRUE;
}

/* Makes the page that was put off. */
static void
wake (SageTab *self)
{
  g_autofree char *location = g_steal_pointer (&self->location);
  g_autoptr(GVariant) state = g_steal_pointer (&self->state);

  if (location != NULL)
    open_location (self, location, state);
}

static void
sage_tab_map (GtkWidget *widget)
{
  wake (SAGE_TAB (widget));
  GTK_WIDGET_CLASS (sage_tab_parent_class)->map (widget);
  update_attention (SAGE_TAB (widget));
}

static GtkWidget *
sage_tab_get_default_focus (PanelWidget *widget)
{
  SageTab *self = SAGE_TAB (widget);
  GtkWidget *focus = self->page != NULL ? sage_page_get_default_focus (self->page) : NULL;

  return focus != NULL ? focus : GTK_WIDGET (self->page);
}

static void
sage_tab_dispose (GObject *object)
{
  SageTab *self = SAGE_TAB (object);

  self->page = NULL;
  g_signal_handlers_disconnect_by_data (sage_file_moves_get (), self);
  g_clear_pointer (&self->back, g_ptr_array_unref);
  g_clear_pointer (&self->location, g_free);
  g_clear_pointer (&self->state, g_variant_unref);
  g_clear_object (&self->connection);

  G_OBJECT_CLASS (sage_tab_parent_class)->dispose (object);
}

static void
sage_tab_class_init (SageTabClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sage_tab_dispose;
  GTK_WIDGET_CLASS (klass)->map = sage_tab_map;
  PANEL_WIDGET_CLASS (klass)->get_default_focus = sage_tab_get_default_focus;
}

/* What a tab is called whose page is not there yet. */
static void
set_title (SageTab    *self,
           const char *title)
{
  g_autofree char *tooltip = title != NULL ? g_markup_escape_text (title, -1) : NULL;

  panel_widget_set_title (PANEL_WIDGET (self), title);
  panel_widget_set_tooltip (PANEL_WIDGET (self), tooltip);
}

/* The pages to go back to show the file where it is now. */
static void
moved_cb (SageTab *self,
          GFile   *from,
          GFile   *to)
{
  char *moved = self->location != NULL ? sage_file_moves_follow_location (self->location, from, to)
                                       : NULL;

  if (moved != NULL)
    {
      g_autoptr(GFile) file = sage_file_location_parse (moved);
      g_autofree char *name = file != NULL ? g_file_get_basename (file) : NULL;

      g_free (self->location);
      self->location = moved;
      set_title (self, name);
    }
  for (guint i = 0; i < self->back->len; i++)
    {
      Visit *visit = g_ptr_array_index (self->back, i);
      char *location = sage_file_moves_follow_location (visit->location, from, to);

      if (location != NULL)
        {
          g_free (visit->location);
          visit->location = location;
        }
    }
}

static void
sage_tab_init (SageTab *self)
{
  g_signal_connect_object (sage_file_moves_get (), "moved", G_CALLBACK (moved_cb), self,
                           G_CONNECT_SWAPPED);
  self->back = g_ptr_array_new_with_free_func ((GDestroyNotify) visit_free);
  panel_widget_set_kind (PANEL_WIDGET (self), PANEL_WIDGET_KIND_DOCUMENT);
  panel_widget_set_reorderable (PANEL_WIDGET (self), TRUE);
}

/**
 * sage_tab_new:
 * @connection: the engine to show
 * @location: what to show of it
 * @state: (nullable): what sage_page_save_state() gave
 *
 * Returns: (transfer floating) (nullable): a tab, %NULL for a location that no page shows
 */
SageTab *
sage_tab_new (SageConnection *connection,
              const char     *location,
              GVariant       *state)
{
  SageTab *self = g_object_new (SAGE_TYPE_TAB, NULL);

  self->connection = g_object_ref (connection);
  if (!open_location (self, location, state))
    {
      g_object_ref_sink (self);
      g_object_unref (self);
      return NULL;
    }

  return self;
}

/**
 * sage_tab_new_later:
 * @connection: the engine to show
 * @location: what to show of it
 * @state: (nullable): what sage_page_save_state() gave
 * @title: what the page was called
 * @icon_name: (nullable): its icon
 *
 * Makes a tab whose page is made when it is shown first. Until then it is called what it was.
 *
 * Returns: (transfer floating) (nullable): a tab, %NULL for a location that no page shows
 */
SageTab *
sage_tab_new_later (SageConnection *connection,
                    const char     *location,
                    GVariant       *state,
                    const char     *title,
                    const char     *icon_name)
{
  SageTab *self;
  g_autofree char *prefix = g_strndup (location, strcspn (location, "/"));

  if (!sage_page_table_has (prefix))
    return NULL;

  self = g_object_new (SAGE_TYPE_TAB, "icon-name", icon_name, NULL);
  set_title (self, title);
  self->connection = g_object_ref (connection);
  self->location = g_strdup (location);
  self->state = state != NULL ? g_variant_ref (state) : NULL;

  return self;
}

/**
 * sage_tab_get_page:
 * @self: a tab
 *
 * Returns: (transfer none): its page, which is made now if nobody has seen it yet
 */
SagePage *
sage_tab_get_page (SageTab *self)
{
  g_return_val_if_fail (SAGE_IS_TAB (self), NULL);

  wake (self);

  return self->page;
}

/**
 * sage_tab_is_asleep:
 * @self: a tab
 *
 * Returns: whether its page has not been made yet; nothing in it can be lost then
 */
gboolean
sage_tab_is_asleep (SageTab *self)
{
  g_return_val_if_fail (SAGE_IS_TAB (self), FALSE);

  return self->location != NULL;
}

/**
 * sage_tab_save_state:
 * @self: a tab
 *
 * Returns: (transfer full) (nullable): what brings its page back as it is, or was
 */
GVariant *
sage_tab_save_state (SageTab *self)
{
  g_return_val_if_fail (SAGE_IS_TAB (self), NULL);

  if (self->location != NULL)
    return self->state != NULL ? g_variant_ref (self->state) : NULL;

  return sage_page_save_state (self->page);
}

const char *
sage_tab_get_location (SageTab *self)
{
  g_return_val_if_fail (SAGE_IS_TAB (self), NULL);

  return self->location != NULL ? self->location : sage_page_get_location (self->page);
}

/**
 * sage_tab_get_connection:
 * @self: a tab
 *
 * Returns: (transfer none): the engine that it shows
 */
SageConnection *
sage_tab_get_connection (SageTab *self)
{
  g_return_val_if_fail (SAGE_IS_TAB (self), NULL);

  return self->connection;
}

/**
 * sage_tab_go:
 * @self: a tab
 * @location: what to show next
 *
 * Shows another page in the tab; sage_tab_go_back() returns to this one.
 *
 * Returns: whether there is a page for @location
 */
gboolean
sage_tab_go (SageTab    *self,
             const char *location)
{
  Visit *visit;

  g_return_val_if_fail (SAGE_IS_TAB (self), FALSE);
  g_return_val_if_fail (location != NULL, FALSE);

  wake (self);
  visit = g_new0 (Visit, 1);
  visit->location = g_strdup (sage_tab_get_location (self));
  visit->state = sage_page_save_state (self->page);
  if (!open_location (self, location, NULL))
    {
      visit_free (visit);
      return FALSE;
    }

  g_ptr_array_add (self->back, visit);
  if (self->back->len > MAX_BACK)
    g_ptr_array_remove_index (self->back, 0);

  return TRUE;
}

gboolean
sage_tab_can_go_back (SageTab *self)
{
  g_return_val_if_fail (SAGE_IS_TAB (self), FALSE);

  return self->back->len > 0;
}

/**
 * sage_tab_go_back:
 * @self: a tab
 *
 * Shows the page that was there before, as it was. Does nothing if there was none.
 */
void
sage_tab_go_back (SageTab *self)
{
  g_return_if_fail (SAGE_IS_TAB (self));

  wake (self);
  if (self->back->len > 0)
    {
      Visit *visit = g_ptr_array_steal_index (self->back, self->back->len - 1);

      open_location (self, visit->location, visit->state);
      visit_free (visit);
    }
}

/**
 * sage_tab_force_close:
 * @self: a tab
 *
 * Closes the tab without a question. A document in it keeps what is not saved for when it is opened
 * again.
 */
void
sage_tab_force_close (SageTab *self)
{
  g_return_if_fail (SAGE_IS_TAB (self));

  self->forced = TRUE;
  panel_widget_force_close (PANEL_WIDGET (self));
}

/**
 * sage_tab_is_forced:
 * @self: a tab
 *
 * Returns: whether it is being closed by sage_tab_force_close()
 */
gboolean
sage_tab_is_forced (SageTab *self)
{
  g_return_val_if_fail (SAGE_IS_TAB (self), FALSE);

  return self->forced;
}
