#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the tests of python/trujaman_torch, case by case. Skipped where PyTorch is missing.
set -u
tree=$(cd "$(dirname "$0")/.." && pwd)
python=
for candidate in "${PYTHON:-python3}" /usr/bin/python3; do
	if "$candidate" -c 'import torch, pytest' 2>/dev/null; then
		python=$candidate
		break
	fi
done
if test -z "$python"; then
	echo "skipped: python3-torch or python3-pytest is missing (scripts/setup --torch installs them)"
	exit 77
fi
OMP_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE=1
export OMP_NUM_THREADS PYTHONDONTWRITEBYTECODE
exec "$python" -m pytest -q -p no:cacheprovider "$tree/python/tests"
