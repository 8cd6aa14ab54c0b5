/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-request.h"

G_BEGIN_DECLS

#define ENG_SAGEBRUSH_KERNELS "/sagebrush/v1/kernels/"
#define ENG_SAGEBRUSH_KERNEL_SETTINGS "/sagebrush/v1/kernel-settings"

void eng_sagebrush_kernels_handle (EngEngine       *engine,
                                   EngRequest      *request,
                                   SageHttpRequest *http);
void eng_sagebrush_kernel_settings_handle (EngEngine       *engine,
                                           EngRequest      *request,
                                           SageHttpRequest *http);

G_END_DECLS
