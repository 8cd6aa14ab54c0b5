/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "eng-relay.h"

/* Carries connections from a Unix socket that was made outside to a TCP port of this network
 * namespace: so a server that only knows TCP can be reached although it has no network. */

#define MAX_CONNECTIONS 256
#define BUFFER_BYTES 32768

typedef struct _Connection Connection;

/* One end. Its buffer holds what was read from it and is not yet written to the other end. */
typedef struct _End
{
  EngReady     ready; /* first, for epoll */
  Connection  *connection;
  struct _End *other;
  int          fd;
  uint32_t     interest;   /* in epoll now */
  bool         read_ended; /* nothing more comes from here */
  bool         shut;       /* nothing more goes there */
  size_t       start;
  size_t       length;
  char         buffer[BUFFER_BYTES];
} End;

struct _Connection
{
  End         client;
  End         server;
  bool        dead;
  Connection *next;
};

static struct
{
  EngReady    ready; /* first, for epoll */
  int         epoll_fd;
  int         listener;
  uint16_t    port;
  unsigned    count;
  Connection *connections;
} relay;

static void
listen_again (bool on)
{
  struct epoll_event event = { .events = on ? EPOLLIN : 0, .data.ptr = &relay.ready };

  epoll_ctl (relay.epoll_fd, EPOLL_CTL_MOD, relay.listener, &event);
}

static void
set_interest (End *end)
{
  uint32_t wanted = 0;
  struct epoll_event event;

  if (!end->read_ended && end->length < BUFFER_BYTES)
    wanted |= EPOLLIN;
  if (end->other->length > 0)
    wanted |= EPOLLOUT;

  if (wanted == end->interest)
    return;

  event.events = wanted;
  event.data.ptr = &end->ready;

  /* hang-ups are reported even when nothing is asked for: an end that is through must leave */
  if (end->read_ended && end->shut)
    epoll_ctl (relay.epoll_fd, EPOLL_CTL_DEL, end->fd, NULL);
  else
    epoll_ctl (relay.epoll_fd, EPOLL_CTL_MOD, end->fd, &event);
  end->interest = wanted;
}

/* Returns: false when the end is broken */
static bool
fill (End *end)
{
  ssize_t n;

  if (end->read_ended || end->length == BUFFER_BYTES)
    return true;
  if (end->length == 0)
    end->start = 0;
  if (end->start + end->length == BUFFER_BYTES)
    return true;

  n = recv (end->fd, end->buffer + end->start + end->length,
            BUFFER_BYTES - end->start - end->length, 0);
  if (n < 0)
    return errno == EAGAIN || errno == EINTR;
  if (n == 0)
    end->read_ended = true;
  end->length += (size_t) n;

  return true;
}

/* Writes what came from @end to the other one; passes its end of stream on. */
static bool
drain (End *end)
{
  End *to = end->other;

  while (end->length > 0)
    {
      ssize_t n = send (to->fd, end->buffer + end->start, end->length, MSG_NOSIGNAL);

      if (n < 0)
        return errno == EAGAIN || errno == EINTR;
      end->start += (size_t) n;
      end->length -= (size_t) n;
    }

  end->start = 0;
  if (end->read_ended && !to->shut)
    {
      shutdown (to->fd, SHUT_WR);
      to->shut = true;
    }

  return true;
}

static void
end_ready (void     *self,
           uint32_t  events)
{
  End *end = self;
  Connection *connection = end->connection;
  bool gone = end == &connection->client && (events & EPOLLHUP) != 0;

  if (connection->dead)
    return;

  /* a client that closed both ways waits for no answer */
  if (gone || (events & EPOLLERR) != 0 || !fill (end) || !drain (end) || !drain (end->other) ||
      (connection->client.shut && connection->server.shut))
    {
      connection->dead = true;
      return;
    }

  set_interest (end);
  set_interest (end->other);
}

static bool
add_end (Connection *connection,
         End        *end,
         End        *other,
         int         fd)
{
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = &end->ready };

  end->ready.ready = end_ready;
  end->connection = connection;
  end->other = other;
  end->fd = fd;
  end->interest = EPOLLIN;

  return epoll_ctl (relay.epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

static int
connect_inside (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (relay.port),
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int one = 1;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  if (fd < 0)
    return -1;

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (connect (fd, (struct sockaddr *) &address, sizeof address) != 0 && errno != EINPROGRESS)
    {
      close (fd);
      return -1;
    }

  return fd;
}

/* A client of a server that does not listen yet sees its connection closed. */
static void
accept_one (void     *self,
            uint32_t  events)
{
  int client = accept4 (relay.listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  int server = client >= 0 ? connect_inside () : -1;
  Connection *connection = server >= 0 ? calloc (1, sizeof *connection) : NULL;

  (void) self;
  (void) events;

  if (connection == NULL)
    {
      if (client >= 0)
        close (client);
      if (server >= 0)
        close (server);
      return;
    }

  connection->next = relay.connections;
  relay.connections = connection;
  if (++relay.count == MAX_CONNECTIONS)
    listen_again (false);

  if (!add_end (connection, &connection->client, &connection->server, client) ||
      !add_end (connection, &connection->server, &connection->client, server))
    connection->dead = true;
}

/* Frees what ended while events were handed out; a later event may still have pointed at it. */
void
eng_relay_sweep (void)
{
  Connection **link = &relay.connections;

  while (*link != NULL)
    {
      Connection *connection = *link;

      if (!connection->dead)
        {
          link = &connection->next;
          continue;
        }

      *link = connection->next;
      close (connection->client.fd);
      close (connection->server.fd);
      free (connection);
      if (relay.count-- == MAX_CONNECTIONS)
        listen_again (true);
    }
}

/* Relays from @listener, a listening Unix socket, to 127.0.0.1:@port. */
bool
eng_relay_start (int      epoll_fd,
                 int      listener,
                 uint16_t port)
{
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = &relay.ready };

  relay.ready.ready = accept_one;
  relay.epoll_fd = epoll_fd;
  relay.listener = listener;
  relay.port = port;

  return epoll_ctl (epoll_fd, EPOLL_CTL_ADD, listener, &event) == 0;
}
