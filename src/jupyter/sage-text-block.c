/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-text-block"

#include "config.h"

#include <string.h>

#include "sage-text-block-private.h"

#define MIN_ALLOCATED 64

struct _SageTextBlock
{
  gatomicrefcount refs;
  gsize           length;    /* the owner's thread only */
  gsize           allocated;
  char           *text;      /* (owned): ends in a NUL, for the owner */
};

static SageTextBlock *
make (const char *text,
      gsize       length,
      gsize       allocated)
{
  SageTextBlock *self = g_new0 (SageTextBlock, 1);

  g_atomic_ref_count_init (&self->refs);
  self->length = length;
  self->allocated = MAX (allocated, MIN_ALLOCATED);
  self->text = g_malloc (self->allocated);
  memcpy (self->text, text, length);
  self->text[length] = '\0';

  return self;
}

/* Returns: (transfer full): a block of that text */
SageTextBlock *
sage_text_block_new (const char *text)
{
  gsize length = strlen (text);

  return make (text, length, length + 1);
}

/**
 * sage_text_block_append:
 * @self: (transfer full): a block
 * @text: what comes after it
 *
 * What others may read stays where it is.
 *
 * Returns: (transfer full): the block that has both
 */
SageTextBlock *
sage_text_block_append (SageTextBlock *self,
                        const char    *text)
{
  gsize added = strlen (text);
  gsize needed = self->length + added + 1;

  if (needed > self->allocated && g_atomic_ref_count_compare (&self->refs, 1))
    {
      self->allocated = MAX (needed, self->allocated * 2);
      self->text = g_realloc (self->text, self->allocated);
    }
  else if (needed > self->allocated)
    {
      SageTextBlock *larger = make (self->text, self->length, MAX (needed, self->allocated * 2));

      sage_text_block_unref (self);
      self = larger;
    }
  memcpy (self->text + self->length, text, added + 1);
  self->length += added;

  return self;
}

/**
 * sage_text_block_get:
 * @self: a block
 * @length: (out) (optional): its bytes
 *
 * For the owner's thread, which tells others the length.
 *
 * Returns: (transfer none): its text, until it grows or goes
 */
const char *
sage_text_block_get (SageTextBlock *self,
                     gsize         *length)
{
  if (length != NULL)
    *length = self->length;

  return self->text;
}

SageTextBlock *
sage_text_block_ref (SageTextBlock *self)
{
  g_atomic_ref_count_inc (&self->refs);

  return self;
}

void
sage_text_block_unref (SageTextBlock *self)
{
  if (g_atomic_ref_count_dec (&self->refs))
    {
      g_free (self->text);
      g_free (self);
    }
}
