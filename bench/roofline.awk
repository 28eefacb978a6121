# SPDX-License-Identifier: MIT
# Draws a roofline diagram of bench-kernels' results, as SVG on stdout:
#   bench/bench-kernels --isa NAME --format csv | awk -f bench/roofline.awk >roofline.svg
# The x axis shows operations per byte that must be moved, the y axis operations per second; both
# are logarithmic. The roof is what reading memory or a core's multiply-adds allow, whichever is
# less. A case above the slope works on data in a cache.
BEGIN {
	FS = ","
	width = 900; height = 560; left = 70; top = 50; right = 30; bottom = 60
	low_x = -3; high_x = 10          # powers of 2
	low_y = 0; high_y = 3            # powers of 10
	# Colours that colour-blind readers can tell apart.
	colour["float32"] = "#0072b2"; colour["int8"] = "#d55e00"
}

function x_of(intensity) {
	return left + (log(intensity) / log(2) - low_x) / (high_x - low_x) * (width - left - right)
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

NR == 1 {
	for (i = 1; i <= NF; i++)
		at[$i] = i
	next
}
$at["kernel"] == "peak" {
	if ($at["shape"] == "read")
		read = $at["gb_s"]
	else if ($at["precision"] != "memory") {
		peak[$at["precision"]] = $at["gop_s"]
		isa = $at["isa"]
	}
	next
}
$at["gop_s"] > 0 && $at["gb_s"] > 0 {
	n++
	name[n] = $at["kernel"] " " $at["shape"]
	kind[n] = $at["precision"]
	rate[n] = $at["gop_s"]
	intensity[n] = $at["gop_s"] / $at["gb_s"]
	share[n] = $at["share"]
}

END {
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" ", width, height
	print "font-family=\"sans-serif\" font-size=\"12\" fill=\"#333\">"
	printf "<rect width=\"%d\" height=\"%d\" fill=\"white\"/>\n", width, height
	text(left, 28, "Kernels of one core, " isa, "font-size=\"17\" font-weight=\"bold\"")
	grid = "stroke=\"#ddd\""
	for (i = low_x; i <= high_x; i++) {
		line(x_of(2 ^ i), y_of(10 ^ low_y), x_of(2 ^ i), y_of(10 ^ high_y), grid)
		text(x_of(2 ^ i), height - bottom + 18, i < 0 ? "1/" 2 ^ -i : 2 ^ i, "text-anchor=\"middle\"")
	}
	for (i = low_y; i <= high_y; i++) {
		line(x_of(2 ^ low_x), y_of(10 ^ i), x_of(2 ^ high_x), y_of(10 ^ i), grid)
		text(left - 8, y_of(10 ^ i) + 4, 10 ^ i, "text-anchor=\"end\"")
	}
	text((left + width - right) / 2, height - 14, "operations a byte", "text-anchor=\"middle\"")
	text(left, 44, "10⁹ operations a second", "")
	for (kinds in peak) {
		ridge = peak[kinds] / read
		style = "stroke=\"" colour[kinds] "\" stroke-width=\"2\""
		line(x_of(ridge), y_of(peak[kinds]), x_of(2 ^ high_x), y_of(peak[kinds]), style)
		text(x_of(2 ^ high_x) - 4, y_of(peak[kinds]) - 7,
			sprintf("%s: %.0f", kinds, peak[kinds]),
			"text-anchor=\"end\" fill=\"" colour[kinds] "\"")
		if (ridge > widest)
			widest = ridge
	}
	start = 2 ^ low_x
	if (read * start < 1)
		start = 1 / read
	line(x_of(start), y_of(read * start), x_of(widest), y_of(read * widest),
		"stroke=\"#333\" stroke-width=\"2\"")
	text(x_of(start) + 12, y_of(read * start), sprintf("memory: %.0f GB/s", read), "")
	for (i = 1; i <= n; i++) {
		x = x_of(intensity[i])
		y = y_of(rate[i])
		printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\" fill-opacity=\"0.7\">", x, y, colour[kind[i]]
		printf "<title>%s, %s: %.1f, %.2f a byte", name[i], kind[i], rate[i], intensity[i]
		if (share[i] > 0)
			printf ", %.0f %% of its peak", 100 * share[i]
		print "</title></circle>"
		# Write a name only where there is none yet.
		cell = int(x / 130) " " int(y / 14)
		if (!taken[cell]++)
			text(x + 6, y + 4, name[i], "font-size=\"9\"")
	}
	print "</svg>"
}
