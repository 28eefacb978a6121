// SPDX-License-Identifier: MIT
// Appends pieces to a serialized SentencePiece model. In protobuf's encoding the elements of a
// repeated field may stand anywhere in a message, in their order, and a message that occurs twice
// is merged. So new pieces and the new number of pieces go behind the bytes that exist.
// (https://protobuf.dev/programming-guides/encoding/; sentencepiece_model.proto)
#include <climits>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <sentencepiece_processor.h>
#include <string>
#include <string_view>

extern "C" {
#include "src/text/pieces_check.h"
#include "src/text/pieces_extend.h"
#include "src/text/placeable_text.h"
}

namespace
{

enum wire_type { VARINT = 0, BYTES = 2, FIXED_32 = 5 };
enum model_field { MODEL_PIECES = 1, MODEL_TRAINER = 2 };
enum piece_field { PIECE_TEXT = 1, PIECE_SCORE = 2, PIECE_TYPE = 3 };
enum trainer_field { TRAINER_VOCAB_SIZE = 4 };
enum kind_of_piece { NORMAL = 1, USER_DEFINED = 4 };

void append_varint(std::string *out, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		*out += static_cast<char>(value | 0x80);
	*out += static_cast<char>(value);
}

void append_tag(std::string *out, int number, wire_type type)
{
	append_varint(out, static_cast<uint64_t>(number) << 3 | type);
}

void append_message(std::string *out, int number, const std::string &bytes)
{
	append_tag(out, number, BYTES);
	append_varint(out, bytes.size());
	*out += bytes;
}

void append_piece(std::string *out, const std::string &text, float score, kind_of_piece type)
{
	std::string piece;
	uint32_t bits;
	std::memcpy(&bits, &score, sizeof bits);
	append_message(&piece, PIECE_TEXT, text);
	append_tag(&piece, PIECE_SCORE, FIXED_32);
	for (int i = 0; i < 4; i++)
		piece += static_cast<char>(bits >> 8 * i);
	append_tag(&piece, PIECE_TYPE, VARINT);
	append_varint(&piece, type);
	append_message(out, MODEL_PIECES, piece);
}

// Whether the text is a piece, and not merely unknown.
bool has(const sentencepiece::SentencePieceProcessor &processor, const std::string &text)
{
	return processor.PieceToId(text) != processor.unk_id();
}

// The lowest score of an ordinary piece: a new one is then never chosen in place of another.
float lowest_score(const sentencepiece::SentencePieceProcessor &processor)
{
	float lowest = 0;
	for (int id = 0, n = processor.GetPieceSize(); id < n; id++) {
		const bool special = processor.IsControl(id) || processor.IsUnknown(id) ||
		                     processor.IsByte(id) || processor.IsUnused(id);
		if (!special && processor.GetScore(id) < lowest)
			lowest = processor.GetScore(id);
	}
	return lowest;
}

size_t length_of(const std::string &text, size_t at)
{
	size_t end = at + 1;
	while (end < text.size() && (text[end] & 0xc0) == 0x80)
		end++;
	return end - at;
}

std::string placeable_character(size_t k)
{
	char text[4];
	tj_placeable_write(text, k);
	return std::string(text, sizeof text);
}

std::string extend(const sentencepiece::SentencePieceProcessor &processor,
                   const std::string_view &model, const std::string &characters, size_t first,
                   size_t n_placeables)
{
	std::string out(model), trainer;
	size_t added = 0;
	const float score = lowest_score(processor);
	for (size_t k = first; k < n_placeables; k++, added++)
		append_piece(&out, placeable_character(k), 0, USER_DEFINED);
	for (size_t at = 0, n; at < characters.size(); at += n) {
		n = length_of(characters, at);
		const std::string character = characters.substr(at, n);
		if (has(processor, character))
			continue;
		append_piece(&out, character, score, NORMAL);
		added++;
	}
	append_tag(&trainer, TRAINER_VOCAB_SIZE, VARINT);
	append_varint(&trainer, static_cast<uint64_t>(processor.GetPieceSize()) + added);
	append_message(&out, MODEL_TRAINER, trainer);
	return out;
}

} // namespace

trujaman_status tj_pieces_extend(const void *model, size_t n_bytes, const char *name,
                                 const char *characters, size_t n_characters, size_t n_placeables,
                                 void **extended, size_t *n_extended, struct tj_error *err)
{
	size_t first;
	*extended = nullptr;
	*n_extended = 0;
	if (n_bytes > INT_MAX)
		return tj_fail(err, TRUJAMAN_ERROR_FORMAT,
		               "%s: %zu bytes are too many for a SentencePiece model", name,
		               n_bytes);
	if (tj_pieces_check(model, n_bytes, name, &first, err) != TRUJAMAN_OK)
		return err->status;
	try {
		sentencepiece::SentencePieceProcessor processor;
		const std::string_view bytes(static_cast<const char *>(model), n_bytes);
		const auto status = processor.LoadFromSerializedProto(bytes);
		if (!status.ok())
			return tj_fail(err, TRUJAMAN_ERROR_FORMAT,
			               "%s: not a usable SentencePiece model: %s", name,
			               status.error_message());
		const std::string out = extend(processor, bytes,
		                               std::string(n_characters > 0 ? characters : "",
		                                           n_characters),
		                               first, n_placeables);
		*extended = std::malloc(out.size());
		if (*extended == nullptr)
			return tj_fail_memory(err, name, out.size());
		std::memcpy(*extended, out.data(), out.size());
		*n_extended = out.size();
		return TRUJAMAN_OK;
	} catch (const std::bad_alloc &) {
		return tj_fail_memory(err, name, n_bytes);
	} catch (const std::exception &e) {
		return tj_fail(err, TRUJAMAN_ERROR_FORMAT, "%s: cannot add pieces: %s", name,
		               e.what());
	}
}
