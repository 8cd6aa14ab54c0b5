/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-resource"

#include "config.h"

#include <string.h>

#include "eng-resource.h"
#include "sage-error.h"
#include "sage-json.h"

#define COLUMNS \
  "id, kind, name, arn, parent, sequence, status, label, created, modified, revision, doc, state"

enum
{
  COL_ID,
  COL_KIND,
  COL_NAME,
  COL_ARN,
  COL_PARENT,
  COL_SEQUENCE,
  COL_STATUS,
  COL_LABEL,
  COL_CREATED,
  COL_MODIFIED,
  COL_REVISION,
  COL_DOC,
  COL_STATE,
};

/* Documents were validated when they came in; the limits only guard against a damaged database. */
static const SageJsonLimits stored_limits = {
  .max_bytes = 64 * 1024 * 1024,
  .max_depth = 128,
  .max_keys = 1000000,
};

/**
 * eng_resource_new:
 * @kind: the ARN type
 * @name: the name
 * @arn: the ARN
 *
 * Returns: (transfer full): a resource with an empty document and status
 */
EngResource *
eng_resource_new (const char *kind,
                  const char *name,
                  const char *arn)
{
  EngResource *self = g_new0 (EngResource, 1);

  self->kind = g_strdup (kind);
  self->name = g_strdup (name);
  self->arn = g_strdup (arn);
  self->status = g_strdup ("");
  self->doc = g_strdup ("{}");

  return self;
}

/**
 * eng_resource_free:
 * @resource: (nullable): a resource
 */
void
eng_resource_free (EngResource *resource)
{
  if (resource == NULL)
    return;

  g_free (resource->kind);
  g_free (resource->name);
  g_free (resource->arn);
  g_free (resource->parent);
  g_free (resource->status);
  g_free (resource->label);
  g_free (resource->doc);
  g_free (resource->state);
  g_free (resource);
}

static EngResource *
from_row (EngRows *rows)
{
  EngResource *self = g_new0 (EngResource, 1);

  self->id = eng_rows_int (rows, COL_ID);
  self->kind = eng_rows_dup_text (rows, COL_KIND);
  self->name = eng_rows_dup_text (rows, COL_NAME);
  self->arn = eng_rows_dup_text (rows, COL_ARN);
  self->parent = eng_rows_dup_text (rows, COL_PARENT);
  self->sequence = eng_rows_int (rows, COL_SEQUENCE);
  self->status = eng_rows_dup_text (rows, COL_STATUS);
  self->label = eng_rows_dup_text (rows, COL_LABEL);
  self->created = eng_rows_double (rows, COL_CREATED);
  self->modified = eng_rows_double (rows, COL_MODIFIED);
  self->revision = eng_rows_int (rows, COL_REVISION);
  self->doc = eng_rows_dup_text (rows, COL_DOC);
  self->state = eng_rows_dup_text (rows, COL_STATE);

  return self;
}

static EngResource *
load_one (EngRows  *query,
          GError  **error)
{
  g_autoptr(EngRows) rows = query;

  if (rows == NULL || !eng_rows_next (rows, error))
    return NULL;

  return from_row (rows);
}

static GPtrArray *
load_all (EngRows  *query,
          GError  **error)
{
  g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) eng_resource_free);
  g_autoptr(EngRows) rows = query;
  g_autoptr(GError) local_error = NULL;

  if (rows == NULL)
    return NULL;

  while (eng_rows_next (rows, &local_error))
    g_ptr_array_add (found, from_row (rows));

  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  return g_steal_pointer (&found);
}

/**
 * eng_resource_load:
 * @connection: a reader, or a transaction's connection
 * @kind: the kind
 * @name: the name, in any case
 *
 * Returns: (transfer full) (nullable): the resource; %NULL without @error when there is none
 */
EngResource *
eng_resource_load (EngConnection  *connection,
                   const char     *kind,
                   const char     *name,
                   GError        **error)
{
  return load_one (eng_query (connection, error,
                              "SELECT " COLUMNS " FROM resource WHERE kind = ?1 AND name = ?2",
                              "tt", kind, name),
                   error);
}

