/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-signature-help"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-ansi.h"
#include "sage-cell-buffer.h"
#include "sage-kernel-inspect.h"
#include "sage-page.h"
#include "sage-python-signature.h"
#include "sage-signature-help.h"

#define KEY       "sage-signature-help"
#define MAX_CHARS 72 /* of a line of the popover */
#define MAX_TOLD  100000 /* bytes of what the kernel tells that are looked through */

#define SAGE_TYPE_SIGNATURE_HELP (sage_signature_help_get_type ())

G_DECLARE_FINAL_TYPE (SageSignatureHelp, sage_signature_help, SAGE, SIGNATURE_HELP, GObject)

struct _SageSignatureHelp
{
  GObject              parent_instance;

  GtkTextView         *view;        /* it owns this */
  SageNotebookKernel  *kernel;      /* (weak) (nullable) */
  GSignalGroup        *typing;      /* (owned): of its buffer */
  GCancellable        *cancellable; /* (owned) (nullable): of what is being asked */
  SagePythonCall      *call;        /* (owned) (nullable): that is asked for, or shown */
  gboolean             waits;       /* to ask for it */
  SagePythonSignature *signature;   /* (owned) (nullable): that is shown */
  GtkWidget           *popover;     /* (nullable): while it is shown */
  GtkLabel            *label;
};

G_DEFINE_FINAL_TYPE (SageSignatureHelp, sage_signature_help, G_TYPE_OBJECT)

/* --- The popover ------------------------------------------------------------------------------ */

static void
hide (SageSignatureHelp *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->call, sage_python_call_free);
  self->waits = FALSE;
  g_clear_pointer (&self->signature, sage_python_signature_free);
  g_clear_pointer (&self->popover, gtk_widget_unparent);
  self->label = NULL;
}

static void
make_popover (SageSignatureHelp *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *label = gtk_label_new (self->signature->text);

  g_object_set (label, "xalign", 0.0f, "wrap", TRUE, "wrap-mode", PANGO_WRAP_WORD_CHAR,
                "max-width-chars", MAX_CHARS, NULL);
  gtk_widget_add_css_class (label, "monospace");
  self->label = GTK_LABEL (label);
  gtk_box_append (GTK_BOX (box), label);
  if (self->signature->summary != NULL)
    {
      GtkWidget *summary = gtk_label_new (self->signature->summary);

      g_object_set (summary, "xalign", 0.0f, "wrap", TRUE, "max-width-chars", MAX_CHARS, NULL);
      gtk_widget_add_css_class (summary, "dim-label");
      gtk_box_append (GTK_BOX (box), summary);
    }
  g_object_set (box, "margin-start", 6, "margin-end", 6, "margin-top", 3, "margin-bottom", 3, NULL);

  /* The keys are the source's: one goes on writing. */
  self->popover = g_object_new (GTK_TYPE_POPOVER, "autohide", FALSE, "can-focus", FALSE, "position",
                                GTK_POS_TOP, "halign", GTK_ALIGN_START, "has-arrow", FALSE, "child",
                                box, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->popover), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Signature"), -1);
}

/* Marks the parameter that is being given. */
static void
mark_parameter (SageSignatureHelp *self)
{
  g_autoptr(PangoAttrList) attributes = pango_attr_list_new ();
  gsize start;
  gsize end;

  if (sage_python_signature_locate (self->signature, self->call, &start, &end))
    {
      PangoAttribute *bold = pango_attr_weight_new (PANGO_WEIGHT_BOLD);

      bold->start_index = (guint) start;
      bold->end_index = (guint) end;
      pango_attr_list_insert (attributes, bold);
    }
  gtk_label_set_attributes (self->label, attributes);
}

static void
show_signature (SageSignatureHelp *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  GtkTextIter open;

  sage_cell_buffer_get_iter (SAGE_CELL_BUFFER (buffer), self->call->open, &open);
  make_popover (self);
  mark_parameter (self);
  sage_kernel_place_popover (GTK_POPOVER (self->popover), self->view, &open);
  gtk_popover_popup (GTK_POPOVER (self->popover));
  sage_announce (GTK_WIDGET (self->view), self->signature->text);
}

/* --- Asking ----------------------------------------------------------------------------------- */

/* Returns: (transfer full) (nullable): the call that the cursor is in */
static SagePythonCall *
find_call (SageSignatureHelp *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  GtkTextIter start;
  GtkTextIter cursor;
  g_autofree char *source = NULL;

  if (!SAGE_IS_CELL_BUFFER (buffer)
      || sage_cell_get_kind (sage_cell_buffer_get_cell (SAGE_CELL_BUFFER (buffer))) != SAGE_CELL_CODE)
    return NULL;

  gtk_text_buffer_get_start_iter (buffer, &start);
  gtk_text_buffer_get_iter_at_mark (buffer, &cursor, gtk_text_buffer_get_insert (buffer));
  source = gtk_text_buffer_get_text (buffer, &start, &cursor, TRUE);

  return sage_python_call_find (source, strlen (source));
}

static gboolean
is_same (const SagePythonCall *a,
         const SagePythonCall *b)
{
  return a != NULL && b != NULL && a->open == b->open && g_str_equal (a->callee, b->callee);
}

