/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/*
 * Tries to get out of the sandbox in which it runs, in every way it knows, and prints a line for
 * each: "refused NAME" or "ESCAPED NAME". What to reach outside is told in the environment:
 * SECRET, a file; HOST_DIR, a directory; HOST_PID, a process; TCP_PORT, UDP_PORT on the loopback
 * of the machine; ABSTRACT, a socket's abstract name; SOCKET, a socket's path; SHM_KEY, System V
 * shared memory. No probe does harm when it succeeds.
 */

#define PROBE_SECONDS 5
#define FORK_LIMIT 3000

static const char *
target (const char *name)
{
  const char *value = getenv (name);

  return value != NULL ? value : "";
}

/* A privileged call that failed for lack of a right, or because it does not exist for us. */
static bool
not_permitted (long rc)
{
  return rc < 0 && (errno == EPERM || errno == EACCES || errno == ENOSYS);
}

static bool
can_open (const char *path,
          int         flags)
{
  return open (path, flags | O_CLOEXEC | O_NONBLOCK, 0600) >= 0;
}

static bool
can_read (const char *path)
{
  char byte;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

  return fd >= 0 && read (fd, &byte, 1) == 1;
}

/* files */

static bool write_usr (void) { return can_open ("/usr/escape", O_WRONLY | O_CREAT); }
static bool write_etc (void) { return can_open ("/etc/escape", O_WRONLY | O_CREAT); }
static bool write_root (void) { return can_open ("/escape", O_WRONLY | O_CREAT); }
static bool write_dev (void) { return can_open ("/dev/escape", O_WRONLY | O_CREAT); }
static bool write_input (void) { return can_open ("/opt/ml/input/escape", O_WRONLY | O_CREAT); }
static bool write_init (void) { return can_open ("/run/sagebrush/init", O_WRONLY); }
static bool write_run (void) { return can_open ("/run/sagebrush/x", O_WRONLY | O_CREAT); }
static bool write_system_file (void) { return can_open ("/usr/bin/env", O_WRONLY); }
static bool write_core_pattern (void) { return can_open ("/proc/sys/kernel/core_pattern", O_RDWR); }
static bool write_interrupts (void) { return can_open ("/proc/irq/default_smp_affinity", O_WRONLY); }
static bool write_host_name (void) { return can_open ("/proc/sys/kernel/hostname", O_WRONLY); }
static bool write_forwarding (void) { return can_open ("/proc/sys/net/ipv4/ip_forward", O_WRONLY); }
static bool read_slabs (void) { return can_read ("/proc/slabinfo"); }
static bool write_sysrq (void) { return can_open ("/proc/sysrq-trigger", O_WRONLY); }
static bool read_secret (void) { return can_read (target ("SECRET")); }
static bool read_shadow (void) { return can_read ("/etc/shadow"); }
static bool read_kcore (void) { return can_read ("/proc/kcore"); }
static bool read_proc_kmsg (void) { return can_read ("/proc/kmsg"); }
static bool read_dev_kmsg (void) { return can_read ("/dev/kmsg"); }
static bool read_memory (void) { return can_open ("/dev/mem", O_RDONLY); }
static bool read_init_environment (void) { return can_read ("/proc/1/environ"); }
static bool read_init_memory (void) { return can_open ("/proc/1/mem", O_RDWR); }
static bool open_fuse (void) { return can_open ("/dev/fuse", O_RDWR); }
static bool open_kvm (void) { return can_open ("/dev/kvm", O_RDWR); }
static bool open_terminal (void) { return can_open ("/dev/tty", O_RDWR); }
static bool see_host_folder (void) { return access (target ("HOST_DIR"), F_OK) == 0; }
static bool see_root_home (void) { return access ("/root", F_OK) == 0; }
static bool see_homes (void) { return access ("/home", F_OK) == 0; }
static bool see_sys (void) { return access ("/sys/kernel", F_OK) == 0; }
static bool see_cgroups (void) { return access ("/sys/fs/cgroup", F_OK) == 0; }

static bool
read_through_parents (void)
{
  char path[4096];

  snprintf (path, sizeof path, "/opt/ml/../../../../..%s", target ("SECRET"));

  return can_read (path);
}

static bool
read_through_link (void)
{
  unlink ("/opt/ml/model/link");

  return symlink (target ("SECRET"), "/opt/ml/model/link") == 0 && can_read ("/opt/ml/model/link");
}

