/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-s3"

#include "config.h"

#include <string.h>

#include "eng-s3-xml.h"
#include "sage-http-uri.h"
#include "sage-time.h"

/**
 * eng_s3_xml_new:
 * @root: the document's root element
 *
 * Returns: (transfer full): a document whose root element is open; eng_s3_xml_end() closes it
 */
GString *
eng_s3_xml_new (const char *root)
{
  GString *xml = g_string_new ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");

  g_string_append_printf (xml, "<%s xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">", root);

  return xml;
}

/**
 * eng_s3_xml_end:
 * @xml: (transfer full): the document
 * @root: its root element
 *
 * Returns: (transfer full): the bytes of the finished document
 */
GBytes *
eng_s3_xml_end (GString    *xml,
                const char *root)
{
  g_string_append_printf (xml, "</%s>", root);

  return g_string_free_to_bytes (xml);
}

/**
 * eng_s3_xml_text:
 * @xml: a document
 * @element: the element's name
 * @text: (nullable): its content; %NULL leaves the element out
 *
 * Appends an element. Control characters, which XML 1.0 has no form for, are written as character
 * references, as S3 itself does; clients that may meet them ask for URL encoding.
 */
void
eng_s3_xml_text (GString    *xml,
                 const char *element,
                 const char *text)
{
  if (text == NULL)
    return;

  g_string_append_printf (xml, "<%s>", element);
  for (const char *at = text; *at != '\0'; at++)
    {
      guchar byte = (guchar) *at;

      if (byte == '&')
        g_string_append (xml, "&amp;");
      else if (byte == '<')
        g_string_append (xml, "&lt;");
      else if (byte == '>')
        g_string_append (xml, "&gt;");
      else if (byte == '"')
        g_string_append (xml, "&quot;");
      else if (byte < 0x20 || byte == 0x7f)
        g_string_append_printf (xml, "&#x%x;", byte);
      else
        g_string_append_c (xml, *at);
    }
  g_string_append_printf (xml, "</%s>", element);
}

/**
 * eng_s3_xml_int:
 * @xml: a document
 * @element: the element's name
 * @value: its content
 *
 * Appends an element that holds a number.
 */
void
eng_s3_xml_int (GString    *xml,
                const char *element,
                gint64      value)
{
  g_string_append_printf (xml, "<%s>%" G_GINT64_FORMAT "</%s>", element, value, element);
}

/**
 * eng_s3_xml_bool:
 * @xml: a document
 * @element: the element's name
 * @value: its content
 *
 * Appends an element that holds a truth value.
 */
void
eng_s3_xml_bool (GString    *xml,
                 const char *element,
                 gboolean    value)
{
  eng_s3_xml_text (xml, element, value ? "true" : "false");
}

/**
 * eng_s3_xml_time:
 * @xml: a document
 * @element: the element's name
 * @seconds: its content, seconds since the epoch
 *
 * Appends an element that holds an instant.
 */
void
eng_s3_xml_time (GString    *xml,
                 const char *element,
                 double      seconds)
{
  g_autofree char *text = sage_time_to_iso8601 (seconds);

  eng_s3_xml_text (xml, element, text);
}

/**
 * eng_s3_xml_etag:
 * @xml: a document
 * @etag: without quotes
 *
 * Appends an ETag element, whose content S3 puts in quotes.
 */
void
eng_s3_xml_etag (GString    *xml,
                 const char *etag)
{
  g_autofree char *quoted = g_strdup_printf ("\"%s\"", etag);

  eng_s3_xml_text (xml, "ETag", quoted);
}

/**
 * eng_s3_xml_name:
 * @xml: a document
 * @element: the element's name
 * @name: (nullable): a key or a part of one; %NULL leaves the element out
 * @url: whether the client asked for `encoding-type=url`
 *
 * Appends an element that holds a key.
 */
void
eng_s3_xml_name (GString    *xml,
                 const char *element,
                 const char *name,
                 gboolean    url)
{
  g_autofree char *encoded = url && name != NULL ? sage_http_uri_encode (name, TRUE) : NULL;

  eng_s3_xml_text (xml, element, url ? encoded : name);
}
