/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib.h>
#include <string.h>

#include "sage-digest.h"
#include "sage-json.h"
#include "sage-sigv4.h"

#define NOW 1440938160.0 /* 2015-08-30T12:36:00Z */
#define KEY "AKIDEXAMPLE"
#define SECRET "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define CREDENTIAL KEY "/20150830/us-east-1/service/aws4_request"
#define VANILLA "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
#define AUTH(signed_headers, signature)                                     \
  "AWS4-HMAC-SHA256 Credential=" CREDENTIAL ", SignedHeaders=" signed_headers \
  ", Signature=" signature
#define HOST "Host", "example.amazonaws.com"
#define DATE "X-Amz-Date", "20150830T123600Z"

static const char *
find_secret (const char *access_key,
             gpointer    user_data)
{
  guint *calls = user_data;

  if (calls != NULL)
    ++*calls;

  /* The second pair is that of the examples in the S3 API reference. */
  if (strcmp (access_key, "AKIAIOSFODNN7EXAMPLE") == 0)
    return "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

  return strcmp (access_key, KEY) == 0 ? SECRET : NULL;
}

static SageSigVerdict
verify (const SageSigRequest *request,
        double                now,
        char                **message)
{
  g_auto(SageSigResult) result = { 0 };

  return sage_sig_verify (request, now, find_secret, NULL, &result, message);
}

/* --- AWS's own suite (aws-sig-v4-test-suite) --------------------------------------------------- */

typedef struct
{
  const char *name;
  const char *method;
  const char *path;
  const char *query;
  const char *headers[16];
  const char *body;
} SuiteCase;

