/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-math.h"

G_BEGIN_DECLS

/* What an atom is to its neighbours: it decides the space between them (The TeXbook, ch. 18). */
typedef enum
{
  SAGE_MATH_ORD,
  SAGE_MATH_OP,
  SAGE_MATH_BIN,
  SAGE_MATH_REL,
  SAGE_MATH_OPEN,
  SAGE_MATH_CLOSE,
  SAGE_MATH_PUNCT,
  SAGE_MATH_INNER,
} SageMathClass;

typedef enum
{
  SAGE_MATH_ATOM,      /* text, in its class and font */
  SAGE_MATH_ROW,       /* children */
  SAGE_MATH_FRACTION,  /* numerator, denominator */
  SAGE_MATH_ROOT,      /* radicand, index or none */
  SAGE_MATH_SCRIPTS,   /* base, below or NULL, above or NULL */
  SAGE_MATH_ACCENT,    /* body; text is the accent */
  SAGE_MATH_FENCED,    /* body; text and right are the fences */
  SAGE_MATH_GRID,      /* cells, row by row */
  SAGE_MATH_SPACE,     /* of `width` em */
} SageMathKind;

typedef enum
{
  SAGE_MATH_ITALIC = 1 << 0,
  SAGE_MATH_BOLD = 1 << 1,
  SAGE_MATH_LARGE = 1 << 2,   /* an operator that grows in a display */
  SAGE_MATH_LIMITS = 1 << 3,  /* scripts stand above and below in a display */
  SAGE_MATH_ALWAYS = 1 << 4,  /* …and everywhere */
  SAGE_MATH_NO_BAR = 1 << 5,  /* a fraction without a line */
  SAGE_MATH_WIDE = 1 << 6,    /* an accent as wide as its body */
  SAGE_MATH_UNDER = 1 << 7,   /* an accent below */
  SAGE_MATH_ALIGNED = 1 << 8, /* a grid whose columns are right and left in turn */
  SAGE_MATH_LEFT = 1 << 9,    /* a grid whose columns are left */
  SAGE_MATH_DISPLAY = 1 << 10,
  SAGE_MATH_SANS = 1 << 11,
  SAGE_MATH_MONO = 1 << 12,
} SageMathFlags;

typedef struct _SageMathNode SageMathNode;

struct _SageMathNode
{
  SageMathKind   kind;
  SageMathClass  class;
  guint          flags;    /* of SageMathFlags */
  char          *text;     /* (owned) (nullable) */
  char          *right;    /* (owned) (nullable) */
  GPtrArray     *children; /* (owned) (nullable): of SageMathNode, or NULL */
  guint          columns;  /* of a grid */
  double         width;    /* of a space, in em */
};

struct _SageMath
{
  SageMathNode *root;
};

/* A command that stands for a character. */
typedef struct
{
  const char    *name;
  const char    *text;
  SageMathClass  class;
  guint          flags;
} SageMathSymbol;

const SageMathSymbol *_sage_math_find_symbol (const char *name);
char                 *_sage_math_alphabet    (const char *alphabet,
                                              const char *letters);

/* One thing to draw: a text at its baseline, a filled rectangle, or a path. */
typedef struct
{
  float        x;
  float        y; /* downwards from the baseline */
  PangoLayout *layout; /* (owned) (nullable) */
  GskPath     *path;   /* (owned) (nullable) */
  float        width;  /* of a rectangle; of the stroke of a path, 0 to fill it */
  float        height;
} SageMathItem;

struct _SageMathBox
{
  double         width;
  double         ascent;
  double         descent;
  SageMathClass  class;
  GArray        *items; /* of SageMathItem */
};

SageMathBox *_sage_math_box_new  (void);
void         _sage_math_box_take (SageMathBox *self,
                                  SageMathBox *other,
                                  double       x,
                                  double       y);
void         _sage_math_box_rule (SageMathBox *self,
                                  double       x,
                                  double       y,
                                  double       width,
                                  double       height);
void         _sage_math_box_path (SageMathBox *self,
                                  GskPath     *path,
                                  double       x,
                                  double       y,
                                  double       stroke);
SageMathBox *_sage_math_fence    (const char  *fence,
                                  double       ascent,
                                  double       descent,
                                  double       em);
GskPath     *_sage_math_brace    (double       width,
                                  double       height,
                                  gboolean     under);

G_END_DECLS
