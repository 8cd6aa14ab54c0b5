/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-users"

#include "config.h"

#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "eng-user-input.h"
#include "eng-user-rows.h"
#include "eng-user-setup.h"
#include "eng-users.h"
#include "sage-digest.h"
#include "sage-error.h"
#include "sage-failpoint.h"
#include "sage-file.h"
#include "sage-json.h"

/*
 * An engine that serves a team has no user at first, and no password that anybody could know. Whoever
 * can read its directory finds a token there with which one administrator is made, once.
 */

#define FILE_NAME "setup.token"
#define TOKEN_BYTES 32
#define LIFETIME_SECONDS (24.0 * 3600.0)

/* What is stored of a token that was offered. */
typedef struct
{
  char     hash[SAGE_SHA256_HEX]; /* "" for none */
  double   expires;               /* seconds since the epoch */
  gboolean needed;                /* there is no user yet */
} Offer;

static gboolean
read_offer (EngConnection  *connection,
            Offer          *offer,
            GError        **error)
{
  g_autoptr(EngRows) rows = eng_query (connection, error, "SELECT setup, setup_expires,"
                                       " NOT EXISTS (SELECT 1 FROM user) FROM user_state"
                                       " UNION ALL SELECT '', 0, 0 LIMIT 1", "");

  /* eng_users_open() has found the row; without it nothing is offered. */
  if (rows == NULL || !eng_rows_next (rows, error))
    return FALSE;
  g_strlcpy (offer->hash, eng_rows_text (rows, 0), sizeof offer->hash);
  offer->expires = eng_rows_double (rows, 1);
  offer->needed = eng_rows_int (rows, 2) != 0;

  return TRUE;
}

static void
hash_token (const char *token,
            char        hash[SAGE_SHA256_HEX])
{
  guint8 digest[SAGE_SHA256_SIZE];

  sage_sha256 (token, strlen (token), digest);
  sage_hex_write (digest, sizeof digest, hash);
}

static gboolean
is_good (const Offer *offer,
         const char  *token,
         double       now)
{
  char hash[SAGE_SHA256_HEX];

  hash_token (token, hash);

  return sage_equal_constant_time (hash, offer->hash, sizeof hash) && offer->needed &&
         now < offer->expires;
}

static gboolean
store_offer_cb (EngTx     *tx,
                gpointer   user_data,
                GError   **error)
{
  const Offer *offer = user_data;

  return eng_exec (tx->connection, error, "UPDATE user_state SET setup = ?1, setup_expires = ?2", "td",
                   offer->hash, offer->expires);
}

/* The file first: a hash without one would let nobody in. */
static gboolean
make_offer (EngEngine   *engine,
            const char  *path,
            GError     **error)
{
  guint8 random[TOKEN_BYTES];
  g_autofree char *token = NULL;
  g_autofree char *line = NULL;
  Offer offer = { .expires = eng_users_now (engine->users) + LIFETIME_SECONDS };

  if (getrandom (random, sizeof random, 0) != (ssize_t) sizeof random)
    return sage_throw_errno (error, "Cannot make a token");
  token = sage_hex (random, sizeof random);
  line = g_strconcat (token, "\n", NULL);
  hash_token (token, offer.hash);

  return sage_file_write_durable (path, line, strlen (line), 0600, error) &&
         eng_store_write (engine->store, store_offer_cb, &offer, error);
}

/**
 * eng_user_setup_offer:
 * @engine: the engine
 * @path: (out) (transfer full) (nullable): the file that holds the token, readable by the engine's
 *   owner alone; %NULL where there are users already
 *
 * Offers a token for the first administrator, a new one if the last has expired.
 */
gboolean
eng_user_setup_offer (EngEngine  *engine,
                      char      **path,
                      GError    **error)
{
  g_autofree char *file = g_build_filename (engine->data_dir, FILE_NAME, NULL);
  g_autoptr(EngReader) reader = eng_store_reader (engine->store, error);
  g_autoptr(GBytes) bytes = sage_file_read (file, 1024, NULL);
  g_autofree char *token = bytes != NULL ? g_strndup (g_bytes_get_data (bytes, NULL),
                                                      g_bytes_get_size (bytes)) : g_strdup ("");
  Offer offer;

  *path = NULL;
  if (reader == NULL || !read_offer (reader, &offer, error))
    return FALSE;
  if (!offer.needed)
    {
      unlink (file);
      return TRUE;
    }

  if (!is_good (&offer, g_strchomp (token), eng_users_now (engine->users)) &&
      !make_offer (engine, file, error))
    return FALSE;
  *path = g_steal_pointer (&file);

  return TRUE;
}

/* The first administrator, for the writer thread. */
typedef struct
{
  EngCall    *call;
  const char *token;
  const char *name;
  const char *verifier;
} First;

static gboolean
check_token (EngConnection  *connection,
             EngCall        *call,
             const char     *token,
             GError        **error)
{
  Offer offer;

  if (!read_offer (connection, &offer, error))
    return FALSE;
  if (!is_good (&offer, token, eng_users_now (call->engine->users)))
    return sage_throw (error, SAGE_ERROR_DENIED, "The token is wrong, was used already or has expired. "
                       "Start the engine again to have another one made, if there is no user yet");

  return TRUE;
}

static gboolean
make_first_cb (EngTx     *tx,
               gpointer   user_data,
               GError   **error)
{
  const First *first = user_data;
  Offer none = { 0 };

  return check_token (tx->connection, first->call, first->token, error) &&
         eng_user_row_insert (tx, first->name, ENG_ROLE_ADMIN, first->verifier, error) &&
         store_offer_cb (tx, &none, error);
}

static gboolean
is_token_good (EngCall     *call,
               const char  *token,
               GError     **error)
{
  g_autoptr(EngReader) reader = eng_store_reader (call->engine->store, error);

  return reader != NULL && check_token (reader, call, token, error);
}

/**
 * eng_user_setup_use:
 * @call: a call with `Token`, `Name` and `Password`; nobody has been authenticated
 * @trusted: (out): whether the token was right, whatever else was wrong
 *
 * Makes the first administrator. The token is used up with it, in one transaction.
 */
gboolean
eng_user_setup_use (EngCall   *call,
                    gboolean  *trusted,
                    GError   **error)
{
  static const char * const members[] = { "Token", "Name", "Password", NULL };
  g_autofree char *file = g_build_filename (call->engine->data_dir, FILE_NAME, NULL);
  g_autofree char *verifier = NULL;
  g_autofree char *arn = NULL;
  g_autoptr(JsonObject) reply = json_object_new ();
  First first = { .call = call };

  /* The token first: who has none learns nothing, and makes the engine hash nothing. */
  *trusted = eng_user_input_check (call->input, members, error) &&
             (first.token = eng_user_input_text (call->input, "Token", error)) != NULL &&
             is_token_good (call, first.token, error);
  if (!*trusted || !(first.name = eng_user_input_name (call->input, error)) ||
      !(verifier = eng_user_input_verifier (call->input, first.name, error)))
    return FALSE;

  first.verifier = verifier;
  arn = eng_user_arn (call->engine, first.name);
  if (!eng_call_write (call, arn, make_first_cb, &first, error))
    return FALSE;
  SAGE_FAILPOINT ("setup-used");
  unlink (file);
  json_object_set_string_member (reply, "Name", first.name);
  json_object_set_string_member (reply, "Role", eng_role_name (ENG_ROLE_ADMIN));
  eng_call_reply (call, reply);

  return eng_users_reload (call->engine->users, error);
}
