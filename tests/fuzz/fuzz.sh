#!/bin/bash
# Runs fuzz targets, one after the other, from the corpora in the tree.
#
#   fuzz.sh SOURCES PROGRAMS TARGET...
#
# FUZZ_SECONDS: for each target. New inputs stay in PROGRAMS/corpus. An input that fails
# lies in PROGRAMS. Minimize it (PROGRAMS/TARGET -minimize_crash=1 INPUT) and add it to
# the corpus of its target.
set -u
sources=$1 programs=$2
shift 2
: "${FUZZ_SECONDS:=60}"

failed=0
for target; do
    mkdir -p "$programs/corpus/$target"
    echo "== $target, $FUZZ_SECONDS seconds"
    log=$programs/$target.log
    "$programs/$target" -max_total_time="$FUZZ_SECONDS" -print_final_stats=1 -timeout=20 \
        -max_len=4096 -dict="$sources/dictionary" -artifact_prefix="$programs/$target-" \
        "$programs/corpus/$target" "$sources/corpus/$target" >"$log" 2>&1 || failed=1
    # libFuzzer's last status line, and its count.
    grep -E 'ERROR:|SUMMARY:|^# ' "$log"
    grep -E 'cov: ' "$log" | tail -n 1
    grep -E 'number_of_executed_units|average_exec_per_sec' "$log"
done
exit "$failed"
