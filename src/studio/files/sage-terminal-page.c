/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-terminal-page"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-file-location.h"
#include "sage-terminal-page.h"

struct _SageTerminalPage
{
  SagePage      parent_instance;

  SageTerminal *terminal;
  char         *folder; /* (owned) (nullable): where the shell is to start */
};

G_DEFINE_FINAL_TYPE (SageTerminalPage, sage_terminal_page, SAGE_TYPE_PAGE)

static void
title_cb (SageTerminalPage *self)
{
  const char *title = sage_terminal_get_title (self->terminal);
  g_autofree char *shown = title != NULL && *title != '\0' ? sage_file_name_to_show (title) : NULL;

  sage_page_set_title (SAGE_PAGE (self), shown != NULL ? shown : _("Terminal"));
}

static void
bell_cb (SageTerminalPage *self)
{
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    sage_page_set_attention (SAGE_PAGE (self), TRUE);
}

SageTerminal *
sage_terminal_page_get_terminal (SageTerminalPage *self)
{
  g_return_val_if_fail (SAGE_IS_TERMINAL_PAGE (self), NULL);

  sage_terminal_start (self->terminal, sage_page_get_connection (SAGE_PAGE (self)),
                       self->folder);

  return self->terminal;
}

/* The shell starts when it is seen, and by then it is known where. */
static void
sage_terminal_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sage_terminal_page_parent_class)->map (widget);
  sage_terminal_page_get_terminal (SAGE_TERMINAL_PAGE (widget));
}

static GVariant *
sage_terminal_page_save_state (SagePage *page)
{
  SageTerminalPage *self = SAGE_TERMINAL_PAGE (page);
  g_autofree char *folder = sage_terminal_dup_folder (self->terminal);
  const char *path = folder != NULL ? folder : self->folder;
  GVariantDict state;

  g_variant_dict_init (&state, NULL);
  if (path != NULL)
    g_variant_dict_insert (&state, "folder", "^ay", path);

  return g_variant_dict_end (&state);
}

static void
sage_terminal_page_restore_state (SagePage *page,
                                  GVariant *state)
{
  const char *folder;

  if (g_variant_lookup (state, "folder", "^&ay", &folder))
    g_set_str (&SAGE_TERMINAL_PAGE (page)->folder, folder);
}

static void
sage_terminal_page_find (SagePage *page)
{
  sage_terminal_find (SAGE_TERMINAL_PAGE (page)->terminal);
}

static GtkWidget *
sage_terminal_page_get_default_focus (SagePage *page)
{
  return sage_terminal_get_focus (SAGE_TERMINAL_PAGE (page)->terminal);
}

static char *
sage_terminal_page_dup_close_question (SagePage *page)
{
  if (!sage_terminal_is_busy (SAGE_TERMINAL_PAGE (page)->terminal))
    return NULL;

  return g_strdup_printf (_("A program runs in “%s”, and closing ends it."),
                          sage_page_get_title (page));
}

static void
sage_terminal_page_finalize (GObject *object)
{
  g_free (SAGE_TERMINAL_PAGE (object)->folder);

  G_OBJECT_CLASS (sage_terminal_page_parent_class)->finalize (object);
}

static void
sage_terminal_page_class_init (SageTerminalPageClass *klass)
{
  SagePageClass *page_class = SAGE_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = sage_terminal_page_finalize;
  GTK_WIDGET_CLASS (klass)->map = sage_terminal_page_map;
  page_class->is_document = TRUE;
  page_class->save_state = sage_terminal_page_save_state;
  page_class->restore_state = sage_terminal_page_restore_state;
  page_class->find = sage_terminal_page_find;
  page_class->get_default_focus = sage_terminal_page_get_default_focus;
  page_class->dup_close_question = sage_terminal_page_dup_close_question;
}

static void
sage_terminal_page_init (SageTerminalPage *self)
{
  self->terminal = sage_terminal_new ();
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->terminal));
  sage_page_set_icon_name (SAGE_PAGE (self), "utilities-terminal-symbolic");
  g_signal_connect_object (self->terminal, "notify::title", G_CALLBACK (title_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->terminal, "bell", G_CALLBACK (bell_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->terminal, "exited", G_CALLBACK (sage_page_close), self,
                           G_CONNECT_SWAPPED);
  title_cb (self);
}
