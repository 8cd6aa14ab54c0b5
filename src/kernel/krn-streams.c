/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "krn-streams"

#include "config.h"

#include <string.h>

#include "krn-streams.h"
#include "sage-json.h"

/* Each execution has a bucket of bytes, full at first and filled again slowly: who prints steadily
 * for days loses nothing, and who prints ten million lines is seen to go on. What the bucket has no
 * room for waits; of what waits for long only the newest is kept, and a message before it says how
 * much is missing. When the execution ends, its last words come whatever the bucket says. */

#define JOIN_US (10 * 1000)           /* prints within this time become one message */
#define SAMPLE_US G_USEC_PER_SEC      /* how often an empty bucket is looked at */
#define JOIN_BYTES (64 * 1024)        /* a message that is as large goes at once */
#define BOUNDARY_BYTES 4096           /* before a picture or a reply, even with an empty bucket */
#define CUT_BYTES 4096                /* how far a better place to cut at may be */
#define MAX_BUCKETS 64

typedef struct
{
  double tokens;
  gint64 filled; /* when */
} Bucket;

/* A run of text of one stream. A message that none joined is let through as it came. */
typedef struct
{
  SageJupyterMessage *message; /* (owned): the first of those that were joined */
  char               *name;    /* (owned) */
  GString            *text;    /* (owned) */
  gboolean            is_whole; /* @text is that of @message, all of it */
} Run;

struct _KrnStreams
{
  KrnStreamLimits  limits;
  KrnStreamsEmit   emit;
  gpointer         user_data;
  GHashTable      *buckets;    /* (owned): parent's id → Bucket */
  char            *parent;     /* (owned) (nullable): whose output waits */
  GQueue           runs;       /* (owned): of Run, what waits */
  gsize            waiting;    /* bytes of it */
  guint64          lost_bytes; /* before it */
  guint64          lost_lines;
  gint64           emitted;    /* when a stream was let through last */
};

static void
run_free (Run *run)
{
  sage_jupyter_message_unref (run->message);
  g_free (run->name);
  g_string_free (run->text, TRUE);
  g_free (run);
}

/**
 * krn_streams_new:
 * @limits: what an execution may print
 * @emit: takes what is let through, in order
 * @user_data: for @emit
 *
 * Times are monotonic, in microseconds, and given by the caller.
 *
 * Returns: (transfer full): the filter
 */
KrnStreams *
krn_streams_new (const KrnStreamLimits *limits,
                 KrnStreamsEmit         emit,
                 gpointer               user_data)
{
  KrnStreams *self = g_new0 (KrnStreams, 1);

  self->limits = *limits;
  self->emit = emit;
  self->user_data = user_data;
  self->buckets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_queue_init (&self->runs);
  self->emitted = G_MININT64 / 2;

  return self;
}

/**
 * krn_streams_free:
 *
 * Drops it and what waits in it.
 */
void
krn_streams_free (KrnStreams *streams)
{
  g_queue_clear_full (&streams->runs, (GDestroyNotify) run_free);
  g_hash_table_unref (streams->buckets);
  g_free (streams->parent);
  g_free (streams);
}

static Bucket *
get_bucket (KrnStreams *self,
            const char *parent,
            gint64      now)
{
  Bucket *bucket = g_hash_table_lookup (self->buckets, parent);

  if (bucket == NULL)
    {
      if (g_hash_table_size (self->buckets) >= MAX_BUCKETS) /* parents that never end: threads */
        g_hash_table_remove_all (self->buckets);
      bucket = g_new0 (Bucket, 1);
      bucket->tokens = (double) self->limits.head_bytes;
      bucket->filled = now;
      g_hash_table_insert (self->buckets, g_strdup (parent), bucket);
    }

  bucket->tokens = MIN (bucket->tokens + (double) self->limits.rate_bytes *
                          ((double) (now - bucket->filled) / G_USEC_PER_SEC),
                        (double) self->limits.head_bytes);
  bucket->filled = now;

  return bucket;
}

static void
emit_text (KrnStreams *self,
           Run        *run,
           const char *text)
{
  g_autoptr(JsonObject) content = json_object_new ();
  g_autoptr(SageJupyterMessage) message = NULL;

  json_object_set_string_member (content, "name", run->name);
  json_object_set_string_member (content, "text", text);
  message = sage_jupyter_message_with_content (run->message, content);
  self->emit (message, self->user_data);
}