static bool
read_through_init_root (void)
{
  char path[4096];

  snprintf (path, sizeof path, "/proc/1/root%s", target ("SECRET"));

  return can_read (path);
}

static bool
open_init_descriptors (void)
{
  char path[64], link[64];

  for (int fd = 0; fd < 64; fd++)
    {
      snprintf (path, sizeof path, "/proc/1/fd/%d", fd);
      if (readlink (path, link, sizeof link) >= 0 || can_open (path, O_RDONLY))
        return true;
    }

  return false;
}

static bool
inherited_descriptors (void)
{
  for (int fd = 3; fd < 1024; fd++)
    if (fcntl (fd, F_GETFD) >= 0)
      return true;

  return false;
}

static bool
link_system_file (void)
{
  return link ("/usr/bin/env", "/opt/ml/model/env") == 0;
}

static bool
make_device (void)
{
  return mknod ("/opt/ml/model/null", S_IFCHR | 0666, makedev (1, 3)) == 0;
}

static bool
open_by_handle (void)
{
  struct { struct file_handle head; unsigned char bytes[128]; } handle = { 0 };
  int mount_id;

  handle.head.handle_bytes = sizeof handle.bytes;

  return name_to_handle_at (AT_FDCWD, "/opt/ml", &handle.head, &mount_id, 0) == 0;
}

/* rights */

