/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-job-run.h"

G_BEGIN_DECLS

JsonObject *eng_training_document_new        (JsonObject  *request);
void        eng_training_document_transition (JsonObject  *doc,
                                              const char  *status,
                                              const char  *message,
                                              double       when);
void        eng_training_document_close      (JsonObject  *doc,
                                              double       when);
char       *eng_training_hyperparameter      (JsonObject  *request,
                                              const char  *name);

G_END_DECLS
