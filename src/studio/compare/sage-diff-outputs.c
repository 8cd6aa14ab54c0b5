/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-diff-outputs"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-ansi.h"
#include "sage-comms.h"
#include "sage-diff-outputs.h"
#include "sage-diff-text.h"
#include "sage-mime-choice.h"
#include "sage-output-view.h"

#define MAX_TEXT (256 * 1024) /* bytes of an output that are compared by line */

/* --- What an output is ------------------------------------------------------------------------ */

/* As what the richest safe representation is shown. */
static SageShownAs
find_kind (SageOutput *output,
           SageComms  *comms)
{
  g_autoptr(GPtrArray) choices = NULL;

  if (sage_output_get_kind (output) == SAGE_OUTPUT_STREAM || sage_output_get_kind (output) == SAGE_OUTPUT_ERROR)
    return SAGE_SHOWN_AS_TEXT;

  choices = sage_mime_rank (output, comms, FALSE);

  return choices->len > 0 ? ((SageMimeChoice *) g_ptr_array_index (choices, 0))->shown_as
                          : SAGE_SHOWN_AS_SOURCE;
}

/* Returns: (transfer full): @text as a terminal would leave it, line by line */
static char *
make_plain (const char *text)
{
  g_auto(GStrv) lines = NULL;
  GString *plain = g_string_new (NULL);
  g_autofree char *start = g_strndup (text, MAX_TEXT);

  if (g_str_has_suffix (start, "\n"))
    start[strlen (start) - 1] = '\0';
  lines = g_strsplit (start, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    {
      g_autoptr(SageAnsiText) shown = sage_ansi_parse (*line, strlen (*line), MAX_TEXT);

      g_string_append_printf (plain, "%s%s", line > lines ? "\n" : "", shown->text);
    }

  return g_string_free_and_steal (plain);
}

/* Returns: (transfer full) (nullable): the text that an output is, if it is one */
static char *
get_text (SageOutput  *output,
          SageShownAs  kind)
{
  const char *text = NULL;

  if (kind != SAGE_SHOWN_AS_TEXT)
    return NULL;
  switch (sage_output_get_kind (output))
    {
    case SAGE_OUTPUT_STREAM:
      text = sage_output_get_text (output, NULL);
      break;
    case SAGE_OUTPUT_ERROR:
      text = sage_output_get_traceback (output);
      break;
    case SAGE_OUTPUT_DISPLAY_DATA:
    case SAGE_OUTPUT_EXECUTE_RESULT:
    default:
      text = sage_output_get_datum (output, "text/plain");
    }

  return make_plain (text != NULL ? text : "");
}

static const char *
describe_change (gboolean    has_old,
                 gboolean    has_new,
                 SageShownAs kind)
{
  if (!has_old)
    return _("New output");
  if (!has_new)
    return _("Output is gone");
  if (kind == SAGE_SHOWN_AS_PICTURE)
    return _("Picture changed");
  if (kind == SAGE_SHOWN_AS_TABLE)
    return _("Table changed");

  return _("Output changed");
}

/* --- Beside each other ------------------------------------------------------------------------ */

static void
narrow_cb (GtkWidget  *box,
           GParamSpec *pspec,
           GObject    *narrow)
{
  gboolean is_narrow;

  g_object_get (narrow, "is-narrow", &is_narrow, NULL);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (box), is_narrow ? GTK_ORIENTATION_VERTICAL
                                                                  : GTK_ORIENTATION_HORIZONTAL);
  gtk_box_set_homogeneous (GTK_BOX (box), !is_narrow);
}

static GtkWidget *
make_side (SageOutput *output,
           SageComms  *comms,
           gboolean    is_new)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *sign = gtk_label_new (is_new ? "+" : "−");

  gtk_widget_set_valign (sign, GTK_ALIGN_START);
  gtk_widget_add_css_class (sign, "diff-sign");
  gtk_accessible_update_property (GTK_ACCESSIBLE (sign), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  is_new ? _("New output") : _("Old output"), -1);
  gtk_widget_add_css_class (box, "diff-side");
  gtk_widget_add_css_class (box, output == NULL ? "diff-nothing" : is_new ? "diff-added" : "diff-removed");
  if (output != NULL)
    {
      GtkWidget *view = sage_output_view_new (output, comms, FALSE);

      gtk_widget_set_hexpand (view, TRUE);
      gtk_box_append (GTK_BOX (box), sign);
      gtk_box_append (GTK_BOX (box), view);
    }
  else
    g_object_unref (g_object_ref_sink (sign));

  return box;
}

