/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-page"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-file-location.h"
#include "sage-json.h"
#include "sage-notebook-page-private.h"
#include "sage-shortcut-table.h"
#include "sage-words.h"

#define LEFT_MS 300 /* after which a tab that is being moved has arrived */

G_DEFINE_FINAL_TYPE (SageNotebookPage, sage_notebook_page, SAGE_TYPE_PAGE)

/* --- The banner ------------------------------------------------------------------------------- */

static SageNotebookProblem
find_problem (SageNotebookPage *self)
{
  SageNotebook *notebook = sage_notebook_document_get_notebook (self->document);
  SageNotebookKernelState kernel = sage_notebook_kernel_get_state (self->kernel);
  gboolean gone;

  g_object_get (self->document, "is-gone", &gone, NULL);
  if (sage_notebook_document_is_conflicting (self->document))
    return SAGE_PROBLEM_CONFLICT;
  if (kernel == SAGE_NOTEBOOK_KERNEL_DEAD)
    return SAGE_PROBLEM_KERNEL;
  if (kernel == SAGE_NOTEBOOK_KERNEL_IDLE /* what can be done about it can be done for minutes only */
      && sage_notebook_kernel_get_idle_ends (self->kernel, NULL) > 0)
    return SAGE_PROBLEM_IDLE;
  if (notebook != NULL && sage_notebook_is_read_only (notebook))
    return SAGE_PROBLEM_READ_ONLY;
  if (gone)
    return SAGE_PROBLEM_GONE;
  if (kernel == SAGE_NOTEBOOK_KERNEL_AWAY)
    return SAGE_PROBLEM_AWAY;

  return SAGE_PROBLEM_NONE;
}

/* Returns: (transfer full) (nullable): what is wrong, in a sentence; @button: (nullable): what to do */
static char *
describe_problem (SageNotebookPage     *self,
                  SageNotebookProblem   problem,
                  const char          **button)
{
  SageNotebook *notebook = sage_notebook_document_get_notebook (self->document);

  *button = NULL;
  switch (problem)
    {
    case SAGE_PROBLEM_CONFLICT:
      *button = _("_Resolve…");
      return g_strdup (_("Another program has changed the file, and you have changes that are not saved"));
    case SAGE_PROBLEM_KERNEL:
      *button = sage_notebook_kernel_get_last_cell (self->kernel) != NULL
                  ? _("Restart and _run to where it ended") : _("_Restart");
      return sage_notebook_page_describe_end (self);
    case SAGE_PROBLEM_READ_ONLY:
      *button = _("Repair a _copy");
      /* Translators: what is wrong with the file, in English */
      return g_strdup_printf (_("This notebook can only be read: %s"),
                              sage_notebook_get_fault (notebook));
    case SAGE_PROBLEM_GONE:
      return g_strdup (_("The file has been deleted or moved. Save to write it again"));
    case SAGE_PROBLEM_AWAY:
      return g_strdup (_("The engine does not answer. You can edit and save; what runs goes on"));
    case SAGE_PROBLEM_IDLE:
      *button = _("_Keep it running");
      return sage_notebook_page_describe_idle (self);
    case SAGE_PROBLEM_NONE:
    default:
      return NULL;
    }
}

/* Has the bar over the notebook say what is wrong now, if anything is. */
void
sage_notebook_page_show_problem (SageNotebookPage *self)
{
  SageNotebookProblem found = find_problem (self);
  const char *button;
  g_autofree char *text = describe_problem (self, found, &button);

  if (text != NULL)
    {
      gtk_label_set_text (self->problem_text, text);
      gtk_button_set_label (self->problem_solve, button != NULL ? button : "");
      gtk_widget_set_visible (GTK_WIDGET (self->problem_solve), button != NULL);
      gtk_widget_set_visible (self->problem_details, found == SAGE_PROBLEM_KERNEL
                                                       && sage_notebook_page_knows_end (self));
      if (found == SAGE_PROBLEM_KERNEL)
        gtk_widget_add_css_class (self->problem_bar, "bad");
      else
        gtk_widget_remove_css_class (self->problem_bar, "bad");
      if (found != self->shown)
        sage_announce (GTK_WIDGET (self), text);
    }
  gtk_revealer_set_reveal_child (self->problem, text != NULL);
  self->shown = found;
}

