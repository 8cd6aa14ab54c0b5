/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-variables"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-json.h"
#include "sage-notebook-variables.h"
#include "sage-side-stack.h"
#include "sage-text.h"

#define MAX_BYTES (1024 * 1024) /* of the answer */

/*
 * One expression of Python, so that nothing is left behind in the kernel. It looks at what costs nothing: the
 * value of a number or a short text, the shape of a table, the length of a container; repr() of
 * anything else could take minutes. Base64, because the kernel answers with the repr() of a text.
 */
static const char expression[] =
  "__import__('base64').b64encode(__import__('json').dumps(["
  "[k, type(v).__name__, "
  "repr(v)[:80] if isinstance(v, (bool, int, float, complex, type(None))) else "
  "repr(v[:80]) if isinstance(v, (str, bytes)) else "
  "' × '.join(map(str, v.shape)) if type(v).__module__.split('.')[0] in "
  "('numpy', 'pandas', 'torch', 'tensorflow', 'scipy', 'polars', 'xarray') "
  "and isinstance(getattr(v, 'shape', None), tuple) else "
  "str(len(v)) if isinstance(v, (list, dict, set, frozenset, tuple)) else ''] "
  "for k, v in list(globals().items()) if not k.startswith('_') "
  "and k not in ('In', 'Out', 'exit', 'quit', 'get_ipython', 'open') "
  "and type(v).__name__ not in ('module', 'function', 'builtin_function_or_method', 'type', 'ABCMeta')"
  "][:500]).encode()).decode()";

struct _SageNotebookVariables
{
  AdwBin              parent_instance;

  SageNotebookKernel *kernel;      /* (owned) (nullable) */
  GCancellable       *cancellable; /* (owned) (nullable): of the question under way */
  gboolean            is_old;

  GtkStack           *stack;
  GtkListBox         *list;
};

G_DEFINE_FINAL_TYPE (SageNotebookVariables, sage_notebook_variables, ADW_TYPE_BIN)

static void
show_empty (SageNotebookVariables *self,
            const char            *description)
{
  adw_status_page_set_description (sage_side_stack_get_empty (self->stack), description);
  sage_side_stack_show (self->stack, FALSE);
}

/* --- The answer ------------------------------------------------------------------------------- */

static GtkWidget *
make_label (const char *text,
            const char *css_class)
{
  g_autofree char *shown = sage_text_shorten_end (text, SAGE_TEXT_MAX_LINE);
  GtkWidget *label = gtk_label_new (shown);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, css_class);

  return label;
}

static void
append_variable (SageNotebookVariables *self,
                 JsonArray             *entry)
{
  const char *name = sage_json_array_string (entry, 0);
  const char *type = sage_json_array_string (entry, 1);
  const char *value = sage_json_array_string (entry, 2);
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *kind;

  if (name == NULL || type == NULL || value == NULL)
    return;

  kind = make_label (type, "dim-label");
  gtk_widget_add_css_class (kind, "caption");
  gtk_widget_set_hexpand (kind, TRUE);
  gtk_label_set_xalign (GTK_LABEL (kind), 1);
  gtk_box_append (GTK_BOX (line), make_label (name, "monospace"));
  gtk_box_append (GTK_BOX (line), kind);
  gtk_box_append (GTK_BOX (box), line);
  if (value[0] != '\0')
    gtk_box_append (GTK_BOX (box), make_label (value, "caption"));
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_list_box_append (self->list, row);
}

/* Returns: (transfer full) (nullable): the JSON in what the kernel made of the expression */
static JsonNode *
decode (JsonObject *content)
{
  JsonObject *expressions = sage_json_object (content, "user_expressions");
  JsonObject *result = expressions != NULL ? sage_json_object (expressions, "sagebrush") : NULL;
  JsonObject *data = result != NULL ? sage_json_object (result, "data") : NULL;
  const char *text = data != NULL ? sage_json_string (data, "text/plain", "") : "";
  gsize length = strlen (text);
  g_autofree char *base64 = NULL;
  g_autofree guchar *json = NULL;

  if (length < 2 || length > MAX_BYTES)
    return NULL;

  base64 = g_strndup (text + 1, length - 2);
  json = g_base64_decode (base64, &length);

  return sage_json_parse ((const char *) json, (gssize) length, NULL, NULL);
}

