/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-http"

#include "config.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sage-error.h"
#include "sage-http-link-private.h"

/*
 * TLS in front of the server: one thread accepts, shakes hands and carries bytes between TLS
 * connections and pairs of sockets, whose other ends the door gets as if they had just come. So
 * requests, deadlines, limits and WebSockets are those of connections in clear.
 *
 * A handshake costs nobody a place: when too many are under way, the oldest of whoever has most, or
 * of all, makes room. An honest one is done before it is the oldest.
 */

#define MAX_LISTENERS 8
#define MAX_HANDSHAKES 256
#define MAX_CLOSING 256
#define MAX_LEFT 256
#define ACCEPTS_A_ROUND 64
#define EVENTS_A_ROUND 64
#define SWEEP_MS 250
#define OUT_OF_FILES_US (100 * 1000)
#define FINISH_US (500 * 1000)

struct _SageHttpRelay
{
  SageHttpServer  *server;
  GThread         *thread; /* (owned) */
  int              epoll;  /* (owned) */
  int              wake;   /* (owned): an eventfd */

  GMutex           lock;
  SageHttpTls     *tls;    /* (owned) (nullable) */
  gboolean         changed; /* what clients are taken may have changed */
  gboolean         stopping; /* accepts no more */
  gboolean         finished; /* leaves */
  SageHttpLinkEnd  listeners[MAX_LISTENERS];
  guint            n_listeners;

  /* the thread's */
  SageHttpLinkEnd  waker;
  GQueue           stages[SAGE_HTTP_LINK_STAGES]; /* links, from the oldest to the newest */
  GHashTable      *shaking;  /* (owned): address → how many handshakes */
  GQueue           ready;    /* links with more to do */
  GPtrArray       *dead;     /* (owned): freed once no event can speak of them */
  gint64           accept_from; /* after running out of descriptors */
  gboolean         is_deaf;  /* the listeners are not waited for */
  gboolean         is_stalled; /* there may be a client that does not take what there is for it */
};

static void
wake (SageHttpRelay *self)
{
  guint64 one = 1;

  while (write (self->wake, &one, sizeof one) < 0 && errno == EINTR)
    ;
}

/* --- Books ------------------------------------------------------------------------------------ */

static void
count_handshake (SageHttpRelay *self,
                 const char    *address,
                 int            change)
{
  int n = GPOINTER_TO_INT (g_hash_table_lookup (self->shaking, address)) + change;

  if (n > 0)
    g_hash_table_insert (self->shaking, g_strdup (address), GINT_TO_POINTER (n));
  else
    g_hash_table_remove (self->shaking, address);
}

static void
enter_stage (SageHttpRelay     *self,
             SageHttpLink      *link,
             SageHttpLinkStage  stage)
{
  g_queue_push_tail_link (&self->stages[stage], &link->place);
  if (stage == SAGE_HTTP_LINK_HANDSHAKE)
    count_handshake (self, link->peer->address, 1);
}

static void
leave_stage (SageHttpRelay     *self,
             SageHttpLink      *link,
             SageHttpLinkStage  stage)
{
  g_queue_unlink (&self->stages[stage], &link->place);
  if (stage == SAGE_HTTP_LINK_HANDSHAKE)
    count_handshake (self, link->peer->address, -1);
}

/* Ends a link that is in the queue of @stage. */
static void
bury (SageHttpRelay     *self,
      SageHttpLink      *link,
      SageHttpLinkStage  stage)
{
  leave_stage (self, link, stage);
  if (link->is_ready)
    g_queue_remove (&self->ready, link);
  link->is_dead = TRUE;
  g_ptr_array_add (self->dead, link);
}

/* Has no more than @max links in @stage, by ending the oldest. */
static void
keep_to (SageHttpRelay     *self,
         SageHttpLinkStage  stage,
         guint              max)
{
  while (self->stages[stage].length > max)
    bury (self, g_queue_peek_head (&self->stages[stage]), stage);
}

/* Has no more than MAX_CLOSING links that close: those that only wait for their client's end go first,
 * and then the oldest of those that still send. */
static void
thin_out_closing (SageHttpRelay *self)
{
  GQueue *closing = &self->stages[SAGE_HTTP_LINK_CLOSING];
  GList *place = closing->head;

  while (place != NULL && closing->length > MAX_CLOSING)
    {
      SageHttpLink *link = place->data;

      place = place->next;
      if (link->flushed)
        bury (self, link, SAGE_HTTP_LINK_CLOSING);
    }
  keep_to (self, SAGE_HTTP_LINK_CLOSING, MAX_CLOSING);
}

