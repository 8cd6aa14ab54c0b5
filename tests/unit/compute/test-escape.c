/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-escape"

#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "eng-sandbox.h"
#include "job-fixture.h"

#define PROBE "/opt/probe"
#define MIN_PROBES 100

/* What lies outside for the probe to reach, and the job that runs it. */
typedef struct
{
  JobFixture  job;
  char       *secret; /* (owned) */
  int         tcp;
  int         udp;
  int         abstract;
  int         socket;
  int         shm;
  GThread    *echo; /* answers datagrams */
} Fixture;

static gpointer
echo_thread (gpointer data)
{
  int fd = GPOINTER_TO_INT (data);
  struct sockaddr_in peer;
  socklen_t length = sizeof peer;
  char byte;

  /* an empty datagram ends it */
  while (recvfrom (fd, &byte, 1, 0, (struct sockaddr *) &peer, &length) == 1)
    sendto (fd, &byte, 1, 0, (struct sockaddr *) &peer, length);

  return NULL;
}

static int
bind_inet (int  type,
           int *port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  int fd = socket (AF_INET, type | SOCK_CLOEXEC, 0);

  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &address, &length), ==, 0);
  if (type == SOCK_STREAM)
    g_assert_cmpint (listen (fd, 16), ==, 0);
  *port = ntohs (address.sin_port);

  return fd;
}

static int
bind_unix (const char *name,
           gboolean    abstract)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_strlcpy (address.sun_path + (abstract ? 1 : 0), name, sizeof address.sun_path - 1);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address,
                         offsetof (struct sockaddr_un, sun_path) + strlen (name) + 1), ==, 0);
  g_assert_cmpint (listen (fd, 16), ==, 0);

  return fd;
}

static void
set_targets (Fixture *fixture)
{
  g_autofree char *name = g_strdup_printf ("sagebrush-escape-%d", (int) getpid ());
  g_autofree char *path = job_fixture_path (&fixture->job, "engine.sock");
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  key_t key = (key_t) (0x5a000000 + getpid ());
  int tcp_port, udp_port;

  fixture->tcp = bind_inet (SOCK_STREAM, &tcp_port);
  fixture->udp = bind_inet (SOCK_DGRAM, &udp_port);
  fixture->echo = g_thread_new ("echo", echo_thread, GINT_TO_POINTER (fixture->udp));
  fixture->abstract = bind_unix (name, TRUE);
  fixture->socket = bind_unix (path, FALSE);
  fixture->shm = shmget (key, 4096, IPC_CREAT | 0600);
  g_assert_cmpint (fixture->shm, >=, 0);

  g_strv_builder_take (builder, g_strdup_printf ("SECRET=%s", fixture->secret));
  g_strv_builder_take (builder, g_strdup_printf ("HOST_DIR=%s", fixture->job.dir));
  g_strv_builder_take (builder, g_strdup_printf ("HOST_PID=%d", (int) getpid ()));
  g_strv_builder_take (builder, g_strdup_printf ("TCP_PORT=%d", tcp_port));
  g_strv_builder_take (builder, g_strdup_printf ("UDP_PORT=%d", udp_port));
  g_strv_builder_take (builder, g_strdup_printf ("ABSTRACT=%s", name));
  g_strv_builder_take (builder, g_strdup_printf ("SOCKET=%s", path));
  g_strv_builder_take (builder, g_strdup_printf ("SHM_KEY=%d", (int) key));
  g_strfreev (fixture->job.spec->environment);
  fixture->job.spec->environment = g_strv_builder_end (builder);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  job_fixture_set_up (&fixture->job, NULL);
  fixture->secret = job_fixture_path (&fixture->job, "secret");
  g_assert_true (g_file_set_contents (fixture->secret, "secret", -1, NULL));
  eng_job_spec_add_mount (fixture->job.spec, g_getenv ("SAGEBRUSH_ESCAPE_PROBE"), PROBE, FALSE);
  job_fixture_command (&fixture->job, PROBE, NULL);
  set_targets (fixture);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  struct sockaddr_in address;
  socklen_t length = sizeof address;

  getsockname (fixture->udp, (struct sockaddr *) &address, &length);
  sendto (fixture->udp, "", 0, 0, (struct sockaddr *) &address, length);
  g_thread_join (fixture->echo);
  close (fixture->tcp);
  close (fixture->udp);
  close (fixture->abstract);
  close (fixture->socket);
  shmctl (fixture->shm, IPC_RMID, NULL);
  g_free (fixture->secret);
  job_fixture_tear_down (&fixture->job, NULL);
}

static guint
count_prefix (const char *text,
              const char *prefix)
{
  g_auto(GStrv) lines = g_strsplit (text, "\n", -1);
  guint count = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    count += g_str_has_prefix (lines[i], prefix);

  return count;
}

static void
test_nothing_escapes (Fixture       *fixture,
                      gconstpointer  data)
{
  g_autofree char *output = NULL;

  job_fixture_run (&fixture->job);
  g_assert_cmpint (fixture->job.status.exit_code, ==, 0);
  output = job_fixture_output (&fixture->job);
  g_test_message ("%s", output);
  g_assert_cmpuint (count_prefix (output, "ESCAPED"), ==, 0);
  g_assert_cmpuint (count_prefix (output, "refused"), >=, MIN_PROBES);
}

