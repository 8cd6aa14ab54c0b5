/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* How a kernel wants to be interrupted. */
typedef enum
{
  SAGE_INTERRUPT_SIGNAL,  /* SIGINT */
  SAGE_INTERRUPT_MESSAGE, /* interrupt_request on the control channel */
} SageInterruptMode;

/* One installed kernel: what its kernel.json says. Immutable. */
#define SAGE_TYPE_KERNELSPEC (sage_kernelspec_get_type ())
G_DECLARE_FINAL_TYPE (SageKernelspec, sage_kernelspec, SAGE, KERNELSPEC, GObject)

SageKernelspec     *sage_kernelspec_read               (const char      *name,
                                                        const char      *directory,
                                                        GError         **error);
const char         *sage_kernelspec_get_name           (SageKernelspec  *self);
const char         *sage_kernelspec_get_display_name   (SageKernelspec  *self);
const char         *sage_kernelspec_get_language       (SageKernelspec  *self);
SageInterruptMode   sage_kernelspec_get_interrupt_mode (SageKernelspec  *self);
const char * const *sage_kernelspec_get_argv           (SageKernelspec  *self);
JsonObject         *sage_kernelspec_get_env            (SageKernelspec  *self);
JsonObject         *sage_kernelspec_get_metadata       (SageKernelspec  *self);
JsonObject         *sage_kernelspec_get_json           (SageKernelspec  *self);
const char         *sage_kernelspec_get_directory      (SageKernelspec  *self);
char              **sage_kernelspec_expand_argv        (SageKernelspec  *self,
                                                        const char      *connection_file);

/* Where kernels are looked for (sage-kernelspec-search.c). */
gboolean            sage_kernelspec_is_name  (const char    *name);
char              **sage_kernelspec_path     (const char    *project);
GListModel         *sage_kernelspec_list     (const char    *project);
SageKernelspec     *sage_kernelspec_find     (const char    *project,
                                              const char    *name,
                                              GError       **error);

G_END_DECLS
