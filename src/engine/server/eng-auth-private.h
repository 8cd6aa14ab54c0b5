/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-auth.h"
#include "sage-sig-backoff.h"
#include "sage-sig-memory.h"

G_BEGIN_DECLS

void eng_auth_refuse        (SageHttpRequest *http,
                             EngRequest      *request,
                             SageSigVerdict   verdict,
                             const char      *message);
void eng_auth_refuse_guess  (SageHttpRequest *http,
                             EngRequest      *request,
                             guint            wait);
void eng_auth_refuse_repeat (SageHttpRequest *http,
                             EngRequest      *request,
                             SageSigSight     sight,
                             double           seconds);

G_END_DECLS