static const SuiteCase suite[] = {
  { "get-vanilla", "GET", "/", "",
    { HOST, DATE, "Authorization", AUTH ("host;x-amz-date", VANILLA) }, "" },
  { "get-unreserved", "GET",
    "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "",
    { HOST, DATE, "Authorization",
      AUTH ("host;x-amz-date",
            "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f") }, "" },
  { "get-utf8", "GET", "/\xe1\x88\xb4", "",
    { HOST, DATE, "Authorization",
      AUTH ("host;x-amz-date",
            "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85") }, "" },
  { "get-space", "GET", "/example space/", "",
    { HOST, DATE, "Authorization",
      AUTH ("host;x-amz-date",
            "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741") }, "" },
  { "normalize-path/get-relative", "GET", "/example/..", "",
    { HOST, DATE, "Authorization", AUTH ("host;x-amz-date", VANILLA) }, "" },
  { "normalize-path/get-relative-relative", "GET", "/example1/example2/../..", "",
    { HOST, DATE, "Authorization", AUTH ("host;x-amz-date", VANILLA) }, "" },
  { "normalize-path/get-slash", "GET", "//", "",
    { HOST, DATE, "Authorization", AUTH ("host;x-amz-date", VANILLA) }, "" },
  { "normalize-path/get-slash-dot-slash", "GET", "/./", "",
    { HOST, DATE, "Authorization", AUTH ("host;x-amz-date", VANILLA) }, "" },
  { "normalize-path/get-slashes", "GET", "//example//", "",
    { HOST, DATE, "Authorization",
      AUTH ("host;x-amz-date",
            "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84") }, "" },
  { "get-vanilla-query-order-key-case", "GET", "/", "Param2=value2&Param1=value1",
    { HOST, DATE, "Authorization",
      AUTH ("host;x-amz-date",
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500") }, "" },
  { "get-header-key-duplicate", "GET", "/", "",
    { HOST, "My-Header1", "value2", "My-Header1", "value2", "My-Header1", "value1", DATE,
      "Authorization",
      AUTH ("host;my-header1;x-amz-date",
            "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea") }, "" },
  { "get-header-value-order", "GET", "/", "",
    { HOST, "My-Header1", "value4", "My-Header1", "value1", "My-Header1", "value3",
      "My-Header1", "value2", DATE, "Authorization",
      AUTH ("host;my-header1;x-amz-date",
            "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01") }, "" },
  { "get-header-value-trim", "GET", "/", "",
    { HOST, "My-Header1", " value1", "My-Header2", " \"a   b   c\"", DATE, "Authorization",
      AUTH ("host;my-header1;my-header2;x-amz-date",
            "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736") }, "" },
  { "post-vanilla", "POST", "/", "",
    { HOST, DATE, "Authorization",
      AUTH ("host;x-amz-date",
            "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b") }, "" },
  { "post-header-key-sort", "POST", "/", "",
    { HOST, "My-Header1", "value1", DATE, "Authorization",
      AUTH ("host;my-header1;x-amz-date",
            "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c") }, "" },
  { "post-x-www-form-urlencoded", "POST", "/", "",
    { "Content-Type", "application/x-www-form-urlencoded", HOST, DATE, "Authorization",
      AUTH ("content-type;host;x-amz-date",
            "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a") },
    "Param1=value1" },
};

static char *
body_hash (const char *body)
{
  guint8 hash[SAGE_SHA256_SIZE];

  sage_sha256 (body, strlen (body), hash);

  return sage_hex (hash, sizeof hash);
}

static void
test_suite (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (suite); i++)
    {
      g_autofree char *hash = body_hash (suite[i].body);
      g_autofree char *message = NULL;
      SageSigRequest request = { suite[i].method, suite[i].path, suite[i].query, suite[i].headers,
                                 hash };

      g_test_message ("%s", suite[i].name);
      g_assert_cmpint (verify (&request, NOW, &message), ==, SAGE_SIG_OK);
      g_assert_null (message);
    }
}

/* --- What botocore sends ---------------------------------------------------------------------- */

typedef struct
{
  const char *name;
  const char *service;
  char       *method;
  char       *path;
  char       *query;
  GPtrArray  *headers;
  char       *hash;
} Vector;

static void
vector_free (Vector *vector)
{
  g_free (vector->method);
  g_free (vector->path);
  g_free (vector->query);
  g_ptr_array_unref (vector->headers);
  g_free (vector->hash);
  g_free (vector);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Vector, vector_free)

static Vector *
vector_read (JsonObject *object)
{
  Vector *vector = g_new0 (Vector, 1);
  JsonArray *headers = sage_json_array (object, "headers");

  vector->name = sage_json_string (object, "name", NULL);
  vector->service = sage_json_string (object, "service", NULL);
  vector->method = g_strdup (sage_json_string (object, "method", NULL));
  vector->path = g_strdup (sage_json_string (object, "path", NULL));
  vector->query = g_strdup (sage_json_string (object, "query", NULL));
  vector->hash = g_strdup (sage_json_string (object, "body_sha256", NULL));
  vector->headers = g_ptr_array_new_null_terminated (16, g_free, TRUE);
  for (guint i = 0; i < json_array_get_length (headers); i++)
    g_ptr_array_add (vector->headers, g_strdup (sage_json_array_string (headers, i)));

  return vector;
}

static SageSigVerdict
vector_verify (Vector *vector,
               double  now)
{
  SageSigRequest request = {
    vector->method, vector->path, vector->query, (const char *const *) vector->headers->pdata,
    vector->hash,
  };

  return verify (&request, now, NULL);
}

static void
append (char       **text,
        const char  *more)
{
  char *joined = g_strconcat (*text, more, NULL);

  g_free (*text);
  *text = joined;
}

static gboolean
header_is_signed (Vector     *vector,
                  const char *name)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  for (guint i = 0; i < vector->headers->len; i += 2)
    if (g_ascii_strcasecmp (vector->headers->pdata[i], "authorization") == 0)
      return strstr (vector->headers->pdata[i + 1], lower) != NULL;

  return strcmp (lower, "host") == 0 && strstr (vector->query, "X-Amz-Signature") != NULL;
}

/* Whatever of a signed request is changed, it no longer passes. */
static void
check_tampering (JsonObject *object)
{
  g_autoptr(Vector) method = vector_read (object);
  g_autoptr(Vector) path = vector_read (object);
  g_autoptr(Vector) query = vector_read (object);
  g_autoptr(Vector) hash = vector_read (object);
  gboolean v2 = strstr (query->query, "AWSAccessKeyId") != NULL;

  append (&method->method, "X");
  g_assert_cmpint (vector_verify (method, NOW), ==, SAGE_SIG_MISMATCH);
  append (&path->path, "x");
  g_assert_cmpint (vector_verify (path, NOW), ==, SAGE_SIG_MISMATCH);
  /* Version 2 signs only what it calls a subresource. */
  append (&query->query, query->query[0] != '\0' ? "&acl" : "acl");
  g_assert_cmpint (vector_verify (query, NOW), ==, SAGE_SIG_MISMATCH);

  if (strcmp (hash->service, "s3") != 0)
    {
      hash->hash[0] = hash->hash[0] == '0' ? '1' : '0';
      g_assert_cmpint (vector_verify (hash, NOW), ==, SAGE_SIG_MISMATCH);
    }

  for (guint i = 0; !v2 && i < method->headers->len; i += 2)
    {
      g_autoptr(Vector) header = vector_read (object);

      if (!header_is_signed (header, header->headers->pdata[i])
          || g_ascii_strcasecmp (header->headers->pdata[i], "authorization") == 0)
        continue;
      append ((char **) &header->headers->pdata[i + 1], "x");
      g_assert_cmpint (vector_verify (header, NOW), !=, SAGE_SIG_OK);
    }
}

static void
test_botocore (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "sigv4-vectors.json", NULL);
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) root = NULL;
  JsonArray *vectors;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  root = sage_json_parse_object (text, -1, NULL, &error);
  g_assert_no_error (error);

  vectors = sage_json_array (json_node_get_object (root), "vectors");
  g_assert_cmpuint (json_array_get_length (vectors), >=, 25);
  for (guint i = 0; i < json_array_get_length (vectors); i++)
    {
      JsonObject *object = sage_json_array_object (vectors, i);
      g_autoptr(Vector) vector = vector_read (object);

      g_test_message ("%s", vector->name);
      g_assert_cmpint (vector_verify (vector, NOW), ==, SAGE_SIG_OK);
      g_assert_cmpint (vector_verify (vector, NOW + 3601), ==, SAGE_SIG_EXPIRED);
      check_tampering (object);
    }
}

