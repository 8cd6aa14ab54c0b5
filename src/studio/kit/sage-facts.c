/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-facts"

#include "config.h"

#include <math.h>

#include "sage-copy-label.h"
#include "sage-elapsed.h"
#include "sage-fact-private.h"
#include "sage-facts.h"
#include "sage-json.h"
#include "sage-link.h"
#include "sage-relative-time.h"
#include "sage-state-chip.h"
#include "sage-text.h"
#include "sage-words.h"

struct _SageFacts
{
  GtkWidget   parent_instance;

  GHashTable *by_key; /* (owned): char* (owned) → SageFact* (unowned) */

  GtkWidget  *title;
  GtkWidget  *rows;
};

typedef enum
{
  PROP_TITLE = 1,
} SageFactsProperty;

static GParamSpec *properties[PROP_TITLE + 1];

G_DEFINE_FINAL_TYPE (SageFacts, sage_facts, GTK_TYPE_WIDGET)

static void
sage_facts_dispose (GObject *object)
{
  SageFacts *self = SAGE_FACTS (object);

  g_hash_table_remove_all (self->by_key);
  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_FACTS);

  G_OBJECT_CLASS (sage_facts_parent_class)->dispose (object);
}

static void
sage_facts_finalize (GObject *object)
{
  g_hash_table_unref (SAGE_FACTS (object)->by_key);

  G_OBJECT_CLASS (sage_facts_parent_class)->finalize (object);
}

