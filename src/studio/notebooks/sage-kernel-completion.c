/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-kernel-completion"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-json.h"
#include "sage-kernel-completion.h"
#include "sage-kernel-inspect.h"

#define MAX_PROPOSALS 2000

/* --- A proposal ------------------------------------------------------------------------------- */

#define SAGE_TYPE_KERNEL_PROPOSAL (sage_kernel_proposal_get_type ())

G_DECLARE_FINAL_TYPE (SageKernelProposal, sage_kernel_proposal, SAGE, KERNEL_PROPOSAL, GObject)

struct _SageKernelProposal
{
  GObject  parent_instance;

  char    *text;  /* (owned): what takes the place */
  char    *type;  /* (owned) (nullable): "function", "module", … */
  int      start; /* of what is replaced, in characters of the source */
};

static char *
get_typed_text (GtkSourceCompletionProposal *proposal)
{
  return g_strdup (SAGE_KERNEL_PROPOSAL (proposal)->text);
}

static void
proposal_iface_init (GtkSourceCompletionProposalInterface *iface)
{
  iface->get_typed_text = get_typed_text;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (SageKernelProposal, sage_kernel_proposal, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GTK_SOURCE_TYPE_COMPLETION_PROPOSAL,
                                                      proposal_iface_init))

static void
sage_kernel_proposal_finalize (GObject *object)
{
  SageKernelProposal *self = SAGE_KERNEL_PROPOSAL (object);

  g_free (self->text);
  g_free (self->type);

  G_OBJECT_CLASS (sage_kernel_proposal_parent_class)->finalize (object);
}

static void
sage_kernel_proposal_class_init (SageKernelProposalClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sage_kernel_proposal_finalize;
}

static void
sage_kernel_proposal_init (SageKernelProposal *self)
{
}

/* --- The provider ----------------------------------------------------------------------------- */

struct _SageKernelCompletion
{
  GObject             parent_instance;

  SageNotebookKernel *kernel; /* (weak) (nullable) */
};

/* The types of the matches, where the kernel tells them: IPython does. */
static const char *
type_of (JsonArray *types,
         guint      index)
{
  JsonObject *type = types != NULL && index < json_array_get_length (types)
                       ? sage_json_array_object (types, index) : NULL;
  const char *word = type != NULL ? sage_json_string (type, "type", NULL) : NULL;

  return word != NULL && word[0] != '<' ? word : NULL;
}

static GListModel *
read_matches (JsonObject *content)
{
  GListStore *store = g_list_store_new (SAGE_TYPE_KERNEL_PROPOSAL);
  JsonArray *matches = sage_json_array (content, "matches");
  JsonObject *metadata = sage_json_object (content, "metadata");
  JsonArray *types = metadata != NULL ? sage_json_array (metadata, "_jupyter_types_experimental")
                                      : NULL;
  guint n = matches != NULL ? MIN (json_array_get_length (matches), MAX_PROPOSALS) : 0;

  for (guint i = 0; i < n; i++)
    {
      const char *text = sage_json_array_string (matches, i);
      g_autoptr(SageKernelProposal) proposal = NULL;

      if (text == NULL)
        continue;
      proposal = g_object_new (SAGE_TYPE_KERNEL_PROPOSAL, NULL);
      proposal->text = g_strdup (text);
      proposal->type = g_strdup (type_of (types, i));
      proposal->start = (int) CLAMP (sage_json_int (content, "cursor_start", 0), 0, G_MAXINT);
      g_list_store_append (store, proposal);
    }

  return G_LIST_MODEL (store);
}

static void
reply_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(SageJupyterMessage) reply = NULL;

  reply = sage_kernel_client_request_finish (SAGE_KERNEL_CLIENT (object), result, &error);
  if (reply == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, read_matches (sage_jupyter_message_get_content (reply)),
                           g_object_unref);
}

static void
populate_async (GtkSourceCompletionProvider *provider,
                GtkSourceCompletionContext  *context,
                GCancellable                *cancellable,
                GAsyncReadyCallback          callback,
                gpointer                     user_data)
{
  SageKernelCompletion *self = SAGE_KERNEL_COMPLETION (provider);
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr(JsonObject) content = NULL;

  if (!sage_kernel_is_free (self->kernel))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "The kernel is not free");
      return;
    }

  content = sage_kernel_make_question (
    GTK_TEXT_BUFFER (gtk_source_completion_context_get_buffer (context)));
  sage_kernel_client_request_async (sage_notebook_kernel_get_client (self->kernel),
                                    SAGE_JUPYTER_SHELL, "complete_request", content, cancellable,
                                    reply_cb, g_steal_pointer (&task));
}