/* --- Hostile requests ------------------------------------------------------------------------- */

typedef struct
{
  const char     *name;
  const char     *query;
  const char     *headers[16];
  SageSigVerdict  verdict;
} Hostile;

#define GOOD_AUTH AUTH ("host;x-amz-date", VANILLA)
#define PRESIGN(expires, date)                                                                 \
  "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=" KEY                                     \
  "%2F20150830%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=" date "&X-Amz-Expires=" expires     \
  "&X-Amz-SignedHeaders=host&X-Amz-Signature=" VANILLA

static const Hostile hostile[] = {
  { "nothing", "", { HOST, DATE }, SAGE_SIG_MISSING },
  { "empty", "", { HOST, DATE, "Authorization", "" }, SAGE_SIG_MALFORMED },
  { "bearer", "", { HOST, DATE, "Authorization", "Bearer abc" }, SAGE_SIG_MALFORMED },
  { "basic", "", { HOST, DATE, "Authorization", "Basic YTpi" }, SAGE_SIG_MALFORMED },
  { "version 2 header", "", { HOST, DATE, "Authorization", "AWS AKIDEXAMPLE:abc=" },
    SAGE_SIG_MALFORMED },
  { "lower-case scheme", "", { HOST, DATE, "Authorization", "aws4-hmac-sha256 Credential=a" },
    SAGE_SIG_MALFORMED },
  { "two headers", "", { HOST, DATE, "Authorization", GOOD_AUTH, "authorization", GOOD_AUTH },
    SAGE_SIG_MALFORMED },
  { "bearer and good", "", { HOST, DATE, "Authorization", "Bearer x", "Authorization", GOOD_AUTH },
    SAGE_SIG_MALFORMED },
  { "header and query", PRESIGN ("60", "20150830T123600Z"),
    { HOST, DATE, "Authorization", GOOD_AUTH }, SAGE_SIG_MALFORMED },
  { "header and version 2 query", "AWSAccessKeyId=" KEY "&Expires=1440938161&Signature=x",
    { HOST, DATE, "Authorization", GOOD_AUTH }, SAGE_SIG_MALFORMED },
  { "no credential", "",
    { HOST, DATE, "Authorization",
      "AWS4-HMAC-SHA256 SignedHeaders=host;x-amz-date, Signature=" VANILLA }, SAGE_SIG_MALFORMED },
  { "no signature", "",
    { HOST, DATE, "Authorization",
      "AWS4-HMAC-SHA256 Credential=" CREDENTIAL ", SignedHeaders=host;x-amz-date" },
    SAGE_SIG_MALFORMED },
  { "credential twice", "",
    { HOST, DATE, "Authorization", GOOD_AUTH ", Credential=" CREDENTIAL }, SAGE_SIG_MALFORMED },
  { "extra parameter", "", { HOST, DATE, "Authorization", GOOD_AUTH ", Extra=1" },
    SAGE_SIG_MALFORMED },
  { "short scope", "",
    { HOST, DATE, "Authorization",
      "AWS4-HMAC-SHA256 Credential=" KEY "/20150830/us-east-1/aws4_request, "
      "SignedHeaders=host;x-amz-date, Signature=" VANILLA }, SAGE_SIG_MALFORMED },
  { "long scope", "",
    { HOST, DATE, "Authorization",
      "AWS4-HMAC-SHA256 Credential=a/" CREDENTIAL ", SignedHeaders=host;x-amz-date, "
      "Signature=" VANILLA }, SAGE_SIG_MALFORMED },
  { "empty region", "",
    { HOST, DATE, "Authorization",
      "AWS4-HMAC-SHA256 Credential=" KEY "/20150830//service/aws4_request, "
      "SignedHeaders=host;x-amz-date, Signature=" VANILLA }, SAGE_SIG_MALFORMED },
  { "newline in region", "",
    { HOST, DATE, "Authorization",
      "AWS4-HMAC-SHA256 Credential=" KEY "/20150830/us\neast/service/aws4_request, "
      "SignedHeaders=host;x-amz-date, Signature=" VANILLA }, SAGE_SIG_MALFORMED },
  { "wrong terminator", "",
    { HOST, DATE, "Authorization",
      "AWS4-HMAC-SHA256 Credential=" KEY "/20150830/us-east-1/service/aws5_request, "
      "SignedHeaders=host;x-amz-date, Signature=" VANILLA }, SAGE_SIG_MISMATCH },
  { "scope of another day", "",
    { HOST, DATE, "Authorization",
      "AWS4-HMAC-SHA256 Credential=" KEY "/20150829/us-east-1/service/aws4_request, "
      "SignedHeaders=host;x-amz-date, Signature=" VANILLA }, SAGE_SIG_MISMATCH },
  { "other region", "",
    { HOST, DATE, "Authorization",
      "AWS4-HMAC-SHA256 Credential=" KEY "/20150830/us-east-2/service/aws4_request, "
      "SignedHeaders=host;x-amz-date, Signature=" VANILLA }, SAGE_SIG_MISMATCH },
  { "other service", "",
    { HOST, DATE, "Authorization",
      "AWS4-HMAC-SHA256 Credential=" KEY "/20150830/us-east-1/services/aws4_request, "
      "SignedHeaders=host;x-amz-date, Signature=" VANILLA }, SAGE_SIG_MISMATCH },
  { "unknown key", "",
    { HOST, DATE, "Authorization",
      "AWS4-HMAC-SHA256 Credential=AKIDOTHER/20150830/us-east-1/service/aws4_request, "
      "SignedHeaders=host;x-amz-date, Signature=" VANILLA }, SAGE_SIG_UNKNOWN_KEY },
  { "short signature", "", { HOST, DATE, "Authorization", AUTH ("host;x-amz-date", "5fa0") },
    SAGE_SIG_MALFORMED },
  { "empty signature", "", { HOST, DATE, "Authorization", AUTH ("host;x-amz-date", "") },
    SAGE_SIG_MALFORMED },
  { "upper-case signature", "",
    { HOST, DATE, "Authorization",
      AUTH ("host;x-amz-date",
            "5FA00FA31553B73EBF1942676E86291E8372FF2A2260956D9B8AAE1D763FBF31") },
    SAGE_SIG_MALFORMED },
  { "no signed headers", "", { HOST, DATE, "Authorization", AUTH ("", VANILLA) },
    SAGE_SIG_MALFORMED },
  { "empty name", "", { HOST, DATE, "Authorization", AUTH ("host;;x-amz-date", VANILLA) },
    SAGE_SIG_MALFORMED },
  { "name twice", "", { HOST, DATE, "Authorization", AUTH ("host;host;x-amz-date", VANILLA) },
    SAGE_SIG_MALFORMED },
  { "upper-case name", "", { HOST, DATE, "Authorization", AUTH ("Host;x-amz-date", VANILLA) },
    SAGE_SIG_MALFORMED },
  { "host unsigned", "", { HOST, DATE, "Authorization", AUTH ("x-amz-date", VANILLA) },
    SAGE_SIG_MISMATCH },
  { "date unsigned", "", { HOST, DATE, "Authorization", AUTH ("host", VANILLA) },
    SAGE_SIG_MISMATCH },
  { "target unsigned", "",
    { HOST, DATE, "X-Amz-Target", "SageMaker.DeleteModel", "Authorization", GOOD_AUTH },
    SAGE_SIG_MISMATCH },
  { "signed header absent", "",
    { HOST, DATE, "Authorization", AUTH ("host;x-amz-date;x-amz-target", VANILLA) },
    SAGE_SIG_MISMATCH },
  { "another host", "", { "Host", "evil.example", DATE, "Authorization", GOOD_AUTH },
    SAGE_SIG_MISMATCH },
  { "two hosts", "", { HOST, HOST, DATE, "Authorization", GOOD_AUTH }, SAGE_SIG_MALFORMED },
  { "two dates", "", { HOST, DATE, DATE, "Authorization", GOOD_AUTH }, SAGE_SIG_MALFORMED },
  { "two targets", "",
    { HOST, DATE, "X-Amz-Target", "A.B", "x-amz-target", "A.C", "Authorization",
      AUTH ("host;x-amz-date;x-amz-target", VANILLA) }, SAGE_SIG_MALFORMED },
  { "no date", "", { HOST, "Authorization", AUTH ("host", VANILLA) }, SAGE_SIG_MALFORMED },
  { "nonsense date", "",
    { HOST, "X-Amz-Date", "20150231T123600Z", "Authorization", GOOD_AUTH }, SAGE_SIG_MALFORMED },
  { "extended date", "",
    { HOST, "X-Amz-Date", "2015-08-30T12:36:00Z", "Authorization", GOOD_AUTH },
    SAGE_SIG_MALFORMED },
  { "unsigned payload", "",
    { HOST, DATE, "x-amz-content-sha256", "UNSIGNED-PAYLOAD", "Authorization", GOOD_AUTH },
    SAGE_SIG_MALFORMED },
  { "streaming payload", "",
    { HOST, DATE, "x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "Authorization",
      GOOD_AUTH }, SAGE_SIG_MALFORMED },
  { "junk payload", "",
    { HOST, DATE, "x-amz-content-sha256", "junk", "Authorization", GOOD_AUTH },
    SAGE_SIG_MALFORMED },
  { "expires 0", PRESIGN ("0", "20150830T123600Z"), { HOST }, SAGE_SIG_MALFORMED },
  { "expires -1", PRESIGN ("-1", "20150830T123600Z"), { HOST }, SAGE_SIG_MALFORMED },
  { "expires 1e3", PRESIGN ("1e3", "20150830T123600Z"), { HOST }, SAGE_SIG_MALFORMED },
  { "expires too long", PRESIGN ("604801", "20150830T123600Z"), { HOST }, SAGE_SIG_MALFORMED },
  { "expired", PRESIGN ("60", "20150830T123459Z"), { HOST }, SAGE_SIG_EXPIRED },
  { "from the future", PRESIGN ("60", "20150830T125101Z"), { HOST }, SAGE_SIG_EXPIRED },
  { "presigned, wrong", PRESIGN ("60", "20150830T123600Z"), { HOST }, SAGE_SIG_MISMATCH },
  { "presigned, no host", PRESIGN ("60", "20150830T123600Z"), { DATE }, SAGE_SIG_MISMATCH },
  { "presigned with a header", PRESIGN ("60", "20150830T123600Z"),
    { HOST, "x-amz-copy-source", "/other/secret" }, SAGE_SIG_MISMATCH },
  { "signature twice", PRESIGN ("60", "20150830T123600Z") "&X-Amz-Signature=" VANILLA, { HOST },
    SAGE_SIG_MALFORMED },
  { "expires twice", PRESIGN ("60", "20150830T123600Z") "&X-Amz-Expires=600000", { HOST },
    SAGE_SIG_MALFORMED },
  { "encoded twin", PRESIGN ("60", "20150830T123600Z") "&X%2DAmz-Expires=600000", { HOST },
    SAGE_SIG_MALFORMED },
  { "only an algorithm", "X-Amz-Algorithm=AWS4-HMAC-SHA256", { HOST }, SAGE_SIG_MALFORMED },
  { "version 2 incomplete", "AWSAccessKeyId=" KEY "&Expires=1440938161", { HOST },
    SAGE_SIG_MALFORMED },
  { "version 2 wrong", "AWSAccessKeyId=" KEY "&Expires=1440938161&Signature=x", { HOST },
    SAGE_SIG_MISMATCH },
  { "version 2 unknown", "AWSAccessKeyId=OTHER&Expires=1440938161&Signature=x", { HOST },
    SAGE_SIG_UNKNOWN_KEY },
  { "version 2 expired", "AWSAccessKeyId=" KEY "&Expires=1440938159&Signature=x", { HOST },
    SAGE_SIG_EXPIRED },
  { "version 2 bad expiry", "AWSAccessKeyId=" KEY "&Expires=1e30&Signature=x", { HOST },
    SAGE_SIG_MALFORMED },
  { "version 2 two expiries",
    "AWSAccessKeyId=" KEY "&Expires=1440938159&Expires=1540938159&Signature=x", { HOST },
    SAGE_SIG_MALFORMED },
  { "version 2 split line",
    "AWSAccessKeyId=" KEY "&Expires=1440938161&Signature=x&content-type=a%0Ab", { HOST },
    SAGE_SIG_MALFORMED },
};

