/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-engine.h"
#include "sage-kernelspec.h"

G_BEGIN_DECLS

GListModel     *eng_kernel_specs_list    (EngEngine   *engine,
                                          const char  *project);
const char     *eng_kernel_specs_default (GListModel  *specs);
SageKernelspec *eng_kernel_specs_find    (EngEngine   *engine,
                                          const char  *project,
                                          const char  *name,
                                          GError     **error);

G_END_DECLS
