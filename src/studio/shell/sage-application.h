/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-window.h"

G_BEGIN_DECLS

#define SAGE_TYPE_APPLICATION (sage_application_get_type ())

G_DECLARE_FINAL_TYPE (SageApplication, sage_application, SAGE, APPLICATION, AdwApplication)

SageApplication *sage_application_new        (void);
SageWindow      *sage_application_new_window (SageApplication *self,
                                              SageWindow      *beside,
                                              const char      *location,
                                              GVariant        *state);
void             sage_application_show_file  (SageWindow      *window,
                                              GFile           *file);

G_END_DECLS