static void
test_hostile (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (hostile); i++)
    {
      g_autofree char *message = NULL;
      SageSigRequest request = { "GET", "/", hostile[i].query, hostile[i].headers, EMPTY };

      g_test_message ("%s", hostile[i].name);
      g_assert_cmpint (verify (&request, NOW, &message), ==, hostile[i].verdict);
      g_assert_nonnull (message);
    }
}

static void
check_skew (const char *service,
            int         minutes,
            const char *expected_late,
            const char *expected_early)
{
  const char *unsigned_headers[] = { HOST, DATE, "x-amz-content-sha256", EMPTY, NULL };
  SageSigRequest request = { "GET", "/", "", unsigned_headers, EMPTY };
  g_autofree char *authorization =
    sage_sig_authorization (&request, KEY, SECRET, "us-east-1", service, EMPTY);
  const char *headers[] = { HOST, DATE, "x-amz-content-sha256", EMPTY,
                            "Authorization", authorization, NULL };
  g_autofree char *late = NULL;
  g_autofree char *early = NULL;

  request.headers = headers;
  g_assert_cmpint (verify (&request, NOW + minutes * 60, NULL), ==, SAGE_SIG_OK);
  g_assert_cmpint (verify (&request, NOW - minutes * 60, NULL), ==, SAGE_SIG_OK);
  g_assert_cmpint (verify (&request, NOW + minutes * 60 + 1, &late), ==, SAGE_SIG_EXPIRED);
  g_assert_cmpstr (late, ==, expected_late);
  g_assert_cmpint (verify (&request, NOW - minutes * 60 - 1, &early), ==, SAGE_SIG_EXPIRED);
  g_assert_cmpstr (early, ==, expected_early);
}

