/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-users"

#include "config.h"

#include <math.h>
#include <string.h>
#include <sys/random.h>

#include "eng-password.h"
#include "eng-users.h"
#include "sage-error.h"
#include "sage-sig-backoff.h"
#include "sage-time.h"

/* Passwords can be guessed, so a guess must be dear: for one user from one address, and for an address
 * whatever users it tries. */
static const SageSigLimit user_limit = { 10, 0.1 };
static const SageSigLimit peer_limit = { 50, 0.5 };

struct _EngUsers
{
  EngStore       *store;   /* (not owned) */
  guint8          key[ENG_GRANT_KEY_SIZE];
  SageSigBackoff *backoff; /* (owned): the passwords that were wrong */
  SageSigBackoff *tokens;  /* (owned): the same of tokens for the first administrator */
  GMutex          hashing; /* one password at a time: each takes memory and a processor,
                           * so that logins wait for each other, and nothing else does */
  GMutex          loading; /* one load at a time, so that the last one is the newest */

  GMutex          lock;    /* guards what follows */
  EngUserTable   *table;   /* (owned) */
  gboolean        stale;   /* what is stored is newer and could not be read */
  double          time;    /* latest that it was, in seconds since the epoch */
  gint64          boot;    /* sage_time_boot() then */
  double          kept;    /* of the time what is stored */
};

static gboolean
read_clock (EngUsers  *self,
            GError   **error)
{
  g_autoptr(EngReader) reader = eng_store_reader (self->store, error);
  g_autoptr(GError) local_error = NULL;
  g_autoptr(EngRows) rows = reader != NULL
    ? eng_query (reader, error, "SELECT clock FROM user_state", "") : NULL;

  if (rows == NULL)
    return FALSE;
  if (!eng_rows_next (rows, &local_error))
    {
      if (local_error != NULL)
        g_propagate_error (error, g_steal_pointer (&local_error));
      else
        sage_throw (error, SAGE_ERROR_CORRUPT, "The database has lost its row of user_state");
      return FALSE;
    }
  self->kept = self->time = eng_rows_double (rows, 0);
  self->boot = sage_time_boot ();

  return TRUE;
}

/**
 * eng_users_open:
 * @store: where the users are; must outlive the result
 * @key: a secret of this engine's, which is copied
 *
 * Returns: (transfer full): the users; %NULL with @error
 */
