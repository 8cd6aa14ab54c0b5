/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <microhttpd.h>
#include <poll.h>
#include <pthread.h>

#include "sage-header-name.h"
#include "sage-http-server.h"

G_BEGIN_DECLS

#define SAGE_HTTP_MAX_TARGET 8192
#define SAGE_HTTP_MAX_HEADER_BYTES (32 * 1024)
#define SAGE_HTTP_MAX_FIELDS 100
#define SAGE_HTTP_UNIX_SLOTS 64
#define SAGE_HTTP_DEFAULT_LIMIT (1024 * 1024)
/* A refused body up to this size is read and dropped, so that the connection stays usable. */
#define SAGE_HTTP_DRAIN_BYTES (64 * 1024)
/* A body came in chunks, whose bytes nobody has counted. */
#define SAGE_HTTP_TAKEN_UNKNOWN G_MAXUINT64

typedef struct _SageHttpConnection SageHttpConnection;
typedef struct _SageHttpDoor SageHttpDoor;
typedef struct _SageHttpFresh SageHttpFresh;
typedef struct _SageHttpLinger SageHttpLinger;
typedef struct _SageHttpRelay SageHttpRelay;
typedef struct _SageHttpUpgrades SageHttpUpgrades;

/* Who is at the other end of a connection that came through TLS. */
typedef struct
{
  gatomicrefcount ref_count;
  char           *address;  /* (owned) */
  char           *client;   /* (owned) (nullable): the user whose certificate was shown */
  guint64         received; /* bytes in clear; atomic */
} SageHttpTlsPeer;

/* What a connection is doing, for its deadlines. */
typedef enum
{
  SAGE_HTTP_PHASE_FRESH,   /* accepted, no request yet */
  SAGE_HTTP_PHASE_IDLE,    /* kept alive between two requests */
  SAGE_HTTP_PHASE_HEADERS, /* a request line came, headers are still arriving */
  SAGE_HTTP_PHASE_BODY,
  SAGE_HTTP_PHASE_BUSY,    /* the handler works or the reply is being sent */
} SageHttpPhase;

struct _SageHttpConnection
{
  SageHttpServer  *server;
  int              fd;   /* belongs to libmicrohttpd */
  gint64           uid;  /* of the peer; -1 over TCP */
  char            *peer; /* (owned) (nullable): address, NULL on the Unix socket */
  SageHttpTlsPeer *tls;  /* (owned) (nullable): of a connection that came through TLS */

  /* Written by the connection's thread, read by the door: only with atomics. */
  int              phase;         /* SageHttpPhase */
  int              in_sink;       /* the sink is working: no blame for a slow body */
  gint64           since;         /* monotonic µs: start of the phase */
  gint64           request_since; /* monotonic µs: start of the request */
  guint64          body_bytes;    /* received of the current body */

  /* connection's thread only */
  struct MHD_Connection *mhd; /* (unowned) */
  pthread_t        thread;  /* that serves it, once it has had a request */
  guint64          taken;   /* SAGE_HTTP_EVENTS: bytes of its requests; SAGE_HTTP_TAKEN_UNKNOWN */
  SageHttpRequest *current; /* (owned) (nullable): from its first line to its end */
  SageHttpRequest *spare;   /* (owned) (nullable): kept for the next request */
  gboolean         ending;  /* either side has said that no other request follows */
  gboolean         refused; /* closes with input unread: drain it for a while */
  gboolean         upgraded;

  /* under the server's lock */
  gboolean         started;   /* libmicrohttpd took it over */
  gboolean         killed;    /* past a deadline, or stopped: shut down already */
  SageHttpRequest *suspended; /* (unowned) (nullable) */

  /* door only */
  gint64           idle_since;  /* the idle phase that the next two members speak of */
  guint64          idle_bytes;  /* received by the socket when it was first seen idle */
  gint64           grown_since; /* when bytes of a next request were first seen, or 0 */
  gint64           hangup_since; /* the phase in which the peer was seen to have hung up */
  gint64           window_phase;
  gint64           window_since;
  guint64          window_bytes;
};

struct _SageHttpServer
{
  SageHttpHandler     handler;
  gpointer            user_data;
  SageHttpThreading   threading;
  guint               n_threads;
  guint               max_connections;
  guint               max_per_peer;
  gint64              request_us;
  gint64              header_us;
  gint64              idle_us;
  gint64              body_us;
  guint               body_rate;     /* bytes a second */
  gboolean            patch;         /* PATCH is a method too */
  char              **allowed_hosts; /* (owned) (nullable) */
  GMainContext       *context;       /* (owned): where upgrades are delivered */
  SageHttpUpgrades   *upgrades;      /* (owned) */
  struct MHD_Daemon  *daemon;        /* (owned) (nullable) */
  SageHttpDoor       *door;          /* (owned) (nullable) */
  SageHttpRelay      *relay;         /* (owned) (nullable): of TLS */

