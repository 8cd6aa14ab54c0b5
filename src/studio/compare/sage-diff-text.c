/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-diff-text"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-diff-lines.h"
#include "sage-diff-text.h"

struct _SageDiffText
{
  AdwBin    parent_instance;

  GtkBox   *runs;
  gboolean  is_narrow;
};

typedef enum {
  PROP_IS_NARROW = 1,
} SageDiffTextProperty;

static GParamSpec *properties[PROP_IS_NARROW + 1];

G_DEFINE_FINAL_TYPE (SageDiffText, sage_diff_text, ADW_TYPE_BIN)

/* What a side of a run is. */
typedef enum
{
  SIDE_COMMON,
  SIDE_REMOVED,
  SIDE_ADDED,
  SIDE_NOTHING,
} Side;

#define KEY_SIDE "sage-diff-side"

static GtkWidget *
make_side (Side           side,
           const char    *text,
           PangoAttrList *marks)
{
  static const struct { const char *sign, *style, *words; } looks[] = {
    [SIDE_COMMON] = { " ", "diff-common", NULL },
    [SIDE_REMOVED] = { "−", "diff-removed", N_("Removed lines") },
    [SIDE_ADDED] = { "+", "diff-added", N_("Added lines") },
    [SIDE_NOTHING] = { " ", "diff-nothing", NULL },
  };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *sign = gtk_label_new (looks[side].sign);
  GtkWidget *label = gtk_label_new (text != NULL ? text : "");

  gtk_widget_set_valign (sign, GTK_ALIGN_START);
  gtk_widget_add_css_class (sign, "diff-sign");
  gtk_accessible_update_state (GTK_ACCESSIBLE (sign), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_yalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (label), GTK_NATURAL_WRAP_NONE);
  gtk_label_set_attributes (GTK_LABEL (label), marks);
  gtk_widget_set_hexpand (label, TRUE);
  if (looks[side].words != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                    _(looks[side].words), -1);
  gtk_box_append (GTK_BOX (box), sign);
  gtk_box_append (GTK_BOX (box), label);
  gtk_widget_add_css_class (box, "diff-side");
  gtk_widget_add_css_class (box, looks[side].style);
  gtk_widget_add_css_class (box, "monospace");
  g_object_set_data (G_OBJECT (box), KEY_SIDE, GINT_TO_POINTER (side));

  return box;
}

static GtkWidget *
make_hidden (guint n)
{
  g_autofree char *text = g_strdup_printf (ngettext ("%u unchanged line", "%u unchanged lines", n), n);
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "diff-hidden");
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "dimmed");

  return label;
}

static GtkWidget *
make_run (SageDiffLines *lines)
{
  GtkWidget *run = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  g_autoptr(PangoAttrList) old_marks = sage_diff_lines_marks (lines, FALSE);
  g_autoptr(PangoAttrList) new_marks = sage_diff_lines_marks (lines, TRUE);
  Side left = lines->is_equal ? SIDE_COMMON : lines->old_text != NULL ? SIDE_REMOVED : SIDE_NOTHING;
  Side right = lines->is_equal ? SIDE_COMMON : lines->new_text != NULL ? SIDE_ADDED : SIDE_NOTHING;

  gtk_box_append (GTK_BOX (run), make_side (left, lines->old_text, old_marks));
  gtk_box_append (GTK_BOX (run), make_side (right, lines->new_text, new_marks));

  return run;
}

/* One column where it is narrow: what is common once, what is gone above what came. */
static void
lay_out (SageDiffText *self)
{
  for (GtkWidget *run = gtk_widget_get_first_child (GTK_WIDGET (self->runs)); run != NULL;
       run = gtk_widget_get_next_sibling (run))
    {
      GtkWidget *left = GTK_IS_BOX (run) ? gtk_widget_get_first_child (run) : NULL;
      GtkWidget *right = left != NULL ? gtk_widget_get_next_sibling (left) : NULL;
      Side sides[2];

      if (right == NULL)
        continue;
      sides[0] = (Side) GPOINTER_TO_INT (g_object_get_data (G_OBJECT (left), KEY_SIDE));
      sides[1] = (Side) GPOINTER_TO_INT (g_object_get_data (G_OBJECT (right), KEY_SIDE));
      gtk_orientable_set_orientation (GTK_ORIENTABLE (run), self->is_narrow ? GTK_ORIENTATION_VERTICAL
                                                                            : GTK_ORIENTATION_HORIZONTAL);
      gtk_box_set_homogeneous (GTK_BOX (run), !self->is_narrow);
      gtk_widget_set_visible (left, !self->is_narrow
                                    || (sides[0] != SIDE_NOTHING && sides[0] != SIDE_COMMON));
      gtk_widget_set_visible (right, !self->is_narrow || sides[1] != SIDE_NOTHING);
    }
}

