/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtksourceview/gtksource.h>

#include "sage-editor-page.h"
#include "sage-find-bar.h"
#include "sage-text-document.h"

G_BEGIN_DECLS

struct _SageEditorPage
{
  SagePage          parent_instance;

  SageTextDocument *document;     /* (owned) */
  GVariant         *pending;      /* (owned) (nullable): where to be once the text is there */
  GCancellable     *cancellable;  /* (owned) */
  gboolean          wrap;
  gboolean          spaces;
  gboolean          set_up;       /* the text has been there */
  guint             hidden_id;    /* until it is looked for what is hidden */
  guint             other_kind;   /* what the file can be shown as beside its text */
  double            scroll;       /* where to be scrolled to once the text is laid out; 0 */

  GtkLabel         *path;
  AdwToggleGroup   *views;
  AdwToggle        *other;
  GtkWidget        *run;
  GtkWidget        *run_kernel;
  GtkPaned         *paned;
  AdwBin           *console;      /* a SageNotebookPage in it, once something has run */
  GtkRevealer      *conflict;
  GtkLabel         *conflict_label;
  GtkButton        *overwrite;
  GtkWidget        *reload;
  AdwBanner        *note;
  AdwBanner        *hidden;
  GtkRevealer      *find_revealer;
  SageFindBar      *find_bar;
  GtkStack         *stack;
  AdwStatusPage    *error;
  GtkScrolledWindow *scroller;
  GtkSourceView    *view;
  AdwBin           *other_bin;
  GtkWidget        *status;
  GtkMenuButton    *position;
  GtkLabel         *position_label;
  GtkLabel         *facts;
  GtkPopover       *go_popover;
  GtkEditable      *go_entry;
};

GFile *sage_editor_page_get_file        (SageEditorPage *self);

/* sage-editor-actions.c: what menus and keys name */
void   sage_editor_actions_install      (GtkWidgetClass *klass);

/* sage-editor-run.c: on a kernel */
void   sage_editor_run_install          (GtkWidgetClass *klass);
gboolean sage_editor_can_run            (SageEditorPage *self);
gboolean sage_editor_show_console       (SageEditorPage *self);
gboolean sage_editor_run_key            (SageEditorPage  *self,
                                         guint            key,
                                         GdkModifierType  state);

/* sage-editor-save.c: saving */
void   sage_editor_save_install         (GtkWidgetClass *klass);
void   sage_editor_save_async           (SagePage            *page,
                                         GCancellable        *cancellable,
                                         GAsyncReadyCallback  callback,
                                         gpointer             user_data);
gboolean sage_editor_save_finish        (SagePage            *page,
                                         GAsyncResult        *result,
                                         GError             **error);

/* sage-editor-state.c: what comes back, and where one is */
GVariant *sage_editor_save_state        (SagePage       *page);
void   sage_editor_restore_state        (SagePage       *page,
                                         GVariant       *state);
void   sage_editor_apply_pending        (SageEditorPage *self);
void   sage_editor_update_position      (SageEditorPage *self);
void   sage_editor_go_to                (SageEditorPage *self,
                                         int             line,
                                         int             column);
void   sage_editor_select               (SageEditorPage *self,
                                         int             line,
                                         int             column,
                                         int             length);

/* sage-editor-views.c: the table and the tree */
void   sage_editor_views_set_up         (SageEditorPage *self);
void   sage_editor_views_choose         (SageEditorPage *self);
gboolean sage_editor_views_find         (SageEditorPage *self);

G_END_DECLS
