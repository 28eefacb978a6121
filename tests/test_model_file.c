/* SPDX-License-Identifier: MIT */
/* The structure of safetensors files: what is read, and every fault is reported by name. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "src/model/safetensors.h"
#include "tests/model_files.h"

#define PARTS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* A header entry for one tensor. */
#define TENSOR(name, dtype, shape, offsets) \
	"\"" name "\":{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":" offsets "}"

TestSuite(safetensors, .init = make_scratch, .fini = remove_scratch, .timeout = 60);

static int lowest_free_descriptor(void)
{
	int fd = open("/dev/null", O_RDONLY);
	cr_assert_geq(fd, 0);
	close(fd);
	return fd;
}

static int is_mapped(const char *path)
{
	char line[PATH_MAX + 256];
	int found = 0;
	FILE *maps = fopen("/proc/self/maps", "r");
	if (maps == NULL)
		cr_skip_test("no /proc/self/maps here");
	while (fgets(line, sizeof line, maps) != NULL)
		found |= strstr(line, path) != NULL;
	fclose(maps);
	return found;
}

/* Opening fails with this status and these words, and leaves no descriptor open. */
static void refuse(const char *path, trujaman_status status, const char *const *parts)
{
	struct tj_error err = { 0 };
	int fd = lowest_free_descriptor();
	cr_assert_null(tj_safetensors_open(path, &err));
	expect_fault(&err, status, path, parts);
	cr_expect_eq(lowest_free_descriptor(), fd, "a descriptor is left open");
}

#define FAULT(test, n_data, header, ...) \
	Test(safetensors, test) \
	{ \
		refuse(write_file(header, n_data), TRUJAMAN_ERROR_FORMAT, PARTS(__VA_ARGS__)); \
	}

static struct tj_safetensors *must_open(const char *path)
{
	struct tj_error err = { 0 };
	struct tj_safetensors *s = tj_safetensors_open(path, &err);
	cr_assert_not_null(s, "%s", err.text);
	cr_assert_eq(err.status, TRUJAMAN_OK);
	return s;
}

/* --- What is read --- */

Test(safetensors, everything_is_found)
{
	const char *path = write_file(
	    "{" TENSOR("w", "F32", "[2,1,1,1]",
	               "[3,11]") ","
				 "\"__metadata__\":{\"zebra\":\"ñ\",\"ant\":\"\"}," TENSOR(
				     "b", "I8", "[3]",
				     "[0,3]") "," TENSOR("scalar", "U8", "[]",
	                                                 "[11,12]") "," TENSOR("empty", "F32",
	                                                                       "[4,0]",
	                                                                       "[3,3]") "}   ",
	    12);
	struct tj_safetensors *s = must_open(path);
	static const struct {
		const char *name, *dtype;
		size_t rank, first, n_elements, n_bytes, begin;
	} wanted[] = {
		{ "b", "I8", 1, 3, 3, 3, 0 },
		{ "empty", "F32", 2, 4, 0, 0, 3 },
		{ "scalar", "U8", 0, 0, 1, 1, 11 },
		{ "w", "F32", 4, 2, 2, 8, 3 },
	};
	cr_assert_eq(s->n_tensors, 4);
	for (size_t i = 0; i < 4; i++) {
		const struct tj_tensor *t = &s->tensors[i];
		cr_assert_str_eq(t->name, wanted[i].name);
		cr_assert_eq(tj_safetensors_find(s, wanted[i].name), t);
		cr_assert_str_eq(tj_dtype_name(t->dtype), wanted[i].dtype);
		cr_assert_eq(t->rank, wanted[i].rank);
		cr_assert_eq(t->shape[0], wanted[i].first);
		cr_assert_eq(t->n_elements, wanted[i].n_elements);
		cr_assert_eq(t->n_bytes, wanted[i].n_bytes);
		for (size_t j = 0; j < t->n_bytes; j++)
			cr_assert_eq(((const unsigned char *)t->data)[j], wanted[i].begin + j);
	}
	cr_assert_null(tj_safetensors_find(s, "v"));
	cr_assert_null(tj_safetensors_find(s, ""));
	cr_assert_null(tj_safetensors_find(s, "__metadata__"));
	cr_assert_eq(s->n_metadata, 2);
	cr_assert_str_eq(s->keys[0], "ant");
	cr_assert_str_eq(s->values[0], "");
	cr_assert_str_eq(s->keys[1], "zebra");
	cr_assert_str_eq(tj_safetensors_metadata(s, "zebra"), "ñ");
	cr_assert_null(tj_safetensors_metadata(s, "bear"));
	cr_assert_str_eq(s->path, path);
	cr_assert(is_mapped(path));
	tj_safetensors_close(s);
	cr_assert_not(is_mapped(path));
}

