// SPDX-License-Identifier: MIT
// Wraps the SentencePiece processor for C and keeps its exceptions and log messages inside.
#include <algorithm>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <sentencepiece_processor.h>
#include <string>
#include <string_view>
#include <vector>

extern "C" {
#include "simd/kernels.h"
#include "src/base/memory.h"
#include "src/base/utf8.h"
#include "src/text/pieces_check.h"
#include "src/text/placeable_text.h"
#include "src/text/spm.h"
}

// The library exports this, but none of its installed headers declares it.
namespace sentencepiece
{
namespace logging
{
void SetMinLogLevel(int level);
}
} // namespace sentencepiece

struct tj_spm {
	sentencepiece::SentencePieceProcessor processor;
	std::string name;
	int size = 0, unk = -1, bos = -1, eos = -1;
	std::vector<uint32_t> characters; // sorted
	std::vector<int32_t> placeables;  // their ids
};

namespace
{

// Turns logging off (FATAL is the library's highest level): its status says the same.
const int LOG_LEVEL_NONE = 4;

void silence_library()
{
	static const bool done = (sentencepiece::logging::SetMinLogLevel(LOG_LEVEL_NONE), true);
	(void)done;
}

// Bytes. The library counts in int, and its normaliser may write 18 bytes for one.
const size_t LONGEST_TEXT = static_cast<size_t>(64) << 20;

// The number of segmentations that sampling chooses from.
const int SAMPLED = 16;
const double EULER = 2.718281828459045;

// Runs `work`, which returns a trujaman_status, and turns any exception into a failure. `n` is the
// size of the input, for the message.
template <typename Work>
trujaman_status guarded(const char *name, const char *what, size_t n, struct tj_error *err,
                        Work work) noexcept
{
	try {
		return work();
	} catch (const std::bad_alloc &) {
		return tj_fail_memory(err, what, n);
	} catch (const std::exception &e) {
		return tj_fail(err, TRUJAMAN_ERROR_FORMAT, "%s: %s failed: %s", name, what,
		               e.what());
	} catch (...) {
		return tj_fail(err, TRUJAMAN_ERROR_FORMAT, "%s: %s failed", name, what);
	}
}

// The character that a piece consists of, perhaps after the mark of a word's beginning; 0: none.
uint32_t only_character(const std::string &piece)
{
	static const char mark[] = "\xe2\x96\x81";
	const size_t from = piece.size() > 3 && piece.compare(0, 3, mark) == 0 ? 3 : 0;
	const size_t n = piece.size() - from;
	size_t length = 0;
	const uint32_t c = n > 0 ? tj_utf8_next(piece.data() + from, n, &length) : 0;
	return length == n ? c : 0;
}

// The characters that have a piece of their own, sorted.
std::vector<uint32_t> characters_of(const sentencepiece::SentencePieceProcessor &processor)
{
	std::vector<uint32_t> all;
	for (int id = 0, n = processor.GetPieceSize(); id < n; id++) {
		const bool special = processor.IsControl(id) || processor.IsUnknown(id) ||
		                     processor.IsByte(id) || processor.IsUnused(id);
		const uint32_t c = special ? 0 : only_character(processor.IdToPiece(id));
		// A text's own U+2581 would be read as a space.
		if (c != 0 && c != 0x2581)
			all.push_back(c);
	}
	std::sort(all.begin(), all.end());
	return all;
}

std::string placeable_character(size_t k)
{
	char text[4];
	tj_placeable_write(text, k);
	return std::string(text, sizeof text);
}

std::vector<int32_t> find_placeables(const sentencepiece::SentencePieceProcessor &processor,
                                     size_t n)
{
	std::vector<int32_t> found;
	for (size_t k = 0; k < n; k++)
		found.push_back(processor.PieceToId(placeable_character(k)));
	return found;
}

} // namespace

