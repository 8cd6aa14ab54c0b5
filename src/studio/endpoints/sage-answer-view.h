/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-invocation.h"

G_BEGIN_DECLS

/* What an endpoint answered: its status, how long it took, and the body as JSON or as text. */
#define SAGE_TYPE_ANSWER_VIEW (sage_answer_view_get_type ())

G_DECLARE_FINAL_TYPE (SageAnswerView, sage_answer_view, SAGE, ANSWER_VIEW, AdwBin)

void  sage_answer_view_set_invocation (SageAnswerView *self,
                                       SageInvocation *invocation);
void  sage_answer_view_set_busy       (SageAnswerView *self,
                                       gboolean        busy);
char *sage_answer_words               (SageInvocation *invocation);

G_END_DECLS
