#!/bin/bash
# SPDX-License-Identifier: MIT
# scripts/slurm-translate on a real Slurm cluster of four nodes, all on this machine: an array of
# eight shards. One node is killed while it runs a shard, and another shard is told that its time
# is up. The result must equal that of one process. Then GNU parallel, if it is installed.
#   tests/slurm.sh    with build/trujaman, or the program in TRUJAMAN; about half a minute
# Runs as root or not, leaves the system's own Slurm and munge alone, ends everything it starts.
# Status 77: skipped; the message says why.
set -u
LIMIT=180 # seconds
SHARDS=8
root=$(cd "$(dirname "$0")/.." && pwd)
program=$(realpath -s "${TRUJAMAN:-$root/build/trujaman}")
PATH=$PATH:/usr/sbin:/sbin # where daemons are installed

for tool in munged slurmctld slurmd sbatch squeue scontrol; do
	command -v $tool >/dev/null || {
		echo "slurm: skipped: there is no $tool; scripts/setup --all installs it"
		exit 77
	}
done
[[ -x $program ]] || {
	echo "slurm: there is no $program; scripts/build makes it" >&2
	exit 1
}

# The folder contains sockets, whose paths must be short.
folder=$(mktemp -d /tmp/tj-slurm.XXXXXX) || exit 1
unset "${!SBATCH_@}" "${!SLURM@}" OMP_NUM_THREADS # this test may itself run in a job
export SLURM_CONF=$folder/slurm.conf TRUJAMAN=$folder/trujaman
declare -A daemons # by the node's name, and munged and slurmctld

say() {
	echo "slurm: $1 ($SECONDS s)"
}

