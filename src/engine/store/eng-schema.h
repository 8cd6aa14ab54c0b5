/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Tables that one service alone reads and writes. The migrations run them; a shipped text never
 * changes, a later step alters it. */
extern const char eng_pipeline_schema[];
