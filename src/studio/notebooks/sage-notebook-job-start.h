/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-connection.h"
#include "sage-notebook.h"

G_BEGIN_DECLS

/* A notebook that runs as a job of the engine. */

JsonObject *sage_notebook_job_request      (SageConnection       *connection,
                                            SageNotebook         *notebook,
                                            const char           *file_name);
JsonArray  *sage_notebook_job_parameters   (SageNotebook         *notebook);
void        sage_notebook_job_start_async  (SageConnection       *connection,
                                            GBytes               *notebook,
                                            JsonObject           *request,
                                            GCancellable         *cancellable,
                                            GAsyncReadyCallback   callback,
                                            gpointer              user_data);
gboolean    sage_notebook_job_start_finish (SageConnection       *connection,
                                            GAsyncResult         *result,
                                            GError              **error);

G_END_DECLS
