/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-comparison-view"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-comparison-cell.h"
#include "sage-comparison-view.h"
#include "sage-link.h"
#include "sage-state-chip.h"

struct _SageComparisonView
{
  AdwBin          parent_instance;

  SageConnection *connection; /* (owned) */
  GtkSizeGroup   *labels;     /* (owned): what stands at the start is of one width */
  gboolean        narrow;
  gboolean        two_sides;

  GtkWidget      *header;
  GtkWidget      *header_gap;
  GtkWidget      *sides[2];
  GtkWidget      *roles[2];
  GtkWidget      *names[2];
  GtkWidget      *chips[2];
  GtkWidget      *metrics;
  GtkWidget      *note;
  GtkWidget      *facts;
};

typedef enum
{
  PROP_NARROW = 1,
} SageComparisonViewProperty;

static GParamSpec *properties[PROP_NARROW + 1];

G_DEFINE_FINAL_TYPE (SageComparisonView, sage_comparison_view, ADW_TYPE_BIN)

/* --- Rows ------------------------------------------------------------------------------------- */

static void
apply_narrow (GtkWidget *card,
              gboolean   narrow)
{
  for (GtkWidget *row = gtk_widget_get_first_child (card);
       row != NULL;
       row = gtk_widget_get_next_sibling (row))
    if (GTK_IS_BOX (row))
      {
        gtk_orientable_set_orientation (GTK_ORIENTABLE (row), narrow ? GTK_ORIENTATION_VERTICAL
                                                                     : GTK_ORIENTATION_HORIZONTAL);
        gtk_box_set_spacing (GTK_BOX (row), narrow ? 0 : 12);
      }
}

static void
set_narrow (SageComparisonView *self,
            gboolean            narrow)
{
  self->narrow = narrow;
  gtk_widget_set_visible (self->header_gap, !narrow);
  apply_narrow (self->metrics, narrow);
  apply_narrow (self->facts, narrow);
}

/* One sentence for the whole row, for who does not see the columns. */
static void
describe_row (SageComparisonView      *self,
              GtkWidget               *widget,
              const SageComparisonRow *row)
{
  g_autofree char *candidate = sage_comparison_cell_text (row, 0);
  g_autofree char *champion = sage_comparison_cell_text (row, 1);
  g_autofree char *mark = sage_comparison_mark_words (row);
  g_autofree char *both = NULL;
  g_autofree char *text = NULL;

  if (self->two_sides)
    /* Translators: what a new version has, and what the approved one has */
    both = g_strdup_printf (_("%s, approved version: %s"), candidate, champion);
  /* Translators: what is compared: its values */
  text = g_strdup_printf (_("%s: %s"), row->label, both != NULL ? both : candidate);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  if (mark != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                    mark, -1);
}

static GtkWidget *
make_row (SageComparisonView      *self,
          const SageComparisonRow *row)
{
  GtkWidget *widget = g_object_new (GTK_TYPE_BOX, "accessible-role", GTK_ACCESSIBLE_ROLE_GROUP,
                                    NULL);
  GtkWidget *label = gtk_label_new (row->label);
  GtkWidget *values = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_yalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_width_chars (GTK_LABEL (label), 12);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 24);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_size_group_add_widget (self->labels, label);

  gtk_box_set_homogeneous (GTK_BOX (values), TRUE);
  gtk_widget_set_hexpand (values, TRUE);
  gtk_box_append (GTK_BOX (values), sage_comparison_cell_new (row, 0, self->connection));
  if (self->two_sides)
    gtk_box_append (GTK_BOX (values), sage_comparison_cell_new (row, 1, self->connection));

  gtk_widget_add_css_class (widget, "comparison-row");
  gtk_box_append (GTK_BOX (widget), label);
  gtk_box_append (GTK_BOX (widget), values);
  describe_row (self, widget, row);

  return widget;
}

static void
fill (SageComparisonView *self,
      GtkWidget          *card,
      GPtrArray          *rows)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (card)) != NULL)
    gtk_box_remove (GTK_BOX (card), child);

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      if (i > 0)
        gtk_box_append (GTK_BOX (card), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
      gtk_box_append (GTK_BOX (card), make_row (self, g_ptr_array_index (rows, i)));
    }
  gtk_widget_set_visible (card, rows != NULL && rows->len > 0);
  apply_narrow (card, self->narrow);
}

/* --- The view --------------------------------------------------------------------------------- */