/* Runs the probe in a sandbox that lacks something. Returns: (transfer full): what it printed */
static char *
run_weakened (Fixture           *fixture,
              EngSandboxWithout  without)
{
  g_autofd int job_fd = open (fixture->job.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  g_autoptr(EngSandbox) sandbox = NULL;
  g_autoptr(GString) output = g_string_new (NULL);
  g_autoptr(GError) error = NULL;
  g_autofree char *number = NULL;
  EngSandboxCgroups none = { .born_in = -1 };
  int channel[2], pipe_fds[2], status;
  char block[4096];
  gssize n;
  pid_t pid;

  sandbox = eng_sandbox_new (fixture->job.spec, job_fd, fixture->job.dir, without, &error);
  g_assert_no_error (error);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel), ==, 0);
  g_assert_cmpint (pipe2 (pipe_fds, O_CLOEXEC), ==, 0);
  number = g_strdup_printf ("%d", eng_sandbox_pass (sandbox, channel[1]));
  eng_sandbox_finish (sandbox, g_getenv ("SAGEBRUSH_INIT"),
                      (const char *[]) { number, "-1", "0", "1000000000", "0", NULL }, &error);
  g_assert_no_error (error);
  pid = eng_sandbox_spawn (sandbox, pipe_fds[1], &none, &error);
  g_assert_no_error (error);
  close (pipe_fds[1]);

  while ((n = read (pipe_fds[0], block, sizeof block)) > 0)
    g_string_append_len (output, block, n);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  close (pipe_fds[0]);
  close (channel[0]);

  return g_strdup (output->str);
}

/* A probe that finds nothing may be blind: with a protection taken away it must see what that
 * protection was for, and nothing that others still hold. */
static const struct
{
  const char        *name;
  EngSandboxWithout  without;
  gboolean           as_root; /* it matters only then */
  const char        *escapes[8];
  const char        *still_refused[4];
} mutations[] = {
  { "no-seccomp", ENG_SANDBOX_NO_SECCOMP, FALSE,
    { "clone3-unseen", "trace-me", "read-process", "compare-processes", "netlink-socket",
      "odd-personality", "type-with-high-bits" },
    { "unshare-user", "clone-user", "reach-tcp" } },
  { "no-seccomp-and-user-namespaces", ENG_SANDBOX_NO_SECCOMP | ENG_SANDBOX_KEEP_USERNS, FALSE,
    { "unshare-user", "clone-user", "clone3-user" }, { "reach-tcp" } },
  { "user-namespaces", ENG_SANDBOX_KEEP_USERNS, FALSE, { NULL },
    { "unshare-user", "clone-user", "clone3-user" } },
  { "network", ENG_SANDBOX_SHARE_NET, FALSE,
    { "reach-tcp", "reach-udp", "reach-abstract-socket" },
    { "reach-socket", "raw-socket", "netlink-socket" } },
  { "shared-memory", ENG_SANDBOX_SHARE_IPC, FALSE, { "reach-shared-memory" }, { "reach-tcp" } },
  { "input", ENG_SANDBOX_WRITABLE_INPUT, FALSE, { "write-input" }, { "write-usr" } },
  { "proc", ENG_SANDBOX_OPEN_PROC, TRUE, { "write-core-pattern", "write-host-name" },
    { "write-sysrq" } },
};

static void
assert_line (const char *output,
             const char *verdict,
             const char *probe)
{
  g_autofree char *line = g_strdup_printf ("%s %s\n", verdict, probe);

  if (strstr (output, line) == NULL)
    g_error ("'%s %s' is missing in:\n%s", verdict, probe, output);
}

static void
test_weakened (Fixture       *fixture,
               gconstpointer  data)
{
  guint index = GPOINTER_TO_UINT (data);
  g_autofree char *output = NULL;

  if (mutations[index].as_root && geteuid () != 0)
    {
      g_test_skip ("Only root owns these files");
      return;
    }

  output = run_weakened (fixture, mutations[index].without);
  for (guint i = 0; mutations[index].escapes[i] != NULL; i++)
    assert_line (output, "ESCAPED", mutations[index].escapes[i]);
  for (guint i = 0; mutations[index].still_refused[i] != NULL; i++)
    assert_line (output, "refused", mutations[index].still_refused[i]);
}

/* A folder of the host that should not be there. */
static void
test_weakened_by_a_mount (Fixture       *fixture,
                          gconstpointer  data)
{
  g_autofree char *output = NULL;

  eng_job_spec_add_mount (fixture->job.spec, fixture->job.dir, fixture->job.dir, FALSE);
  output = run_weakened (fixture, 0);
  assert_line (output, "ESCAPED", "read-secret");
  assert_line (output, "ESCAPED", "read-through-parents");
  assert_line (output, "ESCAPED", "read-through-link");
  assert_line (output, "ESCAPED", "see-host-folder");
  assert_line (output, "ESCAPED", "reach-socket");
}

/* With the network shared, what is left of the walls must stand. */
static void
test_network_job (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autofree char *output = NULL;

  fixture->job.spec->network = TRUE;
  job_fixture_run (&fixture->job);
  output = job_fixture_output (&fixture->job);
  assert_line (output, "ESCAPED", "reach-tcp");
  assert_line (output, "refused", "reach-socket");
  assert_line (output, "refused", "read-secret");
  assert_line (output, "refused", "packet-socket");
  assert_line (output, "refused", "netlink-socket");
  assert_line (output, "refused", "see-host-process");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add ("/compute/escape/nothing", Fixture, NULL, set_up, test_nothing_escapes, tear_down);
  g_test_add ("/compute/escape/network-job", Fixture, NULL, set_up, test_network_job, tear_down);
  g_test_add ("/compute/escape/without/host-folder", Fixture, NULL, set_up,
              test_weakened_by_a_mount, tear_down);
  for (guint i = 0; i < G_N_ELEMENTS (mutations); i++)
    {
      g_autofree char *path = g_strdup_printf ("/compute/escape/without/%s", mutations[i].name);

      g_test_add (path, Fixture, GUINT_TO_POINTER (i), set_up, test_weakened, tear_down);
    }

  return g_test_run ();
}
