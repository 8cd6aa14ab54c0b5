/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* Of the programs that run inside a job's sandbox. */

#ifdef __SANITIZE_ADDRESS__
int __lsan_is_turned_off (void);

/* LeakSanitizer looks at its process with ptrace, which the sandbox of a job forbids: it would end
 * every job with a failure. */
int
__lsan_is_turned_off (void)
{
  return 1;
}
#endif