/* --- Links ------------------------------------------------------------------------------------ */

/* Tells whether a client may come, or stay, by what holds now. */
static gboolean
is_welcome (SageHttpRelay  *self,
            SageHttpLink   *link,
            char          **client)
{
  gboolean welcome;

  g_mutex_lock (&self->lock);
  welcome = sage_http_tls_admits (self->tls, &link->tls->digests);
  *client = g_strdup (sage_http_tls_find_client (self->tls, &link->tls->digests));
  g_mutex_unlock (&self->lock);
  return welcome;
}

/* The handshake is done: gives the server its end. Returns whether there is a link. */
static gboolean
open_link (SageHttpRelay *self,
           SageHttpLink  *link)
{
  int fd;

  /* the pins may have changed since the certificate was looked at */
  if (!is_welcome (self, link, &link->peer->client))
    return FALSE;
  fd = sage_http_link_connect (link);
  if (fd < 0)
    return FALSE;
  /* who is turned away is told so, through TLS */
  (void) sage_http_door_admit (self->server->door, fd, link->peer);
  sage_http_door_wake (self->server->door);
  return TRUE;
}

/* Goes on with a link as far as that is possible now. */
static void
pump (SageHttpRelay *self,
      SageHttpLink  *link)
{
  SageHttpLinkStage before = link->stage;
  SageHttpLinkVerdict verdict = sage_http_link_pump (link);

  if (verdict == SAGE_HTTP_LINK_SHAKEN)
    verdict = open_link (self, link) ? SAGE_HTTP_LINK_MORE : SAGE_HTTP_LINK_DEAD;
  if (verdict == SAGE_HTTP_LINK_DEAD)
    {
      bury (self, link, before);
      return;
    }
  if (link->stage != before)
    {
      leave_stage (self, link, before);
      enter_stage (self, link, link->stage);
    }
  if (verdict == SAGE_HTTP_LINK_MORE)
    {
      link->is_ready = TRUE;
      g_queue_push_tail (&self->ready, link);
      return;
    }
  self->is_stalled |= sage_http_link_is_stalled (link);
  sage_http_link_watch (&link->outer, self->epoll);
  sage_http_link_watch (&link->inner, self->epoll);
}

/* Those that had more to do have another turn. */
static void
pump_ready (SageHttpRelay *self)
{
  for (guint n = self->ready.length; n > 0; n--)
    {
      SageHttpLink *link = g_queue_pop_head (&self->ready);

      if (link == NULL)
        return;
      link->is_ready = FALSE;
      pump (self, link);
    }
}

/* --- Arrivals --------------------------------------------------------------------------------- */

/* Makes room for another handshake from @address, at its own cost where it has many. */
static void
make_room (SageHttpRelay *self,
           const char    *address)
{
  GQueue *shaking = &self->stages[SAGE_HTTP_LINK_HANDSHAKE];
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (self->shaking, address));

  if (n >= self->server->max_per_peer)
    {
      for (GList *place = shaking->head; place != NULL; place = place->next)
        {
          SageHttpLink *link = place->data;

          if (strcmp (link->peer->address, address) != 0)
            continue;
          bury (self, link, SAGE_HTTP_LINK_HANDSHAKE);
          break;
        }
    }
  keep_to (self, SAGE_HTTP_LINK_HANDSHAKE, MAX_HANDSHAKES - 1);
}

static void
take (SageHttpRelay *self,
      int            fd)
{
  struct sockaddr_storage from = { 0 };
  socklen_t length = sizeof from;
  char *address = getpeername (fd, (struct sockaddr *) &from, &length) == 0
                    ? sage_http_peer_name (&from) : NULL;
  g_autoptr(SageHttpTls) tls = NULL;
  SageHttpLink *link;
  int one = 1;

  if (address == NULL)
    {
      close (fd); /* gone already */
      return;
    }
  (void) setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  make_room (self, address);
  g_mutex_lock (&self->lock);
  tls = sage_http_tls_ref (self->tls);
  g_mutex_unlock (&self->lock);

  link = sage_http_link_new (tls, self->epoll, fd, address);
  if (link == NULL)
    return;
  enter_stage (self, link, SAGE_HTTP_LINK_HANDSHAKE);
  sage_http_link_watch (&link->outer, self->epoll);
}

