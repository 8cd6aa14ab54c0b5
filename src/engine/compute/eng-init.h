/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdint.h>

/* What the shim and the first process inside the sandbox tell each other, over a pair of
 * sequential-packet sockets. This program is static and uses no library, so that it starts in a
 * fraction of a millisecond on whatever the sandbox shows. */

typedef enum
{
  ENG_INIT_STARTED,     /* the user's program runs; value: unused */
  ENG_INIT_EXEC_FAILED, /* it could not be run; value: errno */
  ENG_INIT_EXITED,      /* value: its exit code */
  ENG_INIT_KILLED,      /* value: the signal that killed it */
  ENG_INIT_SIGNAL,      /* to init: send the signal in value to the user's program */
} EngInitKind;

typedef struct
{
  uint32_t kind;
  int32_t  value;
  uint64_t max_rss; /* with EXITED and KILLED: bytes, of the largest single process */
} EngInitMessage;

/* The order of the arguments of sagebrush-init; "--" and the program follow. */
typedef enum
{
  ENG_INIT_ARG_CHANNEL = 1,
  ENG_INIT_ARG_LISTENER, /* -1: nothing is served */
  ENG_INIT_ARG_PORT,
  ENG_INIT_ARG_FILE_SIZE, /* bytes */
  ENG_INIT_ARG_PROCESSES, /* 0: bounded by a cgroup */
  ENG_INIT_ARG_DASHES,
  ENG_INIT_ARG_PROGRAM,
} EngInitArg;

int eng_init_main (int    argc,
                   char **argv);
