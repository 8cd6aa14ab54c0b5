/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "refused-signatures"

#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sage-sigv4.h"

/*
 * What refusing a signature takes: refused-signatures known|new verifies requests with an unknown
 * access key and with a wrong signature in turn, and prints the median processor time of each in
 * microseconds, "unknown wrong". With `known` somebody signed well for the same day, region and
 * service before, so that keys come from the cache; with `new` nobody did.
 */

#define KEY "AKIDEXAMPLEEXAMPLE00"
#define STRANGER "AKIDSTRANGERSTRANGE0"
#define SECRET "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
#define NOW 1440938160.0 /* 2015-08-30T12:36:00Z */
#define BODY_HASH "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"

#define ROUNDS 4000
#define BATCH 25 /* verifications a round: long beside what reading the clock takes */

#define HEADERS                                                                          \
  "Host", "127.0.0.1:8642", "X-Amz-Date", "20150830T123600Z", "X-Amz-Target",            \
  "SageMaker.DescribeTrainingJob", "Content-Type", "application/x-amz-json-1.1"

static const char *
find_secret (const char *access_key,
             gpointer    user_data)
{
  return strcmp (access_key, KEY) == 0 ? SECRET : NULL;
}

static char *
sign (const char *access_key,
      const char *secret)
{
  const char *headers[] = { HEADERS, NULL };
  SageSigRequest request = { "POST", "/", "", headers, BODY_HASH };

  return sage_sig_authorization (&request, access_key, secret, "us-east-1", "sagemaker", BODY_HASH);
}

static void
verify (const char     *authorization,
        SageSigVerdict  expected)
{
  const char *headers[] = { HEADERS, "Authorization", authorization, NULL };
  SageSigRequest request = { "POST", "/", "", headers, BODY_HASH };
  g_auto(SageSigResult) result = { 0 };
  g_autofree char *message = NULL;

  if (sage_sig_verify (&request, NOW, find_secret, NULL, &result, &message) != expected)
    {
      g_printerr ("refused-signatures: %s\n", message != NULL ? message : "it was accepted");
      exit (1);
    }
}

/* Returns: microseconds of this thread for each of a batch */
static double
measure (const char     *authorization,
         SageSigVerdict  expected)
{
  struct timespec start, end;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &start);
  for (guint i = 0; i < BATCH; i++)
    verify (authorization, expected);
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &end);

  return ((double) (end.tv_sec - start.tv_sec) * 1e6 + (double) (end.tv_nsec - start.tv_nsec) / 1e3)
         / BATCH;
}

static int
compare (const void *a,
         const void *b)
{
  double first = *(const double *) a;
  double second = *(const double *) b;

  return (first > second) - (first < second);
}

int
main (int   argc,
      char *argv[])
{
  static double unknown[ROUNDS];
  static double wrong[ROUNDS];
  g_autofree char *good = sign (KEY, SECRET);
  g_autofree char *bad = sign (KEY, "another secret of as many letters, or so");
  g_autofree char *stranger = sign (STRANGER, SECRET);

  if (argc != 2 || (strcmp (argv[1], "known") != 0 && strcmp (argv[1], "new") != 0))
    {
      g_printerr ("Usage: refused-signatures known|new\n");
      return 2;
    }
  if (strcmp (argv[1], "known") == 0)
    verify (good, SAGE_SIG_OK);

  for (guint i = 0; i < ROUNDS; i++)
    {
      unknown[i] = measure (stranger, SAGE_SIG_UNKNOWN_KEY);
      wrong[i] = measure (bad, SAGE_SIG_MISMATCH);
    }

  qsort (unknown, ROUNDS, sizeof *unknown, compare);
  qsort (wrong, ROUNDS, sizeof *wrong, compare);
  g_print ("%.4f %.4f\n", unknown[ROUNDS / 2], wrong[ROUNDS / 2]);

  return 0;
}
