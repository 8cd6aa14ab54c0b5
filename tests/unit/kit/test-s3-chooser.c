/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "kit-fixture.h"
#include "sage-s3-chooser.h"

/* A dialog above a peer that lists whatever a test wants. */
typedef struct
{
  StandIn         peer;
  SageConnection *connection;
  GtkWidget      *window;
  GtkWidget      *dialog;
  const char     *first; /* what is listed without a token */
  const char     *rest;  /* what is with one */
} Fixture;

static char *
answer_cb (const char *operation,
           JsonObject *input,
           guint      *status,
           gpointer    user_data)
{
  return g_strdup ("{}");
}

/* Called on the thread of the peer. */
static void
list_cb (SoupServer        *server,
         SoupServerMessage *message,
         const char        *path,
         GHashTable        *query,
         gpointer           user_data)
{
  Fixture *fixture = user_data;
  const char *token = query != NULL ? g_hash_table_lookup (query, "continuation-token") : NULL;
  const char *text = token != NULL ? fixture->rest : fixture->first;

  soup_server_message_set_status (message, 200, NULL);
  soup_server_message_set_response (message, "application/xml", SOUP_MEMORY_COPY, text, strlen (text));
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  stand_in_init (&fixture->peer, answer_cb, NULL);
  soup_server_add_handler (fixture->peer.server, "/bucket", list_cb, fixture, NULL);
  fixture->connection = kit_connect (&fixture->peer);
  fixture->window = kit_window_new (gtk_label_new ("Form"), 600, 700);
}

static void
open_dialog (Fixture    *fixture,
             const char *first,
             const char *rest)
{
  fixture->first = first;
  fixture->rest = rest;
  fixture->dialog = GTK_WIDGET (sage_s3_chooser_new (fixture->connection, "s3://bucket/data/"));
  adw_dialog_present (ADW_DIALOG (fixture->dialog), fixture->window);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  kit_window_destroy (fixture->window);
  kit_disconnect (fixture->connection);
  stand_in_clear (&fixture->peer);
}

#define OBJECT(key) "<Contents><Key>" key "</Key><Size>1</Size></Contents>"

/* A page may have nothing because what is there was filtered out; the next one may have something. */
static void
test_empty_page (Fixture       *fixture,
                 gconstpointer  data)
{
  GtkWidget *more;

  open_dialog (fixture, "<L><NextContinuationToken>t</NextContinuationToken></L>",
               "<L>" OBJECT ("data/late.csv") "</L>");
  wait_until ((more = kit_find_text (fixture->dialog, "Show more")) != NULL);
  g_assert_null (kit_find_text (fixture->dialog, "Nothing here"));
  kit_settle ();
  g_assert_true (gtk_root_get_focus (GTK_ROOT (fixture->window)) == gtk_widget_get_parent (more));

  gtk_widget_activate_action (fixture->dialog, "s3.more", NULL);
  wait_until (kit_find_text (fixture->dialog, "late.csv") != NULL);
  g_assert_null (kit_find_text (fixture->dialog, "Show more"));
}

static void
test_nothing (Fixture       *fixture,
              gconstpointer  data)
{
  open_dialog (fixture, "<L/>", "");
  wait_until (kit_find_text (fixture->dialog, "Nothing here") != NULL);
}

/* What is no list of that folder is said to be none, and takes nothing down. */
static void
test_hostile (Fixture       *fixture,
              gconstpointer  data)
{
  static const char * const bad[] = {
    "",
    "<L>" OBJECT ("d") "</L>",
    "<L>" OBJECT ("data/a") "<CommonPrefixes><Prefix>other/</Prefix></CommonPrefixes></L>",
  };

  open_dialog (fixture, bad[0], "");
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      fixture->first = bad[i];
      gtk_widget_activate_action (fixture->dialog, "s3.again", NULL);
      wait_until (kit_find_text (fixture->dialog, "This cannot be listed") != NULL);
    }

  fixture->first = "<L>" OBJECT ("data/") OBJECT ("data/b.csv") "</L>";
  gtk_widget_activate_action (fixture->dialog, "s3.again", NULL);
  wait_until (kit_find_text (fixture->dialog, "b.csv") != NULL);
  g_assert_nonnull (kit_find_text (fixture->dialog, "."));
}

int
main (int   argc,
      char *argv[])
{
  kit_init (&argc, &argv);

#define ADD(name, function) \
  g_test_add ("/kit/s3-chooser/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("empty-page", test_empty_page);
  ADD ("nothing", test_nothing);
  ADD ("hostile", test_hostile);

  return g_test_run ();
}