static GtkWidget *
make_sides (SageOutput *old_output,
            SageOutput *new_output,
            SageComms  *comms,
            GObject    *narrow)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_widget_add_css_class (box, "diff-text");
  gtk_widget_set_overflow (box, GTK_OVERFLOW_HIDDEN);
  if (old_output != NULL)
    gtk_box_append (GTK_BOX (box), make_side (old_output, comms, FALSE));
  if (new_output != NULL)
    gtk_box_append (GTK_BOX (box), make_side (new_output, comms, TRUE));
  g_signal_connect_object (narrow, "notify::is-narrow", G_CALLBACK (narrow_cb), box, G_CONNECT_SWAPPED);
  narrow_cb (box, NULL, narrow);

  return box;
}

static GtkWidget *
make_note (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "dimmed");

  return label;
}

/* Texts by line, everything else as it looks: nothing in it runs, whatever the notebook is trusted with. */
static void
append_pair (GtkBox     *box,
             SageOutput *old_output,
             SageOutput *new_output,
             SageComms  *comms,
             GObject    *narrow)
{
  SageShownAs old_kind = old_output != NULL ? find_kind (old_output, comms) : SAGE_SHOWN_AS_TEXT;
  SageShownAs new_kind = new_output != NULL ? find_kind (new_output, comms) : SAGE_SHOWN_AS_TEXT;
  g_autofree char *old_text = old_output != NULL ? get_text (old_output, old_kind) : NULL;
  g_autofree char *new_text = new_output != NULL ? get_text (new_output, new_kind) : NULL;
  gboolean is_text = (old_output == NULL || old_text != NULL) && (new_output == NULL || new_text != NULL);

  gtk_box_append (box, make_note (describe_change (old_output != NULL, new_output != NULL,
                                                   old_kind == new_kind ? new_kind : SAGE_SHOWN_AS_TEXT)));
  if (is_text)
    {
      GtkWidget *text = sage_diff_text_new (old_text, new_text);

      g_object_bind_property (narrow, "is-narrow", text, "is-narrow", G_BINDING_SYNC_CREATE);
      gtk_box_append (box, text);
    }
  else
    gtk_box_append (box, make_sides (old_output, new_output, comms, narrow));
}

/**
 * sage_diff_outputs_new:
 * @old_cell: a cell
 * @new_cell: another state of it
 * @narrow: an object with the property "is-narrow"
 *
 * Returns: (transfer floating): what shows how their outputs differ, one after the other
 */
GtkWidget *
sage_diff_outputs_new (SageCell *old_cell,
                       SageCell *new_cell,
                       GObject  *narrow)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  g_autoptr(SageComms) comms = sage_comms_new ();
  GListModel *olds = sage_cell_get_outputs (old_cell);
  GListModel *news = sage_cell_get_outputs (new_cell);
  guint n = MAX (g_list_model_get_n_items (olds), g_list_model_get_n_items (news));
  guint n_equal = 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr(SageOutput) old_output = g_list_model_get_item (olds, i);
      g_autoptr(SageOutput) new_output = g_list_model_get_item (news, i);

      if (old_output != NULL && new_output != NULL && sage_output_is_equal (old_output, new_output))
        n_equal++;
      else
        append_pair (GTK_BOX (box), old_output, new_output, comms, narrow);
    }
  if (n_equal > 0)
    {
      g_autofree char *text = g_strdup_printf (ngettext ("%u unchanged output", "%u unchanged outputs", n_equal),
                                               n_equal);

      gtk_box_append (GTK_BOX (box), make_note (text));
    }

  return box;
}
