/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-stream-view"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>
#include <time.h>

#include "sage-ansi-attributes.h"
#include "sage-stream-text.h"
#include "sage-stream-view.h"
#include "sage-text-dialog.h"

/* Lines of one label: what a new line makes be laid out again. */
#define CHUNK 50

#define LEAST_WIDTH 24 /* characters */
#define MIN_LINE 6 /* pixels, however small the font is */

/* From what a program has written to when it is shown: a frame at least, and after what cost much so much
 * longer that most of the time is the user's, but never so long that it looks as if nothing came. */
#define MIN_WAIT 16 /* milliseconds */
#define MAX_WAIT 500
#define WAIT_SHARE 4 /* times what the last lines cost */
#define COST_FRAMES 3 /* GTK lays out what is new in one frame, and much of it again in the next ones */

struct _SageStreamView
{
  GtkWidget        parent_instance;

  SageOutput      *output;  /* (owned) */
  SageStreamText  *text;
  gsize            seen;    /* bytes of the output that the text was fed */
  guint            flush;   /* source id */
  gint64           flushed; /* when that was done last (us) */
  gint64           begun;   /* the processor time (us) at which it was */
  guint            painted; /* frames since, as far as they are counted */
  gint64           cost;    /* of it and of these frames (us) */

  GtkWidget       *notice; /* (nullable): a row that tells what is not shown */
  GtkWidget       *box;    /* of the labels */
  gint64           first;  /* the lines that labels show */
  gint64           end;    /* the one after them */
  int              limit;  /* pixels of the height that will be seen; 0: all */
  gboolean         from_end; /* the last of them will be */
  SageLogPalette   palette;
};

G_DEFINE_FINAL_TYPE (SageStreamView, sage_stream_view, GTK_TYPE_WIDGET)

/* --- Showing --------------------------------------------------------------------------------- */

static GtkWidget *
make_label (void)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_CHAR);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (label), GTK_NATURAL_WRAP_NONE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  /* Without a least width a label lays its text out once with a character a line to find it. */
  gtk_label_set_width_chars (GTK_LABEL (label), LEAST_WIDTH);
  gtk_widget_add_css_class (label, "monospace");
  gtk_widget_set_focusable (label, TRUE);

  return label;
}

/* The labels of the lines from @first on. */
static void
clear_labels (SageStreamView *self,
              gint64          first)
{
  GtkWidget *label;

  while ((label = gtk_widget_get_first_child (self->box)) != NULL)
    gtk_box_remove (GTK_BOX (self->box), label);
  self->first = self->end = first;
}

/* How many lines are more than high enough for what will be seen. */
static gint64
count_needed (SageStreamView *self)
{
  GtkWidget *label = gtk_widget_get_first_child (self->box);
  PangoFontMetrics *metrics;
  int height;

  if (self->limit <= 0)
    return G_MAXINT32;
  if (label == NULL)
    {
      label = make_label ();
      gtk_box_append (GTK_BOX (self->box), label);
    }
  metrics = pango_context_get_metrics (gtk_widget_get_pango_context (label), NULL, NULL);
  height = MAX (pango_font_metrics_get_height (metrics) / PANGO_SCALE, MIN_LINE);
  pango_font_metrics_unref (metrics);

  return self->limit / height + 2;
}

static void
fill_label (SageStreamView *self,
            GtkLabel       *label,
            gint64          chunk)
{
  g_autoptr(GString) shown = g_string_new (NULL);
  g_autoptr(PangoAttrList) attributes = pango_attr_list_new ();
  gint64 start = MAX (chunk * CHUNK, self->first);
  gint64 end = MIN ((chunk + 1) * CHUNK, self->end);

  /* A hyphen where a line is broken would be taken for one that the program has written. */
  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  for (gint64 i = start; i < end; i++)
    {
      const SageAnsiText *line = sage_stream_text_get_line (self->text, i);

      if (i > start)
        g_string_append_c (shown, '\n');
      sage_ansi_add_attributes (attributes, line, (guint) shown->len, &self->palette);
      g_string_append_len (shown, line->text, (gssize) line->length);
      if (line->truncated)
        g_string_append (shown, "\xe2\x80\xa6");
    }
  gtk_label_set_text (label, shown->str);
  gtk_label_set_attributes (label, attributes);
}

