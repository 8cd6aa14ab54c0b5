/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-markdown-view"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "sage-link-prompt.h"
#include "sage-markdown-private.h"

struct _SageMarkdownView
{
  GtkWidget   parent_instance;

  char       *text;        /* (owned) (nullable) */
  JsonObject *attachments; /* (owned) (nullable) */
  GFile      *base_folder; /* (owned) (nullable) */
  GListStore *headings;
  GArray     *formulas;    /* of SageMarkdownMath */
  GtkWidget  *box;
};

typedef enum
{
  PROP_TEXT = 1,
  PROP_ATTACHMENTS,
  PROP_BASE_FOLDER,
} SageMarkdownViewProperty;

static GParamSpec *properties[PROP_BASE_FOLDER + 1];

enum
{
  SIGNAL_LINK_ACTIVATED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SageMarkdownView, sage_markdown_view, GTK_TYPE_WIDGET)

/* --- Links ----------------------------------------------------------------------------------- */

/* Whether an address may be a link at all: a page, a message, a place in this text or a file of the
 * project. Nothing that is code, data, or a file by its own address. */
gboolean
_sage_markdown_is_link (const char *uri)
{
  const char *scheme;

  if (uri == NULL || uri[0] == '\0' || strncmp (uri, "//", 2) == 0 || uri[0] == '\\')
    return FALSE;
  for (const char *at = uri; *at != '\0'; at++)
    if ((guchar) *at <= 0x20 || *at == 0x7f)
      return FALSE;

  scheme = g_uri_peek_scheme (uri);
  if (scheme == NULL)
    return uri[0] != '/' && strchr (uri, ':') == NULL;

  return strcmp (scheme, "http") == 0 || strcmp (scheme, "https") == 0 || strcmp (scheme, "mailto") == 0;
}

/* A link was followed. */
void
_sage_markdown_view_follow (SageMarkdownView *self,
                            const char       *uri)
{
  gboolean taken = FALSE;

  g_signal_emit (self, signals[SIGNAL_LINK_ACTIVATED], 0, uri, &taken);
  if (!taken && g_uri_peek_scheme (uri) != NULL)
    sage_link_prompt (GTK_WIDGET (self), uri);
}

/* --- Content --------------------------------------------------------------------------------- */

static void
math_clear (gpointer data)
{
  g_free (((SageMarkdownMath *) data)->source);
  g_free (((SageMarkdownMath *) data)->whole);
}

static void
update_headings (SageMarkdownView *self)
{
  g_autoptr(GListModel) found = sage_markdown_list_headings (self->text);
  guint n = g_list_model_get_n_items (found);
  g_autoptr(GPtrArray) headings = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (headings, g_list_model_get_item (found, i));
  g_list_store_splice (self->headings, 0, g_list_model_get_n_items (G_LIST_MODEL (self->headings)),
                       headings->pdata, headings->len);
}

static void
rebuild (SageMarkdownView *self)
{
  SageMarkdownBuild build = { self, self->formulas, self->attachments, self->base_folder, 0 };
  g_autofree char *valid = NULL;
  g_autofree char *marked = NULL;
  cmark_node *document;
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->box)) != NULL)
    gtk_box_remove (GTK_BOX (self->box), child);
  g_array_set_size (self->formulas, 0);
  if (self->text == NULL || self->text[0] == '\0')
    return;

  valid = g_utf8_make_valid (self->text, (gssize) strnlen (self->text, SAGE_MARKDOWN_MAX_BYTES));
  marked = _sage_markdown_take_math (valid, self->formulas);
  document = _sage_markdown_parse (marked);
  _sage_markdown_add_blocks (&build, self->box, document);
  cmark_node_free (document);
}

/* Where pictures come from has changed: that concerns a text with pictures only. */
static void
rebuild_pictures (SageMarkdownView *self)
{
  if (self->text != NULL && (strstr (self->text, "![") != NULL || strstr (self->text, "<img") != NULL ||
                             strstr (self->text, "<IMG") != NULL))
    rebuild (self);
}

/**
 * sage_markdown_view_get_text:
 * @self: a view
 *
 * Returns: (nullable): the source of what is shown
 */
const char *
sage_markdown_view_get_text (SageMarkdownView *self)
{
  g_return_val_if_fail (SAGE_IS_MARKDOWN_VIEW (self), NULL);

  return self->text;
}

/**
 * sage_markdown_view_set_text:
 * @self: a view
 * @text: (nullable): Markdown
 *
 * Shows a text.
 */
void
sage_markdown_view_set_text (SageMarkdownView *self,
                             const char       *text)
{
  g_return_if_fail (SAGE_IS_MARKDOWN_VIEW (self));

  if (!g_set_str (&self->text, text))
    return;
  rebuild (self);
  update_headings (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TEXT]);
}

/* Returns: (transfer none) (nullable): the pictures of the cell */
JsonObject *
sage_markdown_view_get_attachments (SageMarkdownView *self)
{
  g_return_val_if_fail (SAGE_IS_MARKDOWN_VIEW (self), NULL);

  return self->attachments;
}

