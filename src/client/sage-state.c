/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-state"

#include "config.h"

#include <string.h>

#include "sage-resource.h"

G_DEFINE_ENUM_TYPE (SageState, sage_state,
  G_DEFINE_ENUM_VALUE (SAGE_STATE_NONE, "none"),
  G_DEFINE_ENUM_VALUE (SAGE_STATE_IDLE, "idle"),
  G_DEFINE_ENUM_VALUE (SAGE_STATE_WAITING, "waiting"),
  G_DEFINE_ENUM_VALUE (SAGE_STATE_RUNNING, "running"),
  G_DEFINE_ENUM_VALUE (SAGE_STATE_GOOD, "good"),
  G_DEFINE_ENUM_VALUE (SAGE_STATE_BAD, "bad"))

static const struct
{
  const char *status;
  SageState   state;
} states[] = {
  { "Active", SAGE_STATE_NONE },
  { "Approved", SAGE_STATE_GOOD },
  { "Completed", SAGE_STATE_GOOD },
  { "Creating", SAGE_STATE_RUNNING },
  { "DeleteFailed", SAGE_STATE_BAD },
  { "Deleted", SAGE_STATE_IDLE },
  { "Deleting", SAGE_STATE_RUNNING },
  { "Executing", SAGE_STATE_RUNNING },
  { "Failed", SAGE_STATE_BAD },
  { "InProgress", SAGE_STATE_RUNNING },
  { "InService", SAGE_STATE_GOOD },
  { "NotStarted", SAGE_STATE_IDLE },
  { "OutOfService", SAGE_STATE_BAD },
  { "Pending", SAGE_STATE_RUNNING },
  { "PendingManualApproval", SAGE_STATE_WAITING },
  { "Rejected", SAGE_STATE_BAD },
  { "RollingBack", SAGE_STATE_RUNNING },
  { "Starting", SAGE_STATE_RUNNING },
  { "Stopped", SAGE_STATE_IDLE },
  { "Stopping", SAGE_STATE_RUNNING },
  { "Succeeded", SAGE_STATE_GOOD },
  { "SystemUpdating", SAGE_STATE_RUNNING },
  { "UpdateRollbackFailed", SAGE_STATE_BAD },
  { "Updating", SAGE_STATE_RUNNING },
};

/**
 * sage_state_from_status:
 * @status: (nullable): a status as the API spells it
 *
 * Returns: what it comes to; %SAGE_STATE_NONE for a word that is not known
 */
SageState
sage_state_from_status (const char *status)
{
  if (status == NULL)
    return SAGE_STATE_NONE;

  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    if (strcmp (states[i].status, status) == 0)
      return states[i].state;

  return SAGE_STATE_NONE;
}
