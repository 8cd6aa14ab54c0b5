/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-connection.h"

G_BEGIN_DECLS

#define SAGE_TYPE_PAGE (sage_page_get_type ())

G_DECLARE_DERIVABLE_TYPE (SagePage, sage_page, SAGE, PAGE, AdwBin)

/**
 * SagePageClass:
 * @save_state: (nullable): (transfer full) (floating): what brings the page back as it is at the
 *   next start (scroll position, filter, visible tab), as an `a{sv}`
 * @restore_state: (nullable): takes that back; it may be from an older version
 * @find: (nullable): Ctrl+F
 * @get_default_focus: (nullable): (transfer none) (nullable): the widget that gets the focus
 * @is_document: it holds work of the user's, so that what is opened from it does not take its tab
 * @save_async: (nullable): Ctrl+S, and on closing; the page itself shows what goes wrong
 * @save_finish: (nullable): whether all of it is saved now
 * @discard: (nullable): the user gives up what is not saved
 * @dup_close_question: (nullable): (transfer full) (nullable): what closing it now would end, in a
 *   sentence; %NULL when there is nothing to ask
 *
 * What a page may do beside showing itself.
 */
struct _SagePageClass
{
  AdwBinClass parent_class;

  GVariant  *(*save_state)        (SagePage *self);
  void       (*restore_state)     (SagePage *self,
                                   GVariant *state);
  void       (*find)              (SagePage *self);
  GtkWidget *(*get_default_focus) (SagePage *self);

  gboolean   is_document;
  void       (*save_async)         (SagePage            *self,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data);
  gboolean   (*save_finish)        (SagePage            *self,
                                    GAsyncResult        *result,
                                    GError             **error);
  void       (*discard)            (SagePage            *self);
  char      *(*dup_close_question) (SagePage            *self);
};

SageConnection *sage_page_get_connection    (SagePage   *self);
void            sage_page_reconnect         (SagePage   *self);
const char     *sage_page_get_location      (SagePage   *self);
void            sage_page_set_location      (SagePage   *self,
                                             const char *location);
const char     *sage_page_get_title         (SagePage   *self);
void            sage_page_set_title         (SagePage   *self,
                                             const char *title);
const char     *sage_page_get_icon_name     (SagePage   *self);
void            sage_page_set_icon_name     (SagePage   *self,
                                             const char *icon_name);
GObject        *sage_page_get_selection     (SagePage   *self);
void            sage_page_set_selection     (SagePage   *self,
                                             GObject    *selection);
gboolean        sage_page_get_attention     (SagePage   *self);
void            sage_page_set_attention     (SagePage   *self,
                                             gboolean    attention);
gboolean        sage_page_get_modified      (SagePage   *self);
void            sage_page_set_modified      (SagePage   *self,
                                             gboolean    modified);
void            sage_page_close             (SagePage   *self);
void            sage_page_mark_content      (SagePage   *self);

GVariant       *sage_page_save_state        (SagePage   *self);
void            sage_page_restore_state     (SagePage   *self,
                                             GVariant   *state);
void            sage_page_find              (SagePage   *self);
GtkWidget      *sage_page_get_default_focus (SagePage   *self);
void            sage_page_take_focus        (SagePage   *self,
                                             GtkWidget  *widget);

gboolean        sage_page_is_document        (SagePage            *self);
gboolean        sage_page_can_save           (SagePage            *self);
void            sage_page_save_async         (SagePage            *self,
                                              GCancellable        *cancellable,
                                              GAsyncReadyCallback  callback,
                                              gpointer             user_data);
gboolean        sage_page_save_finish        (SagePage            *self,
                                              GAsyncResult        *result,
                                              GError             **error);
void            sage_page_discard            (SagePage            *self);
char           *sage_page_dup_close_question (SagePage            *self);

void            sage_announce               (GtkWidget  *widget,
                                             const char *text);
AdwToastOverlay *sage_toast_find_overlay    (GtkWidget  *widget);
void            sage_toast                  (GtkWidget  *widget,
                                             const char *text);
void            sage_toast_action           (GtkWidget  *widget,
                                             const char *text,
                                             const char *label,
                                             const char *action_name,
                                             GVariant   *target);
void            sage_toast_error            (GtkWidget    *widget,
                                             const char   *what,
                                             const GError *error);

G_END_DECLS