static void
accept_some (SageHttpRelay *self,
             int            listener)
{
  for (guint i = 0; i < ACCEPTS_A_ROUND; i++)
    {
      int fd = accept4 (listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

      if (fd >= 0)
        {
          take (self, fd);
          continue;
        }
      if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
        {
          g_warning ("Cannot accept a TLS connection: %s", g_strerror (errno));
          self->accept_from = g_get_monotonic_time () + OUT_OF_FILES_US;
        }
      if (errno != EINTR && errno != ECONNABORTED)
        return;
    }
}

/* Waits for the listeners, unless there is nothing to take a connection with. */
static void
watch_listeners (SageHttpRelay *self)
{
  gboolean is_deaf = g_get_monotonic_time () < self->accept_from;

  g_mutex_lock (&self->lock);
  self->is_deaf = is_deaf;
  for (guint i = 0; i < self->n_listeners; i++)
    {
      self->listeners[i].want = is_deaf ? 0 : EPOLLIN;
      sage_http_link_watch (&self->listeners[i], self->epoll);
    }
  g_mutex_unlock (&self->lock);
}

/* --- The thread ------------------------------------------------------------------------------- */

static void
close_listeners (SageHttpRelay *self)
{
  for (guint i = 0; i < self->n_listeners; i++)
    {
      self->listeners[i].want = 0;
      sage_http_link_watch (&self->listeners[i], self->epoll);
      close (self->listeners[i].fd);
    }
  self->n_listeners = 0;
}

/* Has no more than MAX_LEFT open links that the server has left, by ending the oldest. */
static void
thin_out_left (SageHttpRelay *self)
{
  GList *place = self->stages[SAGE_HTTP_LINK_OPEN].tail;
  guint n = 0;

  self->is_stalled = FALSE;
  while (place != NULL)
    {
      SageHttpLink *link = place->data;

      place = place->prev;
      self->is_stalled |= sage_http_link_is_stalled (link);
      if (sage_http_link_is_left (link) && ++n > MAX_LEFT)
        bury (self, link, SAGE_HTTP_LINK_OPEN);
    }
}

/* Ends what is late. Handshakes and what is closing stand in the order of their age, roughly. */
static void
sweep (SageHttpRelay *self)
{
  gint64 now = g_get_monotonic_time ();

  for (guint stage = 0; stage < SAGE_HTTP_LINK_STAGES; stage++)
    {
      GList *place = self->stages[stage].head;

      while (place != NULL)
        {
          SageHttpLink *link = place->data;

          place = place->next;
          if (sage_http_link_is_late (link, self->server, now))
            bury (self, link, stage);
        }
    }
  if (self->is_stalled)
    thin_out_left (self);
  thin_out_closing (self);
}

/* Cuts off those whom the new pins do not know, or know as somebody else. */
static void
review (SageHttpRelay *self)
{
  GList *place = self->stages[SAGE_HTTP_LINK_OPEN].head;

  while (place != NULL)
    {
      SageHttpLink *link = place->data;
      g_autofree char *client = NULL;

      place = place->next;
      if (!is_welcome (self, link, &client) || g_strcmp0 (client, link->peer->client) != 0)
        bury (self, link, SAGE_HTTP_LINK_OPEN);
    }
}

/* Tells whether all that the server has said is sent. */
static gboolean
is_flushed (SageHttpRelay *self)
{
  for (GList *place = self->stages[SAGE_HTTP_LINK_CLOSING].head; place != NULL; place = place->next)
    {
      if (!((SageHttpLink *) place->data)->flushed)
        return FALSE;
    }
  return self->stages[SAGE_HTTP_LINK_OPEN].length == 0;
}

/* Does what other threads have asked for. Returns whether the thread shall leave. */
static gboolean
look_around (SageHttpRelay *self,
             gint64        *until)
{
  gboolean stopping;
  gboolean finished;
  gboolean changed;

  g_mutex_lock (&self->lock);
  if (self->stopping)
    close_listeners (self);
  stopping = self->stopping;
  finished = self->finished;
  changed = self->changed;
  self->changed = FALSE;
  g_mutex_unlock (&self->lock);

  if (stopping)
    keep_to (self, SAGE_HTTP_LINK_HANDSHAKE, 0);
  if (changed)
    review (self);
  if (!finished)
    return FALSE;
  if (*until == 0)
    *until = g_get_monotonic_time () + FINISH_US;
  return g_get_monotonic_time () > *until || is_flushed (self);
}

static void
see (SageHttpRelay   *self,
     SageHttpLinkEnd *end)
{
  guint64 count;

  if (end == &self->waker)
    (void) !read (self->wake, &count, sizeof count);
  else if (end->link == NULL)
    accept_some (self, end->fd);
  else if (!end->link->is_dead && !end->link->is_ready)
    pump (self, end->link);
}

static int
wait_ms (SageHttpRelay *self)
{
  gboolean any = self->is_deaf || self->is_stalled || self->stages[SAGE_HTTP_LINK_HANDSHAKE].length > 0 ||
                 self->stages[SAGE_HTTP_LINK_CLOSING].length > 0;

  if (self->ready.length > 0)
    return 0;
  return any ? SWEEP_MS : -1;
}

static gpointer
sage_http_relay_run (gpointer data)
{
  SageHttpRelay *self = data;
  gint64 next_sweep = 0;
  gint64 until = 0;

  while (!look_around (self, &until))
    {
      struct epoll_event events[EVENTS_A_ROUND];
      int n;

      g_ptr_array_set_size (self->dead, 0);
      watch_listeners (self);
      n = epoll_wait (self->epoll, events, EVENTS_A_ROUND, until != 0 ? 10 : wait_ms (self));
      if (n < 0 && errno != EINTR)
        g_warning ("Cannot wait for TLS connections: %s", g_strerror (errno));
      for (int i = 0; i < n; i++)
        see (self, events[i].data.ptr);
      pump_ready (self);
      if (g_get_monotonic_time () >= next_sweep)
        {
          sweep (self);
          next_sweep = g_get_monotonic_time () + SWEEP_MS * 1000;
        }
    }
  for (guint stage = 0; stage < SAGE_HTTP_LINK_STAGES; stage++)
    keep_to (self, stage, 0);
  g_ptr_array_set_size (self->dead, 0);
  return NULL;
}

/* Starts the relay of @server, with no listener yet. The server's door must be there. */
SageHttpRelay *
sage_http_relay_new (SageHttpServer  *server,
                     GError         **error)
{
  SageHttpRelay *self = g_new0 (SageHttpRelay, 1);

  self->server = server;
  self->epoll = epoll_create1 (EPOLL_CLOEXEC);
  self->wake = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  self->shaking = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->dead = g_ptr_array_new_with_free_func ((GDestroyNotify) sage_http_link_free);
  g_mutex_init (&self->lock);
  self->waker = (SageHttpLinkEnd) { .fd = self->wake, .want = EPOLLIN };
  if (self->epoll < 0 || self->wake < 0)
    {
      sage_throw_errno (error, "Cannot prepare for TLS connections");
      sage_http_relay_free (self);
      return NULL;
    }
  sage_http_link_watch (&self->waker, self->epoll);
  self->thread = g_thread_new ("http-tls", sage_http_relay_run, self);
  return self;
}

/* Shows @tls to clients from now on, and takes those that it takes. */
void
sage_http_relay_set_tls (SageHttpRelay *self,
                         SageHttpTls   *tls)
{
  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->tls, sage_http_tls_unref);
  self->tls = sage_http_tls_ref (tls);
  self->changed = TRUE;
  g_mutex_unlock (&self->lock);
  wake (self);
}

