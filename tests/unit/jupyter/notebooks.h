/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-notebook.h"

/* What the tests of notebooks share. */

static inline SageNotebook *
parse (const char *text)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr(GError) error = NULL;
  SageNotebook *notebook = sage_notebook_parse (bytes, &error);

  g_assert_no_error (error);
  g_assert_nonnull (notebook);

  return notebook;
}

static inline char *
serialise (SageNotebook *notebook)
{
  g_autoptr(GBytes) bytes = sage_notebook_serialise (notebook);
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  return g_strndup (data, length);
}

static inline void
assert_text (SageNotebook *notebook,
             const char   *expected)
{
  g_autofree char *text = serialise (notebook);

  g_assert_cmpstr (text, ==, expected);
}

static inline const char *
source_at (SageNotebook *notebook,
           guint         position)
{
  return sage_cell_get_source (sage_notebook_get_cell (notebook, position));
}

static inline guint
count (gpointer model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (model));
}
