/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-find"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-notebook-find.h"
#include "sage-page.h"

#define MAX_MATCHES 10000

/* Where the text was found. */
typedef struct
{
  SageCell *cell;      /* (owned) */
  gsize     offset;    /* in bytes of the source */
  gboolean  in_output; /* of an output: only the cell is shown */
} Match;

struct _SageNotebookFind
{
  AdwBin             parent_instance;

  SageNotebookView  *view;     /* (weak) (nullable) */
  SageNotebook      *notebook; /* (owned) (nullable) */
  GArray            *matches;  /* (owned): of Match */
  guint              at;       /* the one that is shown */
  gsize              length;   /* of each, in bytes */

  GtkRevealer       *revealer;
  GtkSearchEntry    *entry;
  GtkLabel          *count;
  GtkToggleButton   *replacing;
  GtkEditable       *replacement;
};

G_DEFINE_FINAL_TYPE (SageNotebookFind, sage_notebook_find, ADW_TYPE_BIN)

static void
match_clear (gpointer data)
{
  g_clear_object (&((Match *) data)->cell);
}

/* --- Finding ---------------------------------------------------------------------------------- */

/* With a capital letter in it, case counts: as in most editors. */
static gboolean
has_capital (const char *text)
{
  for (; *text != '\0'; text = g_utf8_next_char (text))
    if (g_unichar_isupper (g_utf8_get_char (text)))
      return TRUE;

  return FALSE;
}

/* Compares without regard to case, letter by letter, so that places stay those of the text. */
static const char *
find_in (const char *text,
         const char *needle,
         gboolean    exact,
         gsize      *length)
{
  if (exact)
    {
      *length = strlen (needle);
      return strstr (text, needle);
    }

  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      const char *a = text;
      const char *b = needle;

      while (*a != '\0' && *b != '\0'
             && g_unichar_tolower (g_utf8_get_char (a)) == g_unichar_tolower (g_utf8_get_char (b)))
        {
          a = g_utf8_next_char (a);
          b = g_utf8_next_char (b);
        }
      if (*b == '\0')
        {
          *length = (gsize) (a - text);
          return text;
        }
    }

  return NULL;
}

static void
search_outputs (SageNotebookFind *self,
                SageCell         *cell,
                const char       *needle,
                gboolean          exact)
{
  GListModel *outputs = sage_cell_get_outputs (cell);
  guint n = outputs != NULL ? g_list_model_get_n_items (outputs) : 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr(SageOutput) output = g_list_model_get_item (outputs, i);
      const char *text = sage_output_get_plain (output);
      gsize length;

      if (text != NULL && find_in (text, needle, exact, &length) != NULL)
        {
          Match match = { g_object_ref (cell), 0, TRUE };

          g_array_append_val (self->matches, match);
          return;
        }
    }
}

static void
search_cell (SageNotebookFind *self,
             SageCell         *cell,
             const char       *needle,
             gboolean          exact)
{
  const char *source = sage_cell_get_source (cell);
  const char *at = source;
  gsize length;

  while (self->matches->len < MAX_MATCHES && (at = find_in (at, needle, exact, &length)) != NULL)
    {
      Match match = { g_object_ref (cell), (gsize) (at - source), FALSE };

      g_array_append_val (self->matches, match);
      self->length = length;
      at += MAX (length, 1);
    }
  if (self->matches->len < MAX_MATCHES)
    search_outputs (self, cell, needle, exact);
}

static void
search (SageNotebookFind *self)
{
  const char *needle = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->notebook));

  g_array_set_size (self->matches, 0);
  for (guint i = 0; needle[0] != '\0' && i < n; i++)
    search_cell (self, sage_notebook_get_cell (self->notebook, i), needle, has_capital (needle));
}

/* --- Showing ---------------------------------------------------------------------------------- */

static void
show_match (SageNotebookFind *self)
{
  const char *needle = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  g_autofree char *text = NULL;

  if (self->matches->len > 0)
    {
      const Match *match = &g_array_index (self->matches, Match, self->at);

      /* Translators: the number of a match among all of them, e.g. "3 of 12" */
      text = g_strdup_printf (_("%u of %u"), self->at + 1, self->matches->len);
      if (match->in_output)
        sage_notebook_view_show_cell (self->view, match->cell);
      else
        sage_notebook_view_show_range (self->view, match->cell, match->offset, self->length);
    }
  gtk_label_set_text (self->count, needle[0] == '\0' ? "" : text != NULL ? text : _("None"));
}

static void
changed_cb (SageNotebookFind *self)
{
  if (self->view == NULL)
    return;

  search (self);
  self->at = 0;
  show_match (self);
}