static void
update_notice (SageStreamView *self)
{
  gint64 hidden = sage_stream_text_get_first (self->text);
  GtkWidget *label;
  g_autofree char *text = NULL;

  if (!sage_stream_text_is_truncated (self->text))
    {
      gtk_widget_set_visible (self->notice, FALSE);
      return;
    }

  if (hidden > 0)
    text = g_strdup_printf (ngettext ("%'u earlier line is not shown",
                                      "%'u earlier lines are not shown", (gulong) hidden),
                            (guint) MIN (hidden, G_MAXUINT));
  else
    text = g_strdup (_("Long lines are cut here"));
  label = gtk_widget_get_first_child (self->notice);
  gtk_label_set_text (GTK_LABEL (label), text);
  gtk_widget_set_visible (self->notice, TRUE);
}

/* A program that ends a line after its progress bar has put out nothing to see. */
static gboolean
is_blank (SageStreamView *self)
{
  gint64 first = sage_stream_text_get_first (self->text);
  gint64 end = sage_stream_text_get_end (self->text);

  if (first > 0 || end > 3)
    return FALSE;
  for (gint64 i = first; i < end; i++)
    {
      const char *text = sage_stream_text_get_line (self->text, i)->text;

      if (text[strspn (text, " \t")] != '\0')
        return FALSE;
    }

  return TRUE;
}

/* Brings the labels up to date from line @changed on. */
static void
update_labels (SageStreamView *self,
               gint64          changed)
{
  gint64 needed = count_needed (self);
  gint64 first = sage_stream_text_get_first (self->text);
  gint64 end = sage_stream_text_get_end (self->text);
  gboolean cut;
  GtkWidget *label;

  if (self->from_end)
    first = MAX (first, end - needed);
  else
    end = MIN (end, first + needed);
  if (first < self->first || end < self->end)
    clear_labels (self, first);
  cut = first > self->first;
  changed = MIN (changed, self->end);
  update_notice (self);
  if (!cut && changed >= end)
    return;

  /* labels of what is gone */
  label = gtk_widget_get_first_child (self->box);
  for (gint64 chunk = self->first / CHUNK; label != NULL && chunk < first / CHUNK; chunk++)
    {
      GtkWidget *next = gtk_widget_get_next_sibling (label);

      gtk_box_remove (GTK_BOX (self->box), label);
      label = next;
    }
  self->first = first;
  self->end = end;

  for (gint64 chunk = first / CHUNK; chunk * CHUNK < end; chunk++)
    {
      if (label == NULL)
        {
          label = make_label ();
          gtk_box_append (GTK_BOX (self->box), label);
          fill_label (self, GTK_LABEL (label), chunk);
        }
      else if ((chunk + 1) * CHUNK > changed || (cut && chunk == first / CHUNK))
        fill_label (self, GTK_LABEL (label), chunk);
      label = gtk_widget_get_next_sibling (label);
    }
}

static gint64
get_cpu_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);

  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/* How many milliseconds what comes now has to wait because of what the last flush cost. */
static guint
get_wait (SageStreamView *self)
{
  gint64 wait = MIN (WAIT_SHARE * self->cost / 1000, MAX_WAIT);
  gint64 passed = (g_get_monotonic_time () - self->flushed) / 1000;

  return (guint) MAX (wait - passed, 0);
}

static void
after_paint_cb (SageStreamView *self,
                GdkFrameClock  *clock)
{
  self->cost = get_cpu_time () - self->begun;
  if (++self->painted == COST_FRAMES)
    g_signal_handlers_disconnect_by_func (clock, after_paint_cb, self);
}

