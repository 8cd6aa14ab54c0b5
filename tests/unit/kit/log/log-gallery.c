/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <adwaita.h>
#include <math.h>
#include <string.h>

#include "memory-pager.h"
#include "sage-log-panel.h"
#include "sage-log-text.h"
#include "sage-log-view.h"
#include "waiting.h"

/*
 * Draws the log view in its states to PNG files, to be looked at: log-gallery FOLDER. With the data
 * directory of an engine that runs and the name of a processing job, the panel with that job's log
 * too, after scrolling through it and timing that: log-gallery FOLDER DATA-DIR JOB.
 */

static const char *folder;

static void
save (GtkWidget  *window,
      const char *name)
{
  g_autoptr(GdkPaintable) paintable = NULL;
  g_autoptr(GskRenderNode) node = NULL;
  g_autoptr(GdkTexture) texture = NULL;
  g_autofree char *path = g_strdup_printf ("%s/%s.png", folder, name);
  int width;
  int height;

  RUN_FOR (700);
  width = gtk_widget_get_width (window);
  height = gtk_widget_get_height (window);
  paintable = gtk_widget_paintable_new (window);
  while (node == NULL) /* between a change and the next frame there is nothing */
    {
      GtkSnapshot *snapshot = gtk_snapshot_new ();

      RUN_FOR (50);
      gdk_paintable_snapshot (paintable, snapshot, width, height);
      node = gtk_snapshot_free_to_node (snapshot);
    }
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node,
                                         &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  g_assert_true (gdk_texture_save_to_png (texture, path));
  g_print ("%s\n", path);
}

static GtkWidget *
show (GtkWidget *child,
      int        width,
      int        height)
{
  GtkWidget *window = adw_window_new ();

  adw_window_set_content (ADW_WINDOW (window), child);
  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  gtk_window_present (GTK_WINDOW (window));

  return window;
}

