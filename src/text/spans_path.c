/* SPDX-License-Identifier: MIT */
/* Finds paths and names of files. */
#include "src/text/spans_path.h"

#include <string.h>

enum { LONGEST_PATH = 1024, /* of one that begins behind a letter or mark */ LONGEST_NAME = 255 };

/* Endings that make a word a file's name. Those that are words of English or Spanish are left out:
 * a space is often missing after a full stop. */
static const char endings[] =
    " txt md rst c cc cpp cxx h hh hpp py pyc ipynb js mjs jsx ts tsx json jsonl xml yml yaml"
    " toml html htm xhtml css scss pdf doc docx xls xlsx ppt pptx odt ods odp rtf csv tsv png"
    " jpg jpeg gif svg webp bmp ico tif tiff mp3 mp4 m4a avi mkv mov wav ogg flac zip tar gz tgz"
    " xz bz2 zst 7z rar exe dll dylib sh bash zsh bat cmd ps1 log conf cfg ini sql db sqlite"
    " java jar kt rs rb php pl pm lua swift scala tex bib po pot mo srt vtt epub iso img deb rpm"
    " apk bak tmp dat lock patch diff mk ac cmake gradle safetensors spm bats ttf otf woff woff2"
    " aac aab asm avif awk bbl bst cjs clj csproj crt csr cs djvu docm dmg ejs eml erb erl f90"
    " f95 fb2 flv gql graphql h5 hdf5 heic hrl hs ics iml ipa jinja jks jsonc jsp kml lst lyx"
    " m3u m4 mdx mli mobi msg msi nfo nim npy npz odg onnx parquet pem pfx phar pkl plist pptm"
    " proto psd pyi pyx rmd scm sln sty svgz tcl texi tmpl tpl ttl vb vcf vcxproj vhdl vue wasm"
    " webm wma wmv xlsm xsd xsl xslt zig NET TXT MD PDF DOC DOCX XLS XLSX CSV PNG JPG JPEG GIF"
    " SVG HTML HTM XML JSON ZIP EXE DLL ISO MP3 MP4 AVI MOV LOG INI CFG BAT ";

/* Names that make a file's name of a word with any ending of letters. */
static const char stems[] =
    " Makefile makefile GNUmakefile configure config.h aclocal Dockerfile Doxyfile Jenkinsfile"
    " CMakeLists README LICENSE COPYING INSTALL CHANGELOG ChangeLog docker-compose meson.build ";

/* Names that begin with a full stop. */
static const char hidden[] =
    " env gitignore gitattributes gitmodules git github bashrc bash_profile profile zshrc vimrc"
    " ssh config cache local htaccess npmrc editorconfig dockerignore clang-format NET ";

static int is_path(int32_t c)
{
	return tj_is_word(c) || (c > 0 && c < 0x80 && strchr("/.-+@%~${}=#", c) != NULL);
}

/* Returns the end of the characters of a path, and `also`, from `at` on. Only where one may begin
 * it is read to its end: so a line in which none is found still takes linear time. */
static size_t path_run(const struct tj_scan *s, size_t at, int also)
{
	size_t first = at, most = tj_scan_opens(s, at) ? s->n : LONGEST_PATH;
	for (size_t after = at; at - first < most; at = after) {
		int32_t c = tj_scan_next(s, &after);
		if (!is_path(c) && (c != also || c <= ' '))
			break;
	}
	return at;
}

static int has_letter(const struct tj_scan *s, size_t at, size_t end)
{
	while (at < end)
		if (u_isalpha(tj_scan_next(s, &at)))
			return 1;
	return 0;
}

/* Whether the last segment of [first, end) has the ending of a file's name. */
static int has_ending(const struct tj_scan *s, size_t first, size_t end)
{
	size_t dot = end;
	while (dot > first && s->text[dot - 1] != '.' && s->text[dot - 1] != '/')
		dot--;
	if (dot == first || s->text[dot - 1] != '.')
		return 0;
	size_t stem = dot - 1;
	while (stem > first && s->text[stem - 1] != '/')
		stem--;
	if (end > dot && tj_is_listed(stems, s->text + stem, dot - 1 - stem))
		return 1;
	if (!tj_is_listed(endings, s->text + dot, end - dot))
		return 0;
	dot--;
	/* "a.c." and "d. C." are no names of files. */
	return dot - stem >= 2 || (dot - stem == 1 && end - dot > 2);
}

/* Adds ":12" and ":12:5", as compilers write lines and columns. */
static size_t with_line(const struct tj_scan *s, size_t end)
{
	for (int i = 0; i < 2 && tj_scan_at(s, end) == ':'; i++) {
		size_t at = end + 1;
		while (at - end < 10 && tj_is_ascii_digit(tj_scan_at(s, at)))
			at++;
		if (at == end + 1 || tj_is_word(tj_scan_at(s, at)))
			break;
		end = at;
	}
	return end;
}

