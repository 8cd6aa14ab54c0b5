/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* What an epoll event's data.ptr points at: the relay's own things and its owner's share a set. */
typedef struct
{
  void (*ready) (void     *self,
                 uint32_t  events);
} EngReady;

bool eng_relay_start (int      epoll_fd,
                      int      listener,
                      uint16_t port);
void eng_relay_sweep (void);