static void
sage_facts_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  switch ((SageFactsProperty) prop_id)
    {
    case PROP_TITLE:
      g_value_set_string (value, sage_facts_get_title (SAGE_FACTS (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_facts_set_property (GObject      *object,
                         guint         prop_id,
                         const GValue *value,
                         GParamSpec   *pspec)
{
  switch ((SageFactsProperty) prop_id)
    {
    case PROP_TITLE:
      sage_facts_set_title (SAGE_FACTS (object), g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_facts_class_init (SageFactsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sage_facts_dispose;
  object_class->finalize = sage_facts_finalize;
  object_class->get_property = sage_facts_get_property;
  object_class->set_property = sage_facts_set_property;

  properties[PROP_TITLE] =
    g_param_spec_string ("title", NULL, NULL, NULL,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_css_name (widget_class, "facts");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/sagebrush/Studio/ui/kit/sage-facts.ui");
  gtk_widget_class_bind_template_child (widget_class, SageFacts, title);
  gtk_widget_class_bind_template_child (widget_class, SageFacts, rows);
}

static void
sage_facts_init (SageFacts *self)
{
  self->by_key = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self->rows),
                                  GTK_ACCESSIBLE_RELATION_LABELLED_BY, self->title, NULL, -1);
}

/**
 * sage_facts_new:
 * @title: (nullable): what the facts are about, translated
 *
 * Returns: (transfer floating): a card, hidden until it has a fact
 */
GtkWidget *
sage_facts_new (const char *title)
{
  return g_object_new (SAGE_TYPE_FACTS, "title", title, NULL);
}

const char *
sage_facts_get_title (SageFacts *self)
{
  g_return_val_if_fail (SAGE_IS_FACTS (self), NULL);

  return gtk_label_get_text (GTK_LABEL (self->title));
}

void
sage_facts_set_title (SageFacts  *self,
                      const char *title)
{
  g_return_if_fail (SAGE_IS_FACTS (self));

  title = title != NULL ? title : "";
  if (g_str_equal (gtk_label_get_text (GTK_LABEL (self->title)), title))
    return;

  gtk_label_set_text (GTK_LABEL (self->title), title);
  gtk_widget_set_visible (self->title, title[0] != '\0');
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
}

/* The widest label makes the column of all values: one row that comes or goes moves the others. */
static void
align_rows (SageFacts *self)
{
  for (GtkWidget *row = gtk_widget_get_first_child (self->rows);
       row != NULL;
       row = gtk_widget_get_next_sibling (row))
    gtk_widget_queue_resize (row);
}

static SageFact *
take_row (SageFacts  *self,
          const char *key,
          const char *label)
{
  GtkWidget *row = g_hash_table_lookup (self->by_key, key);

  if (row == NULL)
    {
      row = sage_fact_new (label);
      g_hash_table_insert (self->by_key, g_strdup (key), row);
      gtk_box_append (GTK_BOX (self->rows), row);
      align_rows (self);
    }
  else
    sage_fact_set_label (SAGE_FACT (row), label);

  return SAGE_FACT (row);
}

static void
update_visible (SageFacts *self)
{
  gboolean any = FALSE;

  for (GtkWidget *row = gtk_widget_get_first_child (self->rows);
       row != NULL && !any;
       row = gtk_widget_get_next_sibling (row))
    any = gtk_widget_get_visible (row);

  gtk_widget_set_visible (GTK_WIDGET (self), any);
}

static void
show_row (SageFacts  *self,
          SageFact   *row,
          gboolean    visible,
          const char *words)
{
  gboolean before = gtk_widget_get_visible (GTK_WIDGET (row));

  sage_fact_show (row, visible, words);
  if (before == gtk_widget_get_visible (GTK_WIDGET (row)))
    return;
  align_rows (self);
  update_visible (self);
}

/* A row that is there where it has words. */
static void
finish_row (SageFacts  *self,
            SageFact   *row,
            const char *words)
{
  show_row (self, row, words != NULL && words[0] != '\0', words);
}

static void
set_label (GtkWidget  *label,
           const char *text)
{
  g_autofree char *shown = sage_text_shorten_end (text, SAGE_TEXT_MAX_PARAGRAPH);

  if (!g_str_equal (gtk_label_get_text (GTK_LABEL (label)), shown))
    gtk_label_set_text (GTK_LABEL (label), shown); /* or a selection would be lost */
}

/**
 * sage_facts_set_text:
 * @self: a card
 * @key: which row
 * @label: what the fact is, translated
 * @text: (nullable): the fact; it wraps, and can be selected
 */
void
sage_facts_set_text (SageFacts  *self,
                     const char *key,
                     const char *label,
                     const char *text)
{
  SageFact *row;

  g_return_if_fail (SAGE_IS_FACTS (self));

  row = take_row (self, key, label);
  set_label (sage_fact_take_kind (row, SAGE_FACT_TEXT), text);
  finish_row (self, row, text);
}

/**
 * sage_facts_set_identifier:
 * @self: a card
 * @key: which row
 * @label: what the fact is, translated
 * @identifier: (nullable): an ARN, an image, an id; on one line, ellipsised in the middle, with a
 *   button that copies it
 */
void
sage_facts_set_identifier (SageFacts  *self,
                           const char *key,
                           const char *label,
                           const char *identifier)
{
  SageFact *row;

  g_return_if_fail (SAGE_IS_FACTS (self));

  row = take_row (self, key, label);
  sage_copy_label_set_text (SAGE_COPY_LABEL (sage_fact_take_kind (row, SAGE_FACT_COPY)), identifier);
  finish_row (self, row, identifier);
}

/**
 * sage_facts_set_s3:
 * @self: a card
 * @key: which row
 * @label: what the fact is, translated
 * @uri: (nullable): an `s3://` URI
 */
void
sage_facts_set_s3 (SageFacts  *self,
                   const char *key,
                   const char *label,
                   const char *uri)
{
  sage_facts_set_identifier (self, key, label, uri);
}

/**
 * sage_facts_set_link:
 * @self: a card
 * @key: which row
 * @label: what the fact is, translated
 * @text: (nullable): the name of the thing
 * @location: (nullable): where Studio shows it; %NULL where it has no page
 */
void
sage_facts_set_link (SageFacts  *self,
                     const char *key,
                     const char *label,
                     const char *text,
                     const char *location)
{
  SageFact *row;

  g_return_if_fail (SAGE_IS_FACTS (self));

  row = take_row (self, key, label);
  sage_link_set (SAGE_LINK (sage_fact_take_kind (row, SAGE_FACT_LINK)), text, location);
  finish_row (self, row, text);
}

static void
set_figure (SageFacts  *self,
            const char *key,
            const char *label,
            const char *text,
            const char *exact)
{
  SageFact *row;
  GtkWidget *value;

  g_return_if_fail (SAGE_IS_FACTS (self));

  row = take_row (self, key, label);
  value = sage_fact_take_kind (row, SAGE_FACT_FIGURE);
  set_label (value, text);
  gtk_widget_set_tooltip_text (value, g_strcmp0 (text, exact) != 0 ? exact : NULL);
  finish_row (self, row, text);
}

/**
 * sage_facts_set_number:
 * @self: a card
 * @key: which row
 * @label: what the fact is, with its unit, translated
 * @value: the number, with 4 digits and all of them in the tooltip; NaN hides the row, 0 is a number
 */
void
sage_facts_set_number (SageFacts  *self,
                       const char *key,
                       const char *label,
                       double      value)
{
  g_autofree char *text = isnan (value) ? NULL : sage_words_number (value);
  g_autoptr(GString) exact = g_string_new (NULL);

  sage_json_append_number (exact, value);
  set_figure (self, key, label, text, exact->str);
}

/**
 * sage_facts_set_bytes:
 * @self: a card
 * @key: which row
 * @label: what the fact is, translated
 * @bytes: a size, shown in IEC units; 0 hides the row
 */
void
sage_facts_set_bytes (SageFacts  *self,
                      const char *key,
                      const char *label,
                      guint64     bytes)
{
  g_autofree char *text = bytes > 0 ? sage_words_bytes (bytes) : NULL;
  g_autofree char *exact = g_format_size_full (bytes, G_FORMAT_SIZE_LONG_FORMAT
                                                      | G_FORMAT_SIZE_IEC_UNITS);

  set_figure (self, key, label, text, exact);
}

/**
 * sage_facts_set_duration:
 * @self: a card
 * @key: which row
 * @label: what the fact is, translated
 * @seconds: how long; NaN and less than 0 hide the row
 */
void
sage_facts_set_duration (SageFacts  *self,
                         const char *key,
                         const char *label,
                         double      seconds)
{
  g_autofree char *text = seconds >= 0 ? sage_words_duration (seconds) : NULL;

  set_figure (self, key, label, text, text);
}

/**
 * sage_facts_set_time:
 * @self: a card
 * @key: which row
 * @label: what the fact is, translated
 * @seconds: when, in seconds since 1970, shown exact and as "4 min ago"; 0 hides the row
 */
void
sage_facts_set_time (SageFacts  *self,
                     const char *key,
                     const char *label,
                     double      seconds)
{
  g_autofree char *exact = NULL;
  SageFact *row;
  GtkWidget *value;
  GtkWidget *label_widget;
  SageRelativeTime *relative;

  g_return_if_fail (SAGE_IS_FACTS (self));

  row = take_row (self, key, label);
  value = sage_fact_take_kind (row, SAGE_FACT_TIME);
  label_widget = gtk_widget_get_first_child (value);
  relative = SAGE_RELATIVE_TIME (gtk_widget_get_next_sibling (label_widget));
  sage_relative_time_set_time (relative, seconds);
  exact = sage_words_exact_time (sage_relative_time_get_time (relative));
  set_label (label_widget, exact);
  finish_row (self, row, exact);
}

/**
 * sage_facts_set_elapsed:
 * @self: a card
 * @key: which row
 * @label: what the fact is, translated
 * @start: when it began, in seconds since 1970; 0 hides the row
 * @end: when it ended; 0 while it goes on, and the row counts
 */
void
sage_facts_set_elapsed (SageFacts  *self,
                        const char *key,
                        const char *label,
                        double      start,
                        double      end)
{
  SageFact *row;

  g_return_if_fail (SAGE_IS_FACTS (self));

  row = take_row (self, key, label);
  sage_elapsed_set (SAGE_ELAPSED (sage_fact_take_kind (row, SAGE_FACT_ELAPSED)), start, end);
  show_row (self, row, start > 0, NULL);
}

/**
 * sage_facts_set_state:
 * @self: a card
 * @key: which row
 * @label: what the fact is, translated
 * @resource: (nullable): whose state to show; it follows by itself
 */
void
sage_facts_set_state (SageFacts    *self,
                      const char   *key,
                      const char   *label,
                      SageResource *resource)
{
  SageFact *row;

  g_return_if_fail (SAGE_IS_FACTS (self));

  row = take_row (self, key, label);
  sage_state_chip_set_resource (SAGE_STATE_CHIP (sage_fact_take_kind (row, SAGE_FACT_STATE)),
                                resource);
  show_row (self, row, resource != NULL, NULL);
}

/**
 * sage_facts_set_widget:
 * @self: a card
 * @key: which row
 * @label: what the fact is, translated
 * @widget: (nullable): (transfer floating): what shows it
 */
void
sage_facts_set_widget (SageFacts  *self,
                       const char *key,
                       const char *label,
                       GtkWidget  *widget)
{
  SageFact *row;

  g_return_if_fail (SAGE_IS_FACTS (self));

  row = take_row (self, key, label);
  sage_fact_set_child (row, widget);
  show_row (self, row, widget != NULL, NULL);
}

/**
 * sage_facts_remove:
 * @self: a card
 * @key: which row; it may be gone already
 */
void
sage_facts_remove (SageFacts  *self,
                   const char *key)
{
  GtkWidget *row;

  g_return_if_fail (SAGE_IS_FACTS (self));

  row = g_hash_table_lookup (self->by_key, key);
  if (row == NULL)
    return;

  g_hash_table_remove (self->by_key, key);
  gtk_box_remove (GTK_BOX (self->rows), row);
  align_rows (self);
  update_visible (self);
}

/**
 * sage_facts_clear:
 * @self: a card
 *
 * Removes all rows, for facts whose number changes.
 */
void
sage_facts_clear (SageFacts *self)
{
  GtkWidget *row;

  g_return_if_fail (SAGE_IS_FACTS (self));

  g_hash_table_remove_all (self->by_key);
  while ((row = gtk_widget_get_first_child (self->rows)) != NULL)
    gtk_box_remove (GTK_BOX (self->rows), row);
  update_visible (self);
}