static void
sage_diff_text_set_property (GObject      *object,
                             guint         prop_id,
                             const GValue *value,
                             GParamSpec   *pspec)
{
  SageDiffText *self = SAGE_DIFF_TEXT (object);

  switch ((SageDiffTextProperty) prop_id)
    {
    case PROP_IS_NARROW:
      self->is_narrow = g_value_get_boolean (value);
      lay_out (self);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_diff_text_class_init (SageDiffTextClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = sage_diff_text_set_property;
  properties[PROP_IS_NARROW] = g_param_spec_boolean ("is-narrow", NULL, NULL, FALSE,
                                                     G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
sage_diff_text_init (SageDiffText *self)
{
  self->runs = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 0));
  gtk_widget_add_css_class (GTK_WIDGET (self->runs), "diff-text");
  gtk_widget_set_overflow (GTK_WIDGET (self->runs), GTK_OVERFLOW_HIDDEN);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->runs));
}

static GtkWidget *
make (Side        side,
      const char *text)
{
  SageDiffText *self = g_object_new (SAGE_TYPE_DIFF_TEXT, NULL);
  GtkWidget *run = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_box_append (GTK_BOX (run), make_side (side, text, NULL));
  gtk_box_append (self->runs, run);

  return GTK_WIDGET (self);
}

/**
 * sage_diff_text_new:
 * @old_text: (nullable): a text
 * @new_text: (nullable): another
 *
 * Returns: (transfer floating): what shows how they differ; where one is %NULL the other as a whole
 */
GtkWidget *
sage_diff_text_new (const char *old_text,
                    const char *new_text)
{
  g_autoptr(GPtrArray) runs = NULL;

  runs = sage_diff_lines_cut (old_text != NULL ? old_text : "", new_text != NULL ? new_text : "");
  if (old_text == NULL || new_text == NULL)
    {
      SageDiffLines *lines = runs->len > 0 ? g_ptr_array_index (runs, 0) : NULL;
      const char *text = lines == NULL ? "" : old_text == NULL ? lines->new_text : lines->old_text;

      return make (old_text == NULL ? SIDE_ADDED : SIDE_REMOVED, text);
    }

  return sage_diff_text_new_runs (runs);
}

/**
 * sage_diff_text_new_runs:
 * @runs: (element-type SageDiffLines): runs of lines
 *
 * Returns: (transfer floating): what shows them, one below the other
 */
GtkWidget *
sage_diff_text_new_runs (GPtrArray *runs)
{
  SageDiffText *self = g_object_new (SAGE_TYPE_DIFF_TEXT, NULL);

  for (guint i = 0; i < runs->len; i++)
    {
      SageDiffLines *lines = g_ptr_array_index (runs, i);

      gtk_box_append (self->runs, lines->n_hidden > 0 ? make_hidden (lines->n_hidden) : make_run (lines));
    }
  lay_out (self);

  return GTK_WIDGET (self);
}

/**
 * sage_diff_text_new_plain:
 *
 * Returns: (transfer floating): what shows a text that is the same on both sides, or its beginning
 */
GtkWidget *
sage_diff_text_new_plain (const char *text)
{
  g_autoptr(GPtrArray) runs = sage_diff_lines_cut ("", text);
  SageDiffLines *lines = runs->len > 0 ? g_ptr_array_index (runs, runs->len - 1) : NULL;

  return make (SIDE_COMMON, lines != NULL && lines->new_text != NULL ? lines->new_text : "");
}
