/* SPDX-License-Identifier: MIT */
/* Losses, gradients and five steps of plain SGD against what PyTorch's autograd gave in float64
 * (recorded by scripts/make-gradient-fixtures), for every kind of network and every instruction
 * set. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <math.h>

#include "reference_network.h"
#include "src/base/memory.h"
#include "src/model/config_tensors.h"
#include "tests/model_files.h"

/* Arrays, not pointers: Criterion passes a copy of each to a separate process. */
typedef char fixture_name[32];

static fixture_name names[] = {
	"additive-relu-current",
	"all-tied",
	"bahdanau-sigmoid-gru",
	"bahdanau-tanh",
	"cosine-direct",
	"cosine-previous-gru",
	"dot-feeding",
	"gru-general-deep",
	"luong-general",
	"none-gru-bi",
	"odd-sizes",
	"plain-seq2seq",
	"previous-dot-lstm",
	"scaled-additive",
	"scaled-general-gru",
	/* With features of the network: */
	"all-features",
	"all-features-gru",
	"context-to-all",
	"heads-additive",
	"heads-cosine-gru",
	"heads-general",
	"layer-norm",
	"layer-norm-gru",
	"linear-readout",
	"residual-dot",
	"residual-gru",
};

enum { MAX_PAIRS = 16, MAX_IDS = 64, UPDATES = 6, BOS = 1, EOS = 2 };

/* The error of a value that goes through a few hundred roundings of 2^-24; the largest errors
 * seen are half of these bounds. Gradient errors are relative to their tensor's largest gradient.
 */
static const double loss_bound = 1e-7, gradient_bound = 1e-5, sgd_bound = 1e-4;

struct fixture {
	json_t *json;
	struct tj_config config;
	struct tj_parameters layout;
	struct tj_safetensors *gradients;
	int32_t ids[2][MAX_PAIRS][MAX_IDS];
	const int32_t *side[2][MAX_PAIRS];
	size_t n_ids[2][MAX_PAIRS];
	struct tj_batch batch;
	float smoothing;
};

static double number(const struct fixture *f, const char *key)
{
	const json_t *value = json_object_get(f->json, key);
	cr_assert(json_is_number(value), "%s", key);
	return json_number_value(value);
}

static void read_ids(struct fixture *f, int side, const char *key)
{
	const json_t *sentences = json_object_get(f->json, key);
	f->batch.n = json_array_size(sentences);
	cr_assert(f->batch.n > 0 && f->batch.n <= MAX_PAIRS);
	for (size_t i = 0; i < f->batch.n; i++) {
		const json_t *ids = json_array_get(sentences, i);
		f->n_ids[side][i] = json_array_size(ids);
		cr_assert(f->n_ids[side][i] > 0 && f->n_ids[side][i] <= MAX_IDS);
		for (size_t j = 0; j < f->n_ids[side][i]; j++)
			f->ids[side][i][j] = (int32_t)json_integer_value(json_array_get(ids, j));
		f->side[side][i] = f->ids[side][i];
	}
}

static struct tj_safetensors *open_tensors(const char *format, const char *name)
{
	struct tj_error err = { 0 };
	char path[256];
	snprintf(path, sizeof path, format, name);
	struct tj_safetensors *file = tj_safetensors_open(in_source(path), &err);
	cr_assert_not_null(file, "%s", err.text);
	return file;
}