/* --- The cells -------------------------------------------------------------------------------- */

static void
command_cb (SageNotebookPage *self,
            const char       *name)
{
  gtk_widget_activate_action (GTK_WIDGET (self), name, NULL);
}

static void
run_cb (SageNotebookPage *self,
        GPtrArray        *cells)
{
  sage_notebook_kernel_run (self->kernel, cells);
}

/* Who is led to a place in it wants to be there. */
static gboolean
names_place (GVariant *state)
{
  g_autoptr(GVariant) range = state != NULL ? g_variant_lookup_value (state, "range", NULL) : NULL;

  return range != NULL;
}

static void
show_view (SageNotebookPage *self)
{
  SageNotebook *notebook = sage_notebook_document_get_notebook (self->document);
  GtkWidget *view = sage_notebook_view_new (self->document);
  gboolean wanted = gtk_widget_has_focus (GTK_WIDGET (self)) || names_place (self->state);
  gboolean is_new = self->state == NULL && !sage_notebook_page_is_console (self);

  self->view = SAGE_NOTEBOOK_VIEW (view);
  g_signal_connect_object (view, "command", G_CALLBACK (command_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (view, "run", G_CALLBACK (run_cb), self, G_CONNECT_SWAPPED);
  sage_notebook_find_set_view (self->find, self->view, notebook);
  sage_notebook_side_set_view (self->side, self->view, self->document);
  adw_bin_set_child (self->place, view);
  if (self->state != NULL)
    sage_notebook_view_restore_state (self->view, self->state);
  g_clear_pointer (&self->state, g_variant_unref);
  gtk_stack_set_visible_child_name (self->stack, "content");
  if (wanted)
    sage_notebook_view_grab_focus (self->view);
  else if (is_new) /* one that comes back shows the place where it was, which need not be the cell */
    sage_page_take_focus (SAGE_PAGE (self), GTK_WIDGET (self));
  sage_notebook_page_show_problem (self);
}

static void
state_cb (SageNotebookPage *self)
{
  SageDocumentState state = sage_notebook_document_get_state (self->document);

  gtk_widget_set_visible (self->header, state == SAGE_DOCUMENT_READY);
  if (state == SAGE_DOCUMENT_LOADING)
    gtk_stack_set_visible_child_name (self->stack, "loading");
  else if (state == SAGE_DOCUMENT_FAILED)
    {
      g_autofree char *text = sage_words_error (sage_notebook_document_get_error (self->document));
      g_autofree char *escaped = g_markup_escape_text (text, -1);

      adw_status_page_set_description (self->error, escaped);
      gtk_stack_set_visible_child_name (self->stack, "error");
    }
  else if (self->view == NULL)
    {
      show_view (self);
      sage_notebook_kernel_attach (self->kernel);
      sage_notebook_kernel_load_specs (self->kernel);
      sage_notebook_console_ready (self);
      sage_page_mark_content (SAGE_PAGE (self));
    }
}

/* --- A page ----------------------------------------------------------------------------------- */

static GVariant *
sage_notebook_page_save_state (SagePage *page)
{
  SageNotebookPage *self = SAGE_NOTEBOOK_PAGE (page);

  if (self->view == NULL)
    return self->state != NULL ? g_variant_ref (self->state) : NULL;

  return sage_notebook_view_save_state (self->view);
}

static void
sage_notebook_page_restore_state (SagePage *page,
                                  GVariant *state)
{
  SageNotebookPage *self = SAGE_NOTEBOOK_PAGE (page);

  if (self->view != NULL)
    {
      sage_notebook_view_restore_state (self->view, state);
      if (names_place (state))
        sage_notebook_view_grab_focus (self->view);
    }
  else
    {
      g_clear_pointer (&self->state, g_variant_unref);
      self->state = g_variant_ref (state);
    }
}

static void
sage_notebook_page_find (SagePage *page)
{
  SageNotebookPage *self = SAGE_NOTEBOOK_PAGE (page);

  if (self->view != NULL)
    sage_notebook_find_open (self->find);
}

static gboolean
sage_notebook_page_grab_focus (GtkWidget *widget)
{
  SageNotebookPage *self = SAGE_NOTEBOOK_PAGE (widget);

  if (self->view == NULL)
    return GTK_WIDGET_CLASS (sage_notebook_page_parent_class)->grab_focus (widget);
  sage_notebook_view_grab_focus (self->view);

  return TRUE;
}

/* A page that has been taken out of its window, to go elsewhere or for good. */
typedef struct
{
  GWeakRef page;
  GWeakRef window;
  char    *text; /* (owned): what is to be said if it went for good */
} Leaving;

/* Returns: (transfer full): what becomes of the kernel when nobody has the notebook open */
static char *
describe_rest (SageNotebookPage *self)
{
  JsonObject *facts = sage_notebook_kernel_get_facts (self->kernel);
  gint64 limit = facts != NULL ? sage_json_int (facts, "idle_limit", 0) : 0;
  gboolean is_console = sage_notebook_page_is_console (self);
  g_autofree char *time = NULL;

  if (limit <= 0)
    return g_strdup (is_console
                       ? _("The kernel of the script runs on; show the console again to see what it does")
                       : _("The kernel runs on; open the notebook again to see what it does"));

  time = sage_words_duration ((double) limit);

  /* Translators: a duration */
  return g_strdup_printf (is_console
                            ? _("The kernel of the script runs on; it is shut down when it has nothing to do "
                                "and nobody shows the console for %s")
                            : _("The kernel runs on; it is shut down when it has nothing to do and nobody "
                                "opens the notebook for %s"), time);
}

static gboolean
left_cb (gpointer user_data)
{
  Leaving *leaving = user_data;
  g_autoptr(GtkWidget) page = g_weak_ref_get (&leaving->page);
  g_autoptr(GtkWidget) window = g_weak_ref_get (&leaving->window);

  if (window != NULL && gtk_widget_get_mapped (window)
      && (page == NULL || gtk_widget_get_root (page) == NULL))
    sage_toast (window, leaving->text);
  g_weak_ref_clear (&leaving->page);
  g_weak_ref_clear (&leaving->window);
  g_free (leaving->text);
  g_free (leaving);

  return G_SOURCE_REMOVE;
}

/* Closing a notebook ends no kernel, and says so; moving its tab says nothing. */
static void
sage_notebook_page_unroot (GtkWidget *widget)
{
  SageNotebookPage *self = SAGE_NOTEBOOK_PAGE (widget);
  GtkRoot *window = gtk_widget_get_root (widget);

  if (self->kernel != NULL && sage_notebook_kernel_get_client (self->kernel) != NULL
      && sage_notebook_kernel_get_state (self->kernel) != SAGE_NOTEBOOK_KERNEL_DEAD
      && !gtk_widget_in_destruction (GTK_WIDGET (window)))
    {
      Leaving *leaving = g_new0 (Leaving, 1);

      g_weak_ref_init (&leaving->page, self);
      g_weak_ref_init (&leaving->window, window);
      leaving->text = describe_rest (self);
      g_timeout_add (LEFT_MS, left_cb, leaving);
    }
  GTK_WIDGET_CLASS (sage_notebook_page_parent_class)->unroot (widget);
}

static GtkWidget *
sage_notebook_page_get_default_focus (SagePage *page)
{
  return GTK_WIDGET (page);
}

/* Says which file it is. */
static void
update_names (SageNotebookPage *self)
{
  GFile *file = sage_notebook_document_get_file (self->document);
  g_autofree char *base = g_file_get_basename (file);
  g_autofree char *name = base != NULL ? g_filename_display_name (base) : NULL;
  g_autofree char *path = g_file_get_parse_name (file);
  g_autofree char *location = sage_file_location_new ("notebook", file);

  sage_page_set_location (SAGE_PAGE (self), location);
  if (sage_notebook_document_get_run_file (self->document) != file)
    return; /* a console's own file is nobody's business */

  sage_page_set_title (SAGE_PAGE (self), name);
  gtk_label_set_text (self->file_name, name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->file_name), path);
}

static void
sage_notebook_page_constructed (GObject *object)
{
  SageNotebookPage *self = SAGE_NOTEBOOK_PAGE (object);
  g_autoptr(GFile) file = sage_file_location_parse (sage_page_get_location (SAGE_PAGE (self)));

  G_OBJECT_CLASS (sage_notebook_page_parent_class)->constructed (object);

  sage_page_set_icon_name (SAGE_PAGE (self), "sagebrush-notebook-symbolic");
  self->document = sage_notebook_document_open (sage_page_get_connection (SAGE_PAGE (self)), file);
  sage_notebook_document_add_view (self->document, TRUE);
  self->kernel = sage_notebook_kernel_for (self->document);
  sage_kernel_chip_set_kernel (self->chip, self->kernel);
  g_signal_connect_object (self->document, "notify::state", G_CALLBACK (state_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->document, "notify::file", G_CALLBACK (update_names), self,
                           G_CONNECT_SWAPPED);
  update_names (self);
  sage_notebook_page_follow_file (self);
  sage_notebook_page_follow_kernel (self);
  state_cb (self);
}

static void
sage_notebook_page_dispose (GObject *object)
{
  SageNotebookPage *self = SAGE_NOTEBOOK_PAGE (object);

  self->view = NULL;
  self->kernel = NULL;
  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_NOTEBOOK_PAGE);
  g_clear_pointer (&self->state, g_variant_unref);
  g_clear_pointer (&self->to_run, g_ptr_array_unref);
  if (self->document != NULL)
    sage_notebook_document_remove_view (self->document, TRUE);
  g_clear_object (&self->document);

  G_OBJECT_CLASS (sage_notebook_page_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, SageNotebookPage, problem);
  gtk_widget_class_bind_template_child (widget_class, SageNotebookPage, problem_bar);
  gtk_widget_class_bind_template_child (widget_class, SageNotebookPage, problem_text);
  gtk_widget_class_bind_template_child (widget_class, SageNotebookPage, problem_details);
  gtk_widget_class_bind_template_child (widget_class, SageNotebookPage, problem_solve);
  gtk_widget_class_bind_template_child (widget_class, SageNotebookPage, header);
  gtk_widget_class_bind_template_child (widget_class, SageNotebookPage, file_name);
  gtk_widget_class_bind_template_child (widget_class, SageNotebookPage, run_all);
  gtk_widget_class_bind_template_child (widget_class, SageNotebookPage, interrupt);
  gtk_widget_class_bind_template_child (widget_class, SageNotebookPage, add);
  gtk_widget_class_bind_template_child (widget_class, SageNotebookPage, chip);
  gtk_widget_class_bind_template_child (widget_class, SageNotebookPage, menu);
  gtk_widget_class_bind_template_child (widget_class, SageNotebookPage, stack);
  gtk_widget_class_bind_template_child (widget_class, SageNotebookPage, error);
  gtk_widget_class_bind_template_child (widget_class, SageNotebookPage, split);
  gtk_widget_class_bind_template_child (widget_class, SageNotebookPage, side);
  gtk_widget_class_bind_template_child (widget_class, SageNotebookPage, find);
  gtk_widget_class_bind_template_child (widget_class, SageNotebookPage, place);
}

static void
sage_notebook_page_class_init (SageNotebookPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  SagePageClass *page_class = SAGE_PAGE_CLASS (klass);

  object_class->constructed = sage_notebook_page_constructed;
  object_class->dispose = sage_notebook_page_dispose;
  widget_class->grab_focus = sage_notebook_page_grab_focus;
  widget_class->unroot = sage_notebook_page_unroot;
  page_class->is_document = TRUE;
  page_class->save_state = sage_notebook_page_save_state;
  page_class->restore_state = sage_notebook_page_restore_state;
  page_class->find = sage_notebook_page_find;
  page_class->get_default_focus = sage_notebook_page_get_default_focus;
  sage_notebook_page_install_saving (page_class);

  g_type_ensure (SAGE_TYPE_KERNEL_CHIP);
  g_type_ensure (SAGE_TYPE_NOTEBOOK_FIND);
  g_type_ensure (SAGE_TYPE_NOTEBOOK_SIDE);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/sagebrush/Studio/ui/notebooks/sage-notebook-page.ui");
  bind_children (widget_class);
  sage_notebook_page_install_actions (widget_class);
}

static void
sage_notebook_page_init (SageNotebookPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  sage_shortcut_set_tooltip (self->run_all, "notebook.run-all");
  sage_shortcut_set_tooltip (self->interrupt, "notebook.interrupt");
  sage_shortcut_set_tooltip (self->add, "notebook.insert-below");
  sage_notebook_page_set_up_menu (self);
}