static void
step (SageNotebookFind *self,
      gboolean          back)
{
  guint before = self->at;

  if (self->view == NULL)
    return;

  search (self); /* what was found may have changed */
  if (self->matches->len > 0)
    self->at = (MIN (before, self->matches->len - 1) + (back ? self->matches->len - 1 : 1))
               % self->matches->len;
  show_match (self);
}

static void
next_cb (SageNotebookFind *self)
{
  step (self, FALSE);
}

static void
previous_cb (SageNotebookFind *self)
{
  step (self, TRUE);
}

static void
close_cb (SageNotebookFind *self)
{
  gtk_revealer_set_reveal_child (self->revealer, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  if (self->view != NULL)
    sage_notebook_view_grab_focus (self->view);
}

/* --- Replacing -------------------------------------------------------------------------------- */

/* Returns: how many places of a source were replaced */
static guint
replace_in (SageNotebookFind *self,
            SageCell         *cell,
            const char       *needle,
            const char       *by)
{
  const char *source = sage_cell_get_source (cell);
  const char *from = source;
  gboolean exact = has_capital (needle);
  g_autoptr(GString) text = g_string_new (NULL);
  const char *at;
  gsize length;
  guint n = 0;

  while ((at = find_in (from, needle, exact, &length)) != NULL)
    {
      g_string_append_len (text, from, at - from);
      g_string_append (text, by);
      from = at + length;
      n++;
    }
  g_string_append (text, from);
  if (n > 0)
    sage_notebook_set_source (self->notebook, cell, text->str);

  return n;
}

static void
replace_all_cb (SageNotebookFind *self)
{
  const char *needle = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  const char *by = gtk_editable_get_text (self->replacement);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->notebook));
  g_autofree char *text = NULL;
  guint replaced = 0;

  if (needle[0] == '\0' || sage_notebook_is_read_only (self->notebook))
    return;

  sage_notebook_begin_step (self->notebook, _("Replace all"));
  for (guint i = 0; i < n; i++)
    replaced += replace_in (self, sage_notebook_get_cell (self->notebook, i), needle, by);
  sage_notebook_end_step (self->notebook);
  changed_cb (self);

  text = g_strdup_printf (ngettext ("%u place was replaced", "%u places were replaced", replaced),
                          replaced);
  sage_toast (GTK_WIDGET (self), text);
}

/* --- The object ------------------------------------------------------------------------------- */

static void
sage_notebook_find_dispose (GObject *object)
{
  SageNotebookFind *self = SAGE_NOTEBOOK_FIND (object);

  adw_bin_set_child (ADW_BIN (self), NULL); /* or the template takes it away from the bin */
  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_NOTEBOOK_FIND);
  g_clear_weak_pointer (&self->view);
  g_clear_object (&self->notebook);
  g_clear_pointer (&self->matches, g_array_unref);

  G_OBJECT_CLASS (sage_notebook_find_parent_class)->dispose (object);
}

static void
sage_notebook_find_class_init (SageNotebookFindClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sage_notebook_find_dispose;
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/sagebrush/Studio/ui/notebooks/sage-notebook-find.ui");
  gtk_widget_class_bind_template_child (widget_class, SageNotebookFind, revealer);
  gtk_widget_class_bind_template_child (widget_class, SageNotebookFind, entry);
  gtk_widget_class_bind_template_child (widget_class, SageNotebookFind, count);
  gtk_widget_class_bind_template_child (widget_class, SageNotebookFind, replacing);
  gtk_widget_class_bind_template_child (widget_class, SageNotebookFind, replacement);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, next_cb);
  gtk_widget_class_bind_template_callback (widget_class, previous_cb);
  gtk_widget_class_bind_template_callback (widget_class, close_cb);
  gtk_widget_class_bind_template_callback (widget_class, replace_all_cb);
}

static void
sage_notebook_find_init (SageNotebookFind *self)
{
  self->matches = g_array_new (FALSE, TRUE, sizeof (Match));
  g_array_set_clear_func (self->matches, match_clear);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

/**
 * sage_notebook_find_set_view:
 * @self: a search
 * @view: (nullable): what shows the matches
 * @notebook: (nullable): where to search
 */
void
sage_notebook_find_set_view (SageNotebookFind *self,
                             SageNotebookView *view,
                             SageNotebook     *notebook)
{
  g_return_if_fail (SAGE_IS_NOTEBOOK_FIND (self));

  g_set_weak_pointer (&self->view, view);
  g_set_object (&self->notebook, notebook);
  g_array_set_size (self->matches, 0);
}

/**
 * sage_notebook_find_open:
 * @self: a search
 *
 * Shows it, with the text that was searched last selected.
 */
void
sage_notebook_find_open (SageNotebookFind *self)
{
  g_return_if_fail (SAGE_IS_NOTEBOOK_FIND (self));

  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  gtk_revealer_set_reveal_child (self->revealer, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  gtk_editable_select_region (GTK_EDITABLE (self->entry), 0, -1);
}