static void
sage_comparison_view_get_property (GObject    *object,
                                   guint       prop_id,
                                   GValue     *value,
                                   GParamSpec *pspec)
{
  switch ((SageComparisonViewProperty) prop_id)
    {
    case PROP_NARROW:
      g_value_set_boolean (value, SAGE_COMPARISON_VIEW (object)->narrow);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_comparison_view_set_property (GObject      *object,
                                   guint         prop_id,
                                   const GValue *value,
                                   GParamSpec   *pspec)
{
  switch ((SageComparisonViewProperty) prop_id)
    {
    case PROP_NARROW:
      set_narrow (SAGE_COMPARISON_VIEW (object), g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_comparison_view_dispose (GObject *object)
{
  SageComparisonView *self = SAGE_COMPARISON_VIEW (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_COMPARISON_VIEW);
  g_clear_object (&self->connection);
  g_clear_object (&self->labels);

  G_OBJECT_CLASS (sage_comparison_view_parent_class)->dispose (object);
}

static void
sage_comparison_view_class_init (SageComparisonViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sage_comparison_view_dispose;
  object_class->get_property = sage_comparison_view_get_property;
  object_class->set_property = sage_comparison_view_set_property;
  properties[PROP_NARROW] =
    g_param_spec_boolean ("narrow", NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  g_type_ensure (SAGE_TYPE_LINK);
  g_type_ensure (SAGE_TYPE_STATE_CHIP);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/sagebrush/Studio/ui/registry/sage-comparison-view.ui");
  gtk_widget_class_bind_template_child (widget_class, SageComparisonView, header);
  gtk_widget_class_bind_template_child (widget_class, SageComparisonView, header_gap);
  gtk_widget_class_bind_template_child (widget_class, SageComparisonView, metrics);
  gtk_widget_class_bind_template_child (widget_class, SageComparisonView, note);
  gtk_widget_class_bind_template_child (widget_class, SageComparisonView, facts);
  gtk_widget_class_bind_template_child_full (widget_class, "candidate", FALSE,
                                             G_STRUCT_OFFSET (SageComparisonView, sides[0]));
  gtk_widget_class_bind_template_child_full (widget_class, "champion", FALSE,
                                             G_STRUCT_OFFSET (SageComparisonView, sides[1]));
  gtk_widget_class_bind_template_child_full (widget_class, "candidate_role", FALSE,
                                             G_STRUCT_OFFSET (SageComparisonView, roles[0]));
  gtk_widget_class_bind_template_child_full (widget_class, "champion_role", FALSE,
                                             G_STRUCT_OFFSET (SageComparisonView, roles[1]));
  gtk_widget_class_bind_template_child_full (widget_class, "candidate_name", FALSE,
                                             G_STRUCT_OFFSET (SageComparisonView, names[0]));
  gtk_widget_class_bind_template_child_full (widget_class, "champion_name", FALSE,
                                             G_STRUCT_OFFSET (SageComparisonView, names[1]));
  gtk_widget_class_bind_template_child_full (widget_class, "candidate_chip", FALSE,
                                             G_STRUCT_OFFSET (SageComparisonView, chips[0]));
  gtk_widget_class_bind_template_child_full (widget_class, "champion_chip", FALSE,
                                             G_STRUCT_OFFSET (SageComparisonView, chips[1]));
}

static void
sage_comparison_view_init (SageComparisonView *self)
{
  self->labels = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_size_group_add_widget (self->labels, self->header_gap);
}

/**
 * sage_comparison_view_new:
 * @connection: the engine that the versions are of
 *
 * Returns: (transfer floating): an empty comparison
 */
GtkWidget *
sage_comparison_view_new (SageConnection *connection)
{
  SageComparisonView *self = g_object_new (SAGE_TYPE_COMPARISON_VIEW, NULL);

  self->connection = g_object_ref (connection);

  return GTK_WIDGET (self);
}

static void
set_side (SageComparisonView *self,
          guint               side,
          SageResource       *package,
          gboolean            is_link)
{
  g_autofree char *location = is_link ? sage_resource_dup_location (package) : NULL;
  /* Translators: a version of a model, by its number */
  g_autofree char *name = g_strdup_printf (_("Version %s"), sage_resource_get_title (package));

  sage_link_set (SAGE_LINK (self->names[side]), name, location);
  sage_state_chip_set_resource (SAGE_STATE_CHIP (self->chips[side]), package);
}

/**
 * sage_comparison_view_set_sides:
 * @self: a comparison
 * @candidate: the version to judge
 * @champion: (nullable): the approved one to compare it with; %NULL if there is none
 *
 * Says what is compared. The rows are to be set after it.
 */
void
sage_comparison_view_set_sides (SageComparisonView *self,
                                SageResource       *candidate,
                                SageResource       *champion)
{
  g_return_if_fail (SAGE_IS_COMPARISON_VIEW (self));
  g_return_if_fail (SAGE_IS_RESOURCE (candidate));

  self->two_sides = champion != NULL;
  set_side (self, 0, candidate, FALSE);
  if (champion != NULL)
    set_side (self, 1, champion, TRUE);
  gtk_widget_set_visible (self->header, champion != NULL);
}

/**
 * sage_comparison_view_set_metrics:
 * @self: a comparison
 * @rows: (nullable) (element-type SageComparisonRow): the numbers
 * @note: (nullable): what is to be said about them, translated: that there are none, why they could
 *   not be read
 */
void
sage_comparison_view_set_metrics (SageComparisonView *self,
                                  GPtrArray          *rows,
                                  const char         *note)
{
  g_return_if_fail (SAGE_IS_COMPARISON_VIEW (self));

  fill (self, self->metrics, rows);
  gtk_label_set_text (GTK_LABEL (self->note), note != NULL ? note : "");
  gtk_widget_set_visible (self->note, note != NULL);
}

/**
 * sage_comparison_view_set_facts:
 * @self: a comparison
 * @rows: (element-type SageComparisonRow): what the versions are made of
 */
void
sage_comparison_view_set_facts (SageComparisonView *self,
                                GPtrArray          *rows)
{
  g_return_if_fail (SAGE_IS_COMPARISON_VIEW (self));

  fill (self, self->facts, rows);
}