static bool become_root (void) { return setuid (0) == 0; }
static bool become_root_group (void) { return setgid (0) == 0; }
static bool gain_by_exec (void) { return prctl (PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1; }
static bool raise_priority (void) { return setpriority (PRIO_PROCESS, 0, -5) == 0; }

static bool
have_capabilities (void)
{
  for (int capability = 0; capability < 41; capability++)
    if (prctl (PR_CAPBSET_READ, capability, 0, 0, 0) == 1)
      return true;

  return false;
}

static bool
become_realtime (void)
{
  struct sched_param parameters = { .sched_priority = 1 };

  return sched_setscheduler (0, SCHED_FIFO, &parameters) == 0;
}

static bool
dump_core (void)
{
  struct rlimit limits = { RLIM_INFINITY, RLIM_INFINITY };

  return setrlimit (RLIMIT_CORE, &limits) == 0;
}

static bool
open_more_files (void)
{
  struct rlimit limits;

  getrlimit (RLIMIT_NOFILE, &limits);
  limits.rlim_max++;

  return setrlimit (RLIMIT_NOFILE, &limits) == 0;
}

static bool
survive_memory_pressure (void)
{
  int fd = open ("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

  return fd >= 0 && write (fd, "-500", 4) == 4;
}

/* mounts and namespaces */

static bool change_root (void) { return chroot ("/opt/ml") == 0; }
static bool mount_memory (void) { return mount ("x", "/opt/ml", "tmpfs", 0, NULL) == 0; }
static bool unmount_system (void) { return umount2 ("/usr", MNT_DETACH) == 0; }
static bool pivot (void) { return syscall (SYS_pivot_root, "/opt/ml", "/opt/ml/model") == 0; }
static bool open_file_system (void) { return syscall (SYS_fsopen, "tmpfs", 0) >= 0; }
static bool unshare_user (void) { return unshare (CLONE_NEWUSER) == 0; }
static bool unshare_mounts (void) { return unshare (CLONE_NEWNS) == 0; }
static bool unshare_network (void) { return unshare (CLONE_NEWNET) == 0; }

static bool
remount_writable (void)
{
  return mount (NULL, "/usr", NULL, MS_REMOUNT | MS_BIND, NULL) == 0;
}

static bool
clone_tree (void)
{
  return syscall (SYS_open_tree, AT_FDCWD, "/usr", OPEN_TREE_CLONE) >= 0;
}

static bool
clone_user (void)
{
  long pid = syscall (SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL);

  if (pid == 0)
    _exit (0);

  return pid > 0;
}

static bool
clone3_user (void)
{
  struct clone_args arguments = { .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD };
  long pid = syscall (SYS_clone3, &arguments, sizeof arguments);

  if (pid == 0)
    _exit (0);

  return pid > 0;
}

/* A filter that lets clone3() through cannot see its flags. */
static bool
clone3_unseen (void)
{
  return syscall (SYS_clone3, NULL, 0) == 0 || errno != ENOSYS;
}

static bool
join_namespace (void)
{
  int fd = open ("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);

  return !not_permitted (setns (fd, 0));
}

/* processes */

static bool see_host_process (void) { return kill (atoi (target ("HOST_PID")), 0) == 0; }
static bool trace_init (void) { return ptrace (PTRACE_ATTACH, 1, NULL, NULL) == 0; }
static bool trace_me (void) { return ptrace (PTRACE_TRACEME, 0, NULL, NULL) == 0; }
static bool kill_init (void) { return kill (1, SIGKILL) == 0 && (usleep (200000), getppid () == 0); }

static bool
see_many_processes (void)
{
  DIR *dir = opendir ("/proc");
  struct dirent *entry;
  int count = 0;

  while (dir != NULL && (entry = readdir (dir)) != NULL)
    count += entry->d_name[0] >= '0' && entry->d_name[0] <= '9';

  return count > 4; /* init, this program, its child, and perhaps one that ends */
}

static bool
read_process (void)
{
  char here[8] = "", there[8] = "secret";
  struct iovec local = { here, sizeof here }, remote = { there, sizeof there };

  return process_vm_readv (getpid (), &local, 1, &remote, 1, 0) > 0;
}

static bool
compare_processes (void)
{
  return syscall (SYS_kcmp, getpid (), getpid (), 0, 0, 0) >= 0;
}

static bool
steal_descriptor (void)
{
  int fd = (int) syscall (SYS_pidfd_open, getpid (), 0);

  return syscall (SYS_pidfd_getfd, fd, 0, 0) >= 0;
}

static bool
fork_bomb (void)
{
  int made = 0;

  signal (SIGTERM, SIG_DFL);
  setpgid (0, 0);
  for (; made < FORK_LIMIT; made++)
    {
      pid_t pid = fork ();

      if (pid == 0)
        {
          pause ();
          _exit (0);
        }
      if (pid < 0)
        break;
    }
  signal (SIGTERM, SIG_IGN);
  kill (0, SIGTERM);

  return made == FORK_LIMIT;
}

/* the kernel */

static bool use_keyring (void) { return syscall (SYS_keyctl, KEYCTL_GET_KEYRING_ID, -3, 1) >= 0; }
static bool add_key (void) { return syscall (SYS_add_key, "user", "x", "y", 1, -3) >= 0; }
static bool load_program (void) { return !not_permitted (syscall (SYS_bpf, 0, NULL, 0)); }
static bool poll_ring (void) { return !not_permitted (syscall (SYS_io_uring_setup, 1, NULL)); }
static bool fault_handler (void) { return syscall (SYS_userfaultfd, O_CLOEXEC | 1) >= 0; }
static bool load_module (void) { return !not_permitted (syscall (SYS_init_module, NULL, 0, "")); }
static bool load_module_file (void) { return !not_permitted (syscall (SYS_finit_module, -1, "", 0)); }
static bool load_kernel (void) { return !not_permitted (syscall (SYS_kexec_load, 0, 0, NULL, 0)); }
static bool restart (void) { return !not_permitted (syscall (SYS_reboot, 0, 0, 0, NULL)); }
static bool swap (void) { return !not_permitted (syscall (SYS_swapon, "/nonexistent", 0)); }
static bool account (void) { return !not_permitted (syscall (SYS_acct, "/nonexistent")); }
static bool quota (void) { return !not_permitted (syscall (SYS_quotactl, 0x800002, "/x", 0, NULL)); }
static bool read_kernel_log (void) { return syscall (SYS_syslog, 3, NULL, 0) >= 0; }
static bool rename_host (void) { return sethostname ("escaped", 7) == 0; }
static bool watch_files (void) { return syscall (SYS_fanotify_init, 0, 0) >= 0; }
static bool odd_personality (void) { return personality (ADDR_NO_RANDOMIZE) >= 0; }
static bool port_access (void) { return !not_permitted (syscall (SYS_iopl, 3)); }

static bool
measure_kernel (void)
{
  unsigned char attributes[128] = { 0 };

  attributes[4] = sizeof attributes; /* its size field; the rest: a software event of ourselves */

  return syscall (SYS_perf_event_open, attributes, 0, -1, -1, 0) >= 0;
}

static bool
set_clock (void)
{
  struct timeval now;

  gettimeofday (&now, NULL);

  return settimeofday (&now, NULL) == 0;
}

static bool
set_clock_exactly (void)
{
  struct timespec now;

  clock_gettime (CLOCK_REALTIME, &now);

  return clock_settime (CLOCK_REALTIME, &now) == 0;
}

static bool
tune_clock (void)
{
  struct timex tuning = { .modes = ADJ_TICK, .tick = 10000 };

  return adjtimex (&tuning) >= 0;
}

/* The filter must answer before any driver does. */
static bool
type_into_terminal (void)
{
  return ioctl (0, TIOCSTI, "x") == 0 || errno != EPERM;
}

static bool
type_with_high_bits (void)
{
  return syscall (SYS_ioctl, 0, 0x100000000ul | TIOCSTI, "x") == 0 || errno != EPERM;
}

/* network and what crosses it */

static bool
connect_tcp (const char *address_text,
             int         port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons ((uint16_t) port) };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  inet_pton (AF_INET, address_text, &address.sin_addr);

  return connect (fd, (struct sockaddr *) &address, sizeof address) == 0;
}

static bool reach_tcp (void) { return connect_tcp ("127.0.0.1", atoi (target ("TCP_PORT"))); }
static bool raw_socket (void) { return socket (AF_INET, SOCK_RAW, IPPROTO_ICMP) >= 0; }
static bool netlink_socket (void) { return socket (AF_NETLINK, SOCK_RAW, 0) >= 0; }
static bool packet_socket (void) { return socket (AF_PACKET, SOCK_RAW, 0) >= 0; }
static bool vsock_socket (void) { return socket (AF_VSOCK, SOCK_STREAM, 0) >= 0; }
static bool crypto_socket (void) { return socket (AF_ALG, SOCK_SEQPACKET, 0) >= 0; }
static bool bluetooth_socket (void) { return socket (AF_BLUETOOTH, SOCK_RAW, 0) >= 0; }

static bool
reach_udp (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
                                 .sin_port = htons ((uint16_t) atoi (target ("UDP_PORT"))) };
  struct timeval patience = { .tv_sec = 1 };
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  char byte;

  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);

  return connect (fd, (struct sockaddr *) &address, sizeof address) == 0 &&
         send (fd, "x", 1, 0) == 1 && recv (fd, &byte, 1, 0) == 1;
}

