/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-notebook-page.h"

G_BEGIN_DECLS

/*
 * The console of a script: a notebook of its own, kept under the user's state directory, on a kernel
 * that is the script's. What is run of the script becomes a cell of it, so that outputs, the queue,
 * and what goes on while Studio is closed are those of any notebook.
 */
SageNotebookPage *sage_notebook_console_new (SageConnection   *connection,
                                             GFile            *script,
                                             GError          **error);
void              sage_notebook_console_run (SageNotebookPage *self,
                                             const char       *code);

/* sage-notebook-console-file.c */
GFile            *sage_notebook_console_ensure_file (GFile    *script,
                                                     GError  **error);
void              sage_notebook_console_follow      (GFile    *from,
                                                     GFile    *to);

G_END_DECLS
