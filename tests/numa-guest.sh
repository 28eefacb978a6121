#!/bin/sh
# SPDX-License-Identifier: MIT
# Where memory is allocated on a machine with two NUMA nodes: a qemu guest, so neither such a
# machine nor KVM is needed. The program translates with four threads. While it waits for more
# input, its /proc/PID/numa_maps must show a copy of the weights on each node. Its output must
# equal ours.
#   numa-guest.sh [TEXT]     TEXT: some dozens of lines; default: the command line tests' text
# KERNEL: a Debian vmlinuz; default: one in /boot, or else the package is fetched. TRUJAMAN: the
# program. ACCEL: qemu's accelerator, for example kvm. GUEST_SECONDS: the time limit. This is not
# part of make check. Status 77: nothing was tested; the message says why.
set -eu
srcdir=$(cd "$(dirname "$0")/.." && pwd)
trujaman=${TRUJAMAN:-$srcdir/build/trujaman}
text=${1:-$srcdir/tests/cli/data/sentences.en}
model=$srcdir/models/en-es.safetensors
patience=${GUEST_SECONDS:-900}
scratch=$(mktemp -d "${TMPDIR:-/tmp}/trujaman-guest.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

skip() {
	echo "numa-guest: skipped: $1" >&2
	exit 77
}

fail() {
	echo "numa-guest: FAILED: $1" >&2
	exit 1
}

fetch_kernel() {
	(
		mkdir -p "$scratch/kernel" && cd "$scratch/kernel" &&
			package=$(apt-cache depends linux-image-cloud-amd64 |
				sed -n 's/^ *Depends: \(linux-image-[^ ]*\)$/\1/p' | head -n 1) &&
			test -n "$package" && apt-get -q download "$package" >/dev/null &&
			dpkg -x ./*.deb .
	) >&2 2>"$scratch/fetch.log" || return 1
	ls "$scratch"/kernel/boot/vmlinuz-*
}

test "$(uname -m)" = x86_64 || skip "the guest is an x86_64, this machine is not"
test -x "$trujaman" || fail "there is no $trujaman; scripts/build makes it"
for tool in qemu-system-x86_64 cpio; do
	command -v $tool >/dev/null || skip "there is no $tool"
done
busybox=$(command -v busybox) || skip "there is no busybox"
kernel=${KERNEL:-$(ls -t /boot/vmlinuz-* 2>/dev/null | head -n 1)}
if ! test -r "$kernel"; then
	kernel=$(fetch_kernel) || skip "no kernel: none in /boot, and apt-get could not fetch one"
fi

# --- The guest's file system ---------------------------------------------------------

root=$scratch/root
mkdir -p "$root/bin" "$root/proc" "$root/sys" "$root/dev"
# Copies a program and its libraries to the paths where the guest expects them.
add_program() {
	cp "$1" "$root/bin/"
	ldd "$1" 2>/dev/null | grep -o '/[^ ]*' | while read -r library; do
		mkdir -p "$root$(dirname "$library")"
		cp -L "$library" "$root$library"
	done
}
add_program "$trujaman"
add_program "$busybox"
cp "$model" "$root/model.safetensors"
# Two chunks of lines for each worker.
cat "$text" "$text" | head -n 128 >"$root/text"
"$trujaman" translate -m "$model" "$root/text" >"$root/expected"

cat >"$root/init" <<'EOF'
#!/bin/busybox sh
/bin/busybox --install /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
exec >/dev/ttyS1 2>&1 # the kernel talks on the other
mkfifo in out
exec 3<>in 4<>out
echo "=== machine"
trujaman info --machine --threads 4 -m model.safetensors
trujaman translate --threads 4 -m model.safetensors <in >out 3<&- 4<&- &
pid=$!
cat text >&3
head -n "$(wc -l <expected)" <&4 >translated
echo "=== numa_maps"
cat /proc/$pid/numa_maps
echo "=== weights"
awk '/^[0-9a-f]+-/ { start = $1 } /^VmFlags:.* hg/ { sub("-.*", "", start); print start }' \
	/proc/$pid/smaps
echo "=== threads"
grep -h '^Cpus_allowed_list' /proc/$pid/task/*/status
echo "=== end"
exec 3>&-
wait $pid && echo "GUEST: trujaman ended well"
cmp translated expected && echo "GUEST: the same bytes"
echo "GUEST: done"
poweroff -f
EOF
chmod +x "$root/init"
(cd "$root" && find . | cpio --quiet -o -H newc | gzip -1) >"$scratch/initramfs"

# --- Run it ----------------------------------------------------------------------------

timeout "$patience" qemu-system-x86_64 -accel "${ACCEL:-tcg,thread=multi}" -cpu max \
	-m 1024 -smp 4,sockets=2,cores=2,threads=1 \
	-object memory-backend-ram,id=m0,size=512M -object memory-backend-ram,id=m1,size=512M \
	-numa node,nodeid=0,cpus=0-1,memdev=m0 -numa node,nodeid=1,cpus=2-3,memdev=m1 \
	-kernel "$kernel" -initrd "$scratch/initramfs" \
	-append 'console=ttyS0 quiet panic=-1' -no-reboot -nographic -nic none -monitor none \
	-serial "file:$scratch/console" -serial "file:$scratch/log" \
	</dev/null >"$scratch/qemu.log" 2>&1 ||
	{
		status=$?
		cat "$scratch/qemu.log"
		tail -n 20 "$scratch/console" "$scratch/log" 2>/dev/null
		fail "qemu ended with status $status ($patience s at most)"
	}
tr -d '\r' <"$scratch/log" >"$scratch/report"
section() {
	sed -n "/^=== $1\$/,/^===/{/^===/!p;}" "$scratch/report"
}

# --- What it showed --------------------------------------------------------------------

section machine
echo "Where the threads may run:"
section threads | sort | uniq -c
mib=$(section machine | sed -n 's/^copies *2 of \([0-9.]*\) MiB$/\1/p')
test -n "$mib" || fail "it was not going to make two copies"
section weights >"$scratch/weights"
echo "Anonymous memory in pages of 4 KiB, mappings of half a MiB or more; * is for packed weights,"
echo "the only ones with advice to use huge pages; a copy of the weights has $mib MiB:"
# The first copy consists of several blocks. The second one is a single block, whose whole huge
# pages are one mapping and whose rest is the next one. No weights may lie on both nodes.
section numa_maps | awk -v mib="$mib" -v weights="$scratch/weights" '
	BEGIN {
		copy = mib * 256
		while ((getline start <weights) > 0)
			is_weights[start] = 1
	}
	/ anon=/ && !/file=/ {
		n[0] = n[1] = 0
		for (i = 3; i <= NF; i++)
			if ($i ~ /^N[01]=/)
				n[substr($i, 2, 1)] = substr($i, 4)
		star = ($1 in is_weights) ? "*" : " "
		if (n[0] + n[1] >= 128)
			printf " %s%s: node 0 %6d, node 1 %6d\n", star, $1, n[0], n[1]
		for (node = 0; node < 2; node++) {
			all[node] += n[node]
			pages = n[1 - node] == 0 ? n[node] : 0
			if (star == "*") {
				of_weights[node] += n[node]
				before[node] = pages
				split_weights += n[node] > 0 && n[1 - node] > 0
			} else {
				sum = before[node] + pages
				if (before[node] > 0 && sum >= 0.99 * copy && sum <= 1.01 * copy)
					whole[node] = 1
				before[node] = 0
			}
		}
	}
	END {
		printf "  all:          node 0 %6d, node 1 %6d\n", all[0], all[1]
		printf "  weights in huge pages: node 0 %d, node 1 %d, on both %d\n", of_weights[0],
			of_weights[1], split_weights
		for (node = 0; node < 2; node++)
			if (whole[node])
				printf "  node %d has the second copy, in one block\n", node
		exit !(whole[0] + whole[1] == 1 && !split_weights && of_weights[0] > 0 &&
			of_weights[1] > 0)
	}' || fail "there is no copy of the weights on each node"
grep '^GUEST: ' "$scratch/report"
for line in 'trujaman ended well' 'the same bytes' done; do
	grep -q "^GUEST: $line\$" "$scratch/report" || fail "the guest did not say: $line"
done
echo "numa-guest: each node has its copy of the weights"