/* A licence text has line breaks; code that prints it must escape them. */
Test(safetensors, metadata_values_may_have_lines)
{
	struct tj_error err = { 0 };
	struct tj_safetensors *s =
	    tj_safetensors_open(write_file("{\"__metadata__\":{\"k\":\"one\\n\\ttwo\"}}", 0), &err);
	cr_assert_not_null(s, "%s", err.text);
	cr_expect_str_eq(tj_safetensors_metadata(s, "k"), "one\n\ttwo");
	tj_safetensors_close(s);
}

Test(safetensors, nothing_at_all_is_a_file)
{
	struct tj_safetensors *s = must_open(write_file("{}", 0));
	cr_assert_eq(s->n_tensors, 0);
	cr_assert_eq(s->n_metadata, 0);
	cr_assert_eq(s->file_bytes, 10);
	cr_assert_null(tj_safetensors_find(s, "w"));
	cr_assert_null(tj_safetensors_metadata(s, "format"));
	tj_safetensors_close(s);
	tj_safetensors_close(NULL);
}

/* --- Files that are not safetensors --- */

Test(safetensors, too_short_for_a_length)
{
	const char *path = in_scratch("file");
	for (size_t n = 0; n < 8; n++) {
		char found[64];
		FILE *f = fopen(path, "wb");
		cr_assert_not_null(f);
		cr_assert_eq(fwrite("\2\0\0\0\0\0\0", 1, n, f), n);
		cr_assert_eq(fclose(f), 0);
		snprintf(found, sizeof found, "found a file of %zu bytes", n);
		refuse(path, TRUJAMAN_ERROR_FORMAT, PARTS(found, "wanted at least 8"));
	}
}

Test(safetensors, missing_file)
{
	refuse(in_scratch("none"), TRUJAMAN_ERROR_IO, PARTS("cannot open", strerror(ENOENT)));
}

Test(safetensors, directory)
{
	refuse(scratch, TRUJAMAN_ERROR_IO, PARTS("found a directory, wanted a regular file"));
}

Test(safetensors, pipe_without_writer)
{
	const char *path = in_scratch("pipe");
	cr_assert_eq(mkfifo(path, 0600), 0);
	refuse(path, TRUJAMAN_ERROR_IO, PARTS("found a pipe, wanted a regular file"));
}

Test(safetensors, device)
{
	refuse("/dev/null", TRUJAMAN_ERROR_IO, PARTS("found a device, wanted a regular file"));
}

Test(safetensors, unreadable_file)
{
	const char *path = write_file("{}", 0);
	cr_assert_eq(chmod(path, 0), 0);
	uid_t me = geteuid();
	if (me == 0 && seteuid(65534) != 0)
		cr_skip_test("root, who may read everything, and no one else to be");
	refuse(path, TRUJAMAN_ERROR_IO, PARTS("cannot open", strerror(EACCES)));
	cr_assert_eq(seteuid(me), 0);
}

/* --- Header --- */

Test(safetensors, header_longer_than_file)
{
	const char *path = write_parts("file", 3, "{}", 2, "", 0);
	refuse(path, TRUJAMAN_ERROR_FORMAT,
	       PARTS(": header: ", "length of 3 bytes", "at most the 2"));
	path = write_parts("file", 1, "", 0, "", 0);
	refuse(path, TRUJAMAN_ERROR_FORMAT, PARTS("length of 1 bytes", "at most the 0"));
}

