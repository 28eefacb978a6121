/* SPDX-License-Identifier: MIT */
/* What the network looked at is told while one allocation after another fails: what is told is a
 * beginning of what it would have been told, and the error says what is missing. */
#include "tests/failing_alloc.h"
#include "tests/stream_case.h"
#include "tests/support.h"

TestSuite(attention_memory, .init = start, .fini = remove_scratch, .timeout = 600);

enum { MAX_TOLD = 16 };

/* Long enough for attention to need memory again and again. */
#define LONG \
	"She said that the last train had already left, so we walked all the way home along the " \
	"river, talking about nothing in particular. It was the cat. Who is there?"
static const char *const texts[] = { "Let's go.", "", LONG, "Go home", LONG " " LONG, LONG };
enum { N = sizeof texts / sizeof *texts };

/* Everything told so far, as one number, after each telling. */
static struct told {
	size_t n;
	uint64_t hashes[MAX_TOLD];
} told;

static uint64_t hash(uint64_t h, const void *data, size_t n)
{
	for (size_t i = 0; i < n; i++)
		h = (h ^ ((const unsigned char *)data)[i]) * 0x100000001b3u;
	return h;
}

static int tell(void *context, const trujaman_attention *a)
{
	cr_assert(a != NULL && context == &told);
	if (told.n == MAX_TOLD)
		return 1;
	uint64_t h = told.n > 0 ? told.hashes[told.n - 1] : 0;
	h = hash(hash(h, a->source, a->source_len), a->target, a->target_len);
	h = hash(hash(h, &a->line, sizeof a->line), &a->rank, sizeof a->rank);
	h = hash(h, a->word_scores, a->n_target_words * sizeof *a->word_scores);
	h = hash(h, a->links, a->n_links * sizeof *a->links);
	h = hash(h, a->link_shares, a->n_links * sizeof *a->link_shares);
	for (size_t i = 0; i < a->n_parts; i++) {
		const trujaman_attention_part *p = a->parts[i];
		h = hash(h, p->shares, p->n_target * p->n_source * sizeof *p->shares);
		h = hash(h, p->target_spans, p->n_target * sizeof *p->target_spans);
		for (size_t k = 0; k < p->n_target; k++)
			h = hash(h, p->target_pieces[k], strlen(p->target_pieces[k]));
		for (size_t k = 0; k < p->n_source; k++)
			h = hash(h, p->source_pieces[k], strlen(p->source_pieces[k]));
	}
	told.hashes[told.n++] = h;
	return 0;
}

/* A way to be told. */
typedef trujaman_status telling(struct handle *h, const trujaman_input *in, int fd);

static trujaman_status translating(struct handle *h, const trujaman_input *in, int fd)
{
	return trujaman_translate_stream(h->translator, 1, in, fd, "out", TRUJAMAN_OUTPUT_PLAIN,
	                                 NULL, TOLD(h));
}

static trujaman_status scoring(struct handle *h, const trujaman_input *in, int fd)
{
	return trujaman_score_stream(h->translator, in, in, fd, "out", NULL, TOLD(h));
}

/* Of a result, nothing is told if there is none. */
static trujaman_status asking(struct handle *h, const trujaman_input *in, int fd)
{
	size_t len[N];
	trujaman_result *r = NULL;
	for (size_t i = 0; i < N; i++)
		len[i] = strlen(texts[i]);
	trujaman_status status = trujaman_translate(h->translator, N, texts, len, &r, TOLD(h));
	for (size_t i = 0; status == TRUJAMAN_OK && i < N; i++)
		for (size_t rank = 0; rank < trujaman_result_count(r, i); rank++)
			cr_assert_eq(tell(&told, trujaman_result_attention(r, i, rank)), 0);
	cr_assert(status == TRUJAMAN_OK || r == NULL);
	trujaman_result_free(r);
	(void)in;
	(void)fd;
	return status;
}

struct job {
	trujaman_model *model;
	trujaman_options options;
	trujaman_input in;
	telling *way;
	int fd;
};

/* Runs the job with a new translator while allocation number `at` fails, and all after it if
 * and_after. Returns how many there were. */
static size_t run(struct job *j, size_t at, int and_after, trujaman_status *status)
{
	struct handle h = { .model = NULL };
	told.n = 0;
	cr_assert_eq(trujaman_translator_new(j->model, &j->options, &h.translator, TOLD(&h)),
	             TRUJAMAN_OK, "%s", h.error);
	begin_to_fail(at, and_after);
	*status = j->way(&h, &j->in, j->fd);
	size_t n = end_to_fail();
	if (*status != TRUJAMAN_OK) {
		cr_assert_eq(*status, TRUJAMAN_ERROR_MEMORY, "allocation %zu: %s", at, h.error);
		cr_assert_not_null(strstr(h.error, "memory"), "allocation %zu: %s", at, h.error);
	}
	trujaman_translator_free(h.translator);
	return n;
}

static trujaman_input lines_of_texts(void)
{
	struct bytes all = { NULL, 0 };
	for (size_t i = 0; i < N; i++) {
		append_text(&all, texts[i]);
		append_text(&all, "\n");
	}
	trujaman_input in = put_input("in", all.data, all.n);
	in.size = sizeof in;
	free(all.data);
	return in;
}

/* With TRUJAMAN_LONG_TESTS every allocation, else every third. */
static void fail_each(telling *way, int beam, int n_best, size_t n_wanted)
{
	char error[256];
	if (!CAN_FAIL)
		cr_skip_test("allocations cannot be made to fail here");
	struct job j = { .options = options_of(beam, 1), .way = way };
	j.options.n_best = n_best;
	trujaman_options_attend(&j.options, tell, &told);
	j.in = lines_of_texts();
	j.fd = open("/dev/null", O_WRONLY);
	cr_assert_geq(j.fd, 0);
	cr_assert_eq(trujaman_model_open(fixture("luong-general", "safetensors"), &j.options,
	                                 &j.model, error, sizeof error),
	             TRUJAMAN_OK, "%s", error);
	trujaman_status status;
	size_t n = run(&j, SIZE_MAX, 0, &status), n_failed = 0, n_tried = 0;
	const struct told wanted = told;
	cr_assert(status == TRUJAMAN_OK && wanted.n == n_wanted, "told %zu times", wanted.n);
	size_t stride = getenv("TRUJAMAN_LONG_TESTS") != NULL ? 1 : 3;
	for (size_t at = 0; at < n; at += stride) {
		(void)run(&j, at, at % 2 == 0, &status);
		n_tried++;
		n_failed += status != TRUJAMAN_OK;
		cr_assert(status == TRUJAMAN_OK ? told.n == wanted.n : told.n <= wanted.n);
		cr_assert(same_bytes(told.hashes, wanted.hashes, told.n * sizeof *wanted.hashes),
		          "allocation %zu", at);
	}
	cr_expect_gt(n_failed, n_tried / 2);
	trujaman_model_close(j.model);
	close(j.fd);
}

Test(attention_memory, translating)
{
	fail_each(translating, 1, 1, N);
}

Test(attention_memory, listing)
{
	fail_each(translating, 3, 2, 2 * N - 1);
}

Test(attention_memory, scoring)
{
	fail_each(scoring, 1, 1, N);
}

Test(attention_memory, asking)
{
	fail_each(asking, 2, 2, 2 * N - 1);
}
