/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-compare-source.h"
#include "sage-page.h"

G_BEGIN_DECLS

/* A file as it is edited beside the file on disk (`compare-disk/PATH`) or beside the last commit
 * (`compare-head/PATH`): a list of rows that differ, and of what is between. Property: "is-narrow". */
#define SAGE_TYPE_COMPARE_PAGE (sage_compare_page_get_type ())

G_DECLARE_DERIVABLE_TYPE (SageComparePage, sage_compare_page, SAGE, COMPARE_PAGE, SagePage)

/**
 * SageComparePageClass:
 * @form: as what the other version is read
 * @list_name: what the list is called, for gettext
 * @syntax_title: (nullable): what is said of what cannot be read as @form, for gettext
 * @take_other: (transfer full): the other version is there, read by @form
 * @compare: shows what differs now, by sage_compare_page_show(); the other version may not be there yet
 * @is_change: whether a row is one that differs
 * @make_row: (transfer floating): what shows a row; @name is what it is called
 * @again: (nullable): reads a file again that could not be; whether it is that
 * @undo: takes back what was done last, or does it again
 *
 * What a kind of files makes of it.
 */
struct _SageComparePageClass
{
  SagePageClass parent_class;

  const SageCompareForm *form;
  const char *list_name;
  const char *syntax_title;

  void       (*take_other) (SageComparePage *self,
                            gpointer         other);
  void       (*compare)    (SageComparePage *self);
  gboolean   (*is_change)  (SageComparePage *self,
                            GObject         *item);
  GtkWidget *(*make_row)   (SageComparePage *self,
                            GObject         *item,
                            char           **name);
  gboolean   (*again)      (SageComparePage *self);
  void       (*undo)       (SageComparePage *self,
                            gboolean         is_redo);
};

GFile          *sage_compare_page_get_file    (SageComparePage *self);
SageCompareSide sage_compare_page_get_side    (SageComparePage *self);
void            sage_compare_page_read        (SageComparePage *self);
void            sage_compare_page_queue       (SageComparePage *self);
void            sage_compare_page_show        (SageComparePage *self,
                                               GPtrArray       *items,
                                               const char      *counts);
void            sage_compare_page_show_same   (SageComparePage *self,
                                               const char      *text);
void            sage_compare_page_fail        (SageComparePage *self,
                                               SageCompareSide  side,
                                               const GError    *error);
void            sage_compare_page_replace     (SageComparePage *self,
                                               GObject         *item,
                                               GPtrArray       *items);
void            sage_compare_page_saved       (SageComparePage *self,
                                               GTask           *saving,
                                               GError          *error);
GtkWidget      *sage_compare_page_make_button (GObject         *item,
                                               const char      *label,
                                               const char      *tip,
                                               GCallback        callback);
GObject        *sage_compare_page_get_item    (GtkWidget       *button);
char           *sage_compare_page_count       (guint            n_changed,
                                               guint            n_added,
                                               guint            n_removed,
                                               guint            n_moved);

G_END_DECLS
