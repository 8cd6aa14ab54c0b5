/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-chart-readout.h"
#include "sage-chart.h"
#include "sage-line-layer.h"

G_BEGIN_DECLS

/* A layer and what it drew last. */
typedef struct
{
  SageChartLayer *layer; /* (owned) */
  GskRenderNode  *node;  /* (owned) (nullable): NULL when it has to draw again, or drew nothing */
  gboolean        drawn;
} SageChartLayerSlot;

/* A series at the cursor. */
typedef struct
{
  SageChartSeries *series;   /* (owned) */
  double           value;
  double           distance; /* pixels from the pointer */
} SageChartReading;

/* Where the user looks. */
typedef struct
{
  gboolean  shown;
  gboolean  by_pointer;
  double    pointer_x; /* pixels, while by_pointer */
  double    pointer_y;
  double    x;         /* a value of the x axis where there is a point */
  GArray   *readings;  /* (owned) (nullable): of SageChartReading; what is there, while shown */
  char     *text;      /* (owned) (nullable): the same in words */
} SageChartCursor;

/* What a drag does. */
typedef enum {
  SAGE_CHART_DRAG_NONE,
  SAGE_CHART_DRAG_SELECT,
  SAGE_CHART_DRAG_PAN,
} SageChartDrag;

struct _SageChart
{
  GtkWidget         parent_instance;

  GListStore       *series;     /* (owned): of SageChartSeries */
  GPtrArray        *slots;      /* (owned): of SageChartLayerSlot, from the bottom */
  SageLineLayer    *lines;      /* one of them */
  SageChartPlot    *plot;       /* (owned) (nullable): NULL when it has to be laid out again */
  SageChartNeeds    needs;      /* what the layers asked for, with @plot */
  SageChartScale    full_x;     /* the domain when not zoomed, with @plot */
  SageChartReadout *readout;    /* (owned): a child */
  AdwStyleManager  *manager;    /* (owned) */

  char             *x_label;    /* (owned) (nullable) */
  char             *y_label;    /* (owned) (nullable) */
  char             *placeholder; /* (owned) (nullable) */
  SageChartFormat   x_format;
  SageChartFormat   y_format;
  gboolean          logarithmic;
  double            smoothing;
  SageChartSeries  *highlight;  /* (owned) (nullable) */

  gboolean          empty;      /* as of the last description */
  gboolean          zoomed;
  double            from;       /* while zoomed */
  double            to;

  SageChartCursor   cursor;
  SageChartSeries  *current;    /* (owned) (nullable): whose values the keyboard reads */
  double            motion_x;   /* where the pointer was last */
  double            motion_y;
  SageChartDrag     drag;
  double            drag_start; /* pixels */
  double            drag_end;
  double            pinch_scale; /* up to which a pinch was followed */

  guint             refresh_id; /* a tick callback that brings the readout up to date */
  guint             describe_id; /* a timeout that brings the description up to date */
};

/* sage-chart.c */
void              sage_chart_view_changed      (SageChart       *self);
void              sage_chart_announce          (SageChart       *self,
                                                const char      *text);
void              sage_chart_notify_zoomed     (SageChart       *self);
void              sage_chart_notify_cursor     (SageChart       *self);

/* sage-chart-draw.c */
SageChartPlot    *sage_chart_get_plot          (SageChart       *self);
const char       *sage_chart_get_message       (SageChart       *self);
void              sage_chart_snapshot          (GtkWidget       *widget,
                                                GtkSnapshot     *snapshot);

/* sage-chart-cursor.c */
void              sage_chart_cursor_point_at   (SageChart       *self,
                                                double           x,
                                                double           y);
void              sage_chart_cursor_refresh    (SageChart       *self);
void              sage_chart_cursor_hide       (SageChart       *self);
void              sage_chart_cursor_draw       (SageChart       *self,
                                                GtkSnapshot     *snapshot);
void              sage_chart_cursor_step       (SageChart       *self,
                                                int              direction,
                                                double           least_pixels);
void              sage_chart_cursor_to_end     (SageChart       *self,
                                                int              direction);
gboolean          sage_chart_cursor_next_series (SageChart      *self,
                                                int              direction);
SageChartSeries  *sage_chart_get_current       (SageChart       *self);

/* sage-chart-input.c */
void              sage_chart_add_controllers   (SageChart       *self);
void              sage_chart_class_add_keys    (GtkWidgetClass  *klass);

G_END_DECLS
