/* SPDX-License-Identifier: MIT */
/* Opens and closes a team, and makes what its threads keep. */
#include "src/decode/team.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

size_t tj_team_threads(const struct tj_cores *cores, int smt)
{
	int n = getenv("OMP_NUM_THREADS") != NULL ? omp_get_max_threads() : 0;
	return n > 0 ? (size_t)n : tj_cores_threads(cores, smt);
}

trujaman_status tj_team_open(struct tj_team *team, struct tj_copies *copies,
                             const struct tj_placement *placement,
                             const struct tj_engine_options *options, struct tj_error *err)
{
	size_t n = placement->n_workers;
	*team = (struct tj_team){
		.copies = copies, .placement = placement, .options = *options, .n_threads = n
	};
	team->engines = calloc(n, sizeof *team->engines);
	team->tools = calloc(n, sizeof *team->tools);
	if (team->engines == NULL || team->tools == NULL)
		return tj_fail_memory(err, "a team of workers", n * sizeof *team->engines);
	return TRUJAMAN_OK;
}

void tj_team_close(struct tj_team *team)
{
	for (size_t i = 0; team->engines != NULL && i < team->n_threads; i++)
		tj_engine_free(team->engines[i]);
	for (size_t i = 0; team->tools != NULL && i < team->n_threads; i++)
		tj_tools_close(team->tools[i]);
	free(team->engines);
	free(team->tools);
	memset(team, 0, sizeof *team);
}

struct tj_engine *tj_team_engine(struct tj_team *team, size_t thread, struct tj_error *err)
{
	struct tj_engine **engine = &team->engines[thread];
	if (*engine == NULL) {
		const struct tj_model *others[TJ_MOST_NETWORKS];
		size_t copy = team->placement->places[thread].copy;
		struct tj_engine_options o = team->options;
		for (size_t i = 0; i < o.n_others; i++) {
			const struct tj_team_other *x = &team->others[i];
			others[i] = tj_copies_get(x->copies, (copy + x->shift) % x->n_nodes);
		}
		o.others = others;
		*engine = tj_engine_new(tj_copies_get(team->copies, copy), &o, err);
	}
	return *engine;
}

struct tj_tools *tj_team_tools(struct tj_team *team, size_t thread, const struct tj_language *l,
                               struct tj_error *err)
{
	struct tj_tools **tools = &team->tools[thread];
	if (*tools == NULL)
		*tools = tj_tools_open(l, err);
	return *tools;
}

void tj_team_drop_pending(struct tj_team *team, size_t thread)
{
	struct tj_engine **engine = &team->engines[thread];
	if (*engine != NULL && tj_engine_pending(*engine) > 0) {
		tj_engine_free(*engine);
		*engine = NULL;
	}
}
