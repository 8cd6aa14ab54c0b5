/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-shape"

#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "sage-model-private.h"

static const SageServiceModel *
find_service (const char *name)
{
  for (guint i = 0; i < sage_model_n_services; i++)
    if (strcmp (sage_model_services[i].name, name) == 0)
      return &sage_model_services[i];

  return NULL;
}

static int
compare_operation (const void *key,
                   const void *element)
{
  return strcmp (key, ((const SageOperationModel *) element)->name);
}

static int
compare_shape (const void *key,
               const void *element)
{
  return strcmp (key, ((const SageShape *) element)->name);
}

static const SageOperationModel *
find_operation (const char *service,
                const char *operation)
{
  const SageServiceModel *model = find_service (service);

  if (model == NULL)
    return NULL;

  return bsearch (operation, model->operations, model->n_operations,
                  sizeof *model->operations, compare_operation);
}

static const SageShape *
shape_at (guint16 index)
{
  return index != SAGE_SHAPE_NONE ? &sage_model_shapes[index] : NULL;
}

/**
 * sage_model_n_operations:
 * @service: the service, `sagemaker` or `logs`
 *
 * Returns: how many operations the model of the service has; 0 for an unknown one
 */
guint
sage_model_n_operations (const char *service)
{
  const SageServiceModel *model = find_service (service);

  return model != NULL ? model->n_operations : 0;
}

/**
 * sage_model_operation_name:
 * @service: the service
 * @index: below sage_model_n_operations()
 *
 * Returns: the name of the operation; they are in the order of strcmp()
 */
const char *
sage_model_operation_name (const char *service,
                           guint       index)
{
  const SageServiceModel *model = find_service (service);

  g_return_val_if_fail (model != NULL && index < model->n_operations, NULL);

  return model->operations[index].name;
}

/**
 * sage_model_has_operation:
 * @service: the service, `sagemaker` or `logs`
 * @operation: the operation
 *
 * Returns: whether AWS has this operation
 */
gboolean
sage_model_has_operation (const char *service,
                          const char *operation)
{
  return find_operation (service, operation) != NULL;
}

/**
 * sage_model_input:
 * @service: the service
 * @operation: the operation
 *
 * Returns: (nullable): what the operation takes; %NULL for an unknown one or one without input
 */
const SageShape *
sage_model_input (const char *service,
                  const char *operation)
{
  const SageOperationModel *model = find_operation (service, operation);

  return model != NULL ? shape_at (model->input) : NULL;
}

/**
 * sage_model_output:
 * @service: the service
 * @operation: the operation
 *
 * Returns: (nullable): what the operation replies; %NULL for an unknown one or one without output
 */
const SageShape *
sage_model_output (const char *service,
                   const char *operation)
{
  const SageOperationModel *model = find_operation (service, operation);

  return model != NULL ? shape_at (model->output) : NULL;
}

/**
 * sage_model_shape:
 * @service: the service
 * @shape_name: the name of a shape, e.g. `TrainingJobSummary`
 *
 * Returns: (nullable): the shape
 */
const SageShape *
sage_model_shape (const char *service,
                  const char *shape_name)
{
  const SageServiceModel *model = find_service (service);

  if (model == NULL)
    return NULL;

  return bsearch (shape_name, sage_model_shapes + model->first_shape, model->n_shapes,
                  sizeof *sage_model_shapes, compare_shape);
}

/**
 * sage_shape_name:
 * @shape: a shape
 *
 * Returns: its name in the model
 */
const char *
sage_shape_name (const SageShape *shape)
{
  return shape->name;
}

/**
 * sage_shape_type:
 * @shape: a shape
 *
 * Returns: its type
 */
SageShapeType
sage_shape_type (const SageShape *shape)
{
  return shape->type;
}

/**
 * sage_shape_n_members:
 * @shape: a shape
 *
 * Returns: how many members it has; 0 unless it is a structure
 */
guint
sage_shape_n_members (const SageShape *shape)
{
  return shape->n_members;
}

/**
 * sage_shape_member_name:
 * @shape: a structure
 * @index: below sage_shape_n_members()
 *
 * Returns: the name of the member, in the order of declaration
 */
