/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-json-patch"

#include "config.h"

#include <string.h>

#include "sage-json-style-private.h"

/* A member of the object as it will be written. */
typedef struct
{
  SageJsonPiece        key;    /* in the old text; empty for a new member */
  SageJsonPiece        value;
  const SageJsonPatch *patch;  /* (nullable): the value's replacement */
  const SageJsonPatch *kept;   /* (nullable): what writes the value, which stays */
  int                  origin; /* the member's place in the old text; -1 for a new one */
} Member;

static const SageJsonPatch *
find_patch (const SageJsonPatch *patches,
            guint                n_patches,
            const SageJsonPiece *key)
{
  for (guint i = 0; i < n_patches; i++)
    if (sage_json_piece_is (key, patches[i].key))
      return &patches[i];

  return NULL;
}

static gboolean
takes_out (const SageJsonPatch *patch)
{
  return patch->text == NULL && patch->write == NULL;
}

static GArray *
read_members (const SageJsonPiece *object,
              const SageJsonPatch *patches,
              guint                n_patches)
{
  GArray *members = g_array_new (FALSE, FALSE, sizeof (Member));
  SageJsonCursor cursor;
  gboolean is_first = TRUE;
  Member member = { 0 };

  sage_json_cursor_init (&cursor, object->at, object->length);
  sage_json_cursor_enter (&cursor, '{');
  while (sage_json_cursor_member (&cursor, &is_first, &member.key))
    {
      const SageJsonPatch *patch = find_patch (patches, n_patches, &member.key);
      gboolean is_known;

      sage_json_cursor_peek (&cursor);
      is_known = patch != NULL && patch->old.at == cursor.at;
      if (is_known)
        {
          member.value = patch->old;
          cursor.at += member.value.length;
        }
      else
        {
          sage_json_cursor_value (&cursor, &member.value);
        }
      member.patch = patch != NULL && !patch->is_kept ? patch : NULL;
      member.kept = is_known && patch->is_kept && patch->write != NULL ? patch : NULL;
      member.origin = (int) members->len;
      g_array_append_val (members, member);
    }

  return members;
}

static int
compare_key (const Member *member,
             const char   *key)
{
  g_autofree char *name = NULL;

  if (member->origin < 0)
    return strcmp (member->patch->key, key);
  name = sage_json_piece_string (&member->key);

  return strcmp (name, key);
}

static gboolean
is_sorted (GArray *members)
{
  for (guint i = 1; i < members->len; i++)
    {
      g_autofree char *key = sage_json_piece_string (&g_array_index (members, Member, i).key);

      if (compare_key (&g_array_index (members, Member, i - 1), key) >= 0)
        return FALSE;
    }

  return TRUE;
}

/* Takes out what goes, duplicates of what is replaced too, and puts in what is new: in its place
 * where the keys are sorted, as Jupyter writes them, else at the end. */
static void
apply_patches (GArray              *members,
               const SageJsonPatch *patches,
               guint                n_patches)
{
  gboolean sorted = is_sorted (members);

  for (guint i = 0; i < n_patches; i++)
    {
      Member added = { .patch = &patches[i], .origin = -1 };
      gboolean found = FALSE;
      guint at = 0;

      if (patches[i].is_kept)
        continue;
      for (guint j = members->len; j-- > 0;)
        if (g_array_index (members, Member, j).patch == &patches[i])
          {
            if (found || takes_out (&patches[i]))
              g_array_remove_index (members, j);
            found = TRUE;
          }
      if (found || takes_out (&patches[i]))
        continue;

      while (at < members->len &&
             (!sorted || compare_key (&g_array_index (members, Member, at), patches[i].key) < 0))
        at++;
      g_array_insert_val (members, at, added);
    }
}

/* Writes a member from its key on. */
static void
append_member (GString             *out,
               const Member        *member,
               const SageJsonStyle *style)
{
  if (member->origin < 0)
    sage_json_style_key (style, out, member->patch->key);
  else
    g_string_append_len (out, member->key.at, member->value.at - member->key.at);

  if (member->kept != NULL)
    member->kept->write (out, member->kept->data);
  else if (member->patch == NULL)
    g_string_append_len (out, member->value.at, (gssize) member->value.length);
  else if (member->patch->write != NULL)
    member->patch->write (out, member->patch->data);
  else
    g_string_append_len (out, member->patch->text, (gssize) member->patch->length);
}

/* What stood between the old members @left and @left + 1. */
static void
append_old_space (GString      *out,
                  const Member *left,
                  const Member *right)
{
  const char *from = left->value.at + left->value.length;

  g_string_append_len (out, from, right->key.at - from);
}

/* Writes an object with some members replaced, taken out or added; every other byte stays. @depth is
 * the object's own. */
void
sage_json_patch (GString             *out,
                 const SageJsonPiece *object,
                 const SageJsonPatch *patches,
                 guint                n_patches,
                 const SageJsonStyle *style,
                 guint                depth)
{
  g_autoptr(GArray) old = read_members (object, patches, n_patches);
  g_autoptr(GArray) members = g_array_copy (old);
  const Member *first = old->len > 0 ? &g_array_index (old, Member, 0) : NULL;
  const Member *last = old->len > 0 ? &g_array_index (old, Member, old->len - 1) : NULL;

  apply_patches (members, patches, n_patches);

  g_string_append_c (out, '{');
  for (guint i = 0; i < members->len; i++)
    {
      const Member *member = &g_array_index (members, Member, i);
      const Member *before = i > 0 ? member - 1 : NULL;

      if (before == NULL && first != NULL)
        g_string_append_len (out, object->at + 1, first->key.at - object->at - 1);
      else if (before == NULL)
        sage_json_style_break (style, out, depth + 1);
      else if (before->origin >= 0 && member->origin == before->origin + 1)
        append_old_space (out, before, member);
      else if (old->len > 1)
        append_old_space (out, first, first + 1);
      else
        sage_json_style_comma (style, out, depth + 1);
      append_member (out, member, style);
    }

  if (last != NULL && members->len > 0)
    {
      const char *from = last->value.at + last->value.length;

      g_string_append_len (out, from, object->at + object->length - from);
      return;
    }
  if (members->len > 0)
    sage_json_style_break (style, out, depth);
  g_string_append_c (out, '}');
}
