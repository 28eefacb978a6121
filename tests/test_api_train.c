/* SPDX-License-Identifier: MIT */
/* Tests of training through the library: its options, what it tells the observer, how it ends. */
#include "tests/api_support.h"

TestSuite(api_train, .init = make_scratch, .fini = remove_scratch);

enum { N_LINES = 240 };

/* Writes one side of the corpus: numbers in one of two invented spellings. */
static void write_text(const char *name, const char *const words[5])
{
	FILE *f = fopen(in_scratch(name), "w");
	cr_assert_not_null(f);
	for (int i = 0; i < N_LINES; i++)
		fprintf(f, "%s %s %s\n", words[i % 5], words[i / 5 % 5], words[i * 7 / 3 % 5]);
	cr_assert_eq(fclose(f), 0);
}

/* The options point to the paths, so the paths must stay valid. */
static char source[PATH_MAX + 260], target[PATH_MAX + 260], model[PATH_MAX + 260];

static trujaman_train_options small_training(void)
{
	static const char *const from[] = { "ba", "ku", "lo", "mi", "ter" };
	static const char *const to[] = { "Eins", "Zwo", "Drei", "Vier", "Elf" };
	trujaman_train_options o = { .size = sizeof o };
	trujaman_train_options_default(&o);
	static const char *const settings[][2] = {
		{ "embedding-size", "8" }, { "hidden-size", "16" },      { "encoder-layers", "1" },
		{ "vocab-size", "40" },    { "byte-fallback", "false" }, { "threads", "2" },
	};
	write_text("source", from);
	write_text("target", to);
	snprintf(source, sizeof source, "%s", in_scratch("source"));
	snprintf(target, sizeof target, "%s", in_scratch("target"));
	snprintf(model, sizeof model, "%s", in_scratch("model.safetensors"));
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
		cr_assert_eq(trujaman_train_set(&o, settings[i][0], settings[i][1], NULL, 0),
		             TRUJAMAN_OK);
	o.source = source;
	o.target = target;
	o.model = model;
	o.batch_tokens = 100;
	return o;
}

/* Everything that the observer was told, and the updates at which it stops or fails. */
struct told {
	trujaman_train_start start;
	trujaman_train_update last;
	trujaman_train_done done;
	int n_phases, n_started, n_updates, n_validations, n_checkpoints, n_done;
	uint64_t stop_at, fail_at;
	volatile int stop;
};

static int on_phase(void *context, const char *what)
{
	cr_assert_neq(*what, '\0');
	((struct told *)context)->n_phases++;
	return 0;
}

static int on_start(void *context, const trujaman_train_start *start)
{
	struct told *t = context;
	t->start = *start;
	t->n_started++;
	return 0;
}

static int on_update(void *context, const trujaman_train_update *update)
{
	struct told *t = context;
	cr_assert_eq(update->update, t->start.update + (uint64_t)++t->n_updates);
	cr_assert_gt(update->pieces, 0);
	cr_assert_geq(update->progress, t->last.progress);
	cr_assert_leq(update->progress, 1);
	t->last = *update;
	t->stop = update->update == t->stop_at;
	return update->update == t->fail_at;
}

static int on_validation(void *context, const trujaman_train_validation *v)
{
	struct told *t = context;
	cr_assert_eq(v->update, t->last.update);
	cr_assert(v->dev_bleu >= 0 && v->dev_bleu <= 100);
	t->n_validations++;
	return 0;
}

static int on_checkpoint(void *context, trujaman_train_checkpoint *checkpoint)
{
	struct told *t = context;
	checkpoint->note[0] = 42;
	checkpoint->note[1] = checkpoint->update;
	t->n_checkpoints++;
	return 0;
}

static int on_done(void *context, const trujaman_train_done *done)
{
	struct told *t = context;
	t->done = *done;
	t->n_done++;
	return 0;
}

static trujaman_status train(trujaman_train_options o, struct told *t, char error[512])
{
	const trujaman_train_observer observer = {
		.size = sizeof observer,
		.context = t,
		.phase = on_phase,
		.started = on_start,
		.update = on_update,
		.validation = on_validation,
		.checkpoint = on_checkpoint,
		.done = on_done,
	};
	o.stop = &t->stop;
	return trujaman_train(&o, &observer, error, 512);
}

