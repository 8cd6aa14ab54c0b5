/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-index-page.h"

/* A page of jobs in a window, and what it was made to do. */
#define TEST_TYPE_PAGE (test_page_get_type ())

G_DECLARE_FINAL_TYPE (TestPage, test_page, TEST, PAGE, SageIndexPage)

typedef struct
{
  GListStore    *rows;
  SageIndexPage *page;   /* NULL once it has been destroyed */
  GtkWidget     *window;
  GString       *log;    /* what was asked of the window and of the page, each on a line */
} PageFixture;

void          page_fixture_set_up      (PageFixture    *fixture,
                                        gconstpointer   data);
void          page_fixture_set_up_on   (PageFixture    *fixture,
                                        SageConnection *connection);
void          page_fixture_tear_down   (PageFixture    *fixture,
                                        gconstpointer   data);
SageResource *page_fixture_add         (PageFixture    *fixture,
                                        const char     *name,
                                        const char     *status,
                                        double          age);
void          page_fixture_add_many    (PageFixture    *fixture,
                                        guint           n);
void          page_fixture_show        (PageFixture    *fixture,
                                        int             width);
void          page_fixture_destroy     (PageFixture    *fixture);
void          page_fixture_settle      (PageFixture    *fixture);
GtkWidget    *page_fixture_find        (PageFixture    *fixture,
                                        GType           type,
                                        const char     *css_class);
char         *page_fixture_view        (PageFixture    *fixture);
char         *page_fixture_names       (PageFixture    *fixture);
GtkWidget    *page_fixture_row         (PageFixture    *fixture,
                                        const char     *name);
void          page_fixture_focus       (PageFixture    *fixture,
                                        guint           position);
gboolean      page_fixture_keys        (PageFixture    *fixture,
                                        const char     *keys);
gboolean      page_fixture_click       (PageFixture    *fixture,
                                        GtkWidget      *widget,
                                        double          x,
                                        double          y,
                                        guint           button);

void          page_fixture_init        (int            *argc,
                                        char         ***argv);

extern guint test_page_bound; /* custom cells that show a row */