/**
 * eng_resource_require:
 * @connection: a reader, or a transaction's connection
 * @kind: the kind
 * @name: the name, in any case, or the ARN
 * @code: a #SageError for when there is none; AWS's families differ in it
 * @message: what to say then
 *
 * Returns: (transfer full): the resource; %NULL with @error set
 */
EngResource *
eng_resource_require (EngConnection  *connection,
                      const char     *kind,
                      const char     *name,
                      int             code,
                      const char     *message,
                      GError        **error)
{
  g_autoptr(GError) local_error = NULL;
  g_autoptr(EngResource) found = NULL;

  if (g_str_has_prefix (name, "arn:"))
    found = eng_resource_load_by_arn (connection, name, &local_error);
  else
    found = eng_resource_load (connection, kind, name, &local_error);

  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  else if (found == NULL || strcmp (found->kind, kind) != 0)
    sage_throw (error, code, "%s", message);
  else
    return g_steal_pointer (&found);

  return NULL;
}

/**
 * eng_resource_load_by_arn:
 * @connection: a reader, or a transaction's connection
 * @arn: the ARN
 *
 * Returns: (transfer full) (nullable): the resource; %NULL without @error when there is none
 */
EngResource *
eng_resource_load_by_arn (EngConnection  *connection,
                          const char     *arn,
                          GError        **error)
{
  return load_one (eng_query (connection, error,
                              "SELECT " COLUMNS " FROM resource WHERE arn = ?1", "t", arn),
                   error);
}

/**
 * eng_resource_load_by_status:
 * @connection: a reader
 * @kind: the kind
 * @statuses: (array zero-terminated=1): the statuses wanted
 *
 * Returns: (transfer full) (element-type EngResource): the resources, oldest first
 */
GPtrArray *
eng_resource_load_by_status (EngConnection       *connection,
                             const char          *kind,
                             const char * const  *statuses,
                             GError             **error)
{
  g_autoptr(GString) list = g_string_new ("[");

  for (guint i = 0; statuses[i] != NULL; i++)
    {
      if (i > 0)
        g_string_append_c (list, ',');
      sage_json_append_string (list, statuses[i]);
    }
  g_string_append_c (list, ']');

  return load_all (eng_query (connection, error,
                              "SELECT " COLUMNS " FROM resource WHERE kind = ?1"
                              " AND status IN (SELECT value FROM json_each (?2)) ORDER BY id",
                              "tt", kind, list->str),
                   error);
}

/**
 * eng_resource_load_kind:
 * @connection: a reader
 * @kind: the kind
 *
 * Returns: (transfer full) (element-type EngResource): all of them, oldest first
 */
GPtrArray *
eng_resource_load_kind (EngConnection  *connection,
                        const char     *kind,
                        GError        **error)
{
  return load_all (eng_query (connection, error,
                              "SELECT " COLUMNS " FROM resource WHERE kind = ?1 ORDER BY id",
                              "t", kind),
                   error);
}

/**
 * eng_resource_load_children:
 * @connection: a reader, or a transaction's connection
 * @kind: the children's kind
 * @parent: the parent's name
 *
 * Returns: (transfer full) (element-type EngResource): the children by sequence, then age
 */
GPtrArray *
eng_resource_load_children (EngConnection  *connection,
                            const char     *kind,
                            const char     *parent,
                            GError        **error)
{
  return load_all (eng_query (connection, error,
                              "SELECT " COLUMNS " FROM resource WHERE kind = ?1 AND parent = ?2"
                              " ORDER BY sequence, id", "tt", kind, parent),
                   error);
}

/**
 * eng_resource_insert:
 * @tx: the transaction
 * @resource: a resource that is not stored yet; its id, times and revision are filled in
 *
 * Inserts a row and its event. A taken name is %SAGE_ERROR_EXISTS.
 */
