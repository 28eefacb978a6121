// SPDX-License-Identifier: MIT
// Runs SentencePiece's trainer for C on lines that a callback supplies.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <sentencepiece_trainer.h>
#include <string>
#include <unordered_map>

extern "C" {
#include "src/base/number.h"
#include "src/base/utf8.h"
#include "src/text/pieces_train.h"
#include "src/text/placeable_text.h"
}

// The library exports this, but none of its installed headers declares it.
namespace sentencepiece
{
namespace logging
{
void SetMinLogLevel(int level);
}
} // namespace sentencepiece

namespace
{

const int LOG_LEVEL_NONE = 4;

// Bytes. The library skips longer lines, and lines that hold its reserved character U+2047.
const size_t LONGEST_LINE = 4192;
const char RESERVED[] = "\xE2\x81\x87";

// Whether normalisation keeps anything of a character. The ranges include every character that
// normalisation drops or turns into a space.
bool is_kept(char32_t c)
{
	static const char32_t dropped[][2] = {
		{ 0, 0x20 },        { 0x7f, 0xa0 },     { 0xad, 0xad },        { 0x1680, 0x1680 },
		{ 0x180e, 0x180e }, { 0x2000, 0x200f }, { 0x2028, 0x202f },    { 0x205f, 0x206f },
		{ 0x2581, 0x2581 }, { 0x2585, 0x2585 }, { 0x3000, 0x3000 },    { 0xfe00, 0xfe0f },
		{ 0xfeff, 0xfeff }, { 0xfff0, 0xffff }, { 0xe0000, 0x10ffff },
	};
	for (const auto &range : dropped)
		if (c >= range[0] && c <= range[1])
			return false;
	return true;
}

// Whether the trainer will find any character in a line of valid UTF-8.
bool has_character(const std::string &line)
{
	if (line.size() > LONGEST_LINE || line.find(RESERVED) != line.npos)
		return false;
	for (size_t i = 0; i < line.size();)
		if (is_kept(tj_utf8_next(line.data(), line.size(), &i)))
			return true;
	return false;
}

class Lines : public sentencepiece::SentenceIterator
{
      public:
	// `last` comes after all other lines, unless it is empty.
	Lines(tj_next_text *next, void *context, const std::string &last)
	    : next_(next), context_(context), last_(last)
	{
		Next();
	}
	bool done() const override { return done_; }
	void Next() override
	{
		size_t n = 0;
		const char *text = next_(context_, &n);
		done_ = text == nullptr;
		if (!done_) {
			line_.assign(text, n);
			count_++;
			has_text_ = has_text_ || has_character(line_);
		} else if (!last_.empty() && has_text_) {
			line_.swap(last_);
			last_.clear();
			done_ = false;
		}
	}
	const std::string &value() const override { return line_; }
	// If the whole text had no character, the library would end the process.
	sentencepiece::util::Status status() const override
	{
		if (!done_ || has_text_)
			return {};
		return { sentencepiece::util::StatusCode::kInvalidArgument,
			 "there is no character in lines of at most 4192 bytes" };
	}
	size_t count() const { return count_; }

      private:
	tj_next_text *next_;
	void *context_;
	std::string line_, last_;
	size_t count_ = 0;
	bool done_ = false;
	bool has_text_ = false;
};

// The option user_defined_symbols: a list with commas.
std::string list_placeables(size_t n)
{
	std::string list;
	for (size_t k = 0; k < n; k++) {
		list += k > 0 ? "," : "";
		char text[4];
		tj_placeable_write(text, k);
		list.append(text, sizeof text);
	}
	return list;
}

// Millionths, without a decimal point of the locale.
std::string show_coverage(const tj_vocabulary_options *o)
{
	// The rarest characters, 0.05 % of the text, can do without a piece each if byte pieces
	// represent them; without byte pieces they would be lost.
	const double coverage = o->coverage > 0 ? o->coverage : o->byte_fallback ? 0.9995 : 1;
	const int millionths = static_cast<int>(coverage * 1000000 + 0.5);
	if (millionths >= 1000000)
		return "1.0";
	return "0." + std::to_string(1000000 + millionths).substr(1);
}

bool has_required(const tj_vocabulary_options *o)
{
	return o->required != nullptr && *o->required != '\0';
}

// The library's BPE trainer ends the process when a required character is not in the text. So a
// line of them, with a space between any two, becomes part of the text.
std::string line_for_bpe(const tj_vocabulary_options *o)
{
	std::string line;
	if (!o->bpe || !has_required(o))
		return line;
	for (const char *c = o->required; *c != '\0'; c++) {
		if ((*c & 0xc0) != 0x80)
			line += ' ';
		line += *c;
	}
	return line;
}

// The library reads its settings with functions that obey the calling program's locale: in a
// Turkish one it knows no model type "unigram", whose capital letters it looks for.
class OwnLocale
{
      public:
	OwnLocale() { tj_number_enter(&mode_); }
	~OwnLocale() { tj_number_leave(&mode_); }
	OwnLocale(const OwnLocale &) = delete;
	OwnLocale &operator=(const OwnLocale &) = delete;