const char *
sage_shape_member_name (const SageShape *shape,
                        guint            index)
{
  g_return_val_if_fail (index < shape->n_members, NULL);

  return shape->members[index].name;
}

/* Bisects the members; @shape may be of any type. */
const SageMember *
sage_shape_find_member (const SageShape *shape,
                        const char      *name)
{
  guint low = 0;
  guint high = shape->n_members;

  while (low < high)
    {
      guint middle = (low + high) / 2;
      const SageMember *member = &shape->members[shape->members[middle].by_name];
      int order = strcmp (name, member->name);

      if (order == 0)
        return member;
      if (order < 0)
        high = middle;
      else
        low = middle + 1;
    }

  return NULL;
}

/**
 * sage_shape_member:
 * @shape: a shape
 * @name: the wire name of a member
 *
 * Returns: (nullable): the shape of that member
 */
const SageShape *
sage_shape_member (const SageShape *shape,
                   const char      *name)
{
  const SageMember *member = sage_shape_find_member (shape, name);

  return member != NULL ? &sage_model_shapes[member->shape] : NULL;
}

/**
 * sage_shape_member_required:
 * @shape: a shape
 * @name: the wire name of a member
 *
 * Returns: whether there is such a member and it must be set
 */
gboolean
sage_shape_member_required (const SageShape *shape,
                            const char      *name)
{
  const SageMember *member = sage_shape_find_member (shape, name);

  return member != NULL && member->required;
}

/**
 * sage_shape_element:
 * @shape: a shape
 *
 * Returns: (nullable): the shape of the elements of a list or of the values of a map
 */
const SageShape *
sage_shape_element (const SageShape *shape)
{
  if (shape->type != SAGE_SHAPE_LIST && shape->type != SAGE_SHAPE_MAP)
    return NULL;

  return &sage_model_shapes[shape->element];
}

/**
 * sage_shape_key:
 * @shape: a shape
 *
 * Returns: (nullable): the shape of the keys of a map
 */
const SageShape *
sage_shape_key (const SageShape *shape)
{
  return shape->type == SAGE_SHAPE_MAP ? &sage_model_shapes[shape->key] : NULL;
}

/**
 * sage_shape_enum:
 * @shape: a shape
 *
 * Returns: (nullable) (array zero-terminated=1): the values the string may have
 */
const char * const *
sage_shape_enum (const SageShape *shape)
{
  return shape->enums;
}

/**
 * sage_shape_min:
 * @shape: a shape
 * @min: (out): the least number; of a string, list or map the least length
 *
 * Returns: whether there is such a bound
 */
gboolean
sage_shape_min (const SageShape *shape,
                double          *min)
{
  *min = shape->min;

  return (shape->flags & SAGE_SHAPE_HAS_MIN) != 0;
}

/**
 * sage_shape_max:
 * @shape: a shape
 * @max: (out): the greatest number; of a string, list or map the greatest length
 *
 * Returns: whether there is such a bound
 */
gboolean
sage_shape_max (const SageShape *shape,
                double          *max)
{
  *max = shape->max;

  return (shape->flags & SAGE_SHAPE_HAS_MAX) != 0;
}

/**
 * sage_shape_pattern:
 * @shape: a shape
 *
 * Returns: (nullable): the regular expression that the string must match, as AWS prints it
 */
const char *
sage_shape_pattern (const SageShape *shape)
{
  return shape->pattern != 0 ? sage_model_patterns[shape->pattern].text : NULL;
}

/**
 * sage_shape_is_union:
 * @shape: a shape
 *
 * Returns: whether exactly one of its members must be set
 */
gboolean
sage_shape_is_union (const SageShape *shape)
{
  return (shape->flags & SAGE_SHAPE_UNION) != 0;
}

/**
 * sage_shape_is_sensitive:
 * @shape: a shape
 *
 * Returns: whether its value is not to be shown
 */
gboolean
sage_shape_is_sensitive (const SageShape *shape)
{
  return (shape->flags & SAGE_SHAPE_SENSITIVE) != 0;
}
