/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-diff-cell"

#include "config.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

#include "sage-diff-cell.h"
#include "sage-diff-head.h"
#include "sage-diff-outputs.h"
#include "sage-diff-text.h"

/* --- Words ------------------------------------------------------------------------------------ */

static const char *
name_change (SageCellDiff *diff)
{
  if ((diff->changes & SAGE_CELL_ADDED) != 0)
    return _("Added");
  if ((diff->changes & SAGE_CELL_REMOVED) != 0)
    return _("Removed");
  if ((diff->changes & ~(guint) SAGE_CELL_MOVED) != 0)
    return _("Changed");

  return diff->changes != 0 ? _("Moved") : _("Unchanged");
}

/* Returns: (transfer full): "Cell 3", "Cell 3, was 5" */
static char *
name_cell (SageCellDiff *diff)
{
  if (diff->new_cell == NULL)
    return g_strdup_printf (_("Cell %u"), diff->old_position + 1);
  if (diff->old_cell == NULL || (diff->changes & SAGE_CELL_MOVED) == 0)
    return g_strdup_printf (_("Cell %u"), diff->new_position + 1);

  /* Translators: the number of a cell, and the number that it had */
  return g_strdup_printf (_("Cell %u, was %u"), diff->new_position + 1, diff->old_position + 1);
}

/* Returns: (transfer full) (nullable): what of it has changed: "source, outputs" */
static char *
list_parts (SageCellDiff *diff)
{
  const struct { SageCellChange change; const char *name; } parts[] = {
    { SAGE_CELL_KIND_CHANGED, _("type") },       { SAGE_CELL_SOURCE_CHANGED, _("source") },
    { SAGE_CELL_OUTPUTS_CHANGED, _("outputs") }, { SAGE_CELL_METADATA_CHANGED, _("metadata") },
  };
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_auto(GStrv) names = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    if ((diff->changes & parts[i].change) != 0)
      g_strv_builder_add (builder, parts[i].name);
  names = g_strv_builder_end (builder);

  return names[0] != NULL ? g_strjoinv (C_("list separator", ", "), names) : NULL;
}

/**
 * sage_diff_cell_describe:
 *
 * Returns: (transfer full): what has become of the cell, in words
 */
char *
sage_diff_cell_describe (SageCellDiff *diff)
{
  g_autofree char *cell = name_cell (diff);
  g_autofree char *parts = list_parts (diff);

  if (parts == NULL)
    /* Translators: "Cell 3: Added" */
    return g_strdup_printf (_("%s: %s"), cell, name_change (diff));

  /* Translators: "Cell 3: Changed (source, outputs)" */
  return g_strdup_printf (_("%s: %s (%s)"), cell, name_change (diff), parts);
}

/* --- The head --------------------------------------------------------------------------------- */

static const char *
choose_style (SageCellDiff *diff)
{
  if ((diff->changes & SAGE_CELL_ADDED) != 0)
    return "success";
  if ((diff->changes & SAGE_CELL_REMOVED) != 0)
    return "error";

  return diff->changes != 0 ? "accent" : "dimmed";
}

static GtkWidget *
make_head (SageCellDiff *diff,
           GtkWidget    *button)
{
  g_autofree char *name = name_cell (diff);
  g_autofree char *parts = list_parts (diff);

  return sage_diff_head_new (name, name_change (diff), choose_style (diff), parts, button);
}

/* --- The parts -------------------------------------------------------------------------------- */

static void
append_text (GtkBox     *box,
             const char *old_text,
             const char *new_text,
             GObject    *narrow)
{
  GtkWidget *text = sage_diff_text_new (old_text, new_text);

  g_object_bind_property (narrow, "is-narrow", text, "is-narrow", G_BINDING_SYNC_CREATE);
  gtk_box_append (box, text);
}

/* Returns: (transfer full): all that is neither source nor output, as text that can be compared */
static char *
write_metadata (SageCell *cell)
{
  g_autoptr(JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *attachments = sage_cell_get_attachments (cell);
  g_autofree char *text = NULL;
  GString *out;

  json_node_set_object (node, sage_cell_get_metadata (cell));
  text = json_to_string (node, TRUE);
  out = g_string_new (text);
  if (attachments != NULL)
    {
      g_autoptr(GList) names = json_object_get_members (attachments);

      for (GList *name = names; name != NULL; name = name->next)
        {
          g_autofree char *content = json_to_string (json_object_get_member (attachments, name->data), FALSE);
          g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, content, -1);

          /* Translators: a file that is kept in a cell, and a short sum of what is in it */
          g_string_append_printf (out, _("\nAttachment %s (%.12s)"), (const char *) name->data, digest);
        }
    }

  return g_string_free_and_steal (out);
}

static void
append_parts (GtkBox       *box,
              SageCellDiff *diff,
              GObject      *narrow)
{
  if ((diff->changes & SAGE_CELL_SOURCE_CHANGED) != 0)
    append_text (box, sage_cell_get_source (diff->old_cell), sage_cell_get_source (diff->new_cell), narrow);
  else
    gtk_box_append (box, sage_diff_text_new_plain (sage_cell_get_source (diff->new_cell)));
  if ((diff->changes & SAGE_CELL_OUTPUTS_CHANGED) != 0)
    {
      gint64 old_count = sage_cell_get_execution_count (diff->old_cell);
      gint64 new_count = sage_cell_get_execution_count (diff->new_cell);

      gtk_box_append (box, sage_diff_label_new (_("Outputs"), "caption-heading"));
      if (old_count != new_count)
        {
          g_autofree char *old_text = g_strdup_printf ("[%" G_GINT64_FORMAT "]", old_count);
          g_autofree char *new_text = g_strdup_printf ("[%" G_GINT64_FORMAT "]", new_count);
          g_autofree char *text = NULL;

          /* Translators: the numbers that Jupyter gives to runs, "[3]" and "[7]" */
          text = g_strdup_printf (_("Run %s, was %s"), new_count >= 0 ? new_text : "[ ]",
                                  old_count >= 0 ? old_text : "[ ]");
          gtk_box_append (box, sage_diff_label_new (text, "caption"));
        }
      gtk_box_append (box, sage_diff_outputs_new (diff->old_cell, diff->new_cell, narrow));
    }
  if ((diff->changes & SAGE_CELL_METADATA_CHANGED) != 0)
    {
      g_autofree char *old_text = write_metadata (diff->old_cell);
      g_autofree char *new_text = write_metadata (diff->new_cell);

      gtk_box_append (box, sage_diff_label_new (_("Metadata"), "caption-heading"));
      append_text (box, old_text, new_text, narrow);
    }
}

/**
 * sage_diff_cell_new:
 * @diff: what has become of a cell
 * @narrow: an object with the property "is-narrow"
 * @button: (nullable): (transfer floating): for the head of it
 *
 * Returns: (transfer floating): what shows it
 */
GtkWidget *
sage_diff_cell_new (SageCellDiff *diff,
                    GObject      *narrow,
                    GtkWidget    *button)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  gtk_box_append (GTK_BOX (box), make_head (diff, button));
  if (diff->new_cell == NULL)
    append_text (GTK_BOX (box), sage_cell_get_source (diff->old_cell), NULL, narrow);
  else if (diff->old_cell == NULL)
    append_text (GTK_BOX (box), NULL, sage_cell_get_source (diff->new_cell), narrow);
  else
    append_parts (GTK_BOX (box), diff, narrow);
  gtk_widget_add_css_class (box, "diff-cell");

  return box;
}
