/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ENG_GRANT_KEY_SIZE 32      /* of the engine's key, in bytes */
#define ENG_GRANT_SECRET_SIZE 41   /* of a session's secret, with its end */
#define ENG_USER_NAME_MAX 64        /* characters, each of one byte */
#define ENG_ACCESS_KEY_LENGTH 20    /* characters of an access key id */

typedef enum
{
  ENG_GRANT_BEARER = 1,  /* shown as it is */
  ENG_GRANT_SESSION = 2, /* goes with requests that are signed with its secret */
} EngGrantKind;

/* What a login is good for. */
typedef struct
{
  EngGrantKind kind;
  char          user[ENG_USER_NAME_MAX + 1];
  gint64        epoch;   /* of the user: one raised since has ended the grant */
  gint64        issued;  /* seconds since the epoch, on the engine's clock for grants */
  gint64        expires; /* the same; from then on it is no good */
  char          access_key[ENG_ACCESS_KEY_LENGTH + 1]; /* of a session; "" for a bearer */
} EngGrant;

char     *eng_grant_seal   (const guint8      key[ENG_GRANT_KEY_SIZE],
                             const EngGrant  *grant);
gboolean  eng_grant_open   (const guint8      key[ENG_GRANT_KEY_SIZE],
                             const char       *text,
                             EngGrant        *grant);
void      eng_grant_secret (const guint8      key[ENG_GRANT_KEY_SIZE],
                             const EngGrant  *grant,
                             char              secret[ENG_GRANT_SECRET_SIZE]);

G_END_DECLS
