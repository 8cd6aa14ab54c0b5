/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-page.h"

G_BEGIN_DECLS

/*
 * The question before pages close that hold what is not saved, or in which something still runs. Save
 * saves first; Discard tells the pages that it is given up.
 */
gboolean sage_close_dialog_is_needed  (SagePage             *page);
void     sage_close_dialog_ask_async  (GtkWidget            *parent,
                                       GPtrArray            *pages,
                                       GAsyncReadyCallback   callback,
                                       gpointer              user_data);
gboolean sage_close_dialog_ask_finish (GAsyncResult         *result);

G_END_DECLS