static void fixture_open(struct fixture *f, const char *name)
{
	char path[256];
	struct tj_error err = { 0 };
	memset(f, 0, sizeof *f);
	snprintf(path, sizeof path, "tests/fixtures/gradients/%s.json", name);
	f->json = json_load_file(in_source(path), 0, NULL);
	cr_assert_not_null(f->json, "%s", path);
	f->gradients = open_tensors("tests/fixtures/gradients/%s.gradients.safetensors", name);
	struct tj_safetensors *model = open_tensors("tests/fixtures/%s",
	                                            json_string_value(
							json_object_get(f->json, "model")));
	cr_assert(tj_config_read(model, &f->config, &err) == TRUJAMAN_OK &&
	              tj_parameters_open(&f->layout, &f->config, &err) == TRUJAMAN_OK &&
	              tj_parameters_read(&f->layout, model, 0, &err) == TRUJAMAN_OK,
	          "%s", err.text);
	tj_safetensors_close(model);
	read_ids(f, 0, "source_ids");
	read_ids(f, 1, "target_ids");
	f->batch.source = f->side[0];
	f->batch.target = f->side[1];
	f->batch.n_source = f->n_ids[0];
	f->batch.n_target = f->n_ids[1];
	f->smoothing = (float)number(f, "label_smoothing");
}

static void fixture_close(struct fixture *f)
{
	tj_safetensors_close(f->gradients);
	tj_parameters_free(&f->layout);
	json_decref(f->json);
}

static double relative(double got, double wanted)
{
	return fabs(got - wanted) / fabs(wanted);
}

/* --- The reference of the other gradient checks ------------------------------ */

static void check_reference(const struct fixture *f)
{
	double *values = calloc(f->layout.n_floats, sizeof *values);
	cr_assert_not_null(values);
	for (size_t i = 0; i < f->layout.n_floats; i++)
		values[i] = (double)f->layout.values[i];
	struct reference r = { &f->config, &f->layout, values,
		               f->config.start_with_eos ? EOS : BOS };
	struct tj_loss loss = reference_run(&r, &f->batch, number(f, "label_smoothing"));
	free(values);
	cr_assert_leq(relative(loss.loss, number(f, "loss")), 1e-12);
	cr_assert_leq(relative(loss.nll, number(f, "nll")), 1e-12);
}

/* --- Gradients --------------------------------------------------------------- */

/* The fixture's gradient for row i of the parameter; NULL: the row is all zeros. */
static const float *wanted_row(const struct fixture *f, const struct tj_parameter *p, size_t i)
{
	const struct tj_tensor *t = tj_safetensors_find(f->gradients, p->name);
	cr_assert_not_null(t, "%s", p->name);
	const float *data = t->data;
	const json_t *rows = json_object_get(json_object_get(f->json, "rows"), p->name);
	if (rows == NULL) {
		cr_assert_eq(t->n_elements, p->n_rows * p->n_columns, "%s", p->name);
		return data + i * p->n_columns;
	}
	cr_assert_eq(t->n_elements, json_array_size(rows) * p->n_columns, "%s", p->name);
	for (size_t k = 0; k < json_array_size(rows); k++)
		if ((size_t)json_integer_value(json_array_get(rows, k)) == i)
			return data + k * p->n_columns;
	return NULL;
}

/* The largest error of a tensor, relative to its largest gradient. */
static double tensor_error(const struct fixture *f, const struct tj_parameter *p,
                           const float *gradients)
{
	double error = 0, largest = 0;
	for (size_t i = 0; i < p->n_rows; i++) {
		const float *wanted = wanted_row(f, p, i);
		const float *got = gradients + p->offset + i * p->n_columns;
		for (size_t j = 0; j < p->n_columns; j++) {
			double want = wanted != NULL ? (double)wanted[j] : 0;
			cr_assert(wanted != NULL || got[j] == 0, "%s: row %zu is not in the batch",
			          p->name, i);
			error = fmax(error, fabs((double)got[j] - want));
			largest = fmax(largest, fabs(want));
		}
	}
	cr_assert_gt(largest, 0, "%s", p->name);
	cr_assert(isfinite(error), "%s", p->name);
	return error / largest;
}