static void
test_skew (void)
{
  check_skew ("sagemaker", 5,
              "Signature expired: 20150830T123600Z is now earlier than "
              "20150830T123601Z (20150830T124101Z - 5 min.)",
              "Signature not yet current: 20150830T123600Z is still later than "
              "20150830T123559Z (20150830T123059Z + 5 min.)");
  check_skew ("s3", 15,
              "Signature expired: 20150830T123600Z is now earlier than "
              "20150830T123601Z (20150830T125101Z - 15 min.)",
              "Signature not yet current: 20150830T123600Z is still later than "
              "20150830T123559Z (20150830T122059Z + 15 min.)");
}

/* A Date header counts when there is no X-Amz-Date, in either form. */
static void
test_date_header (void)
{
  static const char *const dates[] = {
    "Sun, 30 Aug 2015 12:36:00 GMT", "20150830T123600Z", "Sun, 30 Bug 2015 12:36:00 GMT",
    "Sunday, 30-Aug-15 12:36:00 GMT", "Sun, 30 Aug 2015 12:36:00 CET", "",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (dates); i++)
    {
      const char *headers[] = { HOST, "Date", dates[i], "Authorization",
                                AUTH ("date;host", VANILLA), NULL };
      SageSigRequest request = { "GET", "/", "", headers, EMPTY };

      g_test_message ("%s", dates[i]);
      g_assert_cmpint (verify (&request, NOW, NULL), ==,
                       i < 2 ? SAGE_SIG_MISMATCH : SAGE_SIG_MALFORMED);
    }
}

