# SPDX-License-Identifier: MIT
# Draws a roofline diagram of bench-kernels' results, as SVG on stdout:
#   bench/bench-kernels --isa NAME --format csv | awk -f bench/roofline.awk >roofline.svg
# The x axis shows operations per byte that must be moved, the y axis operations per second; both
# are logarithmic. The roofs are what reading memory or a cache, or a core's multiply-adds allow. A
# case stands under the roof of the place where its weights lie. The cases of one layer, with more
# and more rows, are joined by a line, which is named once.
BEGIN {
	FS = ","
	width = 1000; height = 620; left = 70; top = 60; right = 30; bottom = 60
	low_x = -3; high_x = 10          # powers of 2
	low_y = 0.5; high_y = 3.3        # powers of 10
	# Colours that colour-blind readers can tell apart.
	colour["float32"] = "#0072b2"; colour["int8"] = "#d55e00"
	pi = atan2(0, -1)
}

function log2(x) {
	return log(x) / log(2)
}

function x_of(intensity) {
	return left + (log2(intensity) - low_x) / (high_x - low_x) * (width - left - right)
}

function y_of(rate) {
	return height - bottom - (log(rate) / log(10) - low_y) / (high_y - low_y) * (height - top - bottom)
}

function text(x, y, what, more) {
	printf "<text x=\"%.1f\" y=\"%.1f\" %s>%s</text>\n", x, y, more, what
}

function line(x1, y1, x2, y2, more) {
	printf "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" %s/>\n", x1, y1, x2, y2, more
}

# --- What is in the way of a label ---------------------------------------------

function block(x1, y1, x2, y2) {
	n_blocks++
	block_x1[n_blocks] = x1; block_y1[n_blocks] = y1
	block_x2[n_blocks] = x2; block_y2[n_blocks] = y2
}

function block_line(x1, y1, x2, y2,    steps, i, x, y) {
	steps = int((x2 > x1 ? x2 - x1 : x1 - x2) / 4 + (y2 > y1 ? y2 - y1 : y1 - y2) / 4) + 1
	for (i = 0; i <= steps; i++) {
		x = x1 + (x2 - x1) * i / steps
		y = y1 + (y2 - y1) * i / steps
		block(x - 1.5, y - 1.5, x + 1.5, y + 1.5)
	}
}

function is_free(x1, y1, x2, y2,    i) {
	if (x1 < left + 2 || x2 > width - right || y1 < top || y2 > height - bottom - 2)
		return 0
	for (i = 1; i <= n_blocks; i++)
		if (x1 < block_x2[i] && x2 > block_x1[i] && y1 < block_y2[i] && y2 > block_y1[i])
			return 0
	return 1
}

# Whether a line from a point to its label would cross no other label and no other point.
function is_clear(x1, y1, x2, y2,    i, k, x, y) {
	for (k = 0; k <= 40; k++) {
		x = x1 + (x2 - x1) * k / 40
		y = y1 + (y2 - y1) * k / 40
		for (i = 1; i <= n_labels; i++)
			if (x < label_x2[i] && x > label_x1[i] && y < label_y2[i] && y > label_y1[i])
				return 0
		for (i = 1; i <= n; i++)
			if ((x - point_x[i]) ^ 2 + (y - point_y[i]) ^ 2 < 25 &&
				(x1 - point_x[i]) ^ 2 + (y1 - point_y[i]) ^ 2 > 100)
				return 0
	}
	return 1
}

function take(x1, y1, x2, y2) {
	n_labels++
	label_x1[n_labels] = x1; label_x2[n_labels] = x2
	label_y1[n_labels] = y1; label_y2[n_labels] = y2
	block(x1, y1, x2, y2)
}

