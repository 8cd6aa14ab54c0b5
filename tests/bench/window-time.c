/* SPDX-License-Identifier: GPL-3.0-or-later */
/* window-time COMMAND…: runs COMMAND and prints the milliseconds from its start until its first
 * window is on the screen, and its process id. No window manager may run: it would reparent. */
#include "config.h"

#include <X11/Xlib.h>
#include <glib.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MIN_SIZE 100 /* what is smaller is a helper window */
#define TIMEOUT_US (60 * G_USEC_PER_SEC)

extern char **environ;

/* A window may be mapped before it has the size that it is shown with. */
static gboolean
is_shown (Display *display,
          Window   window)
{
  XWindowAttributes attributes;

  return XGetWindowAttributes (display, window, &attributes)
         && attributes.map_state == IsViewable && attributes.width > MIN_SIZE
         && attributes.height > MIN_SIZE;
}

static int
ignore_error_cb (Display     *display,
                 XErrorEvent *event)
{
  return 0; /* a window that was asked about is gone already */
}

int
main (int    argc,
      char **argv)
{
  Display *display = XOpenDisplay (NULL);
  posix_spawn_file_actions_t actions;
  gint64 start;
  pid_t pid;

  if (argc < 2 || display == NULL)
    {
      fprintf (stderr, "window-time: needs a command and a display\n");
      return 2;
    }

  XSetErrorHandler (ignore_error_cb);
  XSelectInput (display, DefaultRootWindow (display), SubstructureNotifyMask);
  XSync (display, False);

  /* What reads our answer waits for the end of the output, and the program outlives us. */
  posix_spawn_file_actions_init (&actions);
  posix_spawn_file_actions_adddup2 (&actions, STDERR_FILENO, STDOUT_FILENO);

  start = g_get_monotonic_time ();
  if (posix_spawnp (&pid, argv[1], &actions, NULL, argv + 1, environ) != 0)
    {
      fprintf (stderr, "window-time: cannot start %s\n", argv[1]);
      return 2;
    }

  while (g_get_monotonic_time () - start < TIMEOUT_US)
    {
      struct pollfd descriptor = { ConnectionNumber (display), POLLIN, 0 };

      while (XPending (display) > 0)
        {
          XEvent event;

          XNextEvent (display, &event);
          if ((event.type == MapNotify && is_shown (display, event.xmap.window))
              || (event.type == ConfigureNotify && is_shown (display, event.xconfigure.window)))
            {
              printf ("%.2f %d\n", (double) (g_get_monotonic_time () - start) / 1000, (int) pid);
              return 0;
            }
        }
      poll (&descriptor, 1, 10);
    }

  fprintf (stderr, "window-time: no window within a minute\n");

  return 1;
}