/* The address at which clouds hand out credentials. */
static bool
reach_metadata (void)
{
  return connect_tcp ("169.254.169.254", 80) || errno != ENETUNREACH;
}

static bool
ping (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  unsigned char echo[8] = { 8 };
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_ICMP);

  return sendto (fd, echo, sizeof echo, 0, (struct sockaddr *) &address, sizeof address) > 0;
}

static bool
see_interfaces (void)
{
  FILE *file = fopen ("/proc/net/dev", "re");
  char line[512];
  int count = 0;

  while (file != NULL && fgets (line, sizeof line, file) != NULL)
    count += strchr (line, ':') != NULL;

  return count > 1; /* the loopback */
}

static bool
connect_unix (const char *name,
              bool        abstract)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  size_t length = strlen (name);

  if (length == 0 || length + 1 >= sizeof address.sun_path)
    return false;
  memcpy (address.sun_path + (abstract ? 1 : 0), name, length);

  return connect (fd, (struct sockaddr *) &address,
                  (socklen_t) (offsetof (struct sockaddr_un, sun_path) + length + 1)) == 0;
}

static bool reach_abstract_socket (void) { return connect_unix (target ("ABSTRACT"), true); }
static bool reach_socket (void) { return connect_unix (target ("SOCKET"), false); }

static bool
reach_shared_memory (void)
{
  return shmget ((key_t) atoi (target ("SHM_KEY")), 0, 0) >= 0;
}

