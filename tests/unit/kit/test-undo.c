/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "kit-fixture.h"
#include "sage-confirm.h"
#include "sage-json.h"
#include "sage-undo.h"

/* An engine with three model groups, and a list of them as a page would show it. */
typedef struct
{
  Engine              engine;
  SageConnection     *connection;
  SageResourceList   *list;
  GtkFilterListModel *shown;
  GtkWidget          *window;
  GtkWidget          *page;
} Fixture;

static void
make_group (Fixture    *fixture,
            const char *name)
{
  g_autofree char *input = g_strdup_printf ("{\"ModelPackageGroupName\":\"%s\"}", name);
  g_autoptr(JsonObject) reply = engine_call (&fixture->engine, "CreateModelPackageGroup", input);
}

static guint
n_shown (Fixture *fixture)
{
  return g_list_model_get_n_items (G_LIST_MODEL (fixture->shown));
}

/* What the engine itself has. */
static guint
n_kept (Fixture *fixture)
{
  g_autoptr(JsonObject) reply = engine_call (&fixture->engine, "ListModelPackageGroups", "{}");

  return json_array_get_length (sage_json_array (reply, "ModelPackageGroupSummaryList"));
}

static void
set_up (Fixture       *fixture,
        gconstpointer  colour)
{
  g_autoptr(SageProfile) profile = NULL;

  engine_init (&fixture->engine);
  profile = sage_profile_new_embedded (fixture->engine.dir);
  sage_profile_set_colour (profile, colour);
  fixture->connection = sage_connection_new (profile);
  sage_connection_open (fixture->connection, NULL);
  wait_until (sage_connection_get_state (fixture->connection) == SAGE_CONNECTION_CONNECTED);

  make_group (fixture, "one");
  make_group (fixture, "two");
  make_group (fixture, "three");
  fixture->list = sage_connection_get_list (fixture->connection, SAGE_KIND_PACKAGE_GROUP, NULL);
  fixture->shown = gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (fixture->list)),
                                              sage_undo_filter_new ());
  wait_until (n_shown (fixture) == 3);
  fixture->page = gtk_label_new ("page");
  fixture->window = kit_window_new (fixture->page, 500, 400);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  colour)
{
  if (fixture->window != NULL)
    kit_window_destroy (fixture->window);
  sage_undo_flush ();
  g_clear_object (&fixture->shown);
  g_clear_object (&fixture->list);
  kit_disconnect (fixture->connection);
  engine_clear (&fixture->engine);
}

/* Returns: (transfer full): a selection of those of the names */
static GListModel *
pick (Fixture            *fixture,
      const char * const *names)
{
  GListStore *store = g_list_store_new (SAGE_TYPE_RESOURCE);

  for (gsize i = 0; names[i] != NULL; i++)
    g_list_store_append (store, sage_resource_list_find (fixture->list, names[i]));

  return G_LIST_MODEL (store);
}

#define PICK(fixture, ...) pick (fixture, (const char * const []) { __VA_ARGS__, NULL })

/* The button of the toast in sight. */
static GtkWidget *
find_button (Fixture    *fixture,
             const char *label)
{
  GtkWidget *found = kit_find_text (fixture->window, label);

  return found != NULL ? gtk_widget_get_ancestor (found, GTK_TYPE_BUTTON) : NULL;
}

static void
test_undo (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr(GListModel) two = PICK (fixture, "one", "two");
  g_autoptr(SageResource) one = g_list_model_get_item (two, 0);

  sage_undo_remove (fixture->page, fixture->connection, two);
  g_assert_cmpuint (n_shown (fixture), ==, 1);
  g_assert_true (sage_undo_is_pending (one));
  kit_settle ();
  g_assert_nonnull (kit_find_text (fixture->window, "Deleted 2 model groups"));
  g_assert_cmpuint (n_kept (fixture), ==, 3); /* the engine has not heard of it */

  g_signal_emit_by_name (find_button (fixture, "Undo"), "clicked");
  g_assert_cmpuint (n_shown (fixture), ==, 3);
  g_assert_false (sage_undo_is_pending (one));
  wait_ms (500);
  g_assert_cmpuint (n_kept (fixture), ==, 3);
}

/* What the next command deletes settles what the last one did. */
static void
test_next (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr(GListModel) first = PICK (fixture, "one");
  g_autoptr(GListModel) second = PICK (fixture, "two");

  sage_undo_remove (fixture->page, fixture->connection, first);
  kit_settle ();
  sage_undo_remove (fixture->page, fixture->connection, second);
  wait_until (n_kept (fixture) == 2);
  g_assert_cmpuint (n_shown (fixture), ==, 1);
  kit_settle ();
  g_signal_emit_by_name (find_button (fixture, "Undo"), "clicked");
  wait_until (n_shown (fixture) == 2);
  g_assert_cmpuint (n_kept (fixture), ==, 2);

  /* twice the same is once, and the gone are not there to delete */
  sage_undo_remove (fixture->page, fixture->connection, second);
  sage_undo_remove (fixture->page, fixture->connection, second);
  sage_undo_remove (fixture->page, fixture->connection, first);
  sage_undo_flush ();
  g_assert_cmpuint (n_kept (fixture), ==, 1);
}

/* The window closes: it is done at once, and nothing is forgotten. */
static void
test_close (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(GListModel) all = PICK (fixture, "one", "two", "three");

  sage_undo_remove (fixture->page, fixture->connection, all);
  kit_settle ();
  kit_window_destroy (fixture->window);
  fixture->window = NULL;
  wait_until (n_kept (fixture) == 0);
  g_assert_cmpuint (n_shown (fixture), ==, 0);
}

