/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ALG_DOCUMENT_DEPTH 32

/**
 * AlgToken:
 *
 * What alg_document_next() found. Inside an object a key stands before each value.
 */
typedef enum
{
  ALG_TOKEN_ERROR,
  ALG_TOKEN_END, /* after the top value; JSON may go on with another one */
  ALG_TOKEN_OBJECT,
  ALG_TOKEN_OBJECT_END,
  ALG_TOKEN_ARRAY,
  ALG_TOKEN_ARRAY_END,
  ALG_TOKEN_KEY,
  ALG_TOKEN_STRING,
  ALG_TOKEN_NUMBER,
  ALG_TOKEN_TRUE,
  ALG_TOKEN_FALSE,
  ALG_TOKEN_NULL,
} AlgToken;

/* One open array or object. */
typedef struct
{
  gboolean object;
  gboolean counted;  /* UBJSON: ends after @left members, without a mark */
  gint64   left;
  guint8   type;     /* UBJSON: the type all members share, or 0 */
  gboolean wants_value; /* an object whose key was read */
  gboolean first;    /* JSON: no member yet */
} AlgContainer;

/* A pull reader over JSON or UBJSON that stands in memory; allocates only for JSON's escapes.
 * Plain data: set up by an _init function, put away with alg_document_clear(). */
typedef struct
{
  const guint8 *data;      /* borrowed */
  gsize         length;
  gsize         offset;
  gboolean      binary;    /* UBJSON */
  gboolean      begun;     /* the first top value was met */
  gboolean      several;   /* JSON: top values may follow one another */
  guint         depth;
  const char   *text;      /* of the key, string or JSON number; not ended by NUL */
  gsize         text_length;
  gboolean      is_float;  /* UBJSON number: which of the two below holds it */
  gint64        integer;
  double        real;
  GString      *unescaped; /* (owned) (nullable) */
  AlgContainer  stack[ALG_DOCUMENT_DEPTH];
} AlgDocument;

void     alg_document_init_json   (AlgDocument   *document,
                                   const void    *data,
                                   gsize          length);
void     alg_document_init_ubjson (AlgDocument   *document,
                                   const void    *data,
                                   gsize          length);
void     alg_document_clear       (AlgDocument   *document);

AlgToken alg_document_next        (AlgDocument   *document,
                                   GError       **error);
gboolean alg_document_expect      (AlgDocument   *document,
                                   AlgToken       token,
                                   GError       **error);
gboolean alg_document_skip        (AlgDocument   *document,
                                   GError       **error);
gboolean alg_document_skip_rest   (AlgDocument   *document,
                                   AlgToken       opened,
                                   GError       **error);
gboolean alg_document_is          (AlgDocument   *document,
                                   const char    *text);
char    *alg_document_dup         (AlgDocument   *document);
gboolean alg_document_float       (AlgDocument   *document,
                                   float         *value,
                                   GError       **error);
gboolean alg_document_integer     (AlgDocument   *document,
                                   gint64         minimum,
                                   gint64         maximum,
                                   gint64        *value,
                                   GError       **error);
gboolean alg_document_throw       (AlgDocument   *document,
                                   GError       **error,
                                   const char    *format,
                                   ...) G_GNUC_PRINTF (3, 4);

/* The two grammars; called by alg_document_next() only. */
AlgToken alg_document_next_json   (AlgDocument   *document,
                                   GError       **error);
AlgToken alg_document_next_ubjson (AlgDocument   *document,
                                   GError       **error);
AlgToken alg_document_open        (AlgDocument   *document,
                                   gboolean       object,
                                   GError       **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AlgDocument, alg_document_clear)

G_END_DECLS