Test(safetensors, header_over_the_limit)
{
	uint64_t lengths[] = { UINT64_MAX, UINT64_MAX - 7, (uint64_t)1 << 63, 100000001 };
	for (size_t i = 0; i < 4; i++) {
		char found[64];
		const char *path = write_parts("file", lengths[i], "{}", 2, "", 0);
		cr_assert_eq(truncate(path, 100000009),
		             0); /* a sparse file, so that the length fits the file */
		snprintf(found, sizeof found, "length of %llu bytes",
		         (unsigned long long)lengths[i]);
		refuse(path, TRUJAMAN_ERROR_FORMAT, PARTS(": header: ", found, "100000000"));
	}
}

Test(safetensors, header_with_raw_nul)
{
	const char *path = write_parts("file", 8, "{\"a\0b\":1", 8, "", 0);
	refuse(path, TRUJAMAN_ERROR_FORMAT, PARTS(": header: line 1, column ", "JSON"));
}

FAULT(header_empty, 0, "", ": header: line 1, column ", "wanted JSON")
FAULT(header_not_json, 4, "{\n\"a\": oops}", ": header: line 2, column 9: ", "near 'oops'")
FAULT(header_cut, 4, "{\"a\":{\"dtype\":\"F32\"", ": header: line 1, column ", "JSON")
FAULT(header_and_more, 4, "{} {}", ": header: line 1, column 4", "end of file expected")
FAULT(header_not_utf8, 4, "{\"\xff\":1}", ": header: line 1, column ", "0xff")
FAULT(header_array, 4, "[]", ": header: found an array, wanted an object")
FAULT(header_not_at_start, 4, " {}", ": header: found byte 0x20", "wanted '{'")
FAULT(header_duplicate, 4,
      "{" TENSOR("a", "U8", "[2]", "[0,2]") "," TENSOR("a", "U8", "[2]", "[2,4]") "}",
      ": header: line 1, column ", "duplicate", "\"a\"")
FAULT(header_duplicate_metadata, 0, "{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}",
      ": header: line 1, column ", "duplicate", "\"k\"")

Test(safetensors, header_too_deep)
{
	enum { DEEP = 100000 };
	char *header = malloc(DEEP);
	cr_assert_not_null(header);
	memset(header, '[', DEEP);
	refuse(write_parts("file", DEEP, header, DEEP, "", 0), TRUJAMAN_ERROR_FORMAT,
	       PARTS(": header: line 1, column ", "depth"));
	free(header);
}

/* --- Metadata --- */

FAULT(metadata_no_object, 0, "{\"__metadata__\":[\"k\"]}",
      ": header: __metadata__: found an array, wanted an object")
FAULT(metadata_no_string, 0, "{\"__metadata__\":{\"good\":\"1\",\"bad\":1}}",
      ": metadata key bad: found an integer, wanted a string")
FAULT(metadata_null, 0, "{\"__metadata__\":{\"bad\":null}}",
      ": metadata key bad: found null, wanted a string")
FAULT(metadata_empty_key, 0, "{\"__metadata__\":{\"\":\"1\"}}", "found an empty key")
FAULT(metadata_control_in_key, 0, "{\"__metadata__\":{\"a\\u001b[1m\":\"1\"}}",
      ": metadata key a?[1m: found a control character in the key")
FAULT(metadata_c1_control, 0, "{\"__metadata__\":{\"a\\u009b\":\"1\"}}",
      "found a control character in the key")
FAULT(metadata_nul_in_value, 0, "{\"__metadata__\":{\"k\":\"a\\u0000b\"}}",
      ": header: line 1, column ", "found a NUL in a string")

/* --- Tensor names and entries --- */