/* Nearly all that new lines cost is their layout, which is done with the next frames. */
static void
measure_cost (SageStreamView *self)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (self));

  self->cost = get_cpu_time () - self->begun;
  self->painted = 0;
  if (clock == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;

  g_signal_handlers_disconnect_by_func (clock, after_paint_cb, self);
  g_signal_connect_object (clock, "after-paint", G_CALLBACK (after_paint_cb), self, G_CONNECT_SWAPPED);
}

/**
 * sage_stream_view_flush:
 * @self: a stream
 *
 * Shows at once what has come since the last frame.
 */
void
sage_stream_view_flush (SageStreamView *self)
{
  gsize length;
  const char *text;
  gint64 changed;

  g_return_if_fail (SAGE_IS_STREAM_VIEW (self));

  g_clear_handle_id (&self->flush, g_source_remove);
  text = sage_output_get_text (self->output, &length);
  if (length < self->seen)
    {
      g_clear_pointer (&self->text, sage_stream_text_free);
      self->text = sage_stream_text_new ();
      self->seen = 0;
      clear_labels (self, 0);
    }
  if (length == self->seen)
    return;

  self->flushed = g_get_monotonic_time ();
  self->begun = get_cpu_time ();
  changed = sage_stream_text_feed (self->text, text + self->seen, length - self->seen);
  self->seen = length;
  update_labels (self, changed);
  gtk_widget_set_visible (GTK_WIDGET (self), !is_blank (self));
  measure_cost (self);
}

static gboolean flush_cb (gpointer user_data);

/* However much a program writes, it is looked at once between two frames, or less often if it fills
 * them. */
static void
flush_later (SageStreamView *self,
             guint           least)
{
  guint wait = get_wait (self);

  self->flush = g_timeout_add_full (GDK_PRIORITY_REDRAW + 10, MAX (wait, least), flush_cb, self, NULL);
}

static gboolean
flush_cb (gpointer user_data)
{
  SageStreamView *self = user_data;

  self->flush = 0;
  if (get_wait (self) > 0) /* it is known only now */
    flush_later (self, 0);
  else
    sage_stream_view_flush (self);

  return G_SOURCE_REMOVE;
}

static void
appended_cb (SageStreamView *self)
{
  if (self->flush == 0)
    flush_later (self, MIN_WAIT);
}

static void
changed_cb (SageStreamView *self)
{
  self->seen = G_MAXSIZE; /* other than it was: from the start */
  appended_cb (self);
}

static void
style_cb (SageStreamView *self)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();
  gint64 chunk = self->first / CHUNK;

  sage_log_palette_init (&self->palette, adw_style_manager_get_dark (manager),
                         adw_style_manager_get_high_contrast (manager));
  for (GtkWidget *label = gtk_widget_get_first_child (self->box); label != NULL;
       label = gtk_widget_get_next_sibling (label))
    fill_label (self, GTK_LABEL (label), chunk++);
}

/* --- The object ------------------------------------------------------------------------------ */

static void
show_all_action (GtkWidget  *widget,
                 const char *action_name,
                 GVariant   *parameter)
{
  SageStreamView *self = SAGE_STREAM_VIEW (widget);
  gsize length;
  const char *text = sage_output_get_text (self->output, &length);
  g_autoptr(GBytes) bytes = g_bytes_new (text, length);
  gboolean is_stderr = g_strcmp0 (sage_output_get_name (self->output), "stderr") == 0;

  sage_text_dialog_show (widget, is_stderr ? _("Standard Error") : _("Output"), bytes);
}

static void
sage_stream_view_dispose (GObject *object)
{
  SageStreamView *self = SAGE_STREAM_VIEW (object);
  GtkWidget *child;

  g_clear_handle_id (&self->flush, g_source_remove);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->output);

  G_OBJECT_CLASS (sage_stream_view_parent_class)->dispose (object);
}

static void
sage_stream_view_finalize (GObject *object)
{
  sage_stream_text_free (SAGE_STREAM_VIEW (object)->text);

  G_OBJECT_CLASS (sage_stream_view_parent_class)->finalize (object);
}

