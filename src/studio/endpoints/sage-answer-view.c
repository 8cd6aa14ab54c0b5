/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-answer-view"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-answer-view.h"
#include "sage-json-view.h"
#include "sage-json.h"
#include "sage-text.h"
#include "sage-words.h"

/* More than that nobody reads here, and a text view would stall on it. */
#define MAX_TEXT ((gsize) 256 * 1024)

struct _SageAnswerView
{
  AdwBin    parent_instance;

  GtkStack *stack;
  GtkImage *icon;
  GtkLabel *status;
  GtkLabel *facts;
  GtkLabel *problem;
  GtkStack *body;
  GtkLabel *note;
  GtkWidget *text;
  GtkWidget *json;
};

G_DEFINE_FINAL_TYPE (SageAnswerView, sage_answer_view, ADW_TYPE_BIN)

/**
 * sage_answer_words:
 * @invocation: a request that was answered, or was not
 *
 * Returns: (transfer full): how it went: "200, OK"
 */
char *
sage_answer_words (SageInvocation *invocation)
{
  guint status = sage_invocation_get_status (invocation);

  if (status == 0)
    return g_strdup (_("No answer"));
  if (status < 300)
    /* Translators: a status of HTTP, which is a success */
    return g_strdup_printf (_("%u, OK"), status);
  if (status == 424)
    /* Translators: a status of HTTP */
    return g_strdup_printf (_("%u, error of the model"), status);
  if (status < 500)
    return g_strdup_printf (_("%u, refused"), status);

  return g_strdup_printf (_("%u, failed"), status);
}

static void
show_facts (SageAnswerView *self,
            SageInvocation *invocation)
{
  SageReply *reply = sage_invocation_get_reply (invocation);
  const char *type = reply != NULL ? sage_reply_get_content_type (reply) : NULL;
  g_autofree char *latency = sage_words_number (sage_invocation_get_latency (invocation) * 1000);
  g_autofree char *size = reply != NULL
                            ? sage_words_bytes (g_bytes_get_size (sage_reply_get_body (reply))) : NULL;
  g_autofree char *text = NULL;

  if (size != NULL)
    /* Translators: how long it took, how long the answer is, and its content type */
    text = g_strdup_printf (_("%s ms · %s · %s"), latency, size, type != NULL ? type : _("no type"));
  else
    text = g_strdup_printf (_("%s ms"), latency);
  gtk_label_set_text (self->facts, text);
}

static gboolean
show_json (SageAnswerView *self,
           GBytes         *bytes)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  g_autoptr(JsonNode) node = length > 0 ? sage_json_parse (data, (gssize) length, NULL, NULL) : NULL;

  if (node == NULL || JSON_NODE_HOLDS_VALUE (node) || JSON_NODE_HOLDS_NULL (node))
    return FALSE; /* a lone number is better read as it is */

  sage_json_view_set_node (SAGE_JSON_VIEW (self->json), node);
  gtk_stack_set_visible_child_name (self->body, "json");

  return TRUE;
}

static void
show_note (SageAnswerView *self,
           const char     *note)
{
  gtk_label_set_text (self->note, note);
  gtk_widget_set_visible (GTK_WIDGET (self->note), note[0] != '\0');
}

static void
show_text (SageAnswerView *self,
           GBytes         *bytes)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  gsize shown = MIN (length, MAX_TEXT);
  const char *end = data;
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->text));

  gtk_stack_set_visible_child_name (self->body, "text");
  if (length > 0 && !g_utf8_validate_len (data, shown, &end) && shown == length)
    {
      gtk_text_buffer_set_text (buffer, "", 0);
      show_note (self, _("The answer is no text."));
      return;
    }
  gtk_text_buffer_set_text (buffer, length > 0 ? data : "", (int) (end - data));
  if (length == 0)
    show_note (self, _("The answer is empty."));
  else if (shown < length)
    show_note (self, _("Only the first 256 KiB are shown."));
}

/**
 * sage_answer_view_set_invocation:
 * @self: a view
 * @invocation: (nullable): a request that was answered, or was not
 */
void
sage_answer_view_set_invocation (SageAnswerView *self,
                                 SageInvocation *invocation)
{
  SageReply *reply;
  const char *problem;
  SageState state;
  g_autofree char *words = NULL;
  g_autofree char *shortened = NULL;

  g_return_if_fail (SAGE_IS_ANSWER_VIEW (self));

  gtk_stack_set_visible_child_name (self->stack, invocation != NULL ? "answer" : "none");
  if (invocation == NULL)
    return;

  reply = sage_invocation_get_reply (invocation);
  problem = sage_invocation_get_problem (invocation);
  state = problem == NULL ? SAGE_STATE_GOOD : SAGE_STATE_BAD;
  words = sage_answer_words (invocation);
  gtk_image_set_from_icon_name (self->icon, sage_words_state_icon (state));
  gtk_widget_set_css_classes (GTK_WIDGET (self->icon),
                              (const char *[]) { sage_words_state_class (state), NULL });
  gtk_label_set_text (self->status, words);
  shortened = problem != NULL ? sage_text_shorten_end (problem, SAGE_TEXT_MAX_PARAGRAPH) : NULL;
  gtk_label_set_text (self->problem, shortened != NULL ? shortened : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), shortened != NULL);
  show_facts (self, invocation);
  show_note (self, "");
  gtk_widget_set_visible (GTK_WIDGET (self->body), reply != NULL);
  if (reply != NULL && !show_json (self, sage_reply_get_body (reply)))
    show_text (self, sage_reply_get_body (reply));
}

/**
 * sage_answer_view_set_busy:
 * @self: a view
 * @busy: whether an answer is being waited for
 */
void
sage_answer_view_set_busy (SageAnswerView *self,
                           gboolean        busy)
{
  g_return_if_fail (SAGE_IS_ANSWER_VIEW (self));

  if (busy)
    gtk_stack_set_visible_child_name (self->stack, "busy");
}

static void
sage_answer_view_dispose (GObject *object)
{
  adw_bin_set_child (ADW_BIN (object), NULL); /* which the template would free behind its back */
  gtk_widget_dispose_template (GTK_WIDGET (object), SAGE_TYPE_ANSWER_VIEW);

  G_OBJECT_CLASS (sage_answer_view_parent_class)->dispose (object);
}

static void
sage_answer_view_class_init (SageAnswerViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sage_answer_view_dispose;
  g_type_ensure (SAGE_TYPE_JSON_VIEW);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/sagebrush/Studio/ui/endpoints/sage-answer-view.ui");
  gtk_widget_class_bind_template_child (widget_class, SageAnswerView, stack);
  gtk_widget_class_bind_template_child (widget_class, SageAnswerView, icon);
  gtk_widget_class_bind_template_child (widget_class, SageAnswerView, status);
  gtk_widget_class_bind_template_child (widget_class, SageAnswerView, facts);
  gtk_widget_class_bind_template_child (widget_class, SageAnswerView, problem);
  gtk_widget_class_bind_template_child (widget_class, SageAnswerView, body);
  gtk_widget_class_bind_template_child (widget_class, SageAnswerView, note);
  gtk_widget_class_bind_template_child (widget_class, SageAnswerView, text);
  gtk_widget_class_bind_template_child (widget_class, SageAnswerView, json);
}

static void
sage_answer_view_init (SageAnswerView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
