/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SageHttpParam:
 * @name: decoded
 * @value: decoded; "" if there was no `=`
 *
 * One parameter of a query or form.
 */
typedef struct
{
  char *name;
  char *value;
} SageHttpParam;

/**
 * SageHttpParams:
 * @params: in the order sent; names may repeat
 * @n_params: how many
 *
 * The parameters of a query or form.
 */
typedef struct
{
  SageHttpParam *params;
  guint          n_params;
} SageHttpParams;

char           *sage_http_uri_decode         (const char           *text,
                                              gssize                length,
                                              GError              **error);
char          **sage_http_uri_split_path     (const char           *path,
                                              GError              **error);
char           *sage_http_uri_encode         (const char           *text,
                                              gboolean              keep_slashes);
SageHttpParams *sage_http_uri_parse_query    (const char           *query,
                                              GError              **error);
SageHttpParams *sage_http_uri_parse_form     (const char           *body,
                                              gsize                 length,
                                              GError              **error);
const char     *sage_http_params_get         (const SageHttpParams *params,
                                              const char           *name);
gboolean        sage_http_params_has         (const SageHttpParams *params,
                                              const char           *name);
void            sage_http_params_free        (SageHttpParams       *params);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageHttpParams, sage_http_params_free)

G_END_DECLS