/* What we sign, we accept; with what the caller needs to know of it. */
static void
test_sign_and_verify (void)
{
  const char *unsigned_headers[] = { "Host", "h:1", DATE, "X-Amz-Target", "SageMaker.ListModels",
                                     "Content-Type", "application/x-amz-json-1.1", NULL };
  SageSigRequest request = { "POST", "/", "", unsigned_headers, EMPTY };
  g_autofree char *authorization = NULL;
  g_auto(SageSigResult) result = { 0 };
  guint calls = 0;

  authorization = sage_sig_authorization (&request, KEY, SECRET, "eu-west-1", "sagemaker", EMPTY);
  {
    const char *headers[] = { "Host", "h:1", DATE, "X-Amz-Target", "SageMaker.ListModels",
                              "Content-Type", "application/x-amz-json-1.1",
                              "Authorization", authorization, NULL };

    request.headers = headers;
    g_assert_cmpint (sage_sig_verify (&request, NOW, find_secret, &calls, &result, NULL), ==,
                     SAGE_SIG_OK);
  }
  g_assert_cmpuint (calls, ==, 1);
  g_assert_cmpstr (result.access_key, ==, KEY);
  g_assert_cmpstr (result.service, ==, "sagemaker");
  g_assert_cmpstr (result.region, ==, "eu-west-1");
  g_assert_cmpstr (result.date, ==, "20150830T123600Z");
  g_assert_cmpfloat (result.signed_at, ==, NOW);
  g_assert_cmpstr (result.scope, ==, "20150830/eu-west-1/sagemaker/aws4_request");
  g_assert_cmpint (result.payload, ==, SAGE_PAYLOAD_HASHED);
  g_assert_cmpstr (result.payload_hash, ==, EMPTY);
  g_assert_false (result.presigned);
  g_assert_cmpuint (strlen (result.signature), ==, 64);
}

