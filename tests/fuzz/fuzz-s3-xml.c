/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "eng-s3-xml.h"

int LLVMFuzzerTestOneInput (const guint8 *data,
                            size_t        size);

/* Every document a client may send: what is read keeps to the limits, what is refused says why. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  g_autoptr(GBytes) body = g_bytes_new_static (data, size);
  g_autoptr(GError) delete_error = NULL;
  g_autoptr(GError) parts_error = NULL;
  g_autoptr(GError) location_error = NULL;
  g_autoptr(EngS3DeleteList) list = eng_s3_xml_read_delete (body, &delete_error);
  g_autoptr(GPtrArray) claims = eng_s3_xml_read_parts (body, &parts_error);
  g_autofree char *location = NULL;
  gboolean ok = eng_s3_xml_read_location (body, &location, &location_error);

  g_assert ((list == NULL) == (delete_error != NULL));
  g_assert ((claims == NULL) == (parts_error != NULL));
  g_assert (ok == (location_error == NULL));

  if (list != NULL)
    g_assert (list->keys->len >= 1 && list->keys->len <= 1000);

  for (guint i = 0; claims != NULL && i < claims->len; i++)
    {
      const EngPartClaim *claim = g_ptr_array_index (claims, i);

      g_assert (claim->number >= 1 && claim->number <= ENG_OBJECT_PARTS_MAX);
      g_assert (claim->etag != NULL);
    }

  return 0;
}