/* The padding between tensors must stay zero, because optimisers process it too. */
static void check_padding(const struct tj_parameters *layout, const float *gradients)
{
	for (size_t i = 0; i < layout->n; i++) {
		const struct tj_parameter *p = &layout->items[i];
		size_t end = p->offset + p->n_rows * p->n_columns;
		for (size_t j = end; j < tj_round_up(end, 16); j++)
			cr_assert_eq(gradients[j], 0, "padding of %s", p->name);
	}
}

static void check_gradients(const struct fixture *f, struct tj_network *net, const char *name,
                            const char *isa, float *gradients)
{
	struct tj_error err = { 0 };
	struct tj_noise noise = { .label_smoothing = f->smoothing };
	struct tj_loss loss;
	const char *worst_name = "";
	double worst = 0;
	cr_assert_eq(tj_network_run(net, f->layout.values, &f->batch, &noise, gradients, &loss,
	                            &err),
	             TRUJAMAN_OK, "%s", err.text);
	double loss_error = fmax(relative(loss.loss, number(f, "loss")),
	                         relative(loss.nll, number(f, "nll")));
	cr_expect_leq(loss_error, loss_bound, "loss %.9g, nll %.9g", loss.loss, loss.nll);
	for (size_t i = 0; i < f->layout.n; i++) {
		double error = tensor_error(f, &f->layout.items[i], gradients);
		cr_expect_leq(error, gradient_bound, "%s: %s: relative error %.2e", isa,
		              f->layout.items[i].name, error);
		if (error >= worst) {
			worst = error;
			worst_name = f->layout.items[i].name;
		}
	}
	check_padding(&f->layout, gradients);
	cr_log_info("%-22s %-7s loss error %.1e, gradient error %.1e (%s)", name, isa, loss_error,
	            worst, worst_name);
}

/* --- SGD --------------------------------------------------------------------- */

static void check_sgd(const struct fixture *f, struct tj_network *net,
                      const struct tj_kernels *kernels, const char *name, float *gradients)
{
	struct tj_error err = { 0 };
	struct tj_noise noise = { 0 };
	const json_t *losses = json_object_get(f->json, "sgd_losses");
	float rate = (float)number(f, "learning_rate");
	double worst = 0;
	cr_assert_eq(json_array_size(losses), UPDATES);
	for (size_t i = 0; i < UPDATES; i++) {
		struct tj_loss loss;
		double wanted = json_number_value(json_array_get(losses, i));
		cr_assert_eq(tj_network_run(net, f->layout.values, &f->batch, &noise, gradients,
		                            &loss, &err),
		             TRUJAMAN_OK, "%s", err.text);
		double error = relative(loss.loss / (double)loss.n_pieces, wanted);
		worst = fmax(worst, error);
		cr_expect_leq(error, sgd_bound, "update %zu: loss %.9g, wanted %.9g", i,
		              loss.loss / (double)loss.n_pieces, wanted);
		kernels->axpy(-rate, gradients, f->layout.n_floats, f->layout.values);
	}
	cr_log_info("%-22s %-7s SGD loss error %.1e", name, kernels->name, worst);
}

ParameterizedTestParameters(train_torch, every_network)
{
	return cr_make_param_array(fixture_name, names, sizeof names / sizeof *names);
}

ParameterizedTest(fixture_name *name, train_torch, every_network)
{
	for (const struct tj_kernels *const *k = tj_kernels_usable(); *k != NULL; k++) {
		struct fixture f;
		struct tj_error err = { 0 };
		fixture_open(&f, *name);
		check_reference(&f);
		float *gradients = tj_alloc(f.layout.n_floats, sizeof *gradients);
		struct tj_network *net = tj_network_open(&f.config, &f.layout, *k, BOS, EOS, 1,
		                                         &err);
		cr_assert(gradients != NULL && net != NULL, "%s", err.text);
		check_gradients(&f, net, *name, (*k)->name, gradients);
		check_sgd(&f, net, *k, *name, gradients);
		tj_network_close(net);
		tj_free(gradients);
		fixture_close(&f);
	}
}
