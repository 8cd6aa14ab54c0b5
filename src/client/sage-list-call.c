/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-list-call"

#include "config.h"

#include "sage-json.h"
#include "sage-list-call-private.h"

/* The most that AWS gives. */
#define PAGE_ROWS 100

/* Executions of all pipelines at once are only to be had by searching. */
static gboolean
is_search (SageKind    kind,
           const char *parent)
{
  return kind == SAGE_KIND_EXECUTION && parent == NULL;
}

/**
 * sage_list_call_target:
 * @kind: a kind
 * @parent: (nullable): the resource that they belong to
 *
 * Returns: the operation that lists them
 */
const char *
sage_list_call_target (SageKind    kind,
                       const char *parent)
{
  return is_search (kind, parent) ? "Search" : sage_kind_info (kind)->list;
}

/**
 * sage_list_call_input:
 * @kind: a kind
 * @parent: (nullable): the name of the resource that they belong to
 * @parent_arn: (nullable): its ARN; steps are listed by it
 * @token: (nullable): where to go on
 *
 * Returns: (transfer full): what to ask for, the newest first
 */
JsonObject *
sage_list_call_input (SageKind    kind,
                      const char *parent,
                      const char *parent_arn,
                      const char *token)
{
  const SageKindInfo *info = sage_kind_info (kind);
  JsonObject *input = json_object_new ();

  json_object_set_int_member (input, "MaxResults", PAGE_ROWS);
  json_object_set_string_member (input, "SortOrder", "Descending");
  if (kind != SAGE_KIND_STEP)
    json_object_set_string_member (input, "SortBy", "CreationTime");
  if (is_search (kind, parent))
    json_object_set_string_member (input, "Resource", "PipelineExecution");
  else if (kind == SAGE_KIND_STEP)
    json_object_set_string_member (input, info->list_parent, parent_arn);
  else if (parent != NULL && info->list_parent != NULL)
    json_object_set_string_member (input, info->list_parent, parent);
  else if (kind == SAGE_KIND_PACKAGE)
    json_object_set_string_member (input, "ModelPackageType", "Versioned");
  if (token != NULL)
    json_object_set_string_member (input, "NextToken", token);

  return input;
}

/**
 * sage_list_call_items:
 * @kind: a kind
 * @parent: (nullable): the resource that they belong to
 * @reply: a page
 *
 * Returns: (transfer none) (nullable): what sage_list_call_item() reads
 */
JsonArray *
sage_list_call_items (SageKind    kind,
                      const char *parent,
                      JsonObject *reply)
{
  return sage_json_array (reply, is_search (kind, parent) ? "Results"
                                                          : sage_kind_info (kind)->list_items);
}

/**
 * sage_list_call_item:
 * @kind: a kind
 * @parent: (nullable): the resource that they belong to
 * @items: those of a page
 * @index: which
 *
 * Returns: (transfer none) (nullable): a summary
 */
JsonObject *
sage_list_call_item (SageKind    kind,
                     const char *parent,
                     JsonArray  *items,
                     guint       index)
{
  JsonObject *item = sage_json_array_object (items, index);

  if (item != NULL && is_search (kind, parent))
    return sage_json_object (item, "PipelineExecution");

  return item;
}