FAULT(name_empty, 2, "{" TENSOR("", "U8", "[2]", "[0,2]") "}", "found an empty name")
FAULT(name_control, 2, "{" TENSOR("a\\u0007", "U8", "[2]", "[0,2]") "}",
      ": tensor a?: found a control character in the name")
FAULT(name_del, 2, "{" TENSOR("\\u007f", "U8", "[2]", "[0,2]") "}",
      ": tensor ?: found a control character in the name")
FAULT(name_nul, 2, "{" TENSOR("a\\u0000b", "U8", "[2]", "[0,2]") "}", ": header: line 1, column ",
      "found a NUL in a string")
FAULT(entry_no_object, 0, "{\"w\":[1]}", ": tensor w: found an array, wanted an object")
FAULT(entry_without_dtype, 2, "{\"w\":{\"shape\":[2],\"data_offsets\":[0,2]}}",
      ": tensor w: found no dtype, wanted dtype, shape and data_offsets")
FAULT(entry_without_shape, 2, "{\"w\":{\"dtype\":\"U8\",\"data_offsets\":[0,2]}}",
      ": tensor w: found no shape, wanted dtype, shape and data_offsets")
FAULT(entry_without_offsets, 2, "{\"w\":{\"dtype\":\"U8\",\"shape\":[2]}}",
      ": tensor w: found no data_offsets, wanted dtype, shape and data_offsets")
FAULT(entry_with_more, 2,
      "{\"w\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2],\"stride\":[1]}}",
      ": tensor w: found key stride, wanted only dtype, shape and data_offsets")

/* --- Types --- */

FAULT(dtype_no_string, 2, "{\"w\":{\"dtype\":8,\"shape\":[2],\"data_offsets\":[0,2]}}",
      ": tensor w: dtype: found an integer, wanted a string")
FAULT(dtype_unknown, 2, "{" TENSOR("w", "BF16", "[1]", "[0,2]") "}",
      ": tensor w: dtype: found BF16, wanted F32, I8 or U8")
FAULT(dtype_lower_case, 4, "{" TENSOR("w", "f32", "[1]", "[0,4]") "}",
      ": tensor w: dtype: found f32, wanted F32, I8 or U8")
FAULT(dtype_control, 4, "{" TENSOR("w", "F32\\u001b", "[1]", "[0,4]") "}",
      ": tensor w: dtype: found F32?, wanted F32, I8 or U8")

/* --- Shapes --- */

FAULT(shape_no_array, 2, "{" TENSOR("w", "U8", "2", "[0,2]") "}",
      ": tensor w: shape: found an integer, wanted an array")
FAULT(shape_of_string, 2, "{" TENSOR("w", "U8", "[\"2\"]", "[0,2]") "}",
      ": tensor w: shape: found a string, wanted an integer")
FAULT(shape_of_fraction, 2, "{" TENSOR("w", "U8", "[2.0]", "[0,2]") "}",
      ": tensor w: shape: found a fraction, wanted an integer")
FAULT(shape_negative, 2, "{" TENSOR("w", "U8", "[-2]", "[0,2]") "}",
      ": tensor w: shape: found -2, wanted an integer from 0 to")
FAULT(shape_beyond_json, 2, "{" TENSOR("w", "U8", "[99999999999999999999]", "[0,2]") "}",
      ": header: line 1, column ", "too big integer")
FAULT(shape_huge, 2, "{" TENSOR("w", "U8", "[9223372036854775807]", "[0,2]") "}",
      ": tensor w: data_offsets: found 2 bytes, wanted 9223372036854775807")
FAULT(shape_rank, 1, "{" TENSOR("w", "U8", "[1,1,1,1,1]", "[0,1]") "}",
      ": tensor w: shape: found 5 dimensions, wanted at most 4")
FAULT(shape_elements_overflow, 0, "{" TENSOR("w", "U8", "[4294967296,4294967296]", "[0,0]") "}",
      ": tensor w: shape: found more elements than can be counted")
FAULT(shape_overflow_hidden_by_zero, 0,
      "{" TENSOR("w", "U8", "[4294967296,4294967296,0]", "[0,0]") "}",
      ": tensor w: shape: found more elements than can be counted")