# Writes a label of one or more rows, divided by tabs, as near to (x, y) as there is room for it,
# and a line to it if that is far.
function label(x, y, what, fill,    row, n_rows, i, w, h, far, away, turn, a, cx, cy, ex, ey) {
	n_rows = split(what, row, "\t")
	for (i = 1; i <= n_rows; i++)
		if (5.6 * length(row[i]) > w)
			w = 5.6 * length(row[i])
	h = 12 * n_rows
	for (far = 0; far <= 800; far += 4)
		for (turn = 0; turn < 32; turn++) {
			a = 2 * pi * turn / 32
			away = far % 400 # from 400 on again, and the line may cross something
			# The centre of a box that lies so far beyond the point in that direction.
			cx = x + cos(a) * (away + 8 + w / 2)
			cy = y + sin(a) * (away + 8 + h / 2)
			ex = cx - (cos(a) > 0.2 ? w / 2 : cos(a) < -0.2 ? -w / 2 : 0)
			ey = cy - (cos(a) * cos(a) > 0.04 ? 0 : sin(a) > 0 ? h / 2 : -h / 2)
			if (!is_free(cx - w / 2 - 1, cy - h / 2, cx + w / 2 + 1, cy + h / 2) ||
				(far < 400 && !is_clear(x, y, ex, ey)))
				continue
			if (away > 4) {
				line(x, y, ex, ey, "stroke=\"" fill "\" stroke-width=\"0.6\" stroke-opacity=\"0.6\"")
				block_line(x, y, ex, ey)
			}
			for (i = 1; i <= n_rows; i++)
				text(cx, cy - h / 2 + 12 * i - 2.5, row[i],
					"text-anchor=\"middle\" font-size=\"10\" fill=\"" fill "\"")
			take(cx - w / 2 - 2, cy - h / 2, cx + w / 2 + 2, cy + h / 2)
			return
		}
}

# --- Input ----------------------------------------------------------------------

NR == 1 {
	for (i = 1; i <= NF; i++)
		at[$i] = i
	next
}
$at["kernel"] == "peak" {
	if ($at["precision"] == "memory") {
		if ($at["shape"] != "update" && $at["shape"] != "copy") {
			place[++n_places] = $at["shape"] == "read" ? "memory" : $at["shape"]
			speed[n_places] = $at["gb_s"]
		}
	} else {
		if (!($at["precision"] in peak))
			kinds[++n_kinds] = $at["precision"]
		peak[$at["precision"]] = $at["gop_s"]
		isa = $at["isa"]
	}
	next
}
# A series is a layer: a kernel, a precision and the shape without its rows.
$at["gop_s"] > 0 && $at["gb_s"] > 0 {
	n++
	shape = $at["shape"]
	if (split(shape, size, "x") == 3)
		shape = size[2] "x" size[3]
	key = $at["kernel"] " " shape
	if ($at["kernel"] == "product")
		key = key " x" size[1]       # attention: few rows, each a case of its own
	key = key " " $at["precision"]
	if (!(key in series)) {
		series[key] = ++n_series
		series_name[n_series] = key
		sub(/ (float32|int8)$/, "", series_name[n_series])
		first[n_series] = n
	}
	of[n] = series[key]
	name[n] = $at["kernel"] " " $at["shape"]
	kind[n] = $at["precision"]
	rate[n] = $at["gop_s"]
	intensity[n] = $at["gop_s"] / $at["gb_s"]
	share[n] = $at["share"]
}

# --- Drawing --------------------------------------------------------------------

function draw_grid(    i, k, grid) {
	grid = "stroke=\"#e4e4e4\""
	for (i = low_x; i <= high_x; i++) {
		line(x_of(2 ^ i), y_of(10 ^ low_y), x_of(2 ^ i), y_of(10 ^ high_y), grid)
		text(x_of(2 ^ i), height - bottom + 18, i < 0 ? "1/" 2 ^ -i : 2 ^ i, "text-anchor=\"middle\"")
	}
	for (i = int(low_y + 0.999); i <= high_y; i++) {
		line(x_of(2 ^ low_x), y_of(10 ^ i), x_of(2 ^ high_x), y_of(10 ^ i), grid)
		text(left - 8, y_of(10 ^ i) + 4, 10 ^ i, "text-anchor=\"end\"")
	}
	text((left + width - right) / 2, height - 14, "operations a byte", "text-anchor=\"middle\"")
	text(left, 50, "10⁹ operations a second", "")
}

# The slope of a cache or of memory, up to the highest roof.
function draw_slope(i,    start, end, style) {
	style = "stroke=\"#333\" stroke-width=\"" (place[i] == "memory" ? 2 : 1.2) "\""
	start = 2 ^ low_x
	if (speed[i] * start < 10 ^ low_y)
		start = 10 ^ low_y / speed[i]
	end = highest / speed[i]
	slope_x1[i] = x_of(start); slope_y1[i] = y_of(speed[i] * start)
	slope_x2[i] = x_of(end); slope_y2[i] = y_of(highest)
	line(slope_x1[i], slope_y1[i], slope_x2[i], slope_y2[i], style)
	block_line(slope_x1[i], slope_y1[i], slope_x2[i], slope_y2[i])
}

