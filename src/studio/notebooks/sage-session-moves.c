/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-session-moves"

#include "config.h"

#include "sage-error.h"
#include "sage-file-moves.h"
#include "sage-session-moves.h"

/*
 * Moves are told to the engine one after the other, each by a look at its sessions and a change of those
 * whose files were moved: what is moved there and back, however fast, ends where it is. A move that the
 * engine cannot be told of waits until it is there again.
 */

typedef struct
{
  GFile *from; /* (owned) */
  GFile *to;   /* (owned) */
} Move;

struct _SageSessionMoves
{
  GObject            parent_instance;

  SageConnection    *connection;  /* (nullable): whose this is; %NULL once that is gone */
  SageJupyterServer *server;      /* (owned) (nullable): while the first move is being told */
  GCancellable      *cancellable; /* (owned) */
  GQueue             moves;       /* of Move: those that the engine does not know of yet */
  guint              n_changing;  /* sessions whose change is under way */
  gboolean           is_away;     /* the engine was, for one of them */
};

G_DEFINE_FINAL_TYPE (SageSessionMoves, sage_session_moves, G_TYPE_OBJECT)

static void
move_free (gpointer data)
{
  Move *move = data;

  g_object_unref (move->from);
  g_object_unref (move->to);
  g_free (move);
}

/* Returns: (transfer full) (nullable): where what was at @path is after the move; %NULL if it was not
 * moved. Other programs give sessions paths that mean nothing here. */
static char *
follow (const Move *move,
        const char *path)
{
  g_autoptr(GFile) file = g_path_is_absolute (path) ? g_file_new_for_path (path) : NULL;
  g_autoptr(GFile) moved = file != NULL ? sage_file_moves_follow (file, move->from, move->to) : NULL;

  return moved != NULL ? g_file_get_path (moved) : NULL;
}

/* --- Telling ---------------------------------------------------------------------------------- */

static void tell (SageSessionMoves *self);

/* The engine knows of the first move, or is away, or will not hear of it. */
static void
end_move (SageSessionMoves *self)
{
  g_clear_object (&self->server);
  if (self->is_away)
    return;

  move_free (g_queue_pop_head (&self->moves));
  tell (self);
}

static void
note_error (SageSessionMoves *self,
            const GError     *error)
{
  g_debug ("A session does not follow its file: %s", error->message);
  self->is_away |= g_error_matches (error, SAGE_ERROR, SAGE_ERROR_UNREACHABLE);
}

static void
changed_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(SageSessionMoves) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(SageServerSession) session
    = sage_jupyter_server_change_session_finish (SAGE_JUPYTER_SERVER (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (session == NULL)
    note_error (self, error);
  if (--self->n_changing == 0)
    end_move (self);
}

static void
sessions_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(SageSessionMoves) self = user_data;
  const Move *move = g_queue_peek_head (&self->moves);
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) sessions
    = sage_jupyter_server_list_sessions_finish (SAGE_JUPYTER_SERVER (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (sessions == NULL)
    note_error (self, error);

  for (guint i = 0; sessions != NULL && i < sessions->len; i++)
    {
      const SageServerSession *session = sessions->pdata[i];
      g_autofree char *path = follow (move, session->path);

      if (path == NULL)
        continue;
      self->n_changing++;
      sage_jupyter_server_change_session_async (self->server, session->id, path, NULL, self->cancellable,
                                                changed_cb, g_object_ref (self));
    }
  if (self->n_changing == 0)
    end_move (self);
}

/* Begins to tell of the first move, if the engine is there and knows of those before. */
static void
tell (SageSessionMoves *self)
{
  if (self->server != NULL || g_queue_is_empty (&self->moves) || self->connection == NULL
      || sage_connection_get_state (self->connection) != SAGE_CONNECTION_CONNECTED)
    return;

  self->is_away = FALSE;
  self->server = sage_session_server_new (self->connection);
  if (self->server != NULL)
    sage_jupyter_server_list_sessions_async (self->server, self->cancellable, sessions_cb,
                                             g_object_ref (self));
}

static void
moved_cb (SageSessionMoves *self,
          GFile            *from,
          GFile            *to)
{
  Move *move = g_new0 (Move, 1);

  move->from = g_object_ref (from);
  move->to = g_object_ref (to);
  g_queue_push_tail (&self->moves, move);
  tell (self);
}

/**
 * sage_session_moves_follow_path:
 * @self: the moves
 * @path: the path of a session, as the engine tells it
 *
 * The engine may not know yet of what was moved last.
 *
 * Returns: (transfer full): where the file of the session is now
 */
char *
sage_session_moves_follow_path (SageSessionMoves *self,
                                const char       *path)
{
  char *now = g_strdup (path);

  g_return_val_if_fail (SAGE_IS_SESSION_MOVES (self), now);

  for (GList *l = self->moves.head; l != NULL; l = l->next)
    {
      char *next = follow (l->data, now);

      if (next != NULL)
        {
          g_free (now);
          now = next;
        }
    }

  return now;
}

/* --- The object ------------------------------------------------------------------------------- */

static void
sage_session_moves_finalize (GObject *object)
{
  SageSessionMoves *self = SAGE_SESSION_MOVES (object);

  g_clear_object (&self->server);
  g_clear_object (&self->cancellable);
  g_queue_clear_full (&self->moves, move_free);

  G_OBJECT_CLASS (sage_session_moves_parent_class)->finalize (object);
}

static void
sage_session_moves_class_init (SageSessionMovesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sage_session_moves_finalize;
}

static void
sage_session_moves_init (SageSessionMoves *self)
{
  self->cancellable = g_cancellable_new ();
  g_queue_init (&self->moves);
}

/* The connection goes. */
static void
release (gpointer data)
{
  SageSessionMoves *self = data;

  self->connection = NULL;
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self);
}

/**
 * sage_session_moves_for:
 * @connection: an engine
 *
 * Returns: (transfer none): what has its sessions go with their files from now on, for as long as the
 *   connection lives
 */
SageSessionMoves *
sage_session_moves_for (SageConnection *connection)
{
  SageSessionMoves *self = g_object_get_data (G_OBJECT (connection), "sage-session-moves");

  g_return_val_if_fail (SAGE_IS_CONNECTION (connection), NULL);

  if (self == NULL)
    {
      self = g_object_new (SAGE_TYPE_SESSION_MOVES, NULL);
      self->connection = connection;
      g_signal_connect_object (sage_file_moves_get (), "moved", G_CALLBACK (moved_cb), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (connection, "notify::state", G_CALLBACK (tell), self, G_CONNECT_SWAPPED);
      g_object_set_data_full (G_OBJECT (connection), "sage-session-moves", self, release);
    }

  return self;
}

/**
 * sage_session_server_new:
 * @connection: an engine
 *
 * Returns: (transfer full) (nullable): its Jupyter side; %NULL before it is connected
 */
SageJupyterServer *
sage_session_server_new (SageConnection *connection)
{
  SageClient *client = sage_connection_get_client (connection);
  SageJupyterServer *server;
  const char *access_key;
  const char *secret;

  if (client == NULL)
    return NULL;

  sage_client_get_credentials (client, &access_key, &secret);
  server = sage_jupyter_server_new_for_engine (sage_client_get_endpoint (client), access_key, secret);
  sage_jupyter_server_set_trust (server, sage_client_get_trust (client));

  return server;
}