struct tj_spm *tj_spm_open(const void *model, size_t n_bytes, const char *name,
                           struct tj_error *err)
{
	std::unique_ptr<tj_spm> p;
	auto load = [&]() -> trujaman_status {
		if (n_bytes > INT_MAX)
			return tj_fail(err, TRUJAMAN_ERROR_FORMAT,
			               "%s: %zu bytes are too many for a SentencePiece model", name,
			               n_bytes);
		size_t n_placeables;
		trujaman_status checked = tj_pieces_check(model, n_bytes, name, &n_placeables, err);
		if (checked != TRUJAMAN_OK)
			return checked;
		silence_library();
		p = std::make_unique<tj_spm>();
		p->name = name;
		const auto status = p->processor.LoadFromSerializedProto(
		    std::string_view(static_cast<const char *>(model), n_bytes));
		if (!status.ok())
			return tj_fail(err, TRUJAMAN_ERROR_FORMAT,
			               "%s: not a usable SentencePiece model: %s", name,
			               status.error_message());
		p->size = p->processor.GetPieceSize();
		p->unk = p->processor.unk_id();
		p->bos = p->processor.bos_id();
		p->eos = p->processor.eos_id();
		p->characters = characters_of(p->processor);
		p->placeables = find_placeables(p->processor, n_placeables);
		return TRUJAMAN_OK;
	};
	if (guarded(name, "loading the SentencePiece model", n_bytes, err, load) != TRUJAMAN_OK)
		return nullptr;
	return p.release();
}

void tj_spm_close(struct tj_spm *p)
{
	delete p;
}

uint32_t tj_spm_size(const struct tj_spm *p)
{
	return static_cast<uint32_t>(p->size);
}

int32_t tj_spm_unk(const struct tj_spm *p)
{
	return p->unk;
}

int32_t tj_spm_bos(const struct tj_spm *p)
{
	return p->bos;
}

int32_t tj_spm_eos(const struct tj_spm *p)
{
	return p->eos;
}

size_t tj_spm_placeables(const struct tj_spm *p)
{
	return p->placeables.size();
}

int32_t tj_spm_placeable(const struct tj_spm *p, size_t k)
{
	return k < p->placeables.size() ? p->placeables[k] : -1;
}

int tj_spm_starts_word(const struct tj_spm *p, int32_t id)
{
	if (id < 0 || id >= p->size)
		return 0;
	return p->processor.IdToPiece(id).compare(0, 3, "\xE2\x96\x81") == 0;
}

int tj_spm_has(const struct tj_spm *p, uint32_t c)
{
	return std::binary_search(p->characters.begin(), p->characters.end(), c);
}

int tj_spm_have(const struct tj_spm *p, const char *text, size_t n)
{
	for (size_t i = 0; i < n;) {
		const uint32_t c = tj_utf8_next(text, n, &i);
		if (c != ' ' && !tj_spm_has(p, c))
			return 0;
	}
	return 1;
}

int tj_spm_has_word(const struct tj_spm *p, const char *word, size_t n)
{
	enum { MARK = 3, LONGEST = 64 };
	char piece[MARK + LONGEST] = "\xe2\x96\x81";
	if (n > LONGEST)
		return 0;
	memcpy(piece + MARK, word, n);
	return !p->processor.IsUnknown(p->processor.PieceToId(std::string_view(piece, MARK + n)));
}

enum tj_piece_kind tj_spm_kind(const struct tj_spm *p, int32_t id, uint8_t *byte)
{
	if (p->processor.IsUnknown(id))
		return TJ_PIECE_UNKNOWN;
	if (p->processor.IsControl(id))
		return TJ_PIECE_CONTROL;
	if (!p->processor.IsByte(id))
		return TJ_PIECE_TEXT;
	// The library refuses a vocabulary whose byte pieces are not of the form <0x41>.
	if (byte != nullptr)
		*byte = static_cast<uint8_t>(
		    std::strtoul(p->processor.IdToPiece(id).c_str() + 3, nullptr, 16));
	return TJ_PIECE_BYTE;
}

const char *tj_spm_text(const struct tj_spm *p, int32_t id, size_t *n)
{
	const std::string &text = p->processor.IdToPiece(id);
	*n = text.size();
	return text.data();
}

trujaman_status tj_spm_encode(const struct tj_spm *p, const char *text, size_t n,
                              struct tj_ids *ids, struct tj_error *err)
{
	const char *name = p->name.c_str();
	auto encode = [&]() -> trujaman_status {
		if (n > LONGEST_TEXT)
			return tj_fail(err, TRUJAMAN_ERROR_INPUT,
			               "%s: cannot split a text of %zu bytes; the most is %zu",
			               name, n, LONGEST_TEXT);
		std::vector<int> pieces;
		const auto status = p->processor.Encode(std::string_view(text, n), &pieces);
		if (!status.ok())
			return tj_fail(err, TRUJAMAN_ERROR_INPUT,
			               "%s: cannot split a text of %zu bytes: %s", name, n,
			               status.error_message());
		if (!tj_reserve(&ids->data, &ids->capacity, ids->n + pieces.size(),
		                sizeof *ids->data))
			return tj_fail_memory(err, "piece ids", pieces.size() * sizeof *ids->data);
		for (const int id : pieces)
			ids->data[ids->n++] = id;
		return TRUJAMAN_OK;
	};
	return guarded(name, "splitting a text into pieces", n, err, encode);
}