# Its name along it, above or below, where nothing is in the way.
function name_slope(i,    what, w, a, far, most, side, k, x, y, ok) {
	what = sprintf("%s: %.0f GB/s", place[i], speed[i])
	w = 6.4 * length(what)
	a = atan2(slope_y2[i] - slope_y1[i], slope_x2[i] - slope_x1[i])
	most = (slope_x2[i] - slope_x1[i]) / cos(a) - w
	for (far = 4; far <= most; far += 6)
		for (side = 10; side >= -10; side -= 20) {
			ok = 1
			for (k = 0; k <= w && ok; k += 4) {
				x = slope_x1[i] + (far + k) * cos(a) + side * sin(a)
				y = slope_y1[i] + (far + k) * sin(a) - side * cos(a)
				ok = is_free(x - 4, y - 4, x + 4, y + 4)
			}
			if (!ok)
				continue
			for (k = 0; k <= w; k += 4) {
				x = slope_x1[i] + (far + k) * cos(a) + side * sin(a)
				y = slope_y1[i] + (far + k) * sin(a) - side * cos(a)
				take(x - 6, y - 6, x + 6, y + 6)
			}
			printf "<text transform=\"translate(%.1f %.1f) rotate(%.1f)\" font-size=\"11\">%s</text>\n",
				slope_x1[i] + far * cos(a) + (side - 4) * sin(a),
				slope_y1[i] + far * sin(a) - (side - 4) * cos(a), a * 180 / pi, what
			return
		}
}

function draw_peak(k,    style, y) {
	style = "stroke=\"" colour[k] "\" stroke-width=\"2\""
	y = y_of(peak[k])
	line(x_of(peak[k] / fastest), y, x_of(2 ^ high_x), y, style)
	block_line(x_of(peak[k] / fastest), y, x_of(2 ^ high_x), y)
	text(x_of(2 ^ high_x) - 4, y - 7, sprintf("%s: %.0f", k, peak[k]),
		"text-anchor=\"end\" fill=\"" colour[k] "\"")
	block(x_of(2 ^ high_x) - 100, y - 20, x_of(2 ^ high_x), y)
}

function draw_points(    i, before, x, y) {
	for (i = 1; i <= n; i++) {
		x = point_x[i] = x_of(intensity[i])
		y = point_y[i] = y_of(rate[i])
		if (of[i] in before)
			line(x_of(intensity[before[of[i]]]), y_of(rate[before[of[i]]]), x, y,
				"stroke=\"" colour[kind[i]] "\" stroke-width=\"0.8\" stroke-opacity=\"0.5\"")
		if (of[i] in before)
			block_line(x_of(intensity[before[of[i]]]), y_of(rate[before[of[i]]]), x, y)
		before[of[i]] = i
		block(x - 5, y - 5, x + 5, y + 5)
	}
	for (i = 1; i <= n; i++) {
		printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\" fill-opacity=\"0.75\">",
			x_of(intensity[i]), y_of(rate[i]), colour[kind[i]]
		printf "<title>%s, %s: %.1f, %.2f a byte", name[i], kind[i], rate[i], intensity[i]
		if (share[i] > 0)
			printf ", %.0f %% of its peak", 100 * share[i]
		print "</title></circle>"
	}
}

# Names each series at its first case; those that begin at the same place share a label.
function name_series(    i, j, what, x, y, named) {
	for (i = 1; i <= n_series; i++) {
		if (i in named)
			continue
		what = series_name[i]
		x = x_of(intensity[first[i]]); y = y_of(rate[first[i]])
		for (j = i + 1; j <= n_series; j++)
			if (!(j in named) && kind[first[j]] == kind[first[i]] &&
				(x_of(intensity[first[j]]) - x) ^ 2 + (y_of(rate[first[j]]) - y) ^ 2 < 100) {
				what = what "\t" series_name[j]
				named[j] = 1
			}
		label(x, y, what, colour[kind[first[i]]])
	}
}

END {
	for (i = 1; i <= n_kinds; i++)
		if (peak[kinds[i]] > highest)
			highest = peak[kinds[i]]
	for (i = 1; i <= n_places; i++)
		if (speed[i] > fastest)
			fastest = speed[i]
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" ", width, height
	print "font-family=\"sans-serif\" font-size=\"12\" fill=\"#333\">"
	printf "<rect width=\"%d\" height=\"%d\" fill=\"white\"/>\n", width, height
	text(left, 28, "Kernels of one core, " isa, "font-size=\"17\" font-weight=\"bold\"")
	draw_grid()
	for (i = 1; i <= n_places; i++)
		draw_slope(i)
	for (i = 1; i <= n_kinds; i++)
		draw_peak(kinds[i])
	draw_points()
	for (i = 1; i <= n_places; i++)
		name_slope(i)
	name_series()
	print "</svg>"
}