static MemoryPager *
make_training (void)
{
  static const char * const lines[] = {
    "2026-01-31 14:02:59,871 - train - INFO - Loading /opt/ml/input/data/train/churn.csv",
    "2026-01-31 14:03:00,120 - train - DEBUG - 5000 rows, 20 columns, 14.1 % positive",
    "2026-01-31 14:03:00,121 - train - INFO - Fitting with max_depth=6 eta=0.3 rounds=50",
    "/usr/lib/python3/dist-packages/sklearn/base.py:376: InconsistentVersionWarning: Trying to unpickle estimator StandardScaler from version 1.2.2 when using version 1.4.2",
    "[0]#011train-auc:0.88121#011validation-auc:0.86210",
    "[1]#011train-auc:0.90544#011validation-auc:0.88342",
    "[2]#011train-auc:0.91780#011validation-auc:0.89012",
    "\033[1mEpoch 1/3\033[0m",
    "  0%|          | 0/100\r 41%|\342\226\210\342\226\210\342\226\210\342\226\210      | 41/100 [00:01<00:02, 28.1it/s]\r100%|\342\226\210\342\226\210\342\226\210\342\226\210\342\226\210\342\226\210\342\226\210\342\226\210\342\226\210\342\226\210| 100/100 [00:03<00:00, 29.4it/s]",
    "\033[32m\342\234\223\033[0m checkpoint saved to \033[4m/opt/ml/checkpoints/1.pt\033[0m",
    "2026-01-31 14:03:08,442 - train - WARNING - Learning rate 0.3 is high for this objective",
    "\033[31m31\033[0m \033[32m32\033[0m \033[33m33\033[0m \033[34m34\033[0m \033[35m35\033[0m \033[36m36\033[0m \033[37m37\033[0m \033[90m90\033[0m \033[91m91\033[0m \033[92m92\033[0m \033[93m93\033[0m \033[94m94\033[0m \033[95m95\033[0m \033[96m96\033[0m \033[97m97\033[0m \033[30m30\033[0m",
    "\033[41m 41 \033[42m 42 \033[43m 43 \033[44m 44 \033[45m 45 \033[46m 46 \033[47m 47 \033[100m 100 \033[101m 101 \033[102m 102 \033[103m 103 \033[104m 104 \033[0m",
    "\033[1mbold\033[0m \033[2mdim\033[0m \033[3mitalic\033[0m \033[4munderline\033[0m \033[7minverse\033[0m \033[9mstruck\033[0m \033[1;3;4;31mall of them\033[0m",
  };
  static const char * const traceback[] = {
    "\346\227\245\346\234\254\350\252\236, \320\272\320\270\321\200\320\270\320\273\320\273\320\270\321\206\320\260, \327\242\327\221\327\250\327\231\327\252, \360\237\230\200 emoji, e\314\201 combining",
    "Traceback (most recent call last):",
    "  File \"/opt/ml/code/train.py\", line 88, in <module>",
    "    main ()",
    "  File \"/opt/ml/code/train.py\", line 61, in main",
    "    model.fit (features, labels, eval_set=[(features, labels), (held_out, held_out_labels)], verbose=False)",
    "  File \"/usr/lib/python3/dist-packages/xgboost/sklearn.py\", line 1519, in fit",
    "    self._Booster = train (params, train_dmatrix, self.get_num_boosting_rounds ())",
    "ValueError: Input contains NaN, infinity or a value too large for dtype('float32').",
    "2026-01-31 14:03:09,001 - train - ERROR - Training failed",
  };
  MemoryPager *pager = memory_pager_new ();
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();
  g_autoptr(GDateTime) noon = g_date_time_new_local (g_date_time_get_year (now),
                                                     g_date_time_get_month (now),
                                                     g_date_time_get_day_of_month (now), 12, 3, 0.871);
  gint64 start_ms = g_date_time_to_unix_usec (noon) / 1000;
  g_autoptr(GString) rainbow = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    memory_pager_add (pager, start_ms + (gint64) i * 731, lines[i]);
  for (guint i = 0; i < 72; i++)
    g_string_append_printf (rainbow, "\033[38;2;%d;%d;%dm\342\226\210",
                            (int) (127 + 128 * sin (i * 0.087)), (int) (127 + 128 * sin (i * 0.087 + 2.1)),
                            (int) (127 + 128 * sin (i * 0.087 + 4.2)));
  memory_pager_add (pager, start_ms + 12000, rainbow->str);
  g_string_truncate (rainbow, 0);
  for (guint i = 16; i < 232; i += 3)
    g_string_append_printf (rainbow, "\033[38;5;%um#", i);
  memory_pager_add (pager, start_ms + 12100, rainbow->str);
  for (gsize i = 0; i < G_N_ELEMENTS (traceback); i++)
    memory_pager_add (pager, start_ms + 13000 + (gint64) i, traceback[i]);

  return pager;
}

static char *
make_line (guint64  index,
           gpointer user_data)
{
  return g_strdup_printf ("%s - step %" G_GUINT64_FORMAT " of 10000000: loss %.5f",
                          index % 17 == 3 ? "WARNING" : "INFO", index, 1 / (1 + index * 0.0001));
}