trujaman_status tj_spm_starts(const struct tj_spm *p, const char *text, size_t n, size_t n_ids,
                              size_t *starts, struct tj_error *err)
{
	const char *name = p->name.c_str();
	auto find = [&]() -> trujaman_status {
		const auto encoded = p->processor.EncodeAsImmutableProto(std::string_view(text, n));
		const auto pieces = encoded.pieces();
		if (pieces.size() != n_ids)
			return tj_fail(err, TRUJAMAN_ERROR_INPUT,
			               "%s: cannot split a text of %zu bytes twice the same way",
			               name, n);
		size_t low = 0;
		for (size_t i = 0; i < n_ids; i++) {
			const size_t start = std::min<size_t>(pieces[i].begin(), n);
			starts[i] = low = std::max(low, start);
		}
		return TRUJAMAN_OK;
	};
	return guarded(name, "splitting a text into pieces", n, err, find);
}

trujaman_status tj_spm_sample(const struct tj_spm *p, const char *text, size_t n, double alpha,
                              uint64_t seed, struct tj_ids *ids, struct tj_error *err)
{
	const char *name = p->name.c_str();
	auto sample = [&]() -> trujaman_status {
		if (n > LONGEST_TEXT)
			return tj_fail(err, TRUJAMAN_ERROR_INPUT,
			               "%s: cannot split a text of %zu bytes; the most is %zu",
			               name, n, LONGEST_TEXT);
		const auto best = p->processor.NBestEncodeAsImmutableProto(std::string_view(text,
		                                                                            n),
		                                                           SAMPLED);
		const size_t found = best.nbests_size();
		if (found == 0)
			return tj_fail(err, TRUJAMAN_ERROR_INPUT,
			               "%s: cannot sample the pieces of a text of %zu bytes: the "
			               "vocabulary is not of the unigram kind",
			               name, n);
		// Use tj_pow for the weights: libm's exp differs between machines.
		double weights[SAMPLED], total = 0;
		for (size_t i = 0; i < found; i++) {
			const double below = best.nbests(0).score() -
			                     best.nbests(static_cast<int>(i)).score();
			total += weights[i] = tj_pow(EULER, -alpha * below);
		}
		double left = total * (static_cast<double>(seed >> 11) * 0x1p-53);
		size_t chosen = 0;
		while (chosen + 1 < found && left >= weights[chosen])
			left -= weights[chosen++];
		const auto one = best.nbests(static_cast<int>(chosen));
		if (!tj_reserve(&ids->data, &ids->capacity, ids->n + one.pieces_size(),
		                sizeof *ids->data))
			return tj_fail_memory(err, "piece ids",
			                      one.pieces_size() * sizeof *ids->data);
		for (size_t i = 0; i < one.pieces_size(); i++)
			ids->data[ids->n++] = static_cast<int32_t>(
			    one.pieces(static_cast<int>(i)).id());
		return TRUJAMAN_OK;
	};
	return guarded(name, "sampling the pieces of a text", n, err, sample);
}

trujaman_status tj_spm_decode(const struct tj_spm *p, const int32_t *ids, size_t n,
                              struct tj_string *text, struct tj_error *err)
{
	const char *name = p->name.c_str();
	auto decode = [&]() -> trujaman_status {
		for (size_t i = 0; i < n; i++)
			if (ids[i] < 0 || ids[i] >= p->size)
				return tj_fail(err, TRUJAMAN_ERROR_USAGE,
				               "%s: piece id %d, but there are %d pieces", name,
				               static_cast<int>(ids[i]), p->size);
		std::string joined;
		const auto status = p->processor.Decode(std::vector<int>(ids, ids + n), &joined);
		if (!status.ok())
			return tj_fail(err, TRUJAMAN_ERROR_FORMAT, "%s: cannot join %zu pieces: %s",
			               name, n, status.error_message());
		if (!tj_reserve(&text->data, &text->capacity, text->n + joined.size(), 1))
			return tj_fail_memory(err, "a text", joined.size());
		joined.copy(text->data + text->n, joined.size());
		text->n += joined.size();
		return TRUJAMAN_OK;
	};
	return guarded(name, "joining pieces", n, err, decode);
}