static GListModel *
populate_finish (GtkSourceCompletionProvider  *provider,
                 GAsyncResult                 *result,
                 GError                      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Whether what has been typed since is the beginning of a proposal. */
static gboolean
is_wanted (gpointer item,
           gpointer user_data)
{
  const char *word = user_data;
  const char *text = SAGE_KERNEL_PROPOSAL (item)->text;
  const char *last = strrchr (text, '.');

  return g_str_has_prefix (text, word) || (last != NULL && g_str_has_prefix (last + 1, word));
}

static void
refilter (GtkSourceCompletionProvider *provider,
          GtkSourceCompletionContext  *context,
          GListModel                  *model)
{
  char *word = gtk_source_completion_context_get_word (context);
  g_autoptr(GtkFilterListModel) filtered = NULL;
  GListModel *all = GTK_IS_FILTER_LIST_MODEL (model)
                      ? gtk_filter_list_model_get_model (GTK_FILTER_LIST_MODEL (model)) : model;

  filtered = gtk_filter_list_model_new (g_object_ref (all),
                                        GTK_FILTER (gtk_custom_filter_new (is_wanted, word, g_free)));
  gtk_source_completion_context_set_proposals_for_provider (context, provider,
                                                            G_LIST_MODEL (filtered));
}

static void
display (GtkSourceCompletionProvider *provider,
         GtkSourceCompletionContext  *context,
         GtkSourceCompletionProposal *proposal,
         GtkSourceCompletionCell     *cell)
{
  SageKernelProposal *shown = SAGE_KERNEL_PROPOSAL (proposal);

  switch (gtk_source_completion_cell_get_column (cell))
    {
    case GTK_SOURCE_COMPLETION_COLUMN_TYPED_TEXT:
      gtk_source_completion_cell_set_text (cell, shown->text);
      break;
    case GTK_SOURCE_COMPLETION_COLUMN_AFTER:
      gtk_source_completion_cell_set_text (cell, shown->type);
      break;
    case GTK_SOURCE_COMPLETION_COLUMN_ICON:
    case GTK_SOURCE_COMPLETION_COLUMN_BEFORE:
    case GTK_SOURCE_COMPLETION_COLUMN_COMMENT:
    case GTK_SOURCE_COMPLETION_COLUMN_DETAILS:
    default:
      gtk_source_completion_cell_set_text (cell, NULL);
    }
}

static void
activate (GtkSourceCompletionProvider *provider,
          GtkSourceCompletionContext  *context,
          GtkSourceCompletionProposal *proposal)
{
  SageKernelProposal *chosen = SAGE_KERNEL_PROPOSAL (proposal);
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (gtk_source_completion_context_get_buffer (context));
  g_autofree char *text = g_strdup (chosen->text);
  GtkTextIter start;
  GtkTextIter end;

  gtk_text_buffer_get_iter_at_mark (buffer, &end, gtk_text_buffer_get_insert (buffer));
  gtk_text_buffer_get_iter_at_offset (buffer, &start, MIN (chosen->start, gtk_text_iter_get_offset (&end)));
  gtk_text_buffer_begin_user_action (buffer);
  gtk_text_buffer_delete (buffer, &start, &end);
  gtk_text_buffer_insert (buffer, &start, text, -1);
  gtk_text_buffer_end_user_action (buffer);
}

static gboolean
is_trigger (GtkSourceCompletionProvider *provider,
            const GtkTextIter           *iter,
            gunichar                     ch)
{
  return ch == '.';
}

static char *
get_title (GtkSourceCompletionProvider *provider)
{
  return g_strdup (_("Kernel"));
}

static void
provider_iface_init (GtkSourceCompletionProviderInterface *iface)
{
  iface->get_title = get_title;
  iface->is_trigger = is_trigger;
  iface->populate_async = populate_async;
  iface->populate_finish = populate_finish;
  iface->refilter = refilter;
  iface->display = display;
  iface->activate = activate;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (SageKernelCompletion, sage_kernel_completion, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GTK_SOURCE_TYPE_COMPLETION_PROVIDER,
                                                      provider_iface_init))

static void
sage_kernel_completion_dispose (GObject *object)
{
  g_clear_weak_pointer (&SAGE_KERNEL_COMPLETION (object)->kernel);

  G_OBJECT_CLASS (sage_kernel_completion_parent_class)->dispose (object);
}

static void
sage_kernel_completion_class_init (SageKernelCompletionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sage_kernel_completion_dispose;
}

static void
sage_kernel_completion_init (SageKernelCompletion *self)
{
}

/* Most views are never written in, and GtkSourceView never frees all of a completion: it comes with the
 * focus. */
static void
focus_cb (SageKernelCompletion    *self,
          GtkEventControllerFocus *focus)
{
  GtkWidget *view = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (focus));
  GtkSourceCompletion *completion = gtk_source_view_get_completion (GTK_SOURCE_VIEW (view));

  g_object_set (completion, "select-on-show", TRUE, NULL);
  gtk_source_completion_add_provider (completion, GTK_SOURCE_COMPLETION_PROVIDER (self));
  g_signal_handlers_disconnect_by_func (focus, focus_cb, self);
}

/**
 * sage_kernel_completion_add:
 * @view: a source
 * @kernel: what to ask
 *
 * Has the kernel complete what is written in the view.
 */
void
sage_kernel_completion_add (GtkSourceView      *view,
                            SageNotebookKernel *kernel)
{
  SageKernelCompletion *self = g_object_new (SAGE_TYPE_KERNEL_COMPLETION, NULL);
  GtkEventController *focus = gtk_event_controller_focus_new ();

  g_set_weak_pointer (&self->kernel, kernel);
  g_signal_connect_data (focus, "enter", G_CALLBACK (focus_cb), self, (GClosureNotify) (GCallback) g_object_unref,
                         G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (view), focus);
}
