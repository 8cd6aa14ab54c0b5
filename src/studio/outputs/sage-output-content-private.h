/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-mime-choice.h"

G_BEGIN_DECLS

GtkWidget *_sage_output_make_content (SageOutput           *output,
                                      const SageMimeChoice *choice,
                                      SageComms            *comms,
                                      gboolean              is_trusted,
                                      gboolean             *incomplete);
gboolean   _sage_output_update_picture (GtkWidget          *content,
                                        SageOutput         *output,
                                        const SageMimeChoice *choice);

G_END_DECLS
