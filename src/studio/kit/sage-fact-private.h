/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What a row of SageFacts holds; each has a widget of its own. */
typedef enum
{
  SAGE_FACT_NONE,
  SAGE_FACT_TEXT,
  SAGE_FACT_FIGURE, /* text that is counted or measured: tabular digits, exact in the tooltip */
  SAGE_FACT_COPY,   /* an identifier */
  SAGE_FACT_LINK,
  SAGE_FACT_TIME,
  SAGE_FACT_ELAPSED,
  SAGE_FACT_STATE,
  SAGE_FACT_WIDGET,
} SageFactKind;

#define SAGE_TYPE_FACT (sage_fact_get_type ())

G_DECLARE_FINAL_TYPE (SageFact, sage_fact, SAGE, FACT, GtkWidget)

GtkWidget *sage_fact_new       (const char   *key);
void       sage_fact_set_label (SageFact     *self,
                                const char   *label);
GtkWidget *sage_fact_take_kind (SageFact     *self,
                                SageFactKind  kind);
void       sage_fact_set_child (SageFact     *self,
                                GtkWidget    *child);
void       sage_fact_show      (SageFact     *self,
                                gboolean      visible,
                                const char   *words);

G_END_DECLS
