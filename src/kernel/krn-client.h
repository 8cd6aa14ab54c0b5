/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-jupyter-message.h"

G_BEGIN_DECLS

typedef struct _KrnHost KrnHost;

/* Who connected to `kernel.sock`. It sends one line of JSON:
 *
 *   {"op":"channels","after":N,"session":ID}  answered by {"ok":true,"first_seq":N,"last_seq":N}; from
 *                                   then on both sides send frames: their length (32 bits,
 *                                   little-endian) and a message in the v1 framing
 *   {"op":"interrupt"} {"op":"restart"} {"op":"shutdown"} {"op":"held","seq":N} {"op":"info"}
 *                                   answered by one line, {"ok":true,…}, and the end
 *   {"op":"retire","activity":TIME}  as shutdown, where the kernel has nothing to do, owes no output and
 *                                   was used last at TIME, which `info` told; else refused
 *
 *   {"op":"begin","code":TEXT}     hands a kernel over that stands by (krn-spec.h): it runs the code, unseen,
 *                                   and is from then on what kernel-spec.json says now
 *
 * What fails is answered by {"ok":false,"error":TEXT}. With a number in `after`, what the journal has
 * after it comes first, and every message of it has its number as `sagebrush_seq` in its metadata;
 * then nothing is left out or filtered. Without, a client gets what any client of Jupyter would. */
typedef struct _KrnClient KrnClient;

typedef enum
{
  KRN_WAITS_NOT,
  KRN_WAITS_FOR_RESTART,
  KRN_WAITS_FOR_SHUTDOWN,
  KRN_WAITS_FOR_HAND_OVER,
} KrnWait;

#define KRN_SOCKET_FILE "kernel.sock"

KrnClient *krn_client_new         (KrnHost             *host,
                                   int                  fd);
void       krn_client_free        (KrnClient           *client);
gboolean   krn_client_is_closed   (KrnClient           *client);
gboolean   krn_client_has_channels (KrnClient          *client);
gboolean   krn_client_is_numbered (KrnClient           *client);
KrnWait    krn_client_get_wait    (KrnClient           *client);
void       krn_client_set_wait    (KrnClient           *client,
                                   KrnWait              wait);
void       krn_client_begin       (KrnClient           *client,
                                   guint64              after,
                                   gboolean             is_numbered,
                                   const char          *session);
void       krn_client_answer      (KrnClient           *client,
                                   JsonObject          *answer);
void       krn_client_refuse      (KrnClient           *client,
                                   const char          *reason);
void       krn_client_end         (KrnClient           *client);
void       krn_client_offer       (KrnClient           *client,
                                   SageJupyterMessage  *message,
                                   GBytes              *frame,
                                   guint64              seq);
void       krn_client_pass        (KrnClient           *client,
                                   SageJupyterMessage  *message);

/* What the host does with it: krn-command.c and krn-messages.c. */
void       krn_host_take_line     (KrnHost             *host,
                                   KrnClient           *client,
                                   const char          *line,
                                   gsize                length);
void       krn_host_take_client   (KrnHost             *host,
                                   SageJupyterMessage  *message);

G_END_DECLS
