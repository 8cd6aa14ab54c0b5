/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-notebook.h"

void random_edit (SageNotebook *notebook,
                  GRand        *rand);