  GMutex              drain_lock;
  GCond               drained;     /* n_requests fell to 0 */

  GMutex              lock;
  GHashTable         *connections; /* fd → (owned) SageHttpConnection */
  GHashTable         *peers;       /* address → how many connections */
  guint               n_tcp;
  guint               n_unix;
  gboolean            releasing; /* no request may be suspended any more */
  int                 stopping;   /* atomic: new requests are refused */
  int                 n_requests; /* atomic */
};

typedef enum
{
  SAGE_HTTP_STAGE_NEW,
  SAGE_HTTP_STAGE_BODY,
  SAGE_HTTP_STAGE_DRAIN,   /* answered; the rest of a small body is dropped */
  SAGE_HTTP_STAGE_HANDLED, /* the handler was called */
} SageHttpStage;

struct _SageHttpRequest
{
  gatomicrefcount        ref_count; /* libmicrohttpd's, and one while suspended */
  SageHttpServer        *server;
  SageHttpConnection    *connection;
  GMutex                 lock;
  GCond                  resumed; /* SAGE_HTTP_THREADED: wakes the connection's thread */

  /* under the lock */
  struct MHD_Connection *mhd;       /* (nullable): NULL once the request is over */
  gboolean               suspended; /* the owner still has to resume */
  gboolean               released;  /* gone on without the owner; answers are dropped */
  guint                  status;    /* 0: not answered */
  struct MHD_Response   *response;  /* (owned) (nullable) */
  GByteArray            *raw;       /* (owned) (nullable): whole reply, when sent in mid-body */
  GString               *extra;     /* "name\0value\0"…, headers of the reply to come */

  /* connection's thread only */
  SageHttpStage          stage;
  gboolean               parked;   /* handed out by sage_http_suspend() */
  gboolean               mid_body; /* the handler runs before the body's end */
  gboolean               target_too_long;
  gint64                 content_length; /* -1: chunked */
  gboolean               expects_continue;
  gsize                  limit;
  gboolean               limit_set;
  SageHttpSinkFunc       sink;
  gpointer               sink_data;
  GDestroyNotify         sink_destroy;
  GError                *sink_error; /* (owned) (nullable) */
  guint8                *body;       /* (owned) (nullable) */
  gsize                  body_length;
  gsize                  body_size;
  GBytes                *body_bytes; /* (owned) (nullable): what took over body */
  gpointer               data;
  GDestroyNotify         data_destroy;
  SageHttpUpgradeFunc    upgrade_func;
  gpointer               upgrade_data;
  GDestroyNotify         upgrade_destroy; /* (nullable): of upgrade_data, until it is delivered */

  char                   method[24];
  const char            *path;
  const char            *query;
  guint                  n_fields;
  gsize                  header_bytes;
  const char            *fields[2 * SAGE_HTTP_MAX_FIELDS + 1]; /* into text */
  char                  *text; /* (owned): target, then names and values */
  gsize                  text_size;
  gsize                  target_length;
};

/* sage-http-request.c */
SageHttpRequest *sage_http_request_take    (SageHttpConnection    *connection,
                                            struct MHD_Connection *mhd,
                                            const char            *target);
void             sage_http_request_finish  (SageHttpRequest       *request);
void             sage_http_request_unref   (SageHttpRequest       *request);
void             sage_http_request_free    (SageHttpRequest       *request);
void             sage_http_request_load    (SageHttpRequest       *request,
                                            const char            *method);
gboolean         sage_http_request_append  (SageHttpRequest       *request,
                                            const char            *data,
                                            gsize                  length);
void             sage_http_request_release (SageHttpRequest       *request);
void             sage_http_request_unpark  (SageHttpRequest       *request);

/* sage-http-check.c */
gboolean         sage_http_is_token        (const char            *text);
gboolean         sage_http_has_token       (const char            *value,
                                            const char            *token);
guint            sage_http_check           (SageHttpRequest       *request,
                                            const char            *version,
                                            const char           **reason);

/* sage-http-reply.c */
void             sage_http_refuse          (SageHttpRequest       *request,
                                            guint                  status,
                                            const char            *reason);
void             sage_http_reply_response  (SageHttpRequest       *request,
                                            guint                  status,
                                            struct MHD_Response   *response);
enum MHD_Result  sage_http_reply_send      (SageHttpRequest       *request);

/* sage-http-upgrade.c */
SageHttpUpgrades *sage_http_upgrades_new   (void);
SageHttpUpgrades *sage_http_upgrades_ref   (SageHttpUpgrades      *upgrades);
void             sage_http_upgrades_unref  (SageHttpUpgrades      *upgrades);
guint            sage_http_upgrades_count  (SageHttpUpgrades      *upgrades);
gboolean         sage_http_upgrades_add    (SageHttpUpgrades      *upgrades,
                                            int                    fd);
