/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-jupyter.h"
#include "eng-kernels.h"

G_BEGIN_DECLS

/* One request of the Jupyter Server protocol. */
typedef struct
{
  EngEngine       *engine;
  EngRequest      *request;
  SageHttpRequest *http;
  const char      *method;
  char           **words;  /* (owned): the decoded path: "api", "kernels", … */
  guint            n_words;
} EngJupyter;

/* eng-jupyter-reply.c */
void      eng_jupyter_reply         (EngJupyter  *self,
                                     guint        status,
                                     JsonNode    *body);
void      eng_jupyter_reply_object  (EngJupyter  *self,
                                     guint        status,
                                     JsonObject  *body);
void      eng_jupyter_throw         (EngJupyter  *self,
                                     const GError *why);
void      eng_jupyter_wrong_method  (EngJupyter  *self);
gboolean  eng_jupyter_body          (EngJupyter  *self,
                                     JsonNode   **body);
void      eng_jupyter_call          (EngJupyter  *self,
                                     const EngOperation *operation,
                                     EngCall     *call);

/* one each */
void      eng_jupyter_kernels       (EngJupyter  *self);
void      eng_jupyter_kernelspecs   (EngJupyter  *self);
void      eng_jupyter_resource      (EngJupyter  *self);
void      eng_jupyter_sessions      (EngJupyter  *self);

G_END_DECLS
