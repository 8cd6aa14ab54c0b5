/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-shape.h"

G_BEGIN_DECLS

/* The form of the generated tables in sage-model-data.c. */

enum
{
  SAGE_SHAPE_SENSITIVE = 1 << 0, /* never echoed */
  SAGE_SHAPE_UNION     = 1 << 1, /* exactly one member is set */
  SAGE_SHAPE_HAS_MIN   = 1 << 2,
  SAGE_SHAPE_HAS_MAX   = 1 << 3,
};

/* Shapes refer to each other by their index into sage_model_shapes: half the size of pointers, and
 * nothing to relocate at start. */
#define SAGE_SHAPE_NONE G_MAXUINT16

typedef struct
{
  const char *name;
  guint16     shape;
  guint16     by_name; /* entry i: which member comes i-th when sorted by name */
  guint8      required;
} SageMember;

struct _SageShape
{
  const char         *name;
  const SageMember   *members; /* in the order of declaration */
  const char * const *enums;   /* (nullable), NULL-terminated */
  double              min;     /* of the value, or of the length; exact for every bound in use */
  double              max;
  guint16             element; /* of a list, or the value of a map */
  guint16             key;     /* of a map */
  guint16             pattern; /* index into sage_model_patterns; 0: none */
  guint16             n_members;
  guint8              type;    /* SageShapeType */
  guint8              flags;
};

typedef struct
{
  const char *text;  /* as AWS prints it */
  const char *regex; /* the same for PCRE2, without anchors */
} SagePattern;

typedef struct
{
  const char *name;
  guint16     input;  /* or SAGE_SHAPE_NONE */
  guint16     output; /* or SAGE_SHAPE_NONE */
} SageOperationModel;

typedef struct
{
  const char               *name;
  guint                     first_shape; /* from here n_shapes of them, sorted by name */
  guint                     n_shapes;
  const SageOperationModel *operations;  /* sorted by name */
  guint                     n_operations;
} SageServiceModel;

extern const SageShape        sage_model_shapes[];
extern const SagePattern      sage_model_patterns[];
extern const guint            sage_model_n_patterns;
extern const SageServiceModel sage_model_services[];
extern const guint            sage_model_n_services;

const SageMember *sage_shape_find_member (const SageShape *shape,
                                          const char      *name);

G_END_DECLS
