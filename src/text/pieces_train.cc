// SPDX-License-Identifier: MIT
#include <sentencepiece_trainer.h>

#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <string>
#include <unordered_map>

extern "C" {
#include "src/text/pieces_train.h"
}

// Exported by the library, but in no header that it installs.
namespace sentencepiece {
namespace logging {
void SetMinLogLevel(int level);
}
} // namespace sentencepiece

namespace {

const int LOG_LEVEL_NONE = 4;

class Lines : public sentencepiece::SentenceIterator {
public:
	Lines(tj_next_text *next, void *context) : next_(next), context_(context) { Next(); }
	bool done() const override { return done_; }
	void Next() override
	{
		size_t n = 0;
		const char *text = next_(context_, &n);
		done_ = text == nullptr;
		if (!done_) {
			line_.assign(text, n);
			count_++;
		}
	}
	const std::string &value() const override { return line_; }
	sentencepiece::util::Status status() const override { return {}; }
	size_t count() const { return count_; }

private:
	tj_next_text *next_;
	void *context_;
	std::string line_;
	size_t count_ = 0;
	bool done_ = false;
};

std::unordered_map<std::string, std::string> settings(const tj_vocabulary_options *o, size_t size)
{
	return {
		{ "model_type", o->bpe ? "bpe" : "unigram" },
		{ "vocab_size", std::to_string(size) },
		{ "byte_fallback", o->byte_fallback ? "true" : "false" },
		// Characters that make up the last 0.05 % of the text are not worth a piece
		// each where bytes can stand for them; without bytes they would be lost.
		{ "character_coverage", o->byte_fallback ? "0.9995" : "1.0" },
		// Unigram: take what there is of a small text. BPE does not know that.
		{ "hard_vocab_limit", o->bpe ? "true" : "false" },
		// Each thread adds up its own share of the text, so the number of threads shows
		// in the sums: it is the same everywhere.
		{ "num_threads", "4" },
		{ "unk_id", "0" },
		{ "bos_id", "1" },
		{ "eos_id", "2" },
		{ "pad_id", "-1" },
		{ "minloglevel", std::to_string(LOG_LEVEL_NONE) },
	};
}

trujaman_status train(const tj_vocabulary_options *o, Lines *lines, std::string *model,
                      struct tj_error *err)
{
	sentencepiece::logging::SetMinLogLevel(LOG_LEVEL_NONE);
	const auto status =
	    sentencepiece::SentencePieceTrainer::Train(settings(o, o->size), lines, model);
	if (!status.ok())
		return tj_fail(err, TRUJAMAN_ERROR_INPUT,
		               "cannot make a vocabulary of %zu pieces from %zu lines: %s", o->size,
		               lines->count(), status.error_message());
	return TRUJAMAN_OK;
}

} // namespace

trujaman_status tj_vocabulary_train(const struct tj_vocabulary_options *options,
                                    tj_next_text *next, void *context, void **model,
                                    size_t *n_bytes, struct tj_error *err)
{
	*model = nullptr;
	*n_bytes = 0;
	try {
		std::string bytes;
		Lines lines(next, context);
		if (train(options, &lines, &bytes, err) != TRUJAMAN_OK)
			return err->status;
		*model = std::malloc(bytes.size() + 1);
		if (*model == nullptr)
			return tj_fail_memory(err, "a vocabulary", bytes.size());
		std::memcpy(*model, bytes.data(), bytes.size());
		*n_bytes = bytes.size();
		return TRUJAMAN_OK;
	} catch (const std::bad_alloc &) {
		return tj_fail_memory(err, "making a vocabulary", options->size);
	} catch (const std::exception &e) {
		return tj_fail(err, TRUJAMAN_ERROR_INPUT, "cannot make a vocabulary of %zu pieces: %s",
		               options->size, e.what());
	} catch (...) {
		return tj_fail(err, TRUJAMAN_ERROR_INPUT, "cannot make a vocabulary of %zu pieces",
		               options->size);
	}
}
