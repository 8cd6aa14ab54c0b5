/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-pipeline-graph"

#include "config.h"

#include <string.h>

#include "eng-pipeline-reader.h"
#include "sage-json.h"

static gboolean
add_explicit (EngPipelineReader  *reader,
              EngPipelineStep    *step,
              GError            **error)
{
  gsize mark;

  if (step->depends_on == NULL)
    return TRUE;

  g_string_assign (reader->where, step->where);
  mark = eng_reader_enter (reader, "DependsOn");
  for (guint i = 0; i < json_array_get_length (step->depends_on); i++)
    {
      const char *name = sage_json_array_string (step->depends_on, i);
      EngPipelineStep *target;
      gsize inner = eng_reader_enter_index (reader, i);

      if (name == NULL)
        return eng_reader_throw (reader, error, "Expected a string, found %s",
                                 eng_json_type_word (json_array_get_element (step->depends_on, i)));
      target = g_hash_table_lookup (reader->pipeline->by_name, name);
      if (target == NULL)
        return eng_reader_throw (reader, error, "There is no step '%s'", name);
      if (target->type == ENG_STEP_FAIL)
        return eng_reader_throw (reader, error, "Nothing can depend on Fail step '%s'", name);
      if (step->condition >= 0 && step->condition == target->condition &&
          step->if_branch != target->if_branch)
        return eng_reader_throw (reader, error,
                                 "Step '%s' stands in the other branch of the condition", name);

      g_array_append_val (step->needs, target->position);
      eng_reader_leave (reader, inner);
    }
  eng_reader_leave (reader, mark);

  return TRUE;
}

static int
compare_positions (gconstpointer a,
                   gconstpointer b)
{
  guint left = *(const guint *) a;
  guint right = *(const guint *) b;

  return (left > right) - (left < right);
}

/* Sorts the needs, drops repeats, and tells the needed steps. */
static void
settle_needs (EngPipeline     *pipeline,
              EngPipelineStep *step)
{
  guint kept = 0;

  g_array_sort (step->needs, compare_positions);
  for (guint i = 0; i < step->needs->len; i++)
    {
      guint position = g_array_index (step->needs, guint, i);

      if (kept > 0 && g_array_index (step->needs, guint, kept - 1) == position)
        continue;
      g_array_index (step->needs, guint, kept++) = position;
      g_array_append_val (eng_pipeline_step (pipeline, position)->feeds, step->position);
    }
  g_array_set_size (step->needs, kept);
}

/* Takes away, again and again, the steps that need nothing more; what stays holds a cycle. */
static guint
count_unordered (EngPipeline *pipeline,
                 guint       *waits)
{
  g_autoptr(GArray) ready = g_array_new (FALSE, FALSE, sizeof (guint));
  guint left = pipeline->steps->len;

  for (guint i = 0; i < pipeline->steps->len; i++)
    {
      waits[i] = eng_pipeline_step (pipeline, i)->needs->len;
      if (waits[i] == 0)
        g_array_append_val (ready, i);
    }

  while (ready->len > 0)
    {
      guint position = g_array_index (ready, guint, ready->len - 1);
      GArray *feeds = eng_pipeline_step (pipeline, position)->feeds;

      g_array_set_size (ready, ready->len - 1);
      left--;
      for (guint i = 0; i < feeds->len; i++)
        if (--waits[g_array_index (feeds, guint, i)] == 0)
          g_array_append_val (ready, g_array_index (feeds, guint, i));
    }

  return left;
}

static guint
unordered_need (EngPipelineStep *step,
                const guint     *waits)
{
  for (guint i = 0; i < step->needs->len; i++)
    if (waits[g_array_index (step->needs, guint, i)] > 0)
      return g_array_index (step->needs, guint, i);

  return step->position;
}

/* Every step left over needs another one left over: following the needs must close a circle. */
static char *
describe_cycle (EngPipeline *pipeline,
                const guint *waits)
{
  g_autofree gboolean *seen = g_new0 (gboolean, pipeline->steps->len);
  g_autoptr(GPtrArray) names = g_ptr_array_new ();
  g_autoptr(GString) text = g_string_new (NULL);
  guint position = 0;
  guint start;

  while (waits[position] == 0)
    position++;
  for (; !seen[position]; position = unordered_need (eng_pipeline_step (pipeline, position), waits))
    seen[position] = TRUE;

  start = position;
  do
    {
      g_ptr_array_add (names, eng_pipeline_step (pipeline, position)->name);
      position = unordered_need (eng_pipeline_step (pipeline, position), waits);
    }
  while (position != start);

  /* Needs were followed backwards; told in the order in which the steps would run. */
  for (guint i = names->len; i > 0; i--)
    g_string_append_printf (text, "%s -> ", (char *) g_ptr_array_index (names, i - 1));
  g_string_append (text, g_ptr_array_index (names, names->len - 1));

  return g_string_free_and_steal (g_steal_pointer (&text));
}

/**
 * eng_pipeline_link_steps:
 * @reader: the walk, after eng_pipeline_check_steps()
 *
 * Makes the graph out of DependsOn, references and branches.
 *
 * Returns: %TRUE, or %FALSE with %SAGE_ERROR_INVALID when it has a cycle, which is named
 */
gboolean
eng_pipeline_link_steps (EngPipelineReader  *reader,
                         GError            **error)
{
  EngPipeline *pipeline = reader->pipeline;
  g_autofree guint *waits = g_new0 (guint, pipeline->steps->len);
  g_autofree char *cycle = NULL;

  for (guint i = 0; i < pipeline->steps->len; i++)
    {
      EngPipelineStep *step = eng_pipeline_step (pipeline, i);

      if (!add_explicit (reader, step, error))
        return FALSE;
      if (step->condition >= 0)
        g_array_append_val (step->needs, step->condition);
    }
  for (guint i = 0; i < pipeline->steps->len; i++)
    settle_needs (pipeline, eng_pipeline_step (pipeline, i));

  if (count_unordered (pipeline, waits) == 0)
    return TRUE;

  cycle = describe_cycle (pipeline, waits);
  g_string_assign (reader->where, "Steps");
  return eng_reader_throw (reader, error, "The steps depend on each other in a circle: %s", cycle);
}
