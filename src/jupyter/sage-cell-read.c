/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-cell"

#include "config.h"

#include <string.h>

#include "sage-cell-private.h"

/* Notes that something is not as nbformat says; the first is told. */
void
sage_fault_note (SageFault  *fault,
                 const char *at,
                 const char *format,
                 ...)
{
  va_list arguments;

  if (fault->n++ > 0)
    return;

  va_start (arguments, format);
  fault->at = at;
  fault->what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
}

static gboolean
is_output_type (const SageJsonPiece *type)
{
  g_autofree char *name = NULL;
  SageOutputKind kind;

  if (sage_json_piece_kind (type) != '"')
    return FALSE;
  name = sage_json_piece_string (type);

  return sage_output_kind_from_name (name, &kind);
}

static void
read_output (SageJsonCursor *cursor,
             SageCellRaw    *parts,
             SageFault      *fault)
{
  const char *start;
  SageJsonPiece key;
  SageJsonPiece value;
  SageJsonPiece type = { 0 };
  gboolean is_first = TRUE;
  char open = sage_json_cursor_peek (cursor);

  start = cursor->at;
  if (open == '{')
    {
      sage_json_cursor_enter (cursor, '{');
      while (sage_json_cursor_member (cursor, &is_first, &key) &&
             sage_json_cursor_value (cursor, &value))
        if (sage_json_piece_is (&key, "output_type"))
          type = value;
    }
  else
    {
      sage_json_cursor_value (cursor, &value);
    }

  if (cursor->problem == NULL && !is_output_type (&type))
    {
      parts->is_faulty = TRUE;
      sage_fault_note (fault, start, "an output has no known 'output_type'");
    }
}

static void
read_outputs (SageJsonCursor *cursor,
              SageCellRaw    *parts,
              SageFault      *fault)
{
  gboolean is_first = TRUE;

  if (sage_json_cursor_peek (cursor) != '[')
    {
      sage_json_cursor_value (cursor, &parts->outputs);
      return;
    }

  parts->outputs.at = cursor->at;
  sage_json_cursor_enter (cursor, '[');
  while (sage_json_cursor_next (cursor, ']', &is_first))
    {
      fault->n_outputs++;
      parts->n_outputs++;
      read_output (cursor, parts, fault);
    }
  parts->outputs.length = (gsize) (cursor->at - parts->outputs.at);
}

static gboolean
kind_from_piece (const SageJsonPiece *piece,
                 SageCellKind        *kind)
{
  for (guint i = SAGE_CELL_CODE; i <= SAGE_CELL_RAW; i++)
    if (sage_json_piece_is (piece, sage_cell_kind_name ((SageCellKind) i)))
      {
        *kind = (SageCellKind) i;
        return TRUE;
      }

  return FALSE;
}

/* Notes what the members are not. */
static void
check_parts (SageCellRaw         *parts,
             const SageJsonPiece *type,
             const char          *start,
             SageFault           *fault)
{
  guint before = fault->n;
  char count = sage_json_piece_kind (&parts->count);

  if (!kind_from_piece (type, &parts->kind))
    {
      parts->kind = SAGE_CELL_RAW;
      sage_fault_note (fault, type->length > 0 ? type->at : start,
                       "a cell's 'cell_type' is none of code, markdown and raw");
    }

  if (parts->source.length == 0)
    sage_fault_note (fault, start, "a cell has no 'source'");
  else if (!sage_json_piece_is_text (&parts->source))
    sage_fault_note (fault, parts->source.at, "a cell's 'source' is no text");
  if (parts->metadata.length == 0)
    sage_fault_note (fault, start, "a cell has no 'metadata'");
  else if (sage_json_piece_kind (&parts->metadata) != '{')
    sage_fault_note (fault, parts->metadata.at, "a cell's 'metadata' is no object");
  if (parts->attachments.length > 0 && sage_json_piece_kind (&parts->attachments) != '{')
    sage_fault_note (fault, parts->attachments.at, "a cell's 'attachments' are no object");

  if (parts->kind == SAGE_CELL_CODE)
    {
      if (parts->outputs.length == 0)
        sage_fault_note (fault, start, "a code cell has no 'outputs'");
      else if (sage_json_piece_kind (&parts->outputs) != '[')
        sage_fault_note (fault, parts->outputs.at, "a cell's 'outputs' are no array");
      if (count == '\0')
        sage_fault_note (fault, start, "a code cell has no 'execution_count'");
      else if (count != 'n' && !(count >= '0' && count <= '9'))
        sage_fault_note (fault, parts->count.at, "a cell's 'execution_count' is no number");
    }

  if (fault->n > before)
    parts->is_faulty = TRUE;
}

/* Where a member's value goes; NULL for one that a cell need not have. */
static SageJsonPiece *
part_of (SageCellRaw         *parts,
         SageJsonPiece       *type,
         const SageJsonPiece *key)
{
  const struct
  {
    const char    *name;
    SageJsonPiece *piece;
  } members[] = {
    { "cell_type", type },
    { "source", &parts->source },
    { "metadata", &parts->metadata },
    { "id", &parts->id },
    { "execution_count", &parts->count },
    { "attachments", &parts->attachments },
    { "outputs", &parts->outputs },
  };

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    if (sage_json_piece_is (key, members[i].name))
      return members[i].piece;

  return NULL;
}

/* Reads past one cell and notes where its parts are. What is wrong with it is noted, and it can still
 * be shown; only broken JSON stops the cursor. */
void
sage_cell_read (SageJsonCursor *cursor,
                SageCellRaw    *parts,
                SageFault      *fault)
{
  SageJsonPiece type = { 0 };
  SageJsonPiece key;
  SageJsonPiece ignored;
  gboolean is_first = TRUE;
  char open = sage_json_cursor_peek (cursor);
  const char *start = cursor->at;

  *parts = (SageCellRaw) { .kind = SAGE_CELL_RAW };
  if (open != '{')
    {
      sage_json_cursor_value (cursor, &ignored);
      parts->is_faulty = TRUE;
      sage_fault_note (fault, start, "a cell is no object");
      return;
    }

  sage_json_cursor_enter (cursor, '{');
  while (sage_json_cursor_member (cursor, &is_first, &key))
    {
      SageJsonPiece *part = part_of (parts, &type, &key);

      if (part != NULL && part->length > 0)
        {
          parts->is_faulty = TRUE;
          sage_fault_note (fault, key.at, "a cell has the same key twice");
        }
      if (part == &parts->outputs)
        read_outputs (cursor, parts, fault);
      else
        sage_json_cursor_value (cursor, part != NULL ? part : &ignored);
    }

  if (cursor->problem == NULL)
    check_parts (parts, &type, start, fault);
}