FAULT(shape_bytes_overflow, 0, "{" TENSOR("w", "F32", "[4611686018427387904]", "[0,0]") "}",
      ": tensor w: shape: found more elements than can be counted")

/* --- Offsets --- */

FAULT(offsets_no_array, 2, "{" TENSOR("w", "U8", "[2]", "{}") "}",
      ": tensor w: data_offsets: found an object, wanted an array of two integers")
FAULT(offsets_three, 2, "{" TENSOR("w", "U8", "[2]", "[0,1,2]") "}",
      ": tensor w: data_offsets: found an array of another length, wanted an array of two")
FAULT(offsets_of_string, 2, "{" TENSOR("w", "U8", "[2]", "[0,\"2\"]") "}",
      ": tensor w: data_offsets: found a string, wanted an integer")
FAULT(offsets_negative, 2, "{" TENSOR("w", "U8", "[2]", "[-2,0]") "}",
      ": tensor w: data_offsets: found -2, wanted an integer from 0")
FAULT(offsets_backwards, 2, "{" TENSOR("w", "U8", "[2]", "[2,0]") "}",
      ": tensor w: data_offsets: found begin 2 after end 0")
FAULT(offsets_beyond, 2, "{" TENSOR("w", "U8", "[3]", "[0,3]") "}",
      ": tensor w: data_offsets: found end 3, wanted at most 2")
FAULT(offsets_wrong_size, 8, "{" TENSOR("w", "F32", "[3]", "[0,8]") "}",
      ": tensor w: data_offsets: found 8 bytes, wanted 12 (3 elements of F32)")

/* --- All tensors together --- */

FAULT(tensors_overlap, 12,
      "{" TENSOR("b", "U8", "[4]", "[6,10]") "," TENSOR("a", "U8", "[7]",
                                                        "[0,7]") "," TENSOR("c", "U8", "[2]",
                                                                            "[10,12]") "}",
      ": tensor b: overlaps tensor a: found begin 6, wanted 7")
FAULT(tensors_share, 4,
      "{" TENSOR("b", "U8", "[4]", "[0,4]") "," TENSOR("a", "U8", "[4]", "[0,4]") "}", ": tensor ",
      "overlaps tensor ", "found begin 0, wanted 4")
FAULT(tensors_empty_inside, 4,
      "{" TENSOR("b", "U8", "[0]", "[2,2]") "," TENSOR("a", "U8", "[4]", "[0,4]") "}",
      ": tensor b: overlaps tensor a: found begin 2, wanted 4")
FAULT(tensors_gap, 8,
      "{" TENSOR("a", "U8", "[2]", "[0,2]") "," TENSOR("b", "U8", "[4]", "[4,8]") "}",
      ": tensor b: a gap lies before it: found begin 4, wanted 2")
FAULT(tensors_gap_at_start, 8, "{" TENSOR("a", "U8", "[7]", "[1,8]") "}",
      ": tensor a: a gap lies before it: found begin 1, wanted 0")
FAULT(tensors_trailing, 8, "{" TENSOR("a", "U8", "[5]", "[0,5]") "}",
      ": data: found 3 bytes after the last tensor, wanted none")
FAULT(tensors_none_but_data, 8, "{}", ": data: found 8 bytes after the last tensor")

Test(safetensors, refused_file_is_not_mapped)
{
	const char *path = write_file("{}", 8);
	refuse(path, TRUJAMAN_ERROR_FORMAT, PARTS("8 bytes"));
	cr_assert_not(is_mapped(path));
}

Test(safetensors, long_names_leave_room_for_the_rest)
{
	struct model m = { .header = json_pack("{}") };
	char name[3000];
	memset(name, 'n', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	put_tensor(&m, name, "U8", "[3]", 2);
	refuse(write_model(&m), TRUJAMAN_ERROR_FORMAT,
	       PARTS(": tensor nnnn", "found 2 bytes, wanted 3"));
	free_model(&m);
}
