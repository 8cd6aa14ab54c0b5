/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-cell-row"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-cell-row-private.h"
#include "sage-cell-source.h"
#include "sage-markdown-view.h"
#include "sage-output-list.h"
#include "sage-text.h"

#define MAX_NAME 60 /* characters of the first line in the name that a screen reader speaks */

/* Which cell a row shows, and how. */

/* --- Names ------------------------------------------------------------------------------------ */

static void
update_name (SageCellRow *self)
{
  static const char * const kinds[] = { N_("Code"), N_("Text"), N_("Raw") };
  const char *source = sage_cell_get_source (self->cell);
  g_autofree char *line = g_strndup (source, strcspn (source, "\r\n"));
  g_autofree char *shown = sage_text_shorten_end (line, MAX_NAME);
  /* Translators: the kind of a cell of a notebook: its first line */
  g_autofree char *name = g_strdup_printf (_("%s: %s"),
                                           _(kinds[MIN (sage_cell_get_kind (self->cell), 2)]), shown);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
source_cb (SageCellRow *self)
{
  update_name (self);
  sage_cell_row_update_text (self);
}

static void
kind_cb (SageCellRow *self)
{
  sage_cell_row_update_source (self);
  sage_cell_row_update_outputs (self);
  sage_cell_row_update_state (self);
  update_name (self);
}

/* --- Binding ---------------------------------------------------------------------------------- */

/**
 * sage_cell_row_bind:
 * @self: a row
 * @cell: what it shows from now on
 * @flags: how
 */
void
sage_cell_row_bind (SageCellRow      *self,
                    SageCell         *cell,
                    SageCellRowFlags  flags)
{
  g_return_if_fail (SAGE_IS_CELL_ROW (self));

  g_set_object (&self->cell, cell);
  self->flags = flags;
  g_signal_group_set_target (self->signals, cell);
  g_signal_group_set_target (self->listing, sage_cell_get_outputs (cell));
  sage_capped_bin_set_is_open (self->outputs, (flags & SAGE_CELL_ROW_OPEN) != 0);
  kind_cb (self);
  sage_cell_row_update_input (self);
  sage_cell_row_set_flags (self, flags);
}

/* What was decoded of the outputs in order to show them is decoded again when they are seen again: a
 * notebook that was read to its end would be held twice. */
static void
release_outputs (SageCell *cell)
{
  GListModel *outputs = sage_cell_get_outputs (cell);

  for (guint i = 0; i < g_list_model_get_n_items (outputs); i++)
    {
      g_autoptr(SageOutput) output = g_list_model_get_item (outputs, i);

      sage_output_release (output);
    }
}

/**
 * sage_cell_row_unbind:
 * @self: a row, which shows nothing after that
 */
void
sage_cell_row_unbind (SageCellRow *self)
{
  g_return_if_fail (SAGE_IS_CELL_ROW (self));

  g_signal_group_set_target (self->signals, NULL);
  g_signal_group_set_target (self->listing, NULL);
  g_signal_group_set_target (self->typing, NULL);
  if (self->list != NULL)
    sage_output_list_set_outputs (SAGE_OUTPUT_LIST (self->list), NULL);
  if (self->source != NULL)
    sage_cell_source_clear (SAGE_CELL_SOURCE (self->source));
  if (self->markdown != NULL)
    sage_markdown_view_set_text (SAGE_MARKDOWN_VIEW (self->markdown), NULL);
  sage_elapsed_set (self->elapsed, 0, 0);
  if (self->cell != NULL)
    release_outputs (self->cell);
  g_clear_object (&self->cell);
  sage_cell_row_update_input (self);
}

SageCell *
sage_cell_row_get_cell (SageCellRow *self)
{
  g_return_val_if_fail (SAGE_IS_CELL_ROW (self), NULL);

  return self->cell;
}

SageCellRowFlags
sage_cell_row_get_flags (SageCellRow *self)
{
  g_return_val_if_fail (SAGE_IS_CELL_ROW (self), 0);

  return self->flags;
}

static void
set_class (GtkWidget  *widget,
           const char *name,
           gboolean    is_set)
{
  if (is_set)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

/**
 * sage_cell_row_set_flags:
 * @self: a row that shows a cell
 * @flags: how it shows it
 */
void
sage_cell_row_set_flags (SageCellRow      *self,
                         SageCellRowFlags  flags)
{
  SageCellRowFlags changed = self->flags ^ flags;

  g_return_if_fail (SAGE_IS_CELL_ROW (self) && self->cell != NULL);

  self->flags = flags;
  if ((changed & (SAGE_CELL_ROW_EDITING | SAGE_CELL_ROW_NUMBERS)) != 0)
    sage_cell_row_update_source (self);
  set_class (GTK_WIDGET (self), "current", (flags & SAGE_CELL_ROW_CURRENT) != 0);
  set_class (GTK_WIDGET (self), "selected", (flags & SAGE_CELL_ROW_SELECTED) != 0);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_SELECTED,
                               (flags & (SAGE_CELL_ROW_CURRENT | SAGE_CELL_ROW_SELECTED)) != 0, -1);
}

/**
 * sage_cell_row_set_cap:
 * @self: a row
 * @cap: how high its outputs may be, in pixels
 */
void
sage_cell_row_set_cap (SageCellRow *self,
                       int          cap)
{
  g_return_if_fail (SAGE_IS_CELL_ROW (self));

  sage_capped_bin_set_cap (self->outputs, cap);
}

/* --- Following -------------------------------------------------------------------------------- */

static void
cursor_cb (SageCellRow *self)
{
  if (sage_cell_row_is_in_source (self))
    g_signal_emit_by_name (self, "cursor-moved");
}

/* Has the row keep up with whatever cell it shows. */
void
sage_cell_row_follow (SageCellRow *self)
{
  const struct
  {
    const char *signal;
    GCallback   callback;
  } changes[] = {
    { "notify::kind", G_CALLBACK (kind_cb) },
    { "notify::source", G_CALLBACK (source_cb) },
    { "notify::is-folded", G_CALLBACK (sage_cell_row_update_source) },
    { "notify::are-outputs-folded", G_CALLBACK (sage_cell_row_update_outputs) },
    { "notify::state", G_CALLBACK (sage_cell_row_update_state) },
    { "notify::started", G_CALLBACK (sage_cell_row_update_state) },
    { "notify::ended", G_CALLBACK (sage_cell_row_update_state) },
    { "notify::is-stale", G_CALLBACK (sage_cell_row_update_state) },
    { "notify::execution-count", G_CALLBACK (sage_cell_row_update_state) },
  };

  self->signals = g_signal_group_new (SAGE_TYPE_CELL);
  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    g_signal_group_connect_swapped (self->signals, changes[i].signal, changes[i].callback, self);
  self->listing = g_signal_group_new (G_TYPE_LIST_MODEL);
  g_signal_group_connect_swapped (self->listing, "items-changed",
                                  G_CALLBACK (sage_cell_row_update_outputs), self);
  self->typing = g_signal_group_new (SAGE_TYPE_CELL_BUFFER);
  g_signal_group_connect_swapped (self->typing, "notify::cursor-position", G_CALLBACK (cursor_cb),
                                  self);
}