Test(api_train, tells_everything_on_its_way)
{
	trujaman_train_options o = small_training();
	struct told t = { 0 };
	char error[512] = "";
	o.updates = 12;
	o.validate_every = 5;
	cr_assert_eq(train(o, &t, error), TRUJAMAN_OK, "%s", error);
	cr_assert_str_eq(error, "");
	cr_assert_gt(t.n_phases, 1);
	cr_assert_eq(t.n_started, 1);
	cr_assert_eq(t.start.lines, N_LINES);
	cr_assert_gt(t.start.copies, 0);
	cr_assert_eq(t.start.pairs, N_LINES - 2 - t.start.copies);
	cr_assert_eq(t.start.dev_pairs, 2);
	cr_assert_eq(t.start.held_out, 1);
	cr_assert_eq(t.start.empty + t.start.too_long + t.start.invalid, 0);
	cr_assert_eq(t.start.validate_every, 5);
	cr_assert_eq(t.start.threads, 2);
	cr_assert_eq(t.start.update, 0);
	cr_assert_eq(t.n_updates, 12);
	cr_assert_eq(t.n_validations, 3);
	cr_assert_eq(t.n_checkpoints, 2, "before the first model, and at the end");
	cr_assert_eq(t.n_done, 1);
	cr_assert_eq(t.done.end, TRUJAMAN_TRAIN_UPDATES);
	cr_assert_eq(t.done.update, 12);
	cr_assert_eq(t.done.validated, 1);
	handle_close(open_path(model, NULL));
}

Test(api_train, stopped_and_resumed_the_notes_come_back)
{
	trujaman_train_options o = small_training();
	struct told t = { .stop_at = 4 }, again = { 0 };
	char error[512];
	o.updates = 9;
	cr_assert_eq(train(o, &t, error), TRUJAMAN_OK, "%s", error);
	cr_assert_eq(t.n_updates, 4);
	cr_assert_eq(t.done.end, TRUJAMAN_TRAIN_STOPPED);
	cr_assert_eq(access(model, F_OK), -1, "nothing was validated, so there is no best model");

	cr_assert_eq(train(o, &again, error), TRUJAMAN_ERROR_USAGE);
	cr_assert_not_null(strstr(error, "model.safetensors.checkpoint"));

	o.resume = 1;
	cr_assert_eq(train(o, &again, error), TRUJAMAN_OK, "%s", error);
	cr_assert_eq(again.start.update, 4);
	cr_assert_eq(again.start.note[0], 42);
	cr_assert_eq(again.start.note[1], 4);
	cr_assert_eq(again.start.no_checkpoint, 0);
	cr_assert_eq(again.n_updates, 5);
	cr_assert_eq(again.done.end, TRUJAMAN_TRAIN_UPDATES);
	cr_assert_eq(access(model, F_OK), 0);
}

Test(api_train, an_observer_that_fails_ends_it)
{
	trujaman_train_options o = small_training();
	struct told t = { .fail_at = 3 };
	char error[512];
	cr_assert_eq(train(o, &t, error), TRUJAMAN_ERROR_IO);
	cr_assert_not_null(strstr(error, "observer"));
	cr_assert_eq(t.n_updates, 3);
	cr_assert_eq(t.n_done, 0);
	cr_assert_eq(t.n_checkpoints, 0);
}

Test(api_train, nobody_need_watch)
{
	trujaman_train_options o = small_training();
	o.updates = 1;
	cr_assert_eq(trujaman_train(&o, NULL, NULL, 0), TRUJAMAN_OK);
	struct handle *t = open_path(model, NULL);
	cr_assert_str_eq(handle_metadata(t, "trained_updates"), "1");
	handle_close(t);
}

Test(api_train, a_finished_model_is_replaced_by_force_only)
{
	trujaman_train_options o = small_training();
	char error[512] = "", checkpoint[PATH_MAX + 280];
	o.updates = 1;
	cr_assert_eq(trujaman_train(&o, NULL, error, sizeof error), TRUJAMAN_OK, "%s", error);
	snprintf(checkpoint, sizeof checkpoint, "%s.checkpoint", model);
	cr_assert_eq(unlink(checkpoint), 0);
	cr_assert_eq(trujaman_train(&o, NULL, error, sizeof error), TRUJAMAN_ERROR_USAGE);
	cr_assert_not_null(strstr(error, model), "%s", error);
	o.resume = 1;
	cr_assert_eq(trujaman_train(&o, NULL, error, sizeof error), TRUJAMAN_ERROR_USAGE);
	o.force = 1;
	cr_assert_eq(trujaman_train(&o, NULL, error, sizeof error), TRUJAMAN_ERROR_USAGE);
	o.resume = 0;
	cr_assert_eq(trujaman_train(&o, NULL, error, sizeof error), TRUJAMAN_OK, "%s", error);
}

