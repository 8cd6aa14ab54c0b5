/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-keys"

#include "config.h"

#include <string.h>

#include "sage-notebook-view-private.h"
#include "sage-shortcut-table.h"

#define PREFIX "notebook."
#define SEQUENCE_TIME (G_USEC_PER_SEC) /* between the keys of "d d" */

/*
 * Keys of a notebook stand in the one table of shortcuts. Two things are special about them: a
 * trigger may be a sequence ("d d"), and one that would write a character is for command mode only.
 */

static gboolean
matches (const char      *trigger,
         guint            key,
         GdkModifierType  state)
{
  guint wanted;
  GdkModifierType modifiers;

  if (!gtk_accelerator_parse (trigger, &wanted, &modifiers))
    return FALSE;

  return gdk_keyval_to_lower (wanted) == gdk_keyval_to_lower (key) && modifiers == state;
}

/* Shift+Tab is for the source only: elsewhere it moves the focus. */
static gboolean
is_for_source (const char *trigger)
{
  return g_str_has_suffix (trigger, "Tab");
}

/* Whether a trigger is for edit mode. */
static gboolean
is_for_editing (const char *trigger)
{
  guint key;
  GdkModifierType modifiers;

  if (!gtk_accelerator_parse (trigger, &key, &modifiers))
    return FALSE;

  return (modifiers & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0 || key == GDK_KEY_Escape
         || (modifiers != 0 && (key == GDK_KEY_Return || key == GDK_KEY_KP_Enter))
         || is_for_source (trigger);
}

static gboolean
activate (SageNotebookView *self,
          const char       *action)
{
  return gtk_widget_activate_action (GTK_WIDGET (self), action, NULL);
}

/* Returns: whether @trigger is what has been pressed now, or begins with it; @whole: all of it */
static gboolean
match_sequence (SageNotebookView *self,
                const char       *trigger,
                guint             key,
                GdkModifierType   state,
                gboolean         *whole)
{
  g_auto(GStrv) parts = g_strsplit (trigger, " ", 2);

  *whole = parts[1] == NULL;
  if (parts[1] == NULL)
    return matches (parts[0], key, state);
  if (self->keys != NULL && strcmp (self->keys, parts[0]) == 0
      && g_get_monotonic_time () - self->keys_time < SEQUENCE_TIME && matches (parts[1], key, state))
    {
      *whole = TRUE;
      return TRUE;
    }

  return matches (parts[0], key, state);
}

static gboolean
try_shortcut (SageNotebookView   *self,
              const SageShortcut *shortcut,
              guint               key,
              GdkModifierType     state,
              gboolean            editing,
              char              **begun)
{
  g_auto(GStrv) triggers = g_strsplit (shortcut->triggers, "|", -1);

  for (char **trigger = triggers; *trigger != NULL; trigger++)
    {
      gboolean whole;

      if ((editing && !is_for_editing (*trigger)) || (!editing && is_for_source (*trigger))
          || !match_sequence (self, *trigger, key, state, &whole))
        continue;
      if (whole)
        return activate (self, shortcut->action);
      g_free (*begun);
      *begun = g_strndup (*trigger, strcspn (*trigger, " "));
    }

  return FALSE;
}

/* A text entry of the page's, such as that of a search or of input(), is not in a cell's source. */
static gboolean
is_elsewhere (SageNotebookView *self,
              gboolean         *editing)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  *editing = GTK_IS_TEXT_VIEW (focus) && sage_notebook_view_is_editing (self);

  return focus == NULL || GTK_IS_TEXT (focus) || (GTK_IS_TEXT_VIEW (focus) && !*editing);
}

static gboolean
handle_key (SageNotebookView *self,
            guint             key,
            GdkModifierType   state,
            gboolean          late)
{
  const SageShortcut *table;
  g_autofree char *begun = NULL;
  gboolean editing;
  gboolean done = FALSE;
  guint n;

  state &= gtk_accelerator_get_default_mod_mask ();
  if (is_elsewhere (self, &editing) || (key == GDK_KEY_Escape) != late)
    return GDK_EVENT_PROPAGATE;

  table = sage_shortcut_table (&n);
  for (guint i = 0; i < n && !done; i++)
    if (table[i].triggers != NULL && g_str_has_prefix (table[i].action, PREFIX))
      done = try_shortcut (self, &table[i], key, state, editing, &begun);

  g_free (self->keys);
  self->keys = done ? NULL : g_steal_pointer (&begun);
  self->keys_time = g_get_monotonic_time ();

  return done || self->keys != NULL;
}

/* Before the text view, which has its own idea of Shift+Enter and Ctrl+Z. */
static gboolean
early_cb (SageNotebookView *self,
          guint             key,
          guint             code,
          GdkModifierType   state)
{
  return handle_key (self, key, state, FALSE);
}

/* After it: Escape first closes what the text view has opened. */
static gboolean
late_cb (SageNotebookView *self,
         guint             key,
         guint             code,
         GdkModifierType   state)
{
  return handle_key (self, key, state, TRUE);
}

/* Has the view follow the keys of the table. */
void
sage_notebook_view_add_keys (SageNotebookView *self)
{
  GtkEventController *early = gtk_event_controller_key_new ();
  GtkEventController *late = gtk_event_controller_key_new ();

  gtk_event_controller_set_propagation_phase (early, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (early, "key-pressed", G_CALLBACK (early_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), early);
  g_signal_connect_swapped (late, "key-pressed", G_CALLBACK (late_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), late);
}
