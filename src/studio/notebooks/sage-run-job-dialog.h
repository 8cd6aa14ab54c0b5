/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-notebook-document.h"

G_BEGIN_DECLS

/* Asks for the parameters of a notebook and runs it as a job. */
#define SAGE_TYPE_RUN_JOB_DIALOG (sage_run_job_dialog_get_type ())

G_DECLARE_FINAL_TYPE (SageRunJobDialog, sage_run_job_dialog, SAGE, RUN_JOB_DIALOG, AdwDialog)

void sage_run_job_dialog_present (GtkWidget            *parent,
                                  SageNotebookDocument *document);

G_END_DECLS