/* Entries that a program writes into the struct are told by the names of their options, too. */
Test(api_train, metadata_is_checked)
{
	static const struct {
		trujaman_entry entry;
		const char *told;
	} cases[] = {
		{ { "readout_size", "x" }, "--readout-size must be a whole number from 0" },
		{ { "my_key", "caf\xc3" }, "metadata key my_key: found invalid UTF-8" },
		{ { "caf\xc3", "x" }, "found invalid UTF-8" },
		{ { "hidden_size", "16" }, "--hidden-size is there twice" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		trujaman_train_options o = small_training();
		char error[512] = "";
		o.metadata[o.n_metadata++] = cases[i].entry;
		cr_assert_eq(trujaman_train(&o, NULL, error, sizeof error), TRUJAMAN_ERROR_USAGE);
		cr_assert_not_null(strstr(error, cases[i].told), "%s", error);
	}
}

Test(api_train, options_set_by_name)
{
	trujaman_train_options o = { .size = sizeof o };
	trujaman_train_options_default(&o);
	char error[512] = "";
	static const char *const bad[][2] = {
		{ "nonsense", "1" },         { "dropout", "" },       { "dropout", "0.91" },
		{ "dropout", "nan" },        { "dropout", "0x1p-2" }, { "epochs", "1.5" },
		{ "epochs", "2147483648" },  { "resume", "maybe" },   { "optimizer", "ada" },
		{ "optimizer", "sgd|adam" }, { "vocab-size", "0" },   { "--epochs", "1" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		cr_assert_eq(trujaman_train_set(&o, bad[i][0], bad[i][1], error, sizeof error),
		             TRUJAMAN_ERROR_USAGE, "%s %s", bad[i][0], bad[i][1]);
		cr_assert_not_null(strstr(error, bad[i][0]), "%s", error);
	}
	cr_assert_eq(trujaman_train_set(&o, "dropout", "0.25", error, sizeof error), TRUJAMAN_OK);
	cr_assert_eq(o.dropout, 0.25);
	cr_assert_eq(trujaman_train_set(&o, "shared-vocab", "true", NULL, 0), TRUJAMAN_OK);
	cr_assert_eq(o.shared_vocab, 1);
	cr_assert_eq(trujaman_train_set(&o, "hidden-size", "300", NULL, 0), TRUJAMAN_OK);
	cr_assert_eq(trujaman_train_set(&o, "hidden-size", "400", NULL, 0), TRUJAMAN_OK);
	cr_assert_eq(o.n_metadata, 1);
	cr_assert_str_eq(o.metadata[0].key, "hidden_size");
	cr_assert_str_eq(o.metadata[0].value, "400");
}

/* A program that was compiled for a library with fewer options has a smaller struct, and one for a
 * library with more a larger one. */
Test(api_train, options_of_programs_of_other_versions)
{
	struct {
		trujaman_train_options o;
		char beyond[64];
	} room;
	char error[512] = "";
	memset(&room, 'x', sizeof room);
	room.o.size = offsetof(trujaman_train_options, attention_dropout);
	trujaman_train_options_default(&room.o);
	cr_expect_eq(room.o.updates, small_training().updates);
	for (const char *c = (char *)&room.o + room.o.size; c < room.beyond; c++)
		cr_assert_eq(*c, 'x');
	cr_expect_eq(trujaman_train_set(&room.o, "dropout", "0.25", error, sizeof error),
	             TRUJAMAN_OK);
	cr_expect_eq(room.o.dropout, 0.25);
	cr_expect_eq(trujaman_train_set(&room.o, "average-checkpoints", "3", error, sizeof error),
	             TRUJAMAN_ERROR_USAGE);
	cr_expect_not_null(strstr(error, "--average-checkpoints: the program was compiled for"));
	for (const char *c = (char *)&room.o + room.o.size; c < room.beyond; c++)
		cr_assert_eq(*c, 'x');
	room.o.size = sizeof room;
	trujaman_train_options_default(&room.o);
	cr_expect_eq(room.o.average_checkpoints, small_training().average_checkpoints);
	cr_expect_eq(room.o.size, sizeof room);
	for (size_t i = 0; i < sizeof room.beyond; i++)
		cr_assert_eq(room.beyond[i], 'x');
	room.o.size = 0;
	cr_expect_eq(trujaman_train_set(&room.o, "dropout", "0.25", error, sizeof error),
	             TRUJAMAN_ERROR_USAGE);
	cr_expect_eq(trujaman_train(&room.o, NULL, error, sizeof error), TRUJAMAN_ERROR_USAGE);
	cr_expect_str_eq(error, "the options: their size is not set");
}

/* A program can write anything into the struct, so trujaman_train must check it. */
Test(api_train, options_out_of_range_are_wrong_usage)
{
	const trujaman_train_options good = small_training();
	for (int i = 0; i < 10; i++) {
		trujaman_train_options o = good;
		char error[512] = "";
		switch (i) {
		case 0:
			o.dropout = -0.1;
			break;
		case 1:
			o.dropout = 0.0 / 0.0;
			break;
		case 2:
			o.batch_tokens = 0;
			break;
		case 3:
			o.optimizer = "newton";
			break;
		case 4:
			o.tied_output = 2;
			break;
		case 5:
			o.threads = -1;
			break;
		case 6:
			o.source = NULL;
			break;
		case 7:
			o.dev_target = "alone";
			break;
		case 8:
			o.n_metadata = TRUJAMAN_MAX_ENTRIES + 1;
			break;
		default:
			o.metadata[o.n_metadata++] = (trujaman_entry){ "hidden_size", "16" };
			break;
		}
		cr_assert_eq(trujaman_train(&o, NULL, error, sizeof error), TRUJAMAN_ERROR_USAGE,
		             "case %d", i);
		cr_assert_neq(error[0], '\0', "case %d", i);
		cr_assert_eq(access(model, F_OK), -1);
	}
}
