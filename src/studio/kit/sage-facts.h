/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-resource.h"

G_BEGIN_DECLS

/*
 * A card of facts: a title and rows of a label and a value. A row is known by its key: the first
 * call for a key makes its row at the end, later calls change it in place, so a page calls the same
 * setters in the same order for every description it gets. A value that is missing (NULL, "", 0)
 * hides the row and keeps its place; a card without any row in sight hides itself.
 *
 * Labels are translated and end without a colon. Values are data: of any length, never markup.
 */
#define SAGE_TYPE_FACTS (sage_facts_get_type ())

G_DECLARE_FINAL_TYPE (SageFacts, sage_facts, SAGE, FACTS, GtkWidget)

GtkWidget  *sage_facts_new            (const char   *title);
const char *sage_facts_get_title      (SageFacts    *self);
void        sage_facts_set_title      (SageFacts    *self,
                                       const char   *title);
void        sage_facts_set_text       (SageFacts    *self,
                                       const char   *key,
                                       const char   *label,
                                       const char   *text);
void        sage_facts_set_identifier (SageFacts    *self,
                                       const char   *key,
                                       const char   *label,
                                       const char   *identifier);
void        sage_facts_set_link       (SageFacts    *self,
                                       const char   *key,
                                       const char   *label,
                                       const char   *text,
                                       const char   *location);
void        sage_facts_set_s3         (SageFacts    *self,
                                       const char   *key,
                                       const char   *label,
                                       const char   *uri);
void        sage_facts_set_number     (SageFacts    *self,
                                       const char   *key,
                                       const char   *label,
                                       double        value);
void        sage_facts_set_bytes      (SageFacts    *self,
                                       const char   *key,
                                       const char   *label,
                                       guint64       bytes);
void        sage_facts_set_time       (SageFacts    *self,
                                       const char   *key,
                                       const char   *label,
                                       double        seconds);
void        sage_facts_set_duration   (SageFacts    *self,
                                       const char   *key,
                                       const char   *label,
                                       double        seconds);
void        sage_facts_set_elapsed    (SageFacts    *self,
                                       const char   *key,
                                       const char   *label,
                                       double        start,
                                       double        end);
void        sage_facts_set_state      (SageFacts    *self,
                                       const char   *key,
                                       const char   *label,
                                       SageResource *resource);
void        sage_facts_set_widget     (SageFacts    *self,
                                       const char   *key,
                                       const char   *label,
                                       GtkWidget    *widget);
void        sage_facts_remove         (SageFacts    *self,
                                       const char   *key);
void        sage_facts_clear          (SageFacts    *self);

G_END_DECLS