/* The example of "Transferring payload in multiple chunks" in the S3 API reference. */
static void
test_chunks (void)
{
  const char *headers[] = {
    "Host", "s3.amazonaws.com", "x-amz-date", "20130524T000000Z",
    "x-amz-storage-class", "REDUCED_REDUNDANCY",
    "x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    "Content-Encoding", "aws-chunked", "x-amz-decoded-content-length", "66560",
    "Content-Length", "66824",
    "Authorization",
    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
    "SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;"
    "x-amz-decoded-content-length;x-amz-storage-class,"
    "Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
    NULL
  };
  SageSigRequest request = { "PUT", "/examplebucket/chunkObject.txt", "", headers, NULL };
  g_auto(SageSigResult) result = { 0 };
  g_autofree char *data = g_strnfill (65536, 'a');
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *last = NULL;
  guint8 hash[SAGE_SHA256_SIZE];

  g_assert_cmpint (sage_sig_verify (&request, 1369353600, find_secret, NULL, &result, NULL), ==,
                   SAGE_SIG_OK);
  g_assert_cmpint (result.payload, ==, SAGE_PAYLOAD_STREAMING_SIGNED);
  g_assert_null (result.payload_hash);

  sage_sha256 (data, 65536, hash);
  first = sage_sig_chunk (&result, result.signature, hash);
  g_assert_cmpstr (first, ==, "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648");
  sage_sha256 (data, 1024, hash);
  second = sage_sig_chunk (&result, first, hash);
  g_assert_cmpstr (second, ==, "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497");
  sage_sha256 (NULL, 0, hash);
  last = sage_sig_chunk (&result, second, hash);
  g_assert_cmpstr (last, ==, "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9");
}