/* Returns: (transfer full) (nullable): what is told, without its colours */
static SagePythonSignature *
read_signature (const char *told)
{
  g_autoptr(GString) plain = g_string_new (NULL);
  g_auto(GStrv) lines = NULL;

  if (strlen (told) > MAX_TOLD)
    return NULL;

  lines = g_strsplit (told, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    {
      g_autoptr(SageAnsiText) parsed = sage_ansi_parse (*line, strlen (*line), MAX_TOLD);

      g_string_append_len (plain, parsed->text, (gssize) parsed->length);
      g_string_append_c (plain, '\n');
    }

  return sage_python_signature_read (plain->str);
}

static void
told_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(SageSignatureHelp) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *told = sage_kernel_inspect_finish (SAGE_NOTEBOOK_KERNEL (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_clear_object (&self->cancellable);
  if (told != NULL && gtk_widget_has_focus (GTK_WIDGET (self->view)))
    self->signature = read_signature (told);
  if (self->signature != NULL)
    show_signature (self);
  else
    hide (self);
}

static void
send (SageSignatureHelp *self)
{
  g_autoptr(JsonObject) question = json_object_new ();

  /* The name alone: of a whole source, kernels have ideas of their own what is meant. */
  json_object_set_string_member (question, "code", self->call->callee);
  json_object_set_int_member (question, "cursor_pos", g_utf8_strlen (self->call->callee, -1));
  self->waits = FALSE;
  self->cancellable = g_cancellable_new ();
  sage_kernel_inspect_async (self->kernel, question, self->cancellable, told_cb, g_object_ref (self));
}

/* Asks for the signature of the call at the cursor, unless it is being shown. */
static void
ask (SageSignatureHelp *self)
{
  g_autoptr(SagePythonCall) call = find_call (self);

  if (is_same (call, self->call))
    return;

  hide (self);
  /* One that runs no cell works for a moment only: it completes what was written just now. */
  if (call == NULL || self->kernel == NULL || sage_notebook_kernel_get_n_pending (self->kernel) > 0)
    return;

  self->call = g_steal_pointer (&call);
  self->waits = TRUE;
  if (sage_kernel_is_free (self->kernel))
    send (self);
}

static void
kernel_cb (SageSignatureHelp *self)
{
  if (self->waits && sage_kernel_is_free (self->kernel))
    send (self);
}

/* --- What is typed ---------------------------------------------------------------------------- */

static void
inserted_cb (GtkTextBuffer     *buffer,
             const GtkTextIter *at,
             const char        *text,
             int                length,
             SageSignatureHelp *self)
{
  if (length == 1 && (text[0] == '(' || text[0] == ',')
      && gtk_widget_has_focus (GTK_WIDGET (self->view)))
    ask (self);
}

/* The cursor goes on to the next parameter, or out of the call. */
static void
moved_cb (SageSignatureHelp *self)
{
  g_autoptr(SagePythonCall) call = NULL;

  if (self->call == NULL)
    return;

  call = find_call (self);
  if (!is_same (call, self->call))
    {
      hide (self);
      return;
    }
  g_clear_pointer (&self->call, sage_python_call_free);
  self->call = g_steal_pointer (&call);
  if (self->popover != NULL)
    mark_parameter (self);
}

static gboolean
key_cb (SageSignatureHelp *self,
        guint              key,
        guint              code,
        GdkModifierType    state)
{
  if (key != GDK_KEY_Escape || self->popover == NULL)
    return GDK_EVENT_PROPAGATE;

  hide (self);

  return GDK_EVENT_STOP;
}

static void
buffer_cb (SageSignatureHelp *self)
{
  hide (self);
  g_signal_group_set_target (self->typing, gtk_text_view_get_buffer (self->view));
}

/* --- The object ------------------------------------------------------------------------------- */

static void
sage_signature_help_dispose (GObject *object)
{
  SageSignatureHelp *self = SAGE_SIGNATURE_HELP (object);

  hide (self);
  g_clear_object (&self->typing);
  g_clear_weak_pointer (&self->kernel);

  G_OBJECT_CLASS (sage_signature_help_parent_class)->dispose (object);
}

static void
sage_signature_help_class_init (SageSignatureHelpClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sage_signature_help_dispose;
}

static void
sage_signature_help_init (SageSignatureHelp *self)
{
  self->typing = g_signal_group_new (GTK_TYPE_TEXT_BUFFER);
  g_signal_group_connect_data (self->typing, "insert-text", G_CALLBACK (inserted_cb), self, NULL,
                               G_CONNECT_AFTER);
  g_signal_group_connect_swapped (self->typing, "notify::cursor-position", G_CALLBACK (moved_cb), self);
}

/* The view goes: its popover must not stay on it, and no answer come for it. */
static void
destroyed_cb (SageSignatureHelp *self)
{
  g_object_run_dispose (G_OBJECT (self));
}

/**
 * sage_signature_help_add:
 * @view: a view of the sources of cells
 * @kernel: what is asked
 */
void
sage_signature_help_add (GtkTextView        *view,
                         SageNotebookKernel *kernel)
{
  SageSignatureHelp *self = g_object_new (SAGE_TYPE_SIGNATURE_HELP, NULL);
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->view = view;
  g_set_weak_pointer (&self->kernel, kernel);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (key_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (view), keys);
  g_signal_connect_object (focus, "leave", G_CALLBACK (hide), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (view), focus);
  g_signal_connect_object (kernel, "notify::state", G_CALLBACK (kernel_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (view, "notify::buffer", G_CALLBACK (buffer_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (view, "unmap", G_CALLBACK (hide), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (view, "destroy", G_CALLBACK (destroyed_cb), self, G_CONNECT_SWAPPED);
  buffer_cb (self);
  g_object_set_data_full (G_OBJECT (view), KEY, self, g_object_unref);
}

/* Shows the signature of the call at the cursor of a view that has such help. */
void
sage_signature_help_show (GtkTextView *view)
{
  SageSignatureHelp *self = g_object_get_data (G_OBJECT (view), KEY);

  if (self != NULL)
    ask (self);
}
