/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-digest.h"

G_BEGIN_DECLS

typedef enum
{
  ENG_RUNTIME_BUILTIN, /* our own algorithm: sagebrush-algorithm */
  ENG_RUNTIME_PYTHON,  /* script mode in a Python environment */
} EngRuntimeKind;

/* What an image URI stands for on this machine (data/images.json). */
typedef struct
{
  EngRuntimeKind  kind;
  char           *algorithm;   /* (owned): "xgboost", "scikit-learn", "processing"… */
  char           *interpreter; /* (owned) (nullable): "python3" for ENG_RUNTIME_PYTHON */
  gboolean        script_mode; /* a built-in that also runs scripts when sagemaker_program is set */
} EngRuntime;

/* What an ml.* instance type stands for (data/instances.json). */
typedef struct
{
  double  vcpus;
  guint64 memory_bytes;
  guint   gpus;
  double  price_per_hour; /* US dollars */
} EngInstance;

typedef struct _EngImages EngImages;

EngImages        *eng_images_load     (const char     *data_dir,
                                       GError        **error);
void              eng_images_free     (EngImages      *images);
const EngRuntime *eng_images_resolve  (EngImages      *images,
                                       const char     *image_uri,
                                       GError        **error);
const EngInstance *eng_images_instance (EngImages     *images,
                                       const char     *instance_type,
                                       GError        **error);

gboolean          eng_runtime_digest  (const EngRuntime *runtime,
                                       const char     *libexec_dir,
                                       const char     *share_dir,
                                       SageDigest     *digest,
                                       GError        **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngImages, eng_images_free)

G_END_DECLS
