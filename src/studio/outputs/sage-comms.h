/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/*
 * The kernel's widgets as they stand: comm id → state. Whoever talks to the kernel feeds it the
 * content of each comm message; what shows widgets follows it. Signal "changed::COMM-ID": the state
 * of that one is another, or it was closed.
 */
#define SAGE_TYPE_COMMS (sage_comms_get_type ())

G_DECLARE_FINAL_TYPE (SageComms, sage_comms, SAGE, COMMS, GObject)

SageComms  *sage_comms_new          (void);
/* comm_open, comm_msg and comm_close; FALSE for another type. Junk is ignored. */
gboolean    sage_comms_take_message (SageComms  *self,
                                     const char *msg_type,
                                     JsonObject *content);
/* metadata.widgets["application/vnd.jupyter.widget-state+json"] of a notebook, as saved. */
void        sage_comms_load         (SageComms  *self,
                                     JsonObject *widget_state);
void        sage_comms_clear        (SageComms  *self); /* the kernel was restarted */
JsonObject *sage_comms_get_state    (SageComms  *self,
                                     const char *comm_id); /* (transfer none) (nullable) */
gboolean    sage_comms_is_closed    (SageComms  *self,
                                     const char *comm_id);

G_END_DECLS
