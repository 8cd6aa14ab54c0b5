/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-connection-private.h"
#include "sage-resource-list-private.h"

G_BEGIN_DECLS

/* A page of a list that has come, and what it means for the rows. */
typedef struct
{
  SageConnection   *connection; /* held by the caller, as all here */
  SageResourceList *list;
  guint64           asked_at;   /* the connection's clock when it was asked for */
  GHashTable       *gone;       /* names, in lower case, that were deleted since */
  guint             generation; /* of the load */
  guint             changes;    /* (out): what turned out to be different */
  GPtrArray        *fresh;      /* while it is taken: rows that are new to the list */
  GPtrArray        *news;       /* and those that are news to whoever listens */
} SageListPage;

guint sage_list_page_take (SageListPage *self,
                           JsonObject   *reply);

G_END_DECLS
