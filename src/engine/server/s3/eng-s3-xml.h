/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-object-upload.h"

G_BEGIN_DECLS

#define ENG_S3_XML_TYPE "application/xml"

/* What a DeleteObjects request names. */
typedef struct
{
  GPtrArray *keys;  /* (owned): of char * */
  gboolean   quiet; /* only the failures are wanted */
} EngS3DeleteList;

GString   *eng_s3_xml_new              (const char       *root);
GBytes    *eng_s3_xml_end              (GString          *xml,
                                        const char       *root);
void       eng_s3_xml_text             (GString          *xml,
                                        const char       *element,
                                        const char       *text);
void       eng_s3_xml_int              (GString          *xml,
                                        const char       *element,
                                        gint64            value);
void       eng_s3_xml_bool             (GString          *xml,
                                        const char       *element,
                                        gboolean          value);
void       eng_s3_xml_time             (GString          *xml,
                                        const char       *element,
                                        double            seconds);
void       eng_s3_xml_etag             (GString          *xml,
                                        const char       *etag);
void       eng_s3_xml_name             (GString          *xml,
                                        const char       *element,
                                        const char       *name,
                                        gboolean          url);

EngS3DeleteList *eng_s3_xml_read_delete (GBytes          *body,
                                        GError          **error);
void       eng_s3_delete_list_free     (EngS3DeleteList  *list);
GPtrArray *eng_s3_xml_read_parts       (GBytes           *body,
                                        GError          **error);
gboolean   eng_s3_xml_read_location    (GBytes           *body,
                                        char            **location,
                                        GError          **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngS3DeleteList, eng_s3_delete_list_free)

G_END_DECLS
