/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "sage-error.h"
#include "sage-object-list.h"

static GPtrArray *
parse (const char  *xml,
       char       **next,
       GError     **error)
{
  return sage_object_list_parse (xml, strlen (xml), "", next, error);
}

static void
assert_entry (GPtrArray  *entries,
              guint       index,
              const char *name,
              gint64      size)
{
  const SageObjectEntry *entry = g_ptr_array_index (entries, index);

  g_assert_cmpstr (entry->name, ==, name);
  g_assert_cmpint (entry->size, ==, size);
}

static void
test_objects (void)
{
  g_autoptr(GPtrArray) entries = NULL;
  g_autofree char *next = NULL;
  g_autoptr(GError) error = NULL;

  entries = parse ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                   "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>b</Name>"
                   "<Prefix>data/</Prefix><IsTruncated>true</IsTruncated>"
                   "<NextContinuationToken>abc&amp;d</NextContinuationToken>"
                   "<Contents><Key>data/a+b%2B%C3%A9.csv</Key><Size>5368709120</Size></Contents>"
                   "<Contents><Key>data/empty</Key><Size>0</Size><Owner><ID>x</ID></Owner></Contents>"
                   "<CommonPrefixes><Prefix>data/train/</Prefix></CommonPrefixes>"
                   "</ListBucketResult>", &next, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (entries->len, ==, 3);
  assert_entry (entries, 0, "data/a b+é.csv", G_GINT64_CONSTANT (5368709120));
  assert_entry (entries, 1, "data/empty", 0);
  assert_entry (entries, 2, "data/train/", -1);
  g_assert_cmpstr (next, ==, "abc&d");
}

static void
test_buckets (void)
{
  g_autoptr(GPtrArray) entries = NULL;
  g_autofree char *next = NULL;
  g_autoptr(GError) error = NULL;

  entries = parse ("<ListAllMyBucketsResult><Owner><ID>1</ID><DisplayName>Name</DisplayName></Owner>"
                   "<Buckets><Bucket><Name>one</Name><CreationDate>2026</CreationDate></Bucket>"
                   "<Bucket><Name>two</Name></Bucket></Buckets></ListAllMyBucketsResult>",
                   &next, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (entries->len, ==, 2);
  assert_entry (entries, 0, "one", -1);
  assert_entry (entries, 1, "two", -1);
  g_assert_null (next);
}

static void
test_nothing (void)
{
  static const char * const empty[] = {
    "<ListBucketResult/>",
    "<ListBucketResult><Contents><Key/></Contents><CommonPrefixes/></ListBucketResult>",
    "<Contents>stray<Size>7</Size></Contents>",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (empty); i++)
    {
      g_autoptr(GPtrArray) entries = NULL;
      g_autofree char *next = NULL;
      g_autoptr(GError) error = NULL;

      entries = parse (empty[i], &next, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (entries->len, ==, 0);
    }
}

static void
test_hostile (void)
{
  static const char * const bad[] = {
    "",
    "no XML",
    "{\"Contents\": []}",
    "<ListBucketResult>",
    "<ListBucketResult><Contents></ListBucketResult>",
    "<ListBucketResult><Contents><Key>a</Key><Size>1</Size></Contents><NextContinuationToken>x",
    "<Contents><Key>a%00b</Key></Contents>",
    "<Contents><Key>a%ff</Key></Contents>",
    "<Contents><Key>a%zz</Key></Contents>",
    "<Contents><Key>\xff</Key></Contents>",
    "<Contents><Key>&unknown;</Key></Contents>",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GPtrArray) entries = NULL;
      g_autofree char *next = NULL;
      g_autoptr(GError) error = NULL;

      g_test_message ("%s", bad[i]);
      entries = parse (bad[i], &next, &error);
      g_assert_null (entries);
      g_assert_null (next);
      g_assert_error (error, SAGE_ERROR, SAGE_ERROR_PROTOCOL);
    }
}

/* The body of an answer without one has no data at all. */
static void
test_no_body (void)
{
  g_autoptr(GBytes) body = g_bytes_new (NULL, 0);
  g_autofree char *next = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_null (sage_object_list_parse (g_bytes_get_data (body, NULL), 0, "", &next, &error));
  g_assert_null (next);
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_PROTOCOL);
}

/* What is shown is a name without the prefix: there is none in a name that does not begin with it. */
static void
test_elsewhere (void)
{
  static const struct
  {
    const char *xml;
    gboolean    good;
  } rows[] = {
    { "<L><Contents><Key>data/</Key></Contents><Contents><Key>data/a</Key></Contents></L>", TRUE },
    { "<L><CommonPrefixes><Prefix>data/train/</Prefix></CommonPrefixes></L>", TRUE },
    { "<L><Contents><Key>data/a</Key></Contents><Contents><Key>a</Key></Contents></L>", FALSE },
    { "<L><CommonPrefixes><Prefix>dat</Prefix></CommonPrefixes></L>", FALSE },
    { "<L><Contents><Key>Data/a</Key></Contents></L>", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(GPtrArray) entries = NULL;
      g_autofree char *next = NULL;
      g_autoptr(GError) error = NULL;

      g_test_message ("%s", rows[i].xml);
      entries = sage_object_list_parse (rows[i].xml, strlen (rows[i].xml), "data/", &next, &error);
      g_assert_true ((entries != NULL) == rows[i].good);
      if (!rows[i].good)
        g_assert_error (error, SAGE_ERROR, SAGE_ERROR_PROTOCOL);
    }
}

/* A size that no object has is none that could be mistaken for a folder's. */
static void
test_sizes (void)
{
  g_autoptr(GPtrArray) entries = NULL;
  g_autofree char *next = NULL;

  entries = parse ("<L><Contents><Key>a</Key><Size>-1</Size></Contents>"
                   "<Contents><Size>x</Size><Key>b</Key></Contents>"
                   "<Contents><Key>c</Key></Contents></L>", &next, NULL);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (((SageObjectEntry *) g_ptr_array_index (entries, i))->size, ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/object-list/objects", test_objects);
  g_test_add_func ("/object-list/buckets", test_buckets);
  g_test_add_func ("/object-list/nothing", test_nothing);
  g_test_add_func ("/object-list/hostile", test_hostile);
  g_test_add_func ("/object-list/no-body", test_no_body);
  g_test_add_func ("/object-list/elsewhere", test_elsewhere);
  g_test_add_func ("/object-list/sizes", test_sizes);

  return g_test_run ();
}