/* @attachments: (nullable): name → MIME bundle */
void
sage_markdown_view_set_attachments (SageMarkdownView *self,
                                    JsonObject       *attachments)
{
  g_return_if_fail (SAGE_IS_MARKDOWN_VIEW (self));

  if (self->attachments == attachments)
    return;
  g_clear_pointer (&self->attachments, json_object_unref);
  if (attachments != NULL)
    self->attachments = json_object_ref (attachments);
  rebuild_pictures (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ATTACHMENTS]);
}

/* Returns: (transfer none) (nullable): where the files of its pictures are */
GFile *
sage_markdown_view_get_base_folder (SageMarkdownView *self)
{
  g_return_val_if_fail (SAGE_IS_MARKDOWN_VIEW (self), NULL);

  return self->base_folder;
}

/* @base_folder: (nullable): the only folder whose files are shown */
void
sage_markdown_view_set_base_folder (SageMarkdownView *self,
                                    GFile            *base_folder)
{
  g_return_if_fail (SAGE_IS_MARKDOWN_VIEW (self));

  if (!g_set_object (&self->base_folder, base_folder))
    return;
  rebuild_pictures (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BASE_FOLDER]);
}

/* Returns: (transfer none): a live list of SageHeading */
GListModel *
sage_markdown_view_get_headings (SageMarkdownView *self)
{
  g_return_val_if_fail (SAGE_IS_MARKDOWN_VIEW (self), NULL);

  return G_LIST_MODEL (self->headings);
}

/* --- The object ------------------------------------------------------------------------------ */

static void
sage_markdown_view_get_property (GObject    *object,
                                 guint       prop_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  SageMarkdownView *self = SAGE_MARKDOWN_VIEW (object);

  switch ((SageMarkdownViewProperty) prop_id)
    {
    case PROP_TEXT:
      g_value_set_string (value, self->text);
      break;
    case PROP_ATTACHMENTS:
      g_value_set_boxed (value, self->attachments);
      break;
    case PROP_BASE_FOLDER:
      g_value_set_object (value, self->base_folder);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_markdown_view_set_property (GObject      *object,
                                 guint         prop_id,
                                 const GValue *value,
                                 GParamSpec   *pspec)
{
  SageMarkdownView *self = SAGE_MARKDOWN_VIEW (object);

  switch ((SageMarkdownViewProperty) prop_id)
    {
    case PROP_TEXT:
      sage_markdown_view_set_text (self, g_value_get_string (value));
      break;
    case PROP_ATTACHMENTS:
      sage_markdown_view_set_attachments (self, g_value_get_boxed (value));
      break;
    case PROP_BASE_FOLDER:
      sage_markdown_view_set_base_folder (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_markdown_view_dispose (GObject *object)
{
  SageMarkdownView *self = SAGE_MARKDOWN_VIEW (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->base_folder);

  G_OBJECT_CLASS (sage_markdown_view_parent_class)->dispose (object);
}

static void
sage_markdown_view_finalize (GObject *object)
{
  SageMarkdownView *self = SAGE_MARKDOWN_VIEW (object);

  g_free (self->text);
  g_clear_pointer (&self->attachments, json_object_unref);
  g_object_unref (self->headings);
  g_array_unref (self->formulas);

  G_OBJECT_CLASS (sage_markdown_view_parent_class)->finalize (object);
}

static void
sage_markdown_view_class_init (SageMarkdownViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = sage_markdown_view_get_property;
  object_class->set_property = sage_markdown_view_set_property;
  object_class->dispose = sage_markdown_view_dispose;
  object_class->finalize = sage_markdown_view_finalize;

  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, flags);
  properties[PROP_ATTACHMENTS] = g_param_spec_boxed ("attachments", NULL, NULL, JSON_TYPE_OBJECT, flags);
  properties[PROP_BASE_FOLDER] = g_param_spec_object ("base-folder", NULL, NULL, G_TYPE_FILE, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  signals[SIGNAL_LINK_ACTIVATED] =
    g_signal_new ("link-activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                  g_signal_accumulator_true_handled, NULL, NULL, G_TYPE_BOOLEAN, 1, G_TYPE_STRING);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
sage_markdown_view_init (SageMarkdownView *self)
{
  self->headings = g_list_store_new (SAGE_TYPE_HEADING);
  self->formulas = g_array_new (FALSE, FALSE, sizeof (SageMarkdownMath));
  g_array_set_clear_func (self->formulas, math_clear);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  gtk_widget_add_css_class (GTK_WIDGET (self), "markdown");
  /* the colours of code are those of a style */
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (rebuild), self,
                           G_CONNECT_SWAPPED);
}

/**
 * sage_markdown_view_new:
 *
 * Returns: (transfer floating): a view without a text
 */
GtkWidget *
sage_markdown_view_new (void)
{
  return g_object_new (SAGE_TYPE_MARKDOWN_VIEW, NULL);
}