static const struct
{
  const char *name;
  bool (*escapes) (void);
} probes[] = {
  { "write-usr", write_usr }, { "write-etc", write_etc }, { "write-root", write_root },
  { "write-dev", write_dev }, { "write-input", write_input }, { "write-init", write_init },
  { "write-run", write_run }, { "write-system-file", write_system_file },
  { "write-core-pattern", write_core_pattern }, { "write-sysrq", write_sysrq },
  { "write-interrupts", write_interrupts }, { "write-host-name", write_host_name },
  { "write-forwarding", write_forwarding }, { "read-slabs", read_slabs },
  { "read-secret", read_secret }, { "read-shadow", read_shadow }, { "read-kcore", read_kcore },
  { "read-proc-kmsg", read_proc_kmsg }, { "read-dev-kmsg", read_dev_kmsg },
  { "read-memory", read_memory }, { "read-init-environment", read_init_environment },
  { "read-init-memory", read_init_memory }, { "open-fuse", open_fuse }, { "open-kvm", open_kvm },
  { "open-terminal", open_terminal }, { "see-host-folder", see_host_folder },
  { "see-root-home", see_root_home }, { "see-homes", see_homes }, { "see-sys", see_sys },
  { "see-cgroups", see_cgroups }, { "read-through-parents", read_through_parents },
  { "read-through-link", read_through_link }, { "read-through-init-root", read_through_init_root },
  { "open-init-descriptors", open_init_descriptors },
  { "inherited-descriptors", inherited_descriptors }, { "link-system-file", link_system_file },
  { "make-device", make_device }, { "open-by-handle", open_by_handle },
  { "become-root", become_root }, { "become-root-group", become_root_group },
  { "gain-by-exec", gain_by_exec }, { "raise-priority", raise_priority },
  { "have-capabilities", have_capabilities }, { "become-realtime", become_realtime },
  { "dump-core", dump_core }, { "open-more-files", open_more_files },
  { "survive-memory-pressure", survive_memory_pressure }, { "change-root", change_root },
  { "mount-memory", mount_memory }, { "unmount-system", unmount_system }, { "pivot", pivot },
  { "open-file-system", open_file_system }, { "unshare-user", unshare_user },
  { "unshare-mounts", unshare_mounts }, { "unshare-network", unshare_network },
  { "remount-writable", remount_writable }, { "clone-tree", clone_tree },
  { "clone-user", clone_user }, { "clone3-user", clone3_user }, { "clone3-unseen", clone3_unseen },
  { "join-namespace", join_namespace }, { "see-host-process", see_host_process },
  { "see-many-processes", see_many_processes }, { "trace-init", trace_init },
  { "trace-me", trace_me }, { "kill-init", kill_init }, { "read-process", read_process },
  { "compare-processes", compare_processes }, { "steal-descriptor", steal_descriptor },
  { "use-keyring", use_keyring }, { "add-key", add_key }, { "load-program", load_program },
  { "poll-ring", poll_ring }, { "fault-handler", fault_handler }, { "load-module", load_module },
  { "load-module-file", load_module_file }, { "load-kernel", load_kernel }, { "restart", restart },
  { "swap", swap }, { "account", account }, { "quota", quota },
  { "read-kernel-log", read_kernel_log }, { "rename-host", rename_host },
  { "watch-files", watch_files }, { "odd-personality", odd_personality },
  { "port-access", port_access }, { "measure-kernel", measure_kernel }, { "set-clock", set_clock },
  { "set-clock-exactly", set_clock_exactly }, { "tune-clock", tune_clock },
  { "type-into-terminal", type_into_terminal }, { "type-with-high-bits", type_with_high_bits },
  { "reach-tcp", reach_tcp }, { "reach-udp", reach_udp }, { "reach-metadata", reach_metadata },
  { "ping", ping }, { "raw-socket", raw_socket }, { "see-interfaces", see_interfaces },
  { "netlink-socket", netlink_socket }, { "packet-socket", packet_socket },
  { "vsock-socket", vsock_socket }, { "crypto-socket", crypto_socket },
  { "bluetooth-socket", bluetooth_socket }, { "reach-abstract-socket", reach_abstract_socket },
  { "reach-socket", reach_socket }, { "reach-shared-memory", reach_shared_memory },
  { "fork-bomb", fork_bomb },
};

/* Each probe in a process of its own: some change it, and one that hangs has got nowhere. */
static bool
run_probe (bool (*escapes) (void))
{
  pid_t pid = fork ();
  int status;

  if (pid == 0)
    {
      alarm (PROBE_SECONDS);
      _exit (escapes () ? 1 : 0);
    }
  if (pid < 0)
    return true; /* never tried: not to be taken for refused */

  waitpid (pid, &status, 0);

  return WIFEXITED (status) && WEXITSTATUS (status) != 0;
}

int
main (void)
{
  for (size_t i = 0; i < sizeof probes / sizeof *probes; i++)
    {
      printf ("%s %s\n", run_probe (probes[i].escapes) ? "ESCAPED" : "refused", probes[i].name);
      fflush (stdout);
    }

  return 0;
}