/* Says what is missing: in words, for whoever knows no better, and in numbers. */
static void
emit_lost (KrnStreams *self,
           Run        *before)
{
  g_autoptr(JsonObject) content = json_object_new ();
  g_autofree char *text = g_strdup_printf ("\n[... %" G_GUINT64_FORMAT " lines, %" G_GUINT64_FORMAT
                                           " bytes left out ...]\n", self->lost_lines, self->lost_bytes);
  g_autoptr(SageJupyterMessage) plain = NULL;
  g_autoptr(SageJupyterMessage) counted = NULL;
  g_autoptr(SageJupyterMessage) message = NULL;

  json_object_set_string_member (content, "name", before->name);
  json_object_set_string_member (content, "text", text);
  plain = sage_jupyter_message_with_content (before->message, content);
  counted = sage_jupyter_message_with_number (plain, "sagebrush_left_out_bytes", (gint64) self->lost_bytes);
  message = sage_jupyter_message_with_number (counted, "sagebrush_left_out_lines",
                                              (gint64) self->lost_lines);
  self->lost_bytes = self->lost_lines = 0;
  self->emit (message, self->user_data);
}

/* A place at or behind @at where a cut harms least: behind a line's end, else behind a character. */
static gsize
find_cut (const GString *text,
          gsize          at)
{
  gsize end = MIN (at + CUT_BYTES, text->len);

  for (gsize i = at; i < end; i++)
    if (text->str[i] == '\n' || text->str[i] == '\r')
      return i + 1;
  while (at < text->len && ((guchar) text->str[at] & 0xc0) == 0x80)
    at++;

  return at;
}

static guint64
count_lines (const char *text,
             gsize       length)
{
  const char *end = text + length;
  guint64 n = 0;

  while (text < end && (text = memchr (text, '\n', (gsize) (end - text))) != NULL)
    {
      n++;
      text++;
    }

  return n;
}

/* Leaves out the oldest of what waits, until no more than @keep bytes do. */
static void
trim (KrnStreams *self,
      gsize       keep)
{
  while (self->waiting > keep)
    {
      Run *run = g_queue_peek_head (&self->runs);
      gsize excess = self->waiting - keep;
      gsize cut = excess >= run->text->len ? run->text->len : find_cut (run->text, excess);

      self->lost_bytes += cut;
      self->lost_lines += count_lines (run->text->str, cut);
      self->waiting -= cut;
      run->is_whole = FALSE;
      if (cut < run->text->len)
        g_string_erase (run->text, 0, (gssize) cut);
      else if (self->runs.length > 1)
        run_free (g_queue_pop_head (&self->runs));
      else
        g_string_truncate (run->text, 0);
    }
}

/* Lets through what waits, no more than @allowed bytes of it. */
static void
let_through (KrnStreams *self,
             gsize       allowed,
             gint64      now)
{
  Run *run;

  if (self->runs.length == 0)
    return;

  trim (self, allowed);
  if (self->lost_bytes > 0)
    emit_lost (self, g_queue_peek_head (&self->runs));

  while ((run = g_queue_pop_head (&self->runs)) != NULL)
    {
      if (run->is_whole)
        self->emit (run->message, self->user_data);
      else if (run->text->len > 0)
        emit_text (self, run, run->text->str);
      run_free (run);
    }

  get_bucket (self, self->parent, now)->tokens -= (double) self->waiting;
  self->waiting = 0;
  self->emitted = now;
}

/* Lets the first of what waits through, as long as nothing of it is missing. */
static void
let_head_through (KrnStreams *self,
                  gsize       allowed,
                  gint64      now)
{
  gsize done = 0;

  while (done < allowed && self->waiting > 0)
    {
      Run *run = g_queue_peek_head (&self->runs);
      gsize room = allowed - done;
      gsize cut = run->text->len <= room ? run->text->len : find_cut (run->text, room);
      g_autofree char *text = g_strndup (run->text->str, cut);

      emit_text (self, run, text);
      run->is_whole = FALSE;
      g_string_erase (run->text, 0, (gssize) cut);
      self->waiting -= cut;
      done += cut;
      if (run->text->len == 0)
        run_free (g_queue_pop_head (&self->runs));
    }

  get_bucket (self, self->parent, now)->tokens -= (double) done;
  self->emitted = now;
}

static gsize
get_allowance (KrnStreams *self,
               gint64      now)
{
  double tokens = self->parent != NULL ? get_bucket (self, self->parent, now)->tokens : 0;

  return tokens > 0 ? (gsize) tokens : 0;
}

/**
 * krn_streams_flush:
 * @now: the time
 *
 * Lets through what waits, or the end of it: something comes that belongs after it.
 */
void
krn_streams_flush (KrnStreams *streams,
                   gint64      now)
{
  let_through (streams, MAX (get_allowance (streams, now), BOUNDARY_BYTES), now);
}