gboolean
eng_resource_insert (EngTx        *tx,
                     EngResource  *resource,
                     GError      **error)
{
  if (resource->created == 0)
    resource->created = tx->now;
  if (resource->modified == 0)
    resource->modified = resource->created;

  if (!eng_exec (tx->connection, error,
                 "INSERT INTO resource (kind, name, arn, parent, sequence, status, label, created,"
                 " modified, revision, doc, state)"
                 " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0, ?10, ?11)",
                 "ttttittddtt", resource->kind, resource->name, resource->arn, resource->parent,
                 resource->sequence, resource->status, resource->label, resource->created,
                 resource->modified, resource->doc, resource->state))
    return FALSE;

  resource->id = sqlite3_last_insert_rowid (eng_connection_db (tx->connection));
  resource->revision = 0;

  return eng_tx_emit (tx, resource->kind, resource->name, resource->arn, resource->status, error);
}

/**
 * eng_resource_update:
 * @tx: the transaction
 * @resource: a resource as it was loaded, with changed fields; `modified` is set to now
 *
 * Writes the row and its event. Fails with %SAGE_ERROR_CONFLICT if somebody else updated or deleted
 * the row since it was loaded: load again and decide anew.
 */
gboolean
eng_resource_update (EngTx        *tx,
                     EngResource  *resource,
                     GError      **error)
{
  if (!eng_exec (tx->connection, error,
                 "UPDATE resource SET status = ?3, label = ?4, modified = ?5, doc = ?6, state = ?7,"
                 " revision = revision + 1 WHERE id = ?1 AND revision = ?2",
                 "iittdtt", resource->id, resource->revision, resource->status, resource->label,
                 tx->now, resource->doc, resource->state))
    return FALSE;

  if (sqlite3_changes (eng_connection_db (tx->connection)) != 1)
    return sage_throw (error, SAGE_ERROR_CONFLICT, "'%s' was changed meanwhile", resource->arn);

  resource->modified = tx->now;
  resource->revision++;

  return eng_tx_emit (tx, resource->kind, resource->name, resource->arn, resource->status, error);
}

/**
 * eng_resource_delete:
 * @tx: the transaction
 * @resource: a loaded resource
 *
 * Deletes the row with its tags; the event's status is "Deleted".
 */
gboolean
eng_resource_delete (EngTx        *tx,
                     EngResource  *resource,
                     GError      **error)
{
  return eng_exec (tx->connection, error, "DELETE FROM tag WHERE arn = ?1", "t", resource->arn) &&
         eng_exec (tx->connection, error, "DELETE FROM resource WHERE id = ?1", "i",
                   resource->id) &&
         eng_tx_emit (tx, resource->kind, resource->name, resource->arn, "Deleted", error);
}

static gboolean
throw_damaged (const char    *arn,
               const char    *what,
               const GError  *why,
               GError       **error)
{
  return sage_throw (error, SAGE_ERROR_CORRUPT,
                     "The stored %s of '%s' is damaged: %s. Restore a backup, or delete it and "
                     "create it anew; nothing else is affected.", what, arn, why->message);
}

static JsonObject *
parse_stored (EngResource  *resource,
              const char   *text,
              const char   *what,
              GError      **error)
{
  g_autoptr(GError) local_error = NULL;
  g_autoptr(JsonNode) node = NULL;

  if (text == NULL)
    return json_object_new ();

  node = sage_json_parse_object (text, -1, &stored_limits, &local_error);
  if (node == NULL)
    {
      throw_damaged (resource->arn, what, local_error, error);
      return NULL;
    }

  return json_node_dup_object (node);
}

/* Tells documents apart in a fraction of the time that it takes to look whether they are sound;
 * never 0. Nobody is to be kept from finding another of the same: whoever can write the database
 * need not. */
static guint64
fingerprint (const char *text,
             gsize       length)
{
  const guint64 prime = G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  guint64 hash = length * prime;
  guint64 word = 0;

  for (; length >= sizeof word; length -= sizeof word, text += sizeof word)
    {
      memcpy (&word, text, sizeof word);
      hash = (hash ^ word) * prime;
      hash ^= hash >> 29;
    }
  word = 0;
  memcpy (&word, text, length);
  hash = (hash ^ word) * prime;

  return (hash ^ hash >> 32) | 1;
}

/* Appends a stored document as it is. Looks whether it is sound before it is sent, which documents that
 * were sent lately need not be asked again. */
