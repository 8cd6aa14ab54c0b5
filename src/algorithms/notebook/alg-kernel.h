/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "krn-link.h"
#include "sage-kernelspec.h"

G_BEGIN_DECLS

/* A kernel of one's own: its host is a child of ours, and ends with us. */
typedef struct
{
  GPid     pid;     /* of the host */
  KrnLink *link;    /* (owned) */
  char    *session; /* (owned): ours */
} AlgKernel;

AlgKernel *alg_kernel_start (SageKernelspec  *spec,
                             const char      *directory,
                             const char      *cwd,
                             GError         **error);
void       alg_kernel_stop  (AlgKernel       *kernel);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AlgKernel, alg_kernel_stop)

G_END_DECLS