/**
 * krn_streams_finish:
 * @now: the time
 *
 * Lets through what waits as at the end of an execution: the kernel is no more.
 */
void
krn_streams_finish (KrnStreams *streams,
                    gint64      now)
{
  let_through (streams, MAX (get_allowance (streams, now), streams->limits.tail_bytes), now);
  g_hash_table_remove_all (streams->buckets);
}

/**
 * krn_streams_tick:
 * @now: the time
 *
 * To be called at krn_streams_deadline().
 */
void
krn_streams_tick (KrnStreams *streams,
                  gint64      now)
{
  gsize allowed = get_allowance (streams, now);

  if (streams->runs.length == 0 || now < krn_streams_deadline (streams))
    return;
  if (allowed >= streams->waiting || now - streams->emitted >= SAMPLE_US)
    let_through (streams, allowed, now);
}

/**
 * krn_streams_deadline:
 *
 * Returns: when krn_streams_tick() is to be called; -1 where nothing waits
 */
gint64
krn_streams_deadline (KrnStreams *streams)
{
  Bucket *bucket;

  if (streams->runs.length == 0)
    return -1;

  bucket = g_hash_table_lookup (streams->buckets, streams->parent);
  if (streams->lost_bytes == 0 && bucket != NULL && bucket->tokens >= (double) streams->waiting)
    return streams->emitted + JOIN_US;

  return streams->emitted + SAMPLE_US;
}

static void
append_text (KrnStreams         *self,
             SageJupyterMessage *message,
             const char         *name,
             const char         *text)
{
  Run *run = g_queue_peek_tail (&self->runs);
  gsize length = strlen (text);

  if (run == NULL || !g_str_equal (run->name, name))
    {
      run = g_new0 (Run, 1);
      run->message = sage_jupyter_message_ref (message);
      run->name = g_strdup (name);
      run->text = g_string_new (NULL);
      run->is_whole = TRUE;
      g_queue_push_tail (&self->runs, run);
    }
  else
    {
      run->is_whole = FALSE;
    }

  g_string_append_len (run->text, text, (gssize) length);
  self->waiting += length;
}

static void
take_stream (KrnStreams         *self,
             SageJupyterMessage *message,
             const char         *name,
             const char         *text,
             gint64              now)
{
  const char *parent = sage_jupyter_message_get_parent_id (message);
  gsize allowed;

  if (parent == NULL)
    parent = "";
  if (g_strcmp0 (self->parent, parent) != 0)
    {
      krn_streams_flush (self, now);
      g_set_str (&self->parent, parent);
    }

  append_text (self, message, name, text);
  allowed = get_allowance (self, now);
  if (self->waiting <= allowed && self->lost_bytes == 0)
    {
      if (self->waiting >= JOIN_BYTES || now - self->emitted >= JOIN_US)
        let_through (self, allowed, now);
    }
  else if (self->lost_bytes == 0 && allowed >= BOUNDARY_BYTES)
    {
      let_head_through (self, allowed, now);
    }

  if (self->waiting > 2 * MAX (self->limits.tail_bytes, allowed))
    trim (self, MAX (self->limits.tail_bytes, allowed));
}

static gboolean
ends_execution (SageJupyterMessage *message)
{
  return g_str_equal (sage_jupyter_message_get_msg_type (message), "status") &&
         g_strcmp0 (sage_json_string (sage_jupyter_message_get_content (message), "execution_state", NULL),
                    "idle") == 0;
}

/**
 * krn_streams_take:
 * @message: a message of iopub
 * @now: the time
 *
 * Takes the next message of the kernel. What is no print is let through at once, behind those
 * that came before it.
 */
void
krn_streams_take (KrnStreams         *streams,
                  SageJupyterMessage *message,
                  gint64              now)
{
  const char *parent = sage_jupyter_message_get_parent_id (message);
  gboolean is_stream = g_str_equal (sage_jupyter_message_get_msg_type (message), "stream");
  JsonObject *content = is_stream ? sage_jupyter_message_get_content (message) : NULL;
  const char *name = sage_json_string (content, "name", NULL);
  const char *text = sage_json_string (content, "text", NULL);

  if (name != NULL && text != NULL)
    {
      take_stream (streams, message, name, text, now);
      return;
    }

  if (ends_execution (message) && parent != NULL && g_strcmp0 (streams->parent, parent) == 0)
    let_through (streams, MAX (get_allowance (streams, now), streams->limits.tail_bytes), now);
  else
    krn_streams_flush (streams, now);
  if (ends_execution (message) && parent != NULL)
    g_hash_table_remove (streams->buckets, parent);

  streams->emit (message, streams->user_data);
}
