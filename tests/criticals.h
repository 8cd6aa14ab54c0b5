/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

void criticals_end_the_program (GLogLevelFlags levels);