/* The program ends: the engine is told before. */
static void
test_flush (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(GListModel) all = PICK (fixture, "one", "two", "three");

  sage_undo_remove (fixture->page, fixture->connection, all);
  sage_undo_flush ();
  g_assert_cmpuint (n_kept (fixture), ==, 0);
  sage_undo_flush ();
}

static void
test_timeout (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr(GListModel) one = PICK (fixture, "one");

  sage_undo_remove (fixture->page, fixture->connection, one);
  wait_until (n_kept (fixture) == 2);
  wait_until (!sage_undo_is_pending (sage_resource_list_find (fixture->list, "one"))
              || sage_resource_list_find (fixture->list, "one") == NULL);
  g_assert_cmpuint (n_shown (fixture), ==, 2);
}

/* What the engine refuses comes back, and is told. */
static void
test_refused (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr(GListModel) two = PICK (fixture, "one", "two");
  g_autoptr(SageResource) full = g_list_model_get_item (two, 0);
  g_autoptr(JsonObject) version =
    engine_call (&fixture->engine, "CreateModelPackage",
                 "{\"ModelPackageGroupName\":\"one\",\"InferenceSpecification\":{\"Containers\":"
                 "[{\"Image\":\"sagemaker-xgboost:1.7-1\"}],"
                 "\"SupportedContentTypes\":[\"text/csv\"],"
                 "\"SupportedResponseMIMETypes\":[\"text/csv\"]}}");

  sage_undo_remove (fixture->page, fixture->connection, two);
  g_assert_true (sage_undo_is_pending (full));
  sage_undo_flush ();
  g_assert_false (sage_undo_is_pending (full));
  g_assert_cmpuint (n_kept (fixture), ==, 2);
  wait_until (n_shown (fixture) == 2);
  kit_settle ();
  g_assert_nonnull (kit_find_text (fixture->window,
                                   "Could not delete 1 of 2: The model package group 'one' still has "
                                   "1 versions; delete them first"));
}

/* --- Confirming ------------------------------------------------------------------------------ */

typedef struct
{
  gboolean  done;
  gboolean  confirmed;
  GError   *error;
} Answer;

static void
answered_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  Answer *answer = user_data;

  answer->confirmed = sage_confirm_remove_finish (GTK_WIDGET (object), result, &answer->error);
  answer->done = TRUE;
}

static AdwAlertDialog *
dialog (Fixture *fixture)
{
  return ADW_ALERT_DIALOG (adw_window_get_visible_dialog (ADW_WINDOW (fixture->window)));
}

static void
test_confirm (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr(GListModel) one = PICK (fixture, "one");
  Answer answer = { FALSE, FALSE, NULL };

  /* no is no */
  sage_confirm_remove_async (fixture->page, fixture->connection, one, NULL, answered_cb, &answer);
  kit_settle ();
  g_assert_cmpstr (adw_alert_dialog_get_heading (dialog (fixture)), ==,
                   "Delete model group?");
  g_assert_true (g_str_has_prefix (adw_alert_dialog_get_body (dialog (fixture)),
                                   "\xe2\x81\xa8one\xe2\x81\xa9\n"));
  g_assert_cmpstr (adw_alert_dialog_get_default_response (dialog (fixture)), ==, "cancel");
  g_signal_emit_by_name (find_button (fixture, "Cancel"), "clicked");
  wait_until (answer.done);
  g_assert_error (answer.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&answer.error);
  g_assert_cmpuint (n_kept (fixture), ==, 3);

  /* yes deletes */
  answer.done = FALSE;
  sage_confirm_remove_async (fixture->page, fixture->connection, one, NULL, answered_cb, &answer);
  kit_settle ();
  g_signal_emit_by_name (find_button (fixture, "Delete"), "clicked");
  wait_until (answer.done);
  g_assert_no_error (answer.error);
  g_assert_true (answer.confirmed);
  g_assert_cmpuint (n_kept (fixture), ==, 2);
}

static void
test_confirm_production (Fixture       *fixture,
                         gconstpointer  data)
{
  g_autoptr(GListModel) one = PICK (fixture, "one");
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  Answer answer = { FALSE, FALSE, NULL };
  GtkWidget *entry;

  sage_confirm_remove_async (fixture->page, fixture->connection, one, cancellable, answered_cb,
                             &answer);
  kit_settle ();
  g_assert_false (adw_alert_dialog_get_response_enabled (dialog (fixture), "confirm"));
  entry = kit_find (adw_alert_dialog_get_extra_child (dialog (fixture)), GTK_TYPE_ENTRY, 0);
  gtk_editable_set_text (GTK_EDITABLE (entry), "One");
  g_assert_false (adw_alert_dialog_get_response_enabled (dialog (fixture), "confirm"));
  gtk_editable_set_text (GTK_EDITABLE (entry), "one");
  g_assert_true (adw_alert_dialog_get_response_enabled (dialog (fixture), "confirm"));
  g_cancellable_cancel (cancellable);
  wait_until (answer.done);
  g_assert_error (answer.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&answer.error);
  g_assert_cmpuint (n_kept (fixture), ==, 3);
  kit_settle ();
}

int
main (int    argc,
      char **argv)
{
  kit_init (&argc, &argv);

#define ADD(name, colour, func) g_test_add (name, Fixture, colour, set_up, func, tear_down)
  ADD ("/undo/undo", NULL, test_undo);
  ADD ("/undo/next", NULL, test_next);
  ADD ("/undo/close", NULL, test_close);
  ADD ("/undo/flush", NULL, test_flush);
  ADD ("/undo/timeout", NULL, test_timeout);
  ADD ("/undo/refused", NULL, test_refused);
  ADD ("/confirm/remove", NULL, test_confirm);
  ADD ("/confirm/production", "red", test_confirm_production);

  return g_test_run ();
}
