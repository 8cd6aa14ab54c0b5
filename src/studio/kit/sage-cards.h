/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/*
 * Cards in one column where there is little room and in two where there is more, each where the
 * columns are shortest; text gets no wider than reads well. What is wide by nature (a table, a
 * chart) takes the whole width: sage_cards_add_wide(), or the child type [wide] in a template.
 */
#define SAGE_TYPE_CARDS (sage_cards_get_type ())

G_DECLARE_FINAL_TYPE (SageCards, sage_cards, SAGE, CARDS, GtkWidget)

GtkWidget *sage_cards_new      (void);
void       sage_cards_add      (SageCards *self,
                                GtkWidget *card);
void       sage_cards_add_wide (SageCards *self,
                                GtkWidget *child);
void       sage_cards_remove   (SageCards *self,
                                GtkWidget *child);

G_END_DECLS
