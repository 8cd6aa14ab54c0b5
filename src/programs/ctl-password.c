/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sagebrushctl"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "ctl-password.h"
#include "sage-error.h"

#define MAX_BYTES 4096

#define CONTROL(letter) ((letter) & 0x1f)
#define DELETE 0x7f

/* Takes the last character, of however many bytes, off again. */
static void
erase (GString *text)
{
  while (text->len > 0)
    {
      guint8 last = (guint8) text->str[text->len - 1];

      g_string_truncate (text, text->len - 1);
      if ((last & 0xc0) != 0x80)
        break;
    }
}

/* Keys arrive one by one and are not shown; what would kill the process gives the reading up, so that
 * the terminal never stays silent. */
static gboolean
read_keys (int       fd,
           GString  *text,
           GError  **error)
{
  for (;;)
    {
      guint8 key;
      ssize_t n = read (fd, &key, 1);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return sage_throw_errno (error, "Cannot read the password");
      if (n == 0 || key == CONTROL ('C') || key == CONTROL ('D') || key == CONTROL ('\\'))
        return sage_throw (error, SAGE_ERROR_INVALID, "No password was given");
      if (key == '\r' || key == '\n')
        return TRUE;
      if (key == CONTROL ('U'))
        g_string_truncate (text, 0);
      else if (key == DELETE || key == CONTROL ('H'))
        erase (text);
      else if (key >= ' ' && text->len < MAX_BYTES)
        g_string_append_c (text, (char) key);
    }
}

static char *
ask (int          fd,
     const char  *prompt,
     GError     **error)
{
  g_autoptr(GString) text = g_string_new (NULL);
  struct termios shown, hidden;
  gboolean ok;

  if (tcgetattr (fd, &shown) != 0)
    {
      sage_throw_errno (error, "Cannot ask for a password");
      return NULL;
    }
  hidden = shown;
  hidden.c_lflag &= ~(tcflag_t) (ECHO | ICANON | ISIG);
  hidden.c_cc[VMIN] = 1;
  hidden.c_cc[VTIME] = 0;

  if (write (fd, prompt, strlen (prompt)) < 0 || tcsetattr (fd, TCSAFLUSH, &hidden) != 0)
    {
      sage_throw_errno (error, "Cannot ask for a password");
      return NULL;
    }
  ok = read_keys (fd, text, error);
  tcsetattr (fd, TCSAFLUSH, &shown);
  if (write (fd, "\n", 1) < 0)
    g_debug ("The terminal is gone");

  return ok ? g_string_free_and_steal (g_steal_pointer (&text)) : NULL;
}

/* The first line of what a program hands over. */
static char *
read_line (GError **error)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (;;)
    {
      char c;
      ssize_t n = read (STDIN_FILENO, &c, 1);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          sage_throw_errno (error, "Cannot read the password from the standard input");
          return NULL;
        }
      if (n == 0 || c == '\n')
        break;
      if (text->len == MAX_BYTES)
        {
          sage_throw (error, SAGE_ERROR_TOO_LARGE, "The first line of the standard input is too long "
                      "for a password");
          return NULL;
        }
      g_string_append_c (text, c);
    }

  return g_string_free_and_steal (g_steal_pointer (&text));
}

/**
 * ctl_password_read:
 * @prompt: what to ask for, on the terminal
 *
 * Reads a password: from the terminal, where it does not appear, or, where the standard input is none,
 * the first line of that. Never from the command line, which every process sees.
 *
 * Returns: (transfer full): the password; %NULL with @error
 */
char *
ctl_password_read (const char  *prompt,
                   GError     **error)
{
  g_autofd int terminal = -1;

  if (!isatty (STDIN_FILENO))
    return read_line (error);

  /* The standard output may go into a shell's eval. */
  terminal = open ("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (terminal < 0)
    {
      sage_throw_errno (error, "Cannot open the terminal");
      return NULL;
    }

  return ask (terminal, prompt, error);
}

/**
 * ctl_password_read_new:
 *
 * Reads a new password, on a terminal twice.
 *
 * Returns: (transfer full): the password; %NULL with @error
 */
char *
ctl_password_read_new (GError **error)
{
  g_autofree char *password = ctl_password_read ("New password: ", error);
  g_autofree char *again = NULL;

  if (password == NULL || !isatty (STDIN_FILENO))
    return g_steal_pointer (&password);

  again = ctl_password_read ("Once more: ", error);
  if (again == NULL)
    return NULL;
  if (strcmp (password, again) != 0)
    {
      sage_throw (error, SAGE_ERROR_INVALID, "These were two different passwords");
      return NULL;
    }

  return g_steal_pointer (&password);
}