static void
sage_stream_view_class_init (SageStreamViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sage_stream_view_dispose;
  object_class->finalize = sage_stream_view_finalize;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_install_action (widget_class, "stream.show-all", NULL, show_all_action);
}

static GtkWidget *
make_notice (void)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new (NULL);
  GtkWidget *button = gtk_button_new_with_label (_("Show all"));

  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "caption");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "stream.show-all");
  gtk_box_append (GTK_BOX (row), label);
  gtk_box_append (GTK_BOX (row), button);
  gtk_widget_set_visible (row, FALSE);

  return row;
}

static void
sage_stream_view_init (SageStreamView *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  self->text = sage_stream_text_new ();
  self->notice = make_notice ();
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_set_parent (self->notice, GTK_WIDGET (self));
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  gtk_widget_add_css_class (GTK_WIDGET (self), "output-stream");
}

/* What a program complains of has a word and a line beside it, whatever its colours are. */
static void
mark_stderr (SageStreamView *self)
{
  GtkWidget *tag = gtk_label_new (_("stderr"));

  gtk_label_set_xalign (GTK_LABEL (tag), 0);
  gtk_widget_add_css_class (tag, "caption-heading");
  gtk_widget_add_css_class (tag, "dim-label");
  gtk_widget_insert_after (tag, GTK_WIDGET (self), NULL);
  gtk_widget_add_css_class (GTK_WIDGET (self), "stderr");
}

/**
 * sage_stream_view_set_limit:
 * @self: a stream
 * @limit: how much of the height will be seen, in pixels; 0 for all
 * @from_end: whether the end of it will be
 */
void
sage_stream_view_set_limit (SageStreamView *self,
                            int             limit,
                            gboolean        from_end)
{
  g_return_if_fail (SAGE_IS_STREAM_VIEW (self));

  if (self->limit == limit && self->from_end == from_end)
    return;
  self->limit = limit;
  self->from_end = from_end;
  update_labels (self, G_MAXINT64);
}

/**
 * sage_stream_view_new:
 * @output: a stream
 * @limit: as sage_stream_view_set_limit() has it
 * @from_end: likewise
 *
 * Returns: (transfer floating): a widget that shows it and follows it
 */
GtkWidget *
sage_stream_view_new (SageOutput *output,
                      int         limit,
                      gboolean    from_end)
{
  SageStreamView *self = g_object_new (SAGE_TYPE_STREAM_VIEW, NULL);
  AdwStyleManager *manager = adw_style_manager_get_default ();
  gboolean is_stderr;

  g_return_val_if_fail (SAGE_IS_OUTPUT (output), NULL);

  self->output = g_object_ref (output);
  self->limit = limit;
  self->from_end = from_end;
  is_stderr = g_strcmp0 (sage_output_get_name (output), "stderr") == 0;
  if (is_stderr)
    mark_stderr (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  is_stderr ? _("Standard error") : _("Standard output"), -1);
  g_signal_connect_object (output, "appended", G_CALLBACK (appended_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (output, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (manager, "notify::dark", G_CALLBACK (style_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (manager, "notify::high-contrast", G_CALLBACK (style_cb), self,
                           G_CONNECT_SWAPPED);
  style_cb (self);
  sage_stream_view_flush (self);

  return GTK_WIDGET (self);
}

/**
 * sage_stream_view_dup_text:
 * @self: a stream
 *
 * Returns: (transfer full): what is shown, without colours
 */
char *
sage_stream_view_dup_text (SageStreamView *self)
{
  GString *out = g_string_new (NULL);

  for (gint64 i = sage_stream_text_get_first (self->text); i < sage_stream_text_get_end (self->text);
       i++)
    {
      const SageAnsiText *line = sage_stream_text_get_line (self->text, i);

      g_string_append_len (out, line->text, (gssize) line->length);
      g_string_append_c (out, '\n');
    }

  return g_string_free_and_steal (out);
}