/* Accepts connections on @fd, which it takes over, from now on. sage_http_relay_set_tls() comes
 * first. */
gboolean
sage_http_relay_add (SageHttpRelay  *self,
                     int             fd,
                     GError        **error)
{
  gboolean is_full;

  g_mutex_lock (&self->lock);
  is_full = self->n_listeners == MAX_LISTENERS;
  if (!is_full)
    self->listeners[self->n_listeners++] = (SageHttpLinkEnd) { .fd = fd };
  g_mutex_unlock (&self->lock);
  if (is_full)
    {
      close (fd);
      return sage_throw (error, SAGE_ERROR_LIMIT, "The HTTP server listens on too many sockets");
    }
  wake (self);
  return TRUE;
}

/* Accepts nothing any more; who has not finished the handshake is dropped. */
void
sage_http_relay_stop (SageHttpRelay *self)
{
  g_mutex_lock (&self->lock);
  self->stopping = TRUE;
  g_mutex_unlock (&self->lock);
  wake (self);
}

/* Ends the thread, after what the server has said last is sent or half a second is over. */
void
sage_http_relay_finish (SageHttpRelay *self)
{
  g_mutex_lock (&self->lock);
  self->stopping = self->finished = TRUE;
  g_mutex_unlock (&self->lock);
  wake (self);
  g_clear_pointer (&self->thread, g_thread_join);
}

void
sage_http_relay_free (SageHttpRelay *self)
{
  if (self->thread != NULL)
    sage_http_relay_finish (self);
  close_listeners (self);
  g_hash_table_unref (self->shaking);
  g_ptr_array_unref (self->dead);
  g_clear_pointer (&self->tls, sage_http_tls_unref);
  if (self->epoll >= 0)
    close (self->epoll);
  if (self->wake >= 0)
    close (self->wake);
  g_mutex_clear (&self->lock);
  g_free (self);
}
