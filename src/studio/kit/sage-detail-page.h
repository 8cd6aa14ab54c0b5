/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-cards.h"
#include "sage-page.h"

G_BEGIN_DECLS

/*
 * A page about one thing of the engine's, the base of them all: header, strip, tabs (Overview
 * first), and what is shown while it loads, when it cannot be had, is gone, or the engine is away.
 * It is made for a location `KIND/NAME`, follows that resource while it is in sight, and calls
 * update() with every new description. What a page adds to the tabs, it adds in its init().
 */
#define SAGE_TYPE_DETAIL_PAGE (sage_detail_page_get_type ())

G_DECLARE_DERIVABLE_TYPE (SageDetailPage, sage_detail_page, SAGE, DETAIL_PAGE, SagePage)

/**
 * SageDetailPageClass:
 * @update: (nullable): called with the description when there is one and whenever it changes. Its
 *   members are the engine's and are read with sage_json_string() and its like. Chain up is not
 *   needed.
 *
 * A page that overrides save_state() of #SagePageClass chains up and adds to the `a{sv}` it gets.
 */
struct _SageDetailPageClass
{
  SagePageClass parent_class;

  void (*update) (SageDetailPage *self,
                  JsonObject     *description);
};

SageResource *sage_detail_page_get_resource  (SageDetailPage *self);
SageCards    *sage_detail_page_get_overview  (SageDetailPage *self);
void          sage_detail_page_add_tab       (SageDetailPage *self,
                                              const char     *name,
                                              const char     *title,
                                              const char     *icon_name,
                                              GtkWidget      *child);
void          sage_detail_page_show_tab      (SageDetailPage *self,
                                              const char     *name);
void          sage_detail_page_set_heading   (SageDetailPage *self,
                                              const char     *text);
void          sage_detail_page_set_facts     (SageDetailPage *self,
                                              const char     *text);
void          sage_detail_page_set_primary   (SageDetailPage *self,
                                              const char     *label,
                                              const char     *action_name,
                                              const char     *style);
void          sage_detail_page_add_secondary (SageDetailPage *self,
                                              const char     *label,
                                              const char     *icon_name,
                                              const char     *action_name);
void          sage_detail_page_set_menu      (SageDetailPage *self,
                                              GMenuModel     *menu);
void          sage_detail_page_set_strip     (SageDetailPage *self,
                                              GtkWidget      *strip);

G_END_DECLS