      private:
	struct tj_number_mode mode_;
};

std::unordered_map<std::string, std::string> settings(const tj_vocabulary_options *o, size_t size)
{
	std::unordered_map<std::string, std::string> all = {
		{ "model_type", o->bpe ? "bpe" : "unigram" },
		{ "vocab_size", std::to_string(size) },
		{ "byte_fallback", o->byte_fallback ? "true" : "false" },
		{ "character_coverage", show_coverage(o) },
		// Accept fewer pieces if the text is small.
		{ "hard_vocab_limit", "false" },
		// Each thread sums over its own part of the text, so the number of threads
		// affects the rounding of the sums: use the same number everywhere.
		{ "num_threads", "4" },
		{ "unk_id", "0" },
		{ "bos_id", "1" },
		{ "eos_id", "2" },
		{ "pad_id", "-1" },
		{ "minloglevel", std::to_string(LOG_LEVEL_NONE) },
	};
	// The model keeps what was set, even if it is nothing.
	if (has_required(o) && !o->bpe)
		all["required_chars"] = o->required;
	if (o->n_placeables > 0)
		all["user_defined_symbols"] = list_placeables(o->n_placeables);
	return all;
}

// Reports a failed training. A size too small for the text's characters is an error that the user
// can fix; the library's message has the required size, but only readers of its source would
// understand it.
trujaman_status tell_failure(const tj_vocabulary_options *o, size_t n_lines, const char *message,
                             struct tj_error *err)
{
	const char *figures = std::strstr(message, "required_chars. ");
	size_t given, least;
	if (figures != nullptr &&
	    std::sscanf(figures, "required_chars. %zu vs %zu", &given, &least) == 2)
		return tj_fail(
		    err, TRUJAMAN_ERROR_INPUT,
		    "a vocabulary of %zu pieces is too small: the text needs at least %zu, "
		    "for its characters%s%s and 3 special pieces",
		    o->size, least, o->byte_fallback ? ", 256 bytes" : "",
		    o->n_placeables > 0 ? ", the placeables" : "");
	return tj_fail(err, TRUJAMAN_ERROR_INPUT,
	               "cannot make a vocabulary of %zu pieces from %zu lines: %s", o->size,
	               n_lines, message);
}

trujaman_status train(const tj_vocabulary_options *o, Lines *lines, std::string *model,
                      struct tj_error *err)
{
	const OwnLocale own;
	sentencepiece::logging::SetMinLogLevel(LOG_LEVEL_NONE);
	const auto status = sentencepiece::SentencePieceTrainer::Train(settings(o, o->size), lines,
	                                                               model);
	if (!status.ok())
		return tell_failure(o, lines->count(), status.error_message(), err);
	return TRUJAMAN_OK;
}

} // namespace

trujaman_status tj_vocabulary_train(const struct tj_vocabulary_options *options, tj_next_text *next,
                                    void *context, void **model, size_t *n_bytes,
                                    struct tj_error *err)
{
	*model = nullptr;
	*n_bytes = 0;
	try {
		std::string bytes;
		Lines lines(next, context, line_for_bpe(options));
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
		return tj_fail(err, TRUJAMAN_ERROR_INPUT,
		               "cannot make a vocabulary of %zu pieces: %s", options->size,
		               e.what());
	} catch (...) {
		return tj_fail(err, TRUJAMAN_ERROR_INPUT, "cannot make a vocabulary of %zu pieces",
		               options->size);
	}
}
