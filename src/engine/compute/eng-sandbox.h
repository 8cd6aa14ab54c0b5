/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <sys/types.h>

#include "eng-job.h"

G_BEGIN_DECLS

/* Protections the mutation test takes away one at a time; everything else passes 0. */
typedef enum
{
  ENG_SANDBOX_NO_SECCOMP     = 1 << 0,
  ENG_SANDBOX_SHARE_NET      = 1 << 1,
  ENG_SANDBOX_SHARE_IPC      = 1 << 2,
  ENG_SANDBOX_KEEP_USERNS    = 1 << 3,
  ENG_SANDBOX_WRITABLE_INPUT = 1 << 4,
  ENG_SANDBOX_OPEN_PROC      = 1 << 5,
} EngSandboxWithout;

typedef struct _EngSandbox EngSandbox;

/* The cgroups that a sandbox is to be in from its first instruction on. */
typedef struct
{
  const int *tasks;   /* version 1: each one's `tasks`, open for writing */
  guint      n_tasks;
  int        born_in; /* version 2: the directory, open; -1: none */
} EngSandboxCgroups;

EngSandbox *eng_sandbox_new        (EngJobSpec         *spec,
                                    int                 job_fd,
                                    const char         *job_dir,
                                    EngSandboxWithout   without,
                                    GError            **error);
void        eng_sandbox_free       (EngSandbox         *self);
int         eng_sandbox_pass       (EngSandbox         *self,
                                    int                 fd);
gboolean    eng_sandbox_finish     (EngSandbox         *self,
                                    const char         *init_path,
                                    const char * const *init_argv,
                                    GError            **error);
pid_t       eng_sandbox_spawn      (EngSandbox         *self,
                                    int                 output_fd,
                                    const EngSandboxCgroups *cgroups,
                                    GError            **error);

gboolean    eng_sandbox_probe      (char              **why);
const char *eng_limits_probe       (void);

int         eng_seccomp_export     (GError            **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngSandbox, eng_sandbox_free)

G_END_DECLS
