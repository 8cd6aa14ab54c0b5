/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-compare-block"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-compare-block.h"
#include "sage-diff-head.h"
#include "sage-diff-text.h"

#define UNFOLD_LINES 200 /* of unchanged ones in a row: a list lays out no more than is in sight */

struct _SageCompareBlock
{
  GObject             parent_instance;

  SageTextComparison *comparison; /* (owned) */
  SageTextBlock       block;
  gboolean            is_folded;
};

G_DEFINE_FINAL_TYPE (SageCompareBlock, sage_compare_block, G_TYPE_OBJECT)

static void
sage_compare_block_finalize (GObject *object)
{
  g_clear_pointer (&SAGE_COMPARE_BLOCK (object)->comparison, sage_text_comparison_unref);

  G_OBJECT_CLASS (sage_compare_block_parent_class)->finalize (object);
}

static void
sage_compare_block_class_init (SageCompareBlockClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sage_compare_block_finalize;
}

static void
sage_compare_block_init (SageCompareBlock *self)
{
}

static SageCompareBlock *
block_new (SageTextComparison  *comparison,
           const SageTextBlock *block,
           gboolean             is_folded)
{
  SageCompareBlock *self = g_object_new (SAGE_TYPE_COMPARE_BLOCK, NULL);

  self->comparison = sage_text_comparison_ref (comparison);
  self->block = *block;
  self->is_folded = is_folded;

  return self;
}

/* Returns: (transfer none): the comparison that it is of */
SageTextComparison *
sage_compare_block_get_comparison (SageCompareBlock *self)
{
  g_return_val_if_fail (SAGE_IS_COMPARE_BLOCK (self), NULL);

  return self->comparison;
}

/* Returns: (transfer none): the lines */
const SageTextBlock *
sage_compare_block_get_block (SageCompareBlock *self)
{
  g_return_val_if_fail (SAGE_IS_COMPARE_BLOCK (self), NULL);

  return &self->block;
}

/* Returns: whether it only says how many lines there are */
gboolean
sage_compare_block_is_folded (SageCompareBlock *self)
{
  g_return_val_if_fail (SAGE_IS_COMPARE_BLOCK (self), FALSE);

  return self->is_folded;
}

/* --- Words and looks -------------------------------------------------------------------------- */

static const char *
name_change (const SageTextBlock *block)
{
  if (!block->is_change)
    return _("Unchanged");
  if (block->n_old == 0)
    return _("Added");

  return block->n_new == 0 ? _("Removed") : _("Changed");
}

static const char *
choose_style (const SageTextBlock *block)
{
  if (!block->is_change)
    return "dimmed";
  if (block->n_old == 0)
    return "success";

  return block->n_new == 0 ? "error" : "accent";
}

/* Returns: (transfer full): "Lines 3–5", of the old text for what is gone from the new one */
static char *
name_lines (const SageTextBlock *block)
{
  guint start = block->n_new > 0 ? block->new_start : block->old_start;
  guint n = block->n_new > 0 ? block->n_new : block->n_old;

  if (n == 1)
    return g_strdup_printf (_("Line %u"), start + 1);

  /* Translators: the numbers of the first line and of the last */
  return g_strdup_printf (_("Lines %u–%u"), start + 1, start + n);
}

/**
 * sage_compare_block_describe:
 *
 * Returns: (transfer full): what has become of the lines, in words
 */
char *
sage_compare_block_describe (SageCompareBlock *self)
{
  g_autofree char *lines = NULL;
  guint n;

  g_return_val_if_fail (SAGE_IS_COMPARE_BLOCK (self), NULL);

  n = self->block.n_new;
  if (self->is_folded)
    return g_strdup_printf (ngettext ("%u unchanged line", "%u unchanged lines", n), n);
  lines = name_lines (&self->block);

  /* Translators: "Lines 3–5: Added" */
  return g_strdup_printf (_("%s: %s"), lines, name_change (&self->block));
}

/**
 * sage_compare_block_make_row:
 * @narrow: an object with the property "is-narrow"
 * @button: (nullable): (transfer floating): for the head of it
 *
 * Returns: (transfer floating): what shows lines that are not folded
 */
GtkWidget *
sage_compare_block_make_row (SageCompareBlock *self,
                             GObject          *narrow,
                             GtkWidget        *button)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  g_autoptr(GPtrArray) runs = NULL;
  g_autofree char *lines = NULL;
  GtkWidget *text;

  g_return_val_if_fail (SAGE_IS_COMPARE_BLOCK (self), box);

  runs = sage_text_comparison_make_runs (self->comparison, &self->block);
  lines = name_lines (&self->block);
  text = sage_diff_text_new_runs (runs);
  g_object_bind_property (narrow, "is-narrow", text, "is-narrow", G_BINDING_SYNC_CREATE);
  gtk_box_append (GTK_BOX (box), sage_diff_head_new (lines, name_change (&self->block),
                                                     choose_style (&self->block), NULL, button));
  gtk_box_append (GTK_BOX (box), text);
  gtk_widget_add_css_class (box, "diff-cell");

  return box;
}

/* --- Rows ------------------------------------------------------------------------------------- */

/**
 * sage_compare_block_unfold:
 *
 * Returns: (transfer full) (element-type SageCompareBlock): its lines, not folded any more
 */
GPtrArray *
sage_compare_block_unfold (SageCompareBlock *self)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);

  g_return_val_if_fail (SAGE_IS_COMPARE_BLOCK (self), items);

  for (guint at = 0; at < self->block.n_new; at += UNFOLD_LINES)
    {
      SageTextBlock part = self->block;

      part.old_start += at;
      part.new_start += at;
      part.n_old = part.n_new = MIN (self->block.n_new - at, UNFOLD_LINES);
      g_ptr_array_add (items, block_new (self->comparison, &part, FALSE));
    }

  return items;
}

/**
 * sage_compare_blocks_make:
 * @comparison: what differs between two texts
 *
 * Returns: (transfer full) (element-type SageCompareBlock): the rows, with unchanged lines folded
 */
GPtrArray *
sage_compare_blocks_make (SageTextComparison *comparison)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GArray) blocks = sage_text_comparison_list_blocks (comparison);

  for (guint i = 0; i < blocks->len; i++)
    {
      const SageTextBlock *block = &g_array_index (blocks, SageTextBlock, i);

      g_ptr_array_add (items, block_new (comparison, block, !block->is_change));
    }

  return items;
}
