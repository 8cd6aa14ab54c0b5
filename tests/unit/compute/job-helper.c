/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the job tests run inside the sandbox: static, and without sanitizers, which would count as
 * the job's memory. job-helper ROLE [ARGUMENT…] */

/* alloc MEGABYTES [PROCESSES]: touches that much memory, split over processes, and waits. */
static int
allocate (size_t megabytes,
          int    processes)
{
  size_t share = (megabytes << 20) / (size_t) processes;

  for (int i = 1; i < processes; i++)
    if (fork () == 0)
      break;

  for (size_t done = 0; done < share; done += 1 << 20)
    {
      char *block = malloc (1 << 20);

      if (block == NULL)
        return 3;
      memset (block, 0x5a, 1 << 20);
    }
  puts ("allocated");
  fflush (stdout);
  pause ();

  return 0;
}

/* forks N: starts up to N children that stay, and says how many it could. */
static int
fork_many (int wanted)
{
  int made = 0;

  for (int i = 0; i < wanted; i++)
    {
      pid_t pid = fork ();

      if (pid == 0)
        {
          pause ();
          _exit (0);
        }
      if (pid < 0)
        break;
      made++;
    }
  printf ("%d\n", made);
  fflush (stdout);

  return 0;
}

/* orphan MARK: ignores SIGTERM, and leaves a grandchild in a session of its own. */
static int
orphan (const char *mark)
{
  const char *loop = "trap '' TERM; while :; do sleep \"$1\"; done";

  signal (SIGTERM, SIG_IGN);
  if (fork () == 0)
    {
      setsid ();
      if (fork () != 0)
        _exit (0);
      close (0);
      close (1);
      close (2);
      execl ("/bin/sh", "sh", "-c", loop, "sh", mark, (char *) NULL);
      _exit (1);
    }
  puts ("ready");
  fflush (stdout);
  for (;;)
    pause ();
}

/* write FILES MEGABYTES-EACH: fills /opt/ml/model, then waits. */
static int
write_files (int    files,
             size_t megabytes)
{
  static char block[1 << 20];

  memset (block, 0x5a, sizeof block);
  mkdir ("/opt/ml/model/deep", 0755);
  for (int i = 0; i < files; i++)
    {
      char path[64];
      int fd;

      snprintf (path, sizeof path, "/opt/ml/model/deep/%d", i);
      fd = open (path, O_WRONLY | O_CREAT, 0644);
      for (size_t done = 0; done < megabytes; done++)
        if (write (fd, block, sizeof block) != sizeof block)
          return 4;
      close (fd);
    }
  puts ("written");
  fflush (stdout);
  pause ();

  return 0;
}

/* echo PORT: sends back what a connection sends; one connection after the other. */
static int
echo (int port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons ((unsigned short) port),
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int listener = socket (AF_INET, SOCK_STREAM, 0);
  int one = 1;

  setsockopt (listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind (listener, (struct sockaddr *) &address, sizeof address) != 0 ||
      listen (listener, 16) != 0)
    return 5;
  puts ("listening");
  fflush (stdout);

  for (;;)
    {
      static char buffer[65536];
      int fd = accept (listener, NULL, NULL);
      ssize_t n;

      while ((n = read (fd, buffer, sizeof buffer)) > 0)
        for (ssize_t done = 0; done < n;)
          {
            ssize_t m = write (fd, buffer + done, (size_t) (n - done));

            if (m <= 0)
              break;
            done += m;
          }
      close (fd);
    }
}

int
main (int    argc,
      char **argv)
{
  if (argc >= 3 && strcmp (argv[1], "alloc") == 0)
    return allocate ((size_t) atoi (argv[2]), argc > 3 ? atoi (argv[3]) : 1);
  if (argc >= 3 && strcmp (argv[1], "forks") == 0)
    return fork_many (atoi (argv[2]));
  if (argc >= 3 && strcmp (argv[1], "orphan") == 0)
    return orphan (argv[2]);
  if (argc >= 4 && strcmp (argv[1], "write") == 0)
    return write_files (atoi (argv[2]), (size_t) atoi (argv[3]));
  if (argc >= 3 && strcmp (argv[1], "echo") == 0)
    return echo (atoi (argv[2]));

  return 2;
}
