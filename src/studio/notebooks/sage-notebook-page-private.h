/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-kernel-chip.h"
#include "sage-notebook-find.h"
#include "sage-notebook-kernel.h"
#include "sage-notebook-page.h"
#include "sage-notebook-side.h"
#include "sage-notebook-view.h"

G_BEGIN_DECLS

/* What the banner over the notebook says; the first of those that are so. */
typedef enum
{
  SAGE_PROBLEM_NONE,
  SAGE_PROBLEM_CONFLICT,
  SAGE_PROBLEM_KERNEL,
  SAGE_PROBLEM_READ_ONLY,
  SAGE_PROBLEM_GONE,
  SAGE_PROBLEM_AWAY,
  SAGE_PROBLEM_IDLE,
} SageNotebookProblem;

struct _SageNotebookPage
{
  SagePage              parent_instance;

  SageNotebookDocument *document;    /* (owned) */
  SageNotebookKernel   *kernel;      /* the document's */
  SageNotebookView     *view;        /* (nullable): once the notebook has been read */
  GVariant             *state;       /* (owned) (nullable): to be restored once it has */
  SageNotebookProblem   shown;       /* what the banner says */
  GPtrArray            *to_run;      /* (owned) (nullable): of a console: code to run once it is read */

  GtkRevealer          *problem;
  GtkWidget            *problem_bar;
  GtkLabel             *problem_text;
  GtkWidget            *problem_details;
  GtkButton            *problem_solve;
  GtkWidget            *header;
  GtkLabel             *file_name;
  GtkWidget            *run_all;
  GtkWidget            *interrupt;
  GtkWidget            *add;
  SageKernelChip       *chip;
  GtkMenuButton        *menu;
  GtkStack             *stack;
  AdwStatusPage        *error;
  AdwOverlaySplitView  *split;
  SageNotebookSide     *side;
  SageNotebookFind     *find;
  AdwBin               *place;
};

/* sage-notebook-page.c */
void sage_notebook_page_show_problem    (SageNotebookPage *self);

/* sage-notebook-page-actions.c */
void sage_notebook_page_install_actions (GtkWidgetClass   *klass);
void sage_notebook_page_set_up_menu     (SageNotebookPage *self);

/* sage-notebook-page-save.c */
void sage_notebook_page_install_saving  (SagePageClass    *klass);
void sage_notebook_page_follow_file     (SageNotebookPage *self);
void sage_notebook_page_solve_conflict  (SageNotebookPage *self);

/* sage-notebook-page-repair.c */
void sage_notebook_page_repair_copy     (SageNotebookPage *self);
/* sage-notebook-console.c */
void sage_notebook_console_ready        (SageNotebookPage *self);
gboolean sage_notebook_page_is_console  (SageNotebookPage *self);

/* sage-notebook-page-kernel.c */
void  sage_notebook_page_follow_kernel  (SageNotebookPage *self);
void  sage_notebook_page_solve_end      (SageNotebookPage *self);
void  sage_notebook_page_show_end       (SageNotebookPage *self);
gboolean sage_notebook_page_knows_end   (SageNotebookPage *self);
char *sage_notebook_page_describe_end   (SageNotebookPage *self);
char *sage_notebook_page_describe_idle  (SageNotebookPage *self);

G_END_DECLS