static void
test_s3_payloads (void)
{
  static const struct
  {
    const char      *hash;
    SagePayloadKind  kind;
    gboolean         known;
  } payloads[] = {
    { EMPTY, SAGE_PAYLOAD_HASHED, TRUE },
    { "UNSIGNED-PAYLOAD", SAGE_PAYLOAD_UNSIGNED, TRUE },
    { "STREAMING-UNSIGNED-PAYLOAD-TRAILER", SAGE_PAYLOAD_STREAMING_UNSIGNED_TRAILER, TRUE },
    { "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", SAGE_PAYLOAD_STREAMING_SIGNED_TRAILER, TRUE },
    { "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD", 0, FALSE },
    { "unsigned-payload", 0, FALSE },
    { "", 0, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (payloads); i++)
    {
      const char *headers[] = { HOST, DATE, "x-amz-content-sha256", payloads[i].hash, NULL };
      SageSigRequest request = { "PUT", "/b/k", "", headers, NULL };
      g_autofree char *authorization = NULL;
      g_auto(SageSigResult) result = { 0 };
      SageSigVerdict verdict;

      authorization = sage_sig_authorization (&request, KEY, SECRET, "us-east-1", "s3",
                                              payloads[i].hash);
      {
        const char *all[] = { HOST, DATE, "x-amz-content-sha256", payloads[i].hash,
                              "Authorization", authorization, NULL };

        request.headers = all;
        verdict = sage_sig_verify (&request, NOW, find_secret, NULL, &result, NULL);
      }
      g_test_message ("%s", payloads[i].hash);
      g_assert_cmpint (verdict, ==, payloads[i].known ? SAGE_SIG_OK : SAGE_SIG_MALFORMED);
      if (payloads[i].known)
        g_assert_cmpint (result.payload, ==, payloads[i].kind);
    }
}

/* S3 has no default: the header must be there. */
static void
test_s3_needs_hash (void)
{
  const char *headers[] = { HOST, DATE, NULL };
  SageSigRequest request = { "GET", "/b", "", headers, EMPTY };
  g_autofree char *authorization = NULL;
  g_autofree char *message = NULL;

  authorization = sage_sig_authorization (&request, KEY, SECRET, "us-east-1", "s3", EMPTY);
  {
    const char *all[] = { HOST, DATE, "Authorization", authorization, NULL };

    request.headers = all;
    g_assert_cmpint (verify (&request, NOW, &message), ==, SAGE_SIG_MALFORMED);
  }
  g_assert_nonnull (strstr (message, "x-amz-content-sha256"));
}

static gpointer
verify_thread (gpointer data)
{
  for (int i = 0; i < 200; i++)
    {
      g_autofree char *region = g_strdup_printf ("r-%d", (i + GPOINTER_TO_INT (data)) % 90);
      const char *headers[] = { HOST, DATE, NULL };
      SageSigRequest request = { "GET", "/b", "", headers, EMPTY };
      g_autofree char *authorization = NULL;

      authorization = sage_sig_authorization (&request, KEY, SECRET, region, "sagemaker", EMPTY);
      {
        const char *all[] = { HOST, DATE, "Authorization", authorization, NULL };

        request.headers = all;
        g_assert_cmpint (verify (&request, NOW, NULL), ==, SAGE_SIG_OK);
      }
    }

  return NULL;
}

/* More scopes than the cache of keys holds, from several threads. */
static void
test_threads (void)
{
  GThread *threads[4];

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("verify", verify_thread, GINT_TO_POINTER (i * 20));
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

static double
time_verify (const char *authorization,
             guint       count)
{
  const char *headers[] = { HOST, DATE, "Authorization", authorization, NULL };
  SageSigRequest request = { "GET", "/", "", headers, EMPTY };

  g_test_timer_start ();
  for (guint i = 0; i < count; i++)
    verify (&request, NOW, NULL);

  return g_test_timer_elapsed ();
}

static void
measure_verify (void)
{
  double good = 1e9;
  double wrong = 1e9;
  double unknown = 1e9;
  const guint count = 20000;

  if (!g_test_perf ())
    {
      g_test_skip ("only with -m perf");
      return;
    }

  /* The best of several rounds, taken in turn, is what the machine's other work disturbs least. */
  for (int round = 0; round < 10; round++)
    {
      good = MIN (good, time_verify (GOOD_AUTH, count));
      wrong = MIN (wrong, time_verify (AUTH ("host;x-amz-date", EMPTY), count));
      unknown = MIN (unknown,
                     time_verify ("AWS4-HMAC-SHA256 Credential=AKIDOTHERKE/20150830/us-east-1/"
                                  "service/aws4_request, SignedHeaders=host;x-amz-date, "
                                  "Signature=" VANILLA, count));
    }
  g_test_maximized_result (count / good, "%.0f verifications a second", count / good);
  g_test_message ("unknown key takes %.3f of the time of a wrong signature", unknown / wrong);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/sigv4/suite", test_suite);
  g_test_add_func ("/sigv4/botocore", test_botocore);
  g_test_add_func ("/sigv4/hostile", test_hostile);
  g_test_add_func ("/sigv4/skew", test_skew);
  g_test_add_func ("/sigv4/date-header", test_date_header);
  g_test_add_func ("/sigv4/sign-and-verify", test_sign_and_verify);
  g_test_add_func ("/sigv4/chunks", test_chunks);
  g_test_add_func ("/sigv4/s3-payloads", test_s3_payloads);
  g_test_add_func ("/sigv4/s3-needs-hash", test_s3_needs_hash);
  g_test_add_func ("/sigv4/threads", test_threads);
  g_test_add_func ("/sigv4/perf", measure_verify);

  return g_test_run ();
}