static void
answer_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(SageNotebookVariables) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(SageJupyterMessage) reply = NULL;
  g_autoptr(JsonNode) node = NULL;
  JsonArray *variables;

  reply = sage_kernel_client_request_finish (SAGE_KERNEL_CLIENT (object), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_clear_object (&self->cancellable);
  gtk_list_box_remove_all (self->list);
  node = reply != NULL ? decode (sage_jupyter_message_get_content (reply)) : NULL;
  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    {
      show_empty (self, _("This kernel does not tell its variables"));
      return;
    }

  variables = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (variables); i++)
    {
      JsonNode *entry = json_array_get_element (variables, i);

      if (JSON_NODE_HOLDS_ARRAY (entry) && json_array_get_length (json_node_get_array (entry)) == 3)
        append_variable (self, json_node_get_array (entry));
    }
  if (gtk_list_box_get_row_at_index (self->list, 0) == NULL)
    show_empty (self, _("The kernel holds none yet"));
  else
    sage_side_stack_show (self->stack, TRUE);
}

/* --- The question ----------------------------------------------------------------------------- */

static void
ask (SageNotebookVariables *self)
{
  g_autoptr(JsonObject) content = json_object_new ();
  JsonObject *expressions = json_object_new ();

  json_object_set_string_member (content, "code", "");
  json_object_set_boolean_member (content, "silent", TRUE);
  json_object_set_boolean_member (content, "store_history", FALSE);
  json_object_set_boolean_member (content, "allow_stdin", FALSE);
  json_object_set_boolean_member (content, "stop_on_error", FALSE);
  json_object_set_string_member (expressions, "sagebrush", expression);
  json_object_set_object_member (content, "user_expressions", expressions);
  self->cancellable = g_cancellable_new ();
  sage_kernel_client_request_async (sage_notebook_kernel_get_client (self->kernel),
                                    SAGE_JUPYTER_SHELL, "execute_request", content,
                                    self->cancellable, answer_cb, g_object_ref (self));
}

/* What is no Python would run the expression as it understands it. */
static gboolean
speaks_python (SageNotebookVariables *self)
{
  const char *language = sage_notebook_kernel_get_language (self->kernel);

  return language != NULL && g_ascii_strcasecmp (language, "python") == 0;
}

static void
update (SageNotebookVariables *self)
{
  SageNotebookKernelState state;

  if (self->kernel == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;

  state = sage_notebook_kernel_get_state (self->kernel);
  if (state == SAGE_NOTEBOOK_KERNEL_NONE || state == SAGE_NOTEBOOK_KERNEL_DEAD)
    show_empty (self, _("No kernel is running"));
  else if (state == SAGE_NOTEBOOK_KERNEL_IDLE && !speaks_python (self))
    show_empty (self, _("This kernel does not tell its variables"));
  else if (state == SAGE_NOTEBOOK_KERNEL_IDLE && self->is_old && self->cancellable == NULL
           && sage_notebook_kernel_get_n_pending (self->kernel) == 0)
    {
      self->is_old = FALSE;
      ask (self);
    }
}

/* What has run may have changed anything. */
static void
cell_ended_cb (SageNotebookVariables *self)
{
  self->is_old = TRUE;
  update (self);
}

static void
state_cb (SageNotebookVariables *self)
{
  SageNotebookKernelState state = sage_notebook_kernel_get_state (self->kernel);

  if (state != SAGE_NOTEBOOK_KERNEL_IDLE && state != SAGE_NOTEBOOK_KERNEL_BUSY)
    self->is_old = TRUE;
  update (self);
}

static void
sage_notebook_variables_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sage_notebook_variables_parent_class)->map (widget);
  update (SAGE_NOTEBOOK_VARIABLES (widget));
}

/* --- The object ------------------------------------------------------------------------------- */

static void
sage_notebook_variables_dispose (GObject *object)
{
  SageNotebookVariables *self = SAGE_NOTEBOOK_VARIABLES (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->kernel);

  G_OBJECT_CLASS (sage_notebook_variables_parent_class)->dispose (object);
}

static void
sage_notebook_variables_class_init (SageNotebookVariablesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sage_notebook_variables_dispose;
  GTK_WIDGET_CLASS (klass)->map = sage_notebook_variables_map;
}

static void
sage_notebook_variables_init (SageNotebookVariables *self)
{
  self->is_old = TRUE;
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  self->stack = sage_side_stack_new (_("No variables"), NULL, GTK_WIDGET (self->list), _("Variables"));
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->stack));
}

GtkWidget *
sage_notebook_variables_new (void)
{
  return g_object_new (SAGE_TYPE_NOTEBOOK_VARIABLES, NULL);
}

/**
 * sage_notebook_variables_set_kernel:
 * @self: a pane without a kernel
 * @kernel: what to ask
 */
void
sage_notebook_variables_set_kernel (SageNotebookVariables *self,
                                    SageNotebookKernel    *kernel)
{
  g_return_if_fail (SAGE_IS_NOTEBOOK_VARIABLES (self) && self->kernel == NULL);

  self->kernel = g_object_ref (kernel);
  g_signal_connect_object (kernel, "notify::state", G_CALLBACK (state_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (kernel, "cell-ended", G_CALLBACK (cell_ended_cb), self, G_CONNECT_SWAPPED);
  update (self);
}