static gboolean
append_sound (const char  *arn,
              const char  *doc,
              gsize        length,
              GString     *out,
              GError     **error)
{
  static guint64 sound[1024]; /* fingerprints; any thread, atomic */
  guint64 hash = fingerprint (doc, length);
  guint64 *slot = &sound[(hash >> 1) % G_N_ELEMENTS (sound)];
  g_autoptr(GError) local_error = NULL;

  if (__atomic_load_n (slot, __ATOMIC_RELAXED) != hash)
    {
      if (doc[0] != '{' || !sage_json_scan (doc, length, &stored_limits, &local_error))
        {
          if (local_error == NULL)
            sage_throw (&local_error, SAGE_ERROR_SYNTAX, "it is no JSON object");
          return throw_damaged (arn, "description", local_error, error);
        }
      __atomic_store_n (slot, hash, __ATOMIC_RELAXED);
    }
  g_string_append_len (out, doc, (gssize) length);

  return TRUE;
}

/**
 * eng_resource_append_doc:
 * @resource: a resource
 * @out: where its document is appended, as it is stored
 *
 * Returns: whether the document is sound; else %SAGE_ERROR_CORRUPT, and @out is as it was
 */
gboolean
eng_resource_append_doc (EngResource  *resource,
                         GString      *out,
                         GError      **error)
{
  return append_sound (resource->arn, resource->doc, strlen (resource->doc), out, error);
}

/**
 * eng_resource_describe:
 * @connection: a reader
 * @kind: the kind
 * @name: the name, in any case, or the ARN
 * @code: a #SageError for when there is none; AWS's families differ in it
 * @message: what to say then
 * @out: where its document is appended, as it is stored
 *
 * The same as eng_resource_require() and eng_resource_append_doc(), and reads no more of the row than
 * it takes.
 *
 * Returns: whether there is a resource and its document is sound; else @out is as it was
 */
gboolean
eng_resource_describe (EngConnection  *connection,
                       const char     *kind,
                       const char     *name,
                       int             code,
                       const char     *message,
                       GString        *out,
                       GError        **error)
{
  enum { ARN, DOC, KIND };
  g_autoptr(GError) local_error = NULL;
  g_autoptr(EngRows) rows = NULL;
  const char *doc;

  if (g_str_has_prefix (name, "arn:"))
    rows = eng_query (connection, error, "SELECT arn, doc, kind FROM resource WHERE arn = ?1", "t",
                      name);
  else
    rows = eng_query (connection, error,
                      "SELECT arn, doc, kind FROM resource WHERE kind = ?1 AND name = ?2", "tt",
                      kind, name);
  if (rows == NULL)
    return FALSE;

  if (!eng_rows_next (rows, &local_error) || strcmp (eng_rows_text (rows, KIND), kind) != 0)
    {
      if (local_error == NULL)
        return sage_throw (error, code, "%s", message);
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  doc = eng_rows_text (rows, DOC);

  return append_sound (eng_rows_text (rows, ARN), doc, strlen (doc), out, error);
}

/**
 * eng_resource_doc:
 * @resource: a resource
 *
 * Returns: (transfer full): its document, parsed; %NULL with %SAGE_ERROR_CORRUPT
 */
JsonObject *
eng_resource_doc (EngResource  *resource,
                  GError      **error)
{
  return parse_stored (resource, resource->doc, "description", error);
}

/**
 * eng_resource_set_doc:
 * @resource: a resource
 * @doc: (transfer none): its new document
 */
void
eng_resource_set_doc (EngResource *resource,
                      JsonObject  *doc)
{
  g_free (resource->doc);
  resource->doc = sage_json_object_to_string (doc);
}

/**
 * eng_resource_state:
 * @resource: a resource
 *
 * Returns: (transfer full): its private state, an empty object if it has none
 */
JsonObject *
eng_resource_state (EngResource  *resource,
                    GError      **error)
{
  return parse_stored (resource, resource->state, "state", error);
}

/**
 * eng_resource_set_state:
 * @resource: a resource
 * @state: (transfer none) (nullable): its new private state
 */
void
eng_resource_set_state (EngResource *resource,
                        JsonObject  *state)
{
  g_free (resource->state);
  resource->state = state != NULL ? sage_json_object_to_string (state) : NULL;
}