EngUsers *
eng_users_open (EngStore      *store,
                const guint8   key[ENG_GRANT_KEY_SIZE],
                GError       **error)
{
  g_autoptr(EngUsers) self = g_new0 (EngUsers, 1);

  g_mutex_init (&self->hashing);
  g_mutex_init (&self->loading);
  g_mutex_init (&self->lock);
  self->store = store;
  memcpy (self->key, key, sizeof self->key);
  self->backoff = sage_sig_backoff_new_with (&user_limit, &peer_limit, g_random_int_range (1, G_MAXINT32));
  self->tokens = sage_sig_backoff_new_with (&user_limit, &peer_limit, g_random_int_range (1, G_MAXINT32));
  self->table = eng_user_table_new ();

  if (!read_clock (self, error) || !eng_users_reload (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * eng_users_free:
 * @users: (nullable): the users
 */
void
eng_users_free (EngUsers *users)
{
  if (users == NULL)
    return;

  sage_sig_backoff_free (users->backoff);
  sage_sig_backoff_free (users->tokens);
  eng_user_table_unref (users->table);
  g_mutex_clear (&users->hashing);
  g_mutex_clear (&users->loading);
  g_mutex_clear (&users->lock);
  explicit_bzero (users->key, sizeof users->key);
  g_free (users);
}

/**
 * eng_users_reload:
 * @users: the users
 *
 * Takes over what is stored. Called by whoever changed it, before the change is answered: from then on
 * nobody is let in who no longer may. Where it cannot be read nobody is known until it can.
 */
gboolean
eng_users_reload (EngUsers  *users,
                  GError   **error)
{
  g_autoptr(EngUserTable) old = NULL;
  g_autoptr(EngUserTable) table = NULL;
  gboolean ok;

  g_mutex_lock (&users->loading);
  {
    g_autoptr(EngReader) reader = eng_store_reader (users->store, error);

    table = reader != NULL ? eng_user_table_load (reader, error) : NULL;
  }
  ok = table != NULL;
  if (!ok)
    table = eng_user_table_new ();

  g_mutex_lock (&users->lock);
  old = users->table;
  users->table = g_steal_pointer (&table);
  users->stale = !ok;
  g_mutex_unlock (&users->lock);
  g_mutex_unlock (&users->loading);

  return ok;
}

/**
 * eng_users_table:
 * @users: the users
 *
 * Returns: (transfer full): all of them, as they are now
 */
EngUserTable *
eng_users_table (EngUsers *users)
{
  g_autoptr(GError) error = NULL;
  EngUserTable *table;
  gboolean stale;

  g_mutex_lock (&users->lock);
  stale = users->stale;
  g_mutex_unlock (&users->lock);
  if (stale && !eng_users_reload (users, &error))
    g_warning ("Nobody but the owner is known: %s", error->message);

  g_mutex_lock (&users->lock);
  table = eng_user_table_ref (users->table);
  g_mutex_unlock (&users->lock);

  return table;
}

/**
 * eng_users_is_current:
 * @users: the users
 * @caller: who was let in some time ago
 *
 * Returns: whether the user has not been changed or removed since
 */
gboolean
eng_users_is_current (EngUsers        *users,
                      const EngCaller *caller)
{
  g_autoptr(EngUserTable) table = eng_users_table (users);
  const EngUser *user = caller->user != NULL ? eng_user_table_find (table, caller->user) : NULL;

  return caller->user == NULL || (user != NULL && user->epoch == caller->epoch);
}

/**
 * eng_users_now:
 * @users: the users
 *
 * The clock by which grants expire. It follows the wall clock forwards only, and goes on at the pace
 * of time when that is set back: what has expired stays so.
 *
 * Returns: seconds since the epoch
 */
double
eng_users_now (EngUsers *users)
{
  gint64 boot = sage_time_boot ();
  double wall = sage_time_now ();
  double now;

  g_mutex_lock (&users->lock);
  now = users->time + (double) MAX (boot - users->boot, 0) / G_USEC_PER_SEC;
  now = MAX (now, wall);
  users->time = now;
  users->boot = MAX (boot, users->boot);
  g_mutex_unlock (&users->lock);

  return now;
}

static gboolean
store_clock_cb (EngTx     *tx,
                gpointer   user_data,
                GError   **error)
{
  const double *now = user_data;

  return eng_exec (tx->connection, error, "UPDATE user_state SET clock = max (clock, ?1)", "d", *now);
}

/* What was once issued, or refused for its age, is in the past for the next engine too, whatever its
 * clock. @least: seconds since the epoch that must be kept, if not @now */
static void
remember_time (EngUsers *self,
               double    now,
               double    least)
{
  g_autoptr(GError) error = NULL;
  gboolean is_kept;

  g_mutex_lock (&self->lock);
  is_kept = self->kept >= least;
  g_mutex_unlock (&self->lock);
  if (is_kept)
    return;

  if (!eng_store_write (self->store, store_clock_cb, &now, &error))
    {
      g_warning ("The time is not kept: %s", error->message);
      return;
    }
  g_mutex_lock (&self->lock);
  self->kept = MAX (self->kept, now);
  g_mutex_unlock (&self->lock);
}

/**
 * eng_users_check_grant:
 * @users: the users
 * @text: what somebody shows, of any length and content
 * @kind: what it must be
 * @grant: (out caller-allocates): what it says
 * @role: (out): the role that its user has now
 *
 * Returns: whether its user may still be let in for it
 */
EngGrantVerdict
eng_users_check_grant (EngUsers      *users,
                        const char    *text,
                        EngGrantKind  kind,
                        EngGrant     *grant,
                        EngRole       *role)
{
  g_autoptr(EngUserTable) table = eng_users_table (users);
  double now = eng_users_now (users);
  const EngUser *user;

  *role = ENG_ROLE_NONE;
  if (!eng_grant_open (users->key, text, grant) || grant->kind != kind)
    return ENG_GRANT_WRONG;

  user = eng_user_table_find (table, grant->user);
  if (user == NULL || user->epoch != grant->epoch || (double) grant->issued > now)
    return ENG_GRANT_WRONG;
  if (now >= (double) grant->expires)
    {
      remember_time (users, now, (double) grant->expires);
      return ENG_GRANT_EXPIRED;
    }
  *role = user->role;

  return ENG_GRANT_GOOD;
}

/**
 * eng_users_secret:
 * @users: the users
 * @session: a session's grant
 * @secret: (out caller-allocates): with what its requests are signed
 */
void
eng_users_secret (EngUsers        *users,
                  const EngGrant *session,
                  char             secret[ENG_GRANT_SECRET_SIZE])
{
  eng_grant_secret (users->key, session, secret);
}

/**
 * eng_users_verify:
 * @users: the users
 * @name: who somebody says to be, of any length and content
 * @password: his password, the same
 * @peer: the address that it came from
 * @epoch: (out): of the user, for eng_users_log_in()
 * @wait: (out): seconds until another try is heard; 0 if this one was
 *
 * Takes the same time whatever is wrong. Too many wrong passwords are answered unheard.
 *
 * Returns: whether there is such a user with this password
 */
gboolean
eng_users_verify (EngUsers   *users,
                  const char *name,
                  const char *password,
                  const char *peer,
                  gint64     *epoch,
                  guint      *wait)
{
  g_autoptr(EngUserTable) table = NULL;
  const EngUser *user;
  gboolean same = FALSE;

  *epoch = 0;
  g_mutex_lock (&users->hashing);
  *wait = sage_sig_backoff_wait (users->backoff, name, peer, sage_time_boot ());
  if (*wait == 0)
    {
      table = eng_users_table (users);
      user = eng_user_table_find (table, name);
      same = eng_password_verify (password, user != NULL ? user->password : NULL);
      if (same)
        *epoch = user->epoch;
      else
        sage_sig_backoff_fail (users->backoff, name, peer, sage_time_boot ());
    }
  g_mutex_unlock (&users->hashing);

  return same;
}

/**
 * eng_users_wrong_token:
 * @users: the users
 * @peer: the address that a wrong token for the first administrator came from
 *
 * One that is right is heard at any time: it cannot be guessed, and nobody must keep it out.
 *
 * Returns: the seconds that its sender should wait; 0 to answer as usual
 */
guint
eng_users_wrong_token (EngUsers   *users,
                       const char *peer)
{
  return sage_sig_backoff_fail (users->tokens, "", peer, sage_time_boot ());
}

/**
 * eng_users_new_key:
 * @prefix: "AKIA" or, of a session, "ASIA"
 * @id: (out caller-allocates): a new access key id in AWS's form
 * @secret: (out) (transfer full) (optional): its secret
 *
 * Returns: whether there is randomness to make it of
 */
gboolean
eng_users_new_key (const char  *prefix,
                   char         id[ENG_ACCESS_KEY_LENGTH + 1],
                   char       **secret,
                   GError     **error)
{
  static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  guint8 random[16 + 30];

  if (getrandom (random, sizeof random, 0) != (ssize_t) sizeof random)
    return sage_throw_errno (error, "Cannot make an access key");

  memcpy (id, prefix, 4);
  for (guint i = 0; i < 16; i++)
    id[4 + i] = base32[random[i] & 31];
  id[ENG_ACCESS_KEY_LENGTH] = '\0';
  if (secret != NULL)
    *secret = g_base64_encode (random + 16, 30);
  explicit_bzero (random, sizeof random);

  return TRUE;
}

/**
 * eng_users_log_in:
 * @users: the users
 * @name: a user who has shown to be it
 * @epoch: the epoch that the user had when it did
 * @seconds: how long the login is to be good
 * @login: (out caller-allocates): what the user gets
 *
 * The login is no good if the user has changed meanwhile.
 */
gboolean
eng_users_log_in (EngUsers    *users,
                  const char  *name,
                  gint64       epoch,
                  guint        seconds,
                  EngLogin    *login,
                  GError     **error)
{
  g_autoptr(EngUserTable) table = eng_users_table (users);
  const EngUser *user = eng_user_table_find (table, name);
  double now = eng_users_now (users);
  EngGrant bearer;

  memset (login, 0, sizeof *login);
  if (user == NULL || user->epoch != epoch)
    return sage_throw (error, SAGE_ERROR_CONFLICT, "User '%s' has just changed; log in again", name);
  if (!eng_users_new_key ("ASIA", login->session.access_key, NULL, error))
    return FALSE;

  login->role = user->role;
  login->session.kind = ENG_GRANT_SESSION;
  login->session.epoch = epoch;
  login->session.issued = (gint64) floor (now);
  login->session.expires = login->session.issued + seconds;
  /* The clock that grants expire by is ahead for ever once the wall clock was. */
  login->ends = (gint64) floor (sage_time_now ()) + seconds;
  g_strlcpy (login->session.user, name, sizeof login->session.user);
  login->session_token = eng_grant_seal (users->key, &login->session);
  eng_grant_secret (users->key, &login->session, login->secret);

  bearer = login->session;
  bearer.kind = ENG_GRANT_BEARER;
  bearer.access_key[0] = '\0';
  login->bearer = eng_grant_seal (users->key, &bearer);
  remember_time (users, now, (double) login->session.issued);

  return TRUE;
}

/**
 * eng_login_clear:
 * @login: what eng_users_log_in() filled in
 */
void
eng_login_clear (EngLogin *login)
{
  g_free (login->bearer);
  g_free (login->session_token);
  explicit_bzero (login, sizeof *login);
}
