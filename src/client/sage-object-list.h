/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-client.h"

G_BEGIN_DECLS

/* What stands in a bucket, as if it were folders and files; or a bucket itself. */
typedef struct
{
  char  *name; /* the whole key; one that ends in a slash stands for all that begin so */
  gint64 size; /* in bytes; -1 of what is no object */
} SageObjectEntry;

void       sage_client_list_objects_async  (SageClient           *self,
                                            const char           *bucket,
                                            const char           *prefix,
                                            const char           *token,
                                            GCancellable         *cancellable,
                                            GAsyncReadyCallback   callback,
                                            gpointer              user_data);
GPtrArray *sage_client_list_objects_finish (SageClient           *self,
                                            GAsyncResult         *result,
                                            char                **next,
                                            GError              **error);
GPtrArray *sage_object_list_parse          (const char           *xml,
                                            gsize                 length,
                                            const char           *prefix,
                                            char                **next,
                                            GError              **error);

G_END_DECLS