void             sage_http_upgrades_remove (SageHttpUpgrades      *upgrades,
                                            int                    fd);
void             sage_http_upgrades_close  (SageHttpUpgrades      *upgrades);

/* sage-http-linger.c */
SageHttpLinger  *sage_http_linger_new      (void);
gboolean         sage_http_linger_add      (SageHttpLinger        *self,
                                            int                    fd);
void             sage_http_linger_gather   (SageHttpLinger        *self,
                                            GArray                *fds);
void             sage_http_linger_drain    (SageHttpLinger        *self);
void             sage_http_linger_finish   (SageHttpLinger        *self);
void             sage_http_linger_free     (SageHttpLinger        *self);

/* sage-http-fresh.c */
SageHttpFresh   *sage_http_fresh_new       (SageHttpServer        *server,
                                            SageHttpDoor          *door);
gboolean         sage_http_fresh_admit     (SageHttpFresh         *self,
                                            int                    fd,
                                            SageHttpTlsPeer       *tls);
char            *sage_http_peer_name       (const struct sockaddr_storage *from);
guint            sage_http_fresh_gather    (SageHttpFresh         *self,
                                            GArray                *fds);
void             sage_http_fresh_see       (SageHttpFresh         *self,
                                            const struct pollfd   *fds,
                                            guint                  n);
void             sage_http_fresh_drop_all  (SageHttpFresh         *self);
void             sage_http_fresh_free      (SageHttpFresh         *self);

/* sage-http-preview.c */
const char      *sage_http_preview         (const char            *bytes,
                                            gsize                  length,
                                            gboolean              *whole);
gboolean         sage_http_is_huge_length  (const char            *value,
                                            const char            *end);

/* sage-http-complaint.c */
void             sage_http_turn_away       (int                    fd,
                                            const char            *status,
                                            const char            *reason);
void             sage_http_complaint_expect (SageHttpConnection   *connection);
void             sage_http_complaint_count (SageHttpRequest       *request);
void             sage_http_complaint_hear  (SageHttpServer        *server,
                                            const char            *complaint);
void             sage_http_complaint_answer (SageHttpConnection   *connection);

/* sage-http-door.c */
SageHttpDoor    *sage_http_door_new        (SageHttpServer        *server,
                                            GError               **error);
gboolean         sage_http_door_is_full    (SageHttpDoor          *door);
void             sage_http_door_add        (SageHttpDoor          *door,
                                            int                    fd,
                                            const char            *unix_path);
gboolean         sage_http_door_admit      (SageHttpDoor          *door,
                                            int                    fd,
                                            SageHttpTlsPeer       *tls);
void             sage_http_door_linger     (SageHttpDoor          *door,
                                            int                    fd);
guint16          sage_http_door_port       (SageHttpDoor          *door);
void             sage_http_door_wake       (SageHttpDoor          *door);
void             sage_http_door_stop       (SageHttpDoor          *door);
void             sage_http_door_finish     (SageHttpDoor          *door);
void             sage_http_door_free       (SageHttpDoor          *door);

/* sage-http-relay.c */
SageHttpRelay   *sage_http_relay_new       (SageHttpServer        *server,
                                            GError               **error);
void             sage_http_relay_set_tls   (SageHttpRelay         *relay,
                                            SageHttpTls           *tls);
gboolean         sage_http_relay_add       (SageHttpRelay         *relay,
                                            int                    fd,
                                            GError               **error);
void             sage_http_relay_stop      (SageHttpRelay         *relay);
void             sage_http_relay_finish    (SageHttpRelay         *relay);
void             sage_http_relay_free      (SageHttpRelay         *relay);

/* sage-http-link.c */
SageHttpTlsPeer *sage_http_tls_peer_ref    (SageHttpTlsPeer       *peer);
void             sage_http_tls_peer_unref  (SageHttpTlsPeer       *peer);

/* sage-http-server.c */
void             sage_http_server_forget   (SageHttpServer        *server,
                                            int                    fd);

/* sage-http-connection.c */
void             sage_http_connection_free (SageHttpConnection    *connection);
void             sage_http_connection_enter (SageHttpConnection   *connection,
                                            SageHttpPhase          phase);
void             sage_http_connection_kill (SageHttpConnection    *connection);
gboolean         sage_http_connection_is_gone (SageHttpConnection *connection);
guint64          sage_http_connection_received (SageHttpConnection *connection);
gboolean         sage_http_connection_late (SageHttpConnection    *connection,
                                            gint64                 now);

/* sage-http-socket.c */
int              sage_http_socket_tcp      (const char            *address,
                                            guint16                port,
                                            GError               **error);
int              sage_http_socket_unix     (const char            *path,
                                            GError               **error);
gint64           sage_http_socket_uid      (int                    fd);
guint16          sage_http_socket_port     (int                    fd);

G_END_DECLS
