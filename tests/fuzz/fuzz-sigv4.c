/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "sage-sigv4.h"

int LLVMFuzzerTestOneInput (const guint8 *data,
                            size_t        size);

static const char *
find_secret (const char *access_key,
             gpointer    user_data)
{
  return access_key[0] == 'A' ? "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" : NULL;
}

/* "METHOD path query", then a header a line, "Name: value". */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  g_autofree char *text = g_strndup (size > 0 ? (const char *) data : "", size);
  g_auto(GStrv) lines = g_strsplit (text, "\n", 128);
  g_auto(GStrv) words = g_strsplit (lines[0] != NULL ? lines[0] : "", " ", 3);
  g_autoptr(GPtrArray) headers = g_ptr_array_new_null_terminated (8, NULL, TRUE);
  g_auto(SageSigResult) result = { 0 };
  g_autofree char *message = NULL;
  SageSigRequest request;
  SageSigVerdict verdict;

  if (g_strv_length (words) != 3)
    return 0;

  for (guint i = 1; lines[i] != NULL; i++)
    {
      char *colon = strchr (lines[i], ':');

      if (colon == NULL)
        continue;
      *colon = '\0';
      g_ptr_array_add (headers, lines[i]);
      g_ptr_array_add (headers, colon + 1);
    }

  request.method = words[0];
  request.raw_path = words[1];
  request.raw_query = words[2];
  request.headers = (const char *const *) headers->pdata;
  request.body_sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  verdict = sage_sig_verify (&request, 1440938160, find_secret, NULL, &result, &message);

  g_assert ((verdict == SAGE_SIG_OK) == (message == NULL));
  if (verdict == SAGE_SIG_OK)
    g_assert (result.access_key != NULL && result.service != NULL && result.region != NULL
              && result.date != NULL && result.scope != NULL && result.signature != NULL);

  return 0;
}
