// SPDX-License-Identifier: MIT
// compare-onednn: measures one step of an LSTM layer with oneDNN's inference primitive, in a shape
// of bench-kernels: input and hidden state 512, 64 rows; in float32, and in int8 (inputs u8,
// weights s8). Set OMP_NUM_THREADS=1 for one thread.
//   compare-onednn [SECONDS]
// Prints lines "onednn CASE GFLOP/s": medians over SECONDS (0.5) per case. The weights are
// converted to the layout that the primitive prefers before the clock starts. compare.sh builds
// and runs it.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <oneapi/dnnl/dnnl.hpp>
#include <unordered_map>
#include <vector>

using dnnl::memory;
using tag = memory::format_tag;
using type = memory::data_type;

namespace
{

constexpr memory::dim rows = 64, units = 512, gates = 4;

struct Step {
	dnnl::engine engine{ dnnl::engine::kind::cpu, 0 };
	dnnl::stream stream{ engine };
	dnnl::lstm_forward primitive;
	std::unordered_map<int, memory> arguments;

	explicit Step(bool int8);
	memory weights(const memory::desc &wanted, const dnnl::primitive_attr &attributes);
	void add(int which, const memory::desc &wanted);
};

memory::desc any(memory::dims dims, type t)
{
	return { dims, t, tag::any };
}

// Adds a buffer, filled with numbers that keep the gates away from overflow and from zero.
void Step::add(int which, const memory::desc &wanted)
{
	memory m(wanted, engine);
	auto *bytes = static_cast<unsigned char *>(m.get_data_handle());
	if (wanted.data_type() == type::f32)
		for (size_t i = 0; i < wanted.get_size() / sizeof(float); i++)
			reinterpret_cast<float *>(bytes)[i] = static_cast<float>(i % 13) / 13 -
			                                      0.5f;
	else
		for (size_t i = 0; i < wanted.get_size(); i++)
			bytes[i] = static_cast<unsigned char>(64 + i % 127);
	arguments[which] = m;
}

// Makes float32 weights in a plain layout and converts them to the layout of the primitive.
memory Step::weights(const memory::desc &wanted, const dnnl::primitive_attr &attributes)
{
	memory plain({ { 1, 1, units, gates, units }, type::f32, tag::ldigo }, engine);
	memory packed(wanted, engine);
	auto *values = static_cast<float *>(plain.get_data_handle());
	for (size_t i = 0; i < static_cast<size_t>(gates * units * units); i++)
		values[i] = (static_cast<float>(i * 7 % 13) / 13 - 0.5f) * 0.1f;
	dnnl::reorder(
	    dnnl::reorder::primitive_desc(engine, plain.get_desc(), engine, wanted, attributes))
	    .execute(stream, plain, packed);
	stream.wait();
	return packed;
}

Step::Step(bool int8)
{
	const type input = int8 ? type::u8 : type::f32, weight = int8 ? type::s8 : type::f32;
	const memory::dims layer{ 1, rows, units }, state{ 1, 1, rows, units };
	const memory::dims matrix{ 1, 1, units, gates, units };
	dnnl::primitive_attr attributes;
	if (int8) {
		attributes.set_rnn_data_qparams(127, 64);
		attributes.set_rnn_weights_qparams(0, { 1000 });
	}
	const dnnl::lstm_forward::desc description(dnnl::prop_kind::forward_inference,
	                                           dnnl::rnn_direction::unidirectional_left2right,
	                                           any(layer, input), any(state, input),
	                                           any(state, type::f32), any(matrix, weight),
	                                           any(matrix, weight),
	                                           any({ 1, 1, gates, units }, type::f32),
	                                           any(layer, input), any(state, input),
	                                           any(state, type::f32));
	const dnnl::lstm_forward::primitive_desc p(description, attributes, engine);
	primitive = dnnl::lstm_forward(p);
	add(DNNL_ARG_SRC_LAYER, p.src_layer_desc());
	add(DNNL_ARG_SRC_ITER, p.src_iter_desc());
	add(DNNL_ARG_SRC_ITER_C, p.src_iter_c_desc());
	add(DNNL_ARG_BIAS, p.bias_desc());
	add(DNNL_ARG_DST_LAYER, p.dst_layer_desc());
	add(DNNL_ARG_DST_ITER, p.dst_iter_desc());
	add(DNNL_ARG_DST_ITER_C, p.dst_iter_c_desc());
	add(DNNL_ARG_WORKSPACE, p.workspace_desc());
	arguments[DNNL_ARG_WEIGHTS_LAYER] = weights(p.weights_layer_desc(), attributes);
	arguments[DNNL_ARG_WEIGHTS_ITER] = weights(p.weights_iter_desc(), attributes);
	std::fprintf(stderr, "onednn: %s: %s\n", int8 ? "int8" : "float32", p.impl_info_str());
}

double median_seconds(Step &step, double seconds)
{
	using clock = std::chrono::steady_clock;
	std::vector<double> samples;
	for (auto end = clock::now() + std::chrono::duration<double>(seconds);
	     samples.size() < 5 || clock::now() < end;) {
		auto start = clock::now();
		step.primitive.execute(step.stream, step.arguments);
		step.stream.wait();
		samples.push_back(std::chrono::duration<double>(clock::now() - start).count());
	}
	std::nth_element(samples.begin(), samples.begin() + samples.size() / 2, samples.end());
	return samples[samples.size() / 2];
}

} // namespace

int main(int argc, char **argv)
{
	const double seconds = argc > 1 ? std::atof(argv[1]) : 0.5;
	for (bool int8 : { false, true })
		try {
			Step step(int8);
			double t = median_seconds(step, seconds);
			std::printf("onednn lstm/%s/%dx%dx%d %.1f\n", int8 ? "int8" : "float32",
			            static_cast<int>(rows), static_cast<int>(2 * units),
			            static_cast<int>(units),
			            2e-9 * rows * 2 * units * gates * units / t);
		} catch (const dnnl::error &e) {
			std::fprintf(stderr, "compare-onednn: %s: %s\n", int8 ? "int8" : "float32",
			             e.what());
		}
	return 0;
}
