/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-sandbox"

#include "config.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/socket.h>
#include <unistd.h>

#include "eng-sandbox.h"
#include "sage-error.h"

/* Calls no training job needs and that have been a way out of a sandbox, or a way to the machine
 * itself. The list follows Flatpak's (common/flatpak-run.c) and Docker's default profile. Looked
 * up by name: one that this architecture does not have is skipped. */
static const char *const refused_calls[] = {
  /* other processes */
  "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp", "pidfd_getfd",
  /* kernel keys */
  "add_key", "keyctl", "request_key",
  /* mounts and roots */
  "chroot", "fsconfig", "fsmount", "fsopen", "fspick", "mount", "mount_setattr", "move_mount",
  "open_tree", "open_tree_attr", "pivot_root", "umount", "umount2", "open_by_handle_at",
  "name_to_handle_at", "fanotify_init",
  /* namespaces; clone() is below, by its flags */
  "setns", "unshare",
  /* large attack surface in the kernel */
  "bpf", "io_uring_enter", "io_uring_register", "io_uring_setup", "perf_event_open",
  "userfaultfd", "lookup_dcookie", "nfsservctl", "uselib", "ustat", "sysfs",
  "modify_ldt", "vm86", "vm86old", "get_kernel_syms", "query_module", "create_module",
  "memfd_secret", "move_pages", "migrate_pages", "mbind", "set_mempolicy",
  "set_mempolicy_home_node",
  /* the machine */
  "acct", "adjtimex", "clock_adjtime", "clock_adjtime64", "clock_settime", "clock_settime64",
  "delete_module", "finit_module", "init_module", "ioperm", "iopl", "kexec_file_load",
  "kexec_load", "quotactl", "quotactl_fd", "reboot", "setdomainname", "sethostname",
  "settimeofday", "stime", "swapoff", "swapon", "syslog", "vhangup",
};

static const char *const missing_calls[] = {
  /* its flags stand in memory, where a filter cannot read them: C libraries fall back to clone() */
  "clone3",
};

/* ZeroMQ asks over netlink what the network interfaces are called, and aborts its process for any other
 * answer than that this is not supported; IPython's kernel does so as it starts. */
static int
refusal (int family)
{
  return family == AF_NETLINK ? EOPNOTSUPP : EAFNOSUPPORT;
}

/* Rules that look at arguments. Of sockets "unix", IPv4 and IPv6 stay. */
static int
add_argument_rules (scmp_filter_ctx filter)
{
  /* the terminal of whoever started the engine; the kernel reads 32 bits of the request */
  const guint64 ioctls[] = { TIOCSTI, TIOCLINUX, TIOCSETD };
  int rc = 0;

  for (guint i = 0; rc == 0 && i < G_N_ELEMENTS (ioctls); i++)
    rc = seccomp_rule_add (filter, SCMP_ACT_ERRNO (EPERM), SCMP_SYS (ioctl), 1,
                           SCMP_A1 (SCMP_CMP_MASKED_EQ, 0xffffffffu, ioctls[i]));

  if (rc == 0)
    rc = seccomp_rule_add (filter, SCMP_ACT_ERRNO (EPERM), SCMP_SYS (clone), 1,
                           SCMP_A0 (SCMP_CMP_MASKED_EQ, CLONE_NEWUSER, CLONE_NEWUSER));

  /* others switch off address randomisation and other guards of the kernel */
  if (rc == 0)
    rc = seccomp_rule_add (filter, SCMP_ACT_ERRNO (EPERM), SCMP_SYS (personality), 1,
                           SCMP_A0 (SCMP_CMP_NE, PER_LINUX));

  for (int family = AF_UNIX + 1; rc == 0 && family <= AF_NETLINK; family++)
    if (family != AF_INET && family != AF_INET6)
      rc = seccomp_rule_add (filter, SCMP_ACT_ERRNO (refusal (family)), SCMP_SYS (socket), 1,
                             SCMP_A0 (SCMP_CMP_EQ, family));
  if (rc == 0)
    rc = seccomp_rule_add (filter, SCMP_ACT_ERRNO (EAFNOSUPPORT), SCMP_SYS (socket), 1,
                           SCMP_A0 (SCMP_CMP_GT, AF_NETLINK));

  return rc;
}

static int
add_rules (scmp_filter_ctx    filter,
           guint32            action,
           const char *const *names,
           gsize              n_names)
{
  int rc = 0;

  for (gsize i = 0; rc == 0 && i < n_names; i++)
    {
      int number = seccomp_syscall_resolve_name (names[i]);

      if (number != __NR_SCMP_ERROR)
        rc = seccomp_rule_add (filter, action, number, 0);
      /* a call of another architecture only */
      if (number < 0)
        rc = 0;
    }

  return rc;
}

/**
 * eng_seccomp_export:
 *
 * Builds the system call filter of the sandbox. Refused calls fail with EPERM, so that a library
 * that merely tries one goes on; foreign architectures (32-bit calls on a 64-bit kernel) kill.
 *
 * Returns: a descriptor to read the BPF program from, or -1 with @error set
 */
int
eng_seccomp_export (GError **error)
{
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_ALLOW);
  int fd = memfd_create ("seccomp", MFD_CLOEXEC);
  int rc = filter == NULL || fd < 0 ? -ENOMEM : 0;

  if (rc == 0)
    rc = add_rules (filter, SCMP_ACT_ERRNO (EPERM), refused_calls, G_N_ELEMENTS (refused_calls));
  if (rc == 0)
    rc = add_rules (filter, SCMP_ACT_ERRNO (ENOSYS), missing_calls, G_N_ELEMENTS (missing_calls));
  if (rc == 0)
    rc = add_argument_rules (filter);
  if (rc == 0)
    rc = seccomp_export_bpf (filter, fd);
  if (rc == 0 && lseek (fd, 0, SEEK_SET) != 0)
    rc = -errno;
  if (filter != NULL)
    seccomp_release (filter);

  if (rc != 0)
    {
      if (fd >= 0)
        close (fd);
      sage_throw (error, SAGE_ERROR_FAILED, "Cannot build the system call filter: %s",
                  g_strerror (-rc));
      return -1;
    }

  return fd;
}