/* "/usr", "~/x", "./x", "../x". */
static size_t rooted(const struct tj_scan *s, size_t at)
{
	size_t body = at;
	if (tj_scan_at(s, body) == '~')
		body++;
	else
		while (body - at < 2 && tj_scan_at(s, body) == '.')
			body++;
	if (tj_scan_at(s, body) != '/' || tj_scan_at(s, body + 1) == '/' || !tj_scan_opens(s, at) ||
	    (at > 0 && s->text[at - 1] == '<'))
		return at;
	size_t end = tj_scan_trim(s, at, path_run(s, at, 0));
	size_t least = body > at ? 1 : 3;
	return end >= at + least && (body > at || has_letter(s, at, end)) ? end : at;
}

/* Returns the end of words joined by "\\" from `at` on, if there are two or more; else `at`. */
static size_t back_slashes(const struct tj_scan *s, size_t at)
{
	size_t end = path_run(s, at, '\\'), i = at;
	while (i < end && s->text[i] != '\\' && s->text[i] != '/')
		i++;
	/* "\n" and the like, which a line or a sentence in capitals follows, part words. */
	int is_escape = i + 1 < end && strchr("nrt0\"'\\", s->text[i + 1]) != NULL &&
	                !tj_is_ascii_lower(tj_scan_at(s, i + 2));
	if (i == at || i == end || s->text[i] != '\\' || is_escape ||
	    !tj_is_word(tj_scan_at(s, i + 1)))
		return at;
	return tj_scan_trim(s, at, end);
}

/* "C:\x", "C:/x", "\\server\x", ".\x", "..\x", "src\x". */
static size_t of_windows(const struct tj_scan *s, size_t at)
{
	size_t body = at;
	int dots = 0;
	if (tj_is_word(tj_scan_before(s, at)))
		return at;
	while (dots < 2 && tj_scan_at(s, body) == '.') {
		body++;
		dots++;
	}
	int32_t next = tj_scan_at(s, body + 1);
	if (dots > 0 && tj_scan_at(s, body) == '\\' && (tj_is_word(next) || next == '.'))
		body++;
	else if (tj_scan_is(s, at, "\\\\"))
		body = at + 2;
	else if (tj_is_ascii_letter(tj_scan_at(s, at)) &&
	         (tj_scan_is(s, at + 1, ":\\") || tj_scan_is(s, at + 1, ":/")))
		body = at + 3;
	else
		return tj_is_word(tj_scan_at(s, at)) ? back_slashes(s, at) : at;
	if (tj_scan_at(s, body) == '/')
		return at;
	size_t end = tj_scan_trim(s, at, path_run(s, body, '\\'));
	return end > body || (body == at + 3 && tj_is_white(tj_scan_at(s, body))) ? end : at;
}

/* "src/main.c", "docs/", "a_b/c"; not "and/or", "km/h" or "24/7". */
static size_t relative(const struct tj_scan *s, size_t at)
{
	size_t end = tj_scan_trim(s, at, path_run(s, at, 0));
	int slashes = 0, special = 0;
	for (size_t i = at; i < end; i++) {
		slashes += s->text[i] == '/';
		special |= s->text[i] == '_' || s->text[i] == '{' || s->text[i] == '$';
		if (s->text[i] == '/' && i + 1 < end && s->text[i + 1] == '/')
			return at;
	}
	if (slashes == 0 || !has_letter(s, at, end))
		return at;
	int is_folder = slashes >= 2 && s->text[end - 1] == '/';
	return is_folder || special || has_ending(s, at, end) ? end : at;
}

/* "main.c", "my-report.pdf", ".gitignore". */
static size_t file_name(const struct tj_scan *s, size_t at)
{
	size_t end = at;
	if (tj_scan_at(s, at) == '.') {
		size_t last = ++end, first = 0; /* first: the end of the first part */
		for (int32_t d; end - at < LONGEST_NAME; end++) {
			d = tj_scan_at(s, end);
			if (d == '.' && tj_is_word(tj_scan_at(s, end + 1))) {
				first = first > 0 ? first : end;
				last = end + 1;
			} else if (d >= 0x80 || (d != '-' && !tj_is_word(d)))
				break;
		}
		first = first > 0 ? first : end;
		int known = tj_is_listed(hidden, s->text + at + 1, first - at - 1) ||
		            tj_is_listed(endings, s->text + last, end - last);
		return tj_scan_opens(s, at) && known ? end : at;
	}
	for (size_t after = at; end - at < LONGEST_NAME; end = after) {
		int32_t c = tj_scan_next(s, &after);
		if (!tj_is_word(c) && c != '.' && c != '-' && c != '+')
			break;
	}
	end = tj_scan_trim(s, at, end);
	/* "main.c-like" and "it's in main.c.Then": no. */
	return has_ending(s, at, end) ? end : at;
}

size_t tj_match_path(const struct tj_scan *s, size_t at)
{
	int32_t c = tj_scan_at(s, at);
	size_t end = at, other;
	if (c == '/' || c == '~' || c == '.')
		end = rooted(s, at);
	if (end == at)
		end = of_windows(s, at);
	if (end == at && tj_is_word(c))
		end = relative(s, at);
	other = tj_is_word(c) || c == '.' ? file_name(s, at) : at;
	if (other > end)
		end = other;
	if (end == at)
		return 0;
	end = with_line(s, end);
	/* A path that ends before a letter was cut short by its longest length. */
	return tj_is_word(tj_scan_at(s, end)) ? 0 : end - at;
}