give_up() {
	say "FAILED: $1"
	tail -n 10 "$folder"/log/* "$folder"/work/*.log
	exit 1
}

# wait_for WHAT COMMAND…: waits until COMMAND succeeds.
wait_for() {
	local what=$1
	shift
	until "$@"; do
		((SECONDS < LIMIT)) || give_up "waited in vain for $what"
		sleep 0.05
	done
}

command_of() {
	tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline"
}

# processes [NODE]: lists the processes of jobs, on NODE or on all nodes, found by their
# environment. Their parent slurmstepd, whose environment has no node's name, comes first.
processes() {
	local environment pid parent parents='' children=''
	for environment in /proc/[0-9]*/environ; do
		pid=${environment//[!0-9]/}
		grep -qzxF "SLURM_CONF=$SLURM_CONF" "$environment" 2>/dev/null &&
			grep -qzx "SLURMD_NODENAME=${1:-.*}" "$environment" 2>/dev/null || continue
		children+=" $pid"
		parent=$(sed -n 's/^PPid:\t//p' "/proc/$pid/status" 2>/dev/null)
		! command_of "$parent" | grep -q '^slurmstepd' || parents+=" $parent"
	done
	echo "$parents$children"
}

clean_up() {
	trap '' INT TERM
	# Daemons first, so that they cannot start again what has just been killed.
	{
		kill -s KILL "${daemons[@]}" $(processes)
		wait
	} 2>/dev/null # the shell reports killed processes
	rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# --- A cluster ---------------------------------------------------------------------------

# Sets port to the first of five free ports.
find_ports() {
	local i used
	while
		port=$((20000 + RANDOM % 2000 * 5)) used=
		for i in 0 1 2 3 4; do
			! (: <>"/dev/tcp/localhost/$((port + i))") 2>/dev/null || used=1
		done
		[[ -n $used ]]
	do :; done
}

configure() {
	local port
	find_ports
	# From cred_expire on, the settings make Slurm notice a dead node and start queued jobs
	# again within seconds instead of minutes.
	cat >"$SLURM_CONF" <<-CONF
		ClusterName=test
		SlurmctldHost=localhost
		SlurmctldPort=$port
		CommunicationParameters=NoInAddrAny
		SlurmUser=$(id -un)
		SlurmdUser=$(id -un)
		StateSaveLocation=$folder/state
		SlurmctldPidFile=$folder/slurmctld.pid
		SlurmdPidFile=$folder/%n.pid
		SlurmdSpoolDir=$folder/spool-%n
		ProctrackType=proctrack/linuxproc
		TaskPlugin=task/none
		JobAcctGatherType=jobacct_gather/none
		AccountingStorageType=accounting_storage/none
		MpiDefault=none
		SelectType=select/cons_tres
		SelectTypeParameters=CR_CPU
		SlurmdParameters=config_overrides
		AuthType=auth/munge
		AuthInfo=socket=$folder/munge/socket,cred_expire=5
		SlurmdTimeout=5
		MessageTimeout=5
		KillWait=5
		SchedulerParameters=sched_interval=2,bf_interval=2,batch_sched_delay=0
		NodeName=node[1-4] NodeHostname=localhost Port=$((port + 1))-$((port + 4)) CPUs=1
		PartitionName=all Nodes=ALL Default=YES
	CONF
}

# start NAME COMMAND…: starts a daemon; its log is log/NAME.
start() {
	local name=$1
	shift
	"$@" >"$folder/log/$name" 2>&1 </dev/null &
	daemons[$name]=$!
}

all_idle() {
	kill -s 0 "${daemons[@]}" 2>/dev/null || give_up "a daemon has ended"
	[[ $(sinfo -h -o '%D %t' 2>/dev/null) == '4 idle' ]]
}

start_cluster() {
	chmod 755 "$folder" # munged requires that everybody can reach its socket
	mkdir -m 755 "$folder/munge"
	mkdir "$folder/state" "$folder/log" "$folder/work"
	(umask 077 && head -c 128 /dev/urandom >"$folder/munge/key")
	configure
	start munged munged --foreground --key-file="$folder/munge/key" \
		--socket="$folder/munge/socket" --pid-file="$folder/munge/pid" \
		--log-file="$folder/munge/log" --seed-file="$folder/munge/seed"
	wait_for 'munged' test -S "$folder/munge/socket"
	start slurmctld slurmctld -D
	for i in 1 2 3 4; do
		start node$i slurmd -D -N node$i
	done
	wait_for 'four idle nodes' all_idle
	say "$(slurmctld -V): node1 to node4 are idle"
}

# --- Jobs --------------------------------------------------------------------------------

# field JOB NAME: prints a field that scontrol shows.
field() {
	scontrol -o show job "$1" 2>/dev/null | grep -o " $2=[^ ]*" | cut -d= -f2
}

has_ended() {
	[[ $(field "$1" JobState) =~ COMPLETED|FAILED|CANCELLED|TIMEOUT|NODE_FAIL ]]
}

has_restarted() {
	[[ $(field "$1" Restarts) == [1-9]* ]]
}

# The program that the tasks run. It is the real one, but shards 1 and 2 stop half-way when they
# first start, until the test lets them continue. held-1 and held-2 then contain the node, the
# process and the number of lines. A shard is stopped within some milliseconds after it has written
# lines; all of its work takes a second.
make_program() {
	cat >"$TRUJAMAN" <<-HOLD
		#!/bin/bash
		shard=\${SLURM_ARRAY_TASK_ID:-}
		if [[ \$shard == [12] && ! -e $folder/held-\$shard ]]; then
			{
				until grep -qs . $folder/work/*.\$shard-of-$SHARDS.partial; do
					kill -s 0 \$\$ || exit
					sleep 0.01
				done
				kill -s STOP \$\$
				lines=\$(cat $folder/work/*.\$shard-of-$SHARDS.partial | wc -l)
				echo "\$SLURMD_NODENAME \$\$ \$lines" >$folder/held
				mv $folder/held $folder/held-\$shard
			} >/dev/null 2>&1 &
		fi
		exec ${program@Q} "\$@"
	HOLD
	chmod +x "$TRUJAMAN"
}

# hold SHARD: waits until the shard is stopped; sets node, pid and lines.
hold() {
	wait_for "shard $1 half-way" test -e "$folder/held-$1"
	read -r node pid lines <"$folder/held-$1"
	((lines > 0)) || give_up "shard $1 has written no line"
}

# A signal stays pending until the process runs again.
has_been_told() {
	((0x$(sed -n 's/^ShdPnd:\t//p' "/proc/$1/status")))
}

translate() {
	"$root/scripts/slurm-translate" --time=10 --output=job-%A-%a.log "$@"
}

start_cluster
make_program
cd "$folder/work" || exit 1
# Names that a shell would split.
text="the \"book's\" \$text.en" out="the \"book's\" \$text.es"
model=$root/models/en-es.safetensors
search=(-m "$model")
for i in {1..80}; do # lines that differ, or are blank
	sed "/[^[:space:]]/s/\$/ $i/" "$root/tests/cli/data/sentences.en"
done >"$text"
"$program" translate "${search[@]}" -o expected "$text" || give_up "one process failed"
total=$(wc -l <expected)
say "one process translated $total lines"

# If a shard fails, the merge is cancelled, the log says why, and there is no output file.
ids=$(translate --shards 2 -- -m missing -o "$out" "$text") || give_up "nothing was queued"
read -r array merge <<<"$ids"
wait_for 'the end of a merge whose shards fail' has_ended "$merge"
[[ $(field "$merge" JobState) == CANCELLED ]] || give_up "merge of failed shards not cancelled"
[[ ! -e $out ]] || give_up "failed shards left an output"
grep -q 'missing' "job-$array-1.log" && grep -q 'same command again' "job-$array-1.log" ||
	give_up "the log of a shard that failed does not tell why"
say "without a model both shards failed, the merge was cancelled"

ids=$(translate --shards $SHARDS -- --verbose "${search[@]}" -o "$out" "$text") ||
	give_up "nothing was queued"
read -r array merge <<<"$ids"

hold 2
told=$node pid_told=$pid lines_told=$lines
hold 1
lines_killed=$lines
{
	kill -s KILL "${daemons[$node]}" $(processes "$node")
	wait "${daemons[$node]}"
} 2>/dev/null
unset "daemons[$node]"
say "killed $node: slurmd, slurmstepd and shard 1, of which $lines lines were written"

for pid in $(processes "$told"); do # signal the script, as Slurm does, not the program
	! command_of "$pid" | grep -q 'slurm_script @task' || kill -s USR1 "$pid"
done
wait_for 'the script to tell the program' has_been_told "$pid_told"
kill -s CONT "$pid_told"
say "told shard 2 on $told, with $lines_told lines, that its time is up"
wait_for 'shard 2 to start again' has_restarted "${array}_2"
say "shard 2 was queued again, by itself"
wait_for 'shard 1 to start again' has_restarted "${array}_1"
reason=$(grep -o "requeue job .* due to failure of node .*" "$folder/log/slurmctld") ||
	give_up "shard 1 started again for another reason than its node's failure"
say "shard 1 was queued again, by Slurm: $reason"
wait_for 'the merge' has_ended "$merge"
for i in $(seq $SHARDS); do
	grep -h 'slurm-translate: shard\|trujaman:' "job-$array-$i.log" | sed "s/^/  [$i] /"
done
[[ $(field "$merge" JobState) == COMPLETED ]] || give_up "the merge is $(field "$merge" JobState)"
cmp expected "$out" || give_up "the result differs from that of one process"
say "8 shards on 4 nodes, one of them killed: $(wc -l <"$out") lines equal those of one process"
# What was written when the node died is not in any log's total, so add it.
sum=$(sed -n 's/^trujaman: \([0-9]*\) lines.* in .*/\1/p' job-"$array"-*.log |
	awk -v n="$lines_killed" '{ n += $1 } END { print n }')
((sum == total)) || give_up "$sum lines were translated, of $total"
say "no line was translated twice"

# The GNU parallel command of docs/CLUSTER.md, with an ssh that stays on this machine; host beta is
# down. On a real host sshd sets SHELL; here it may be unset, as in CI.
parallel --version 2>/dev/null | grep -q '^GNU parallel' || {
	say "GNU parallel is not installed, and not tested"
	exit 0
}
cat >ssh <<'SSH'
#!/bin/bash
test "$1" != beta || exit 255
shift 2
cd / && SHELL=/bin/sh exec sh -c "$*"
SSH
chmod +x ssh
rm "$out"
PARALLEL_SSH=$PWD/ssh parallel -q --sshlogin alpha,beta,gamma -j1 --workdir . --retries 3 \
	"$program" translate --shard {}/4 --resume "${search[@]}" --threads 1 -o "$out" "$text" \
	::: {1..4} && "$program" merge "$out" || give_up "GNU parallel failed"
cmp expected "$out" || give_up "4 shards by GNU parallel differ from one process"
say "4 shards by GNU parallel on two hosts, a third being down: equal"