static void
draw_training (const char *suffix,
               int         width)
{
  g_autoptr(MemoryPager) pager = make_training ();
  GtkWidget *view = sage_log_view_new ();
  GtkWidget *window = show (view, width, 560);
  g_autofree char *plain = g_strconcat ("training", suffix, NULL);
  g_autofree char *wrapped = g_strconcat ("wrapped", suffix, NULL);
  g_autofree char *searched = g_strconcat ("searched", suffix, NULL);
  g_autofree char *filtered = g_strconcat ("filtered", suffix, NULL);

  sage_log_view_set_pager (SAGE_LOG_VIEW (view), SAGE_LOG_PAGER (pager));
  save (window, plain);
  sage_log_view_set_wrap (SAGE_LOG_VIEW (view), TRUE);
  sage_log_view_set_show_times (SAGE_LOG_VIEW (view), width > 400);
  save (window, wrapped);
  sage_log_view_set_search_text (SAGE_LOG_VIEW (view), "train");
  RUN_FOR (400);
  sage_log_view_find (SAGE_LOG_VIEW (view), SAGE_LOG_BACKWARD);
  save (window, searched);
  sage_log_view_set_filter (SAGE_LOG_VIEW (view), TRUE);
  gtk_widget_activate_action (sage_log_view_get_text (SAGE_LOG_VIEW (view)), "selection.select-all",
                              NULL);
  save (window, filtered);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
draw_pill (const char *suffix)
{
  g_autoptr(MemoryPager) pager = memory_pager_new_made (10000000, make_line, NULL);
  GtkWidget *view = sage_log_view_new ();
  GtkWidget *window = show (view, 800, 400);
  g_autofree char *name = g_strconcat ("pill", suffix, NULL);

  sage_log_view_set_live (SAGE_LOG_VIEW (view), TRUE);
  sage_log_view_set_pager (SAGE_LOG_VIEW (view), SAGE_LOG_PAGER (pager));
  RUN_FOR (300);
  sage_log_view_set_follow (SAGE_LOG_VIEW (view), FALSE);
  memory_pager_grow (pager, 1234);
  RUN_FOR (3000);
  save (window, name);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
draw_states (const char *suffix)
{
  g_autoptr(MemoryPager) pager = memory_pager_new ();
  GtkWidget *view = sage_log_view_new ();
  GtkWidget *window = show (view, 600, 300);
  g_autofree char *empty = g_strconcat ("empty", suffix, NULL);
  g_autofree char *error = g_strconcat ("error", suffix, NULL);
  g_autofree char *away = g_strconcat ("away", suffix, NULL);
  g_autofree char *longer = g_strconcat ("long-line", suffix, NULL);
  g_autofree char *data = g_strnfill (10 * 1024 * 1024, 'x');

  sage_log_view_set_live (SAGE_LOG_VIEW (view), TRUE);
  memory_pager_set_failing (pager, TRUE);
  sage_log_view_set_pager (SAGE_LOG_VIEW (view), SAGE_LOG_PAGER (pager));
  save (window, error);
  memory_pager_set_failing (pager, FALSE);
  sage_log_view_retry (SAGE_LOG_VIEW (view));
  save (window, empty);
  memory_pager_add (pager, 1, "INFO - The next line has 10 MiB");
  memory_pager_add (pager, 1, data);
  memory_pager_add (pager, 1, "INFO - That was it");
  RUN_FOR (2500);
  save (window, longer);
  memory_pager_set_failing (pager, TRUE);
  RUN_FOR (2500);
  save (window, away);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* --- the panel, with a real log --------------------------------------------------------------- */

static GtkWidget *
find_child (GtkWidget *widget,
            GType      type)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_child (child, type);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static gsize
resident_bytes (void)
{
  g_autofree char *status = NULL;
  const char *at;

  g_file_get_contents ("/proc/self/status", &status, NULL, NULL);
  at = strstr (status, "VmRSS:");

  return at != NULL ? (gsize) g_ascii_strtoull (at + 6, NULL, 10) * 1024 : 0;
}

typedef struct
{
  GtkAdjustment *adjustment;
  double         step;
  guint          frames;
  gint64         last;
  gint64         longest;
  gint64         total;
} Scrolling;

static gboolean
scroll_cb (GtkWidget     *widget,
           GdkFrameClock *clock,
           gpointer       user_data)
{
  Scrolling *scrolling = user_data;
  gint64 now = g_get_monotonic_time ();

  if (scrolling->last > 0)
    {
      scrolling->longest = MAX (scrolling->longest, now - scrolling->last);
      scrolling->total += now - scrolling->last;
    }
  scrolling->last = now;
  scrolling->frames++;
  gtk_adjustment_set_value (scrolling->adjustment,
                            gtk_adjustment_get_value (scrolling->adjustment) + scrolling->step);

  return G_SOURCE_CONTINUE;
}

static void
time_scrolling (GtkWidget *text,
                double     step)
{
  Scrolling scrolling = { .adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (text)),
                          .step = step };
  guint id = gtk_widget_add_tick_callback (text, scroll_cb, &scrolling, NULL);
  SageLogBuffer *buffer = sage_log_text_get_buffer (SAGE_LOG_TEXT (text));

  RUN_FOR (10000);
  gtk_widget_remove_tick_callback (text, id);
  g_print ("scrolled %.0f px a frame: %u frames, %.1f ms a frame, longest %.1f ms; %u lines held, "
           "%.1f MiB resident\n", step, scrolling.frames,
           (double) scrolling.total / 1000 / scrolling.frames, (double) scrolling.longest / 1000,
           sage_log_buffer_get_n_lines (buffer), (double) resident_bytes () / 1048576);
}

static void
draw_panel (SageConnection *connection,
            const char     *job,
            const char     *suffix,
            int             width)
{
  g_autoptr(SageResource) resource = sage_connection_get_resource (connection,
                                                                   SAGE_KIND_PROCESSING_JOB, job);
  GtkWidget *panel = sage_log_panel_new (connection);
  GtkWidget *window = show (panel, width, 480);
  GtkWidget *text = find_child (panel, SAGE_TYPE_LOG_TEXT);
  g_autofree char *plain = g_strconcat ("panel", suffix, NULL);
  g_autofree char *searched = g_strconcat ("panel-searched", suffix, NULL);

  sage_log_panel_set_title_visible (SAGE_LOG_PANEL (panel), width > 700);
  sage_log_panel_set_resource (SAGE_LOG_PANEL (panel), resource);
  RUN_FOR (1000);
  save (window, plain);
  if (suffix[0] == '\0')
    {
      time_scrolling (text, -60);
      time_scrolling (text, -2000);
      time_scrolling (text, 500);
    }
  g_object_set (panel, "show-times", TRUE, "wrap", TRUE, NULL);
  sage_log_view_set_search_text (SAGE_LOG_VIEW (find_child (panel, SAGE_TYPE_LOG_VIEW)), "Error");
  sage_log_panel_find (SAGE_LOG_PANEL (panel));
  RUN_FOR (suffix[0] == '\0' ? 15000 : 2000);
  sage_log_view_find (SAGE_LOG_VIEW (find_child (panel, SAGE_TYPE_LOG_VIEW)), SAGE_LOG_BACKWARD);
  RUN_FOR (3000);
  save (window, searched);
  g_print ("%.1f MiB resident\n", (double) resident_bytes () / 1048576);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
draw_panels (const char *data_dir,
             const char *job)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();
  g_autoptr(SageProfile) profile = sage_profile_new_embedded (data_dir);
  g_autoptr(SageConnection) connection = sage_connection_new (profile);

  sage_connection_open (connection, NULL);
  WAIT_FOR (sage_connection_get_state (connection) == SAGE_CONNECTION_CONNECTED);
  adw_style_manager_set_color_scheme (manager, ADW_COLOR_SCHEME_FORCE_LIGHT);
  draw_panel (connection, job, "", 1000);
  adw_style_manager_set_color_scheme (manager, ADW_COLOR_SCHEME_FORCE_DARK);
  draw_panel (connection, job, "-dark", 1000);
  draw_panel (connection, job, "-narrow", 360);
  sage_connection_close (connection);
}

static void
load_style (void)
{
  g_autoptr(GtkCssProvider) provider = gtk_css_provider_new ();

  gtk_css_provider_load_from_resource (provider, "/org/sagebrush/Studio/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  g_object_set (gtk_settings_get_default (), "gtk-font-name", "Inter 11", NULL);
  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (gdk_display_get_default ()),
                                    "/org/sagebrush/Studio/icons");
}

int
main (int   argc,
      char *argv[])
{
  AdwStyleManager *manager;

  if (argc != 2 && argc != 4)
    {
      g_printerr ("Usage: %s FOLDER [DATA-DIR JOB]\n", argv[0]);
      return 2;
    }

  folder = argv[1];
  adw_init ();
  load_style ();
  if (argc == 4)
    {
      draw_panels (argv[2], argv[3]);
      return 0;
    }

  manager = adw_style_manager_get_default ();
  for (guint dark = 0; dark < 2; dark++)
    {
      adw_style_manager_set_color_scheme (manager, dark ? ADW_COLOR_SCHEME_FORCE_DARK
                                                        : ADW_COLOR_SCHEME_FORCE_LIGHT);
      draw_training (dark ? "-dark" : "", 1000);
      draw_pill (dark ? "-dark" : "");
      draw_states (dark ? "-dark" : "");
    }
  draw_training ("-narrow-dark", 360);

  return 0;
}
