#!/bin/bash
# Runs fuzz targets, one after the other, from the corpora in the tree.
#
#   fuzz.sh SOURCES UNPACK PROGRAMS TARGET...
#
# FUZZ_SECONDS: for each target. libFuzzer wants files: UNPACK makes those of a corpus, in
# PROGRAMS/seeds. New inputs stay in PROGRAMS/corpus. An input that fails lies in PROGRAMS.
# Minimize it, and add it to the corpus of its target under a name that says what it is:
#
#   PROGRAMS/TARGET -minimize_crash=1 INPUT
#   LC_ALL=C tests/archive/pack NAME >>SOURCES/corpus/TARGET
set -u
sources=$1 unpack=$2 programs=$3
shift 3
: "${FUZZ_SECONDS:=60}"

# Two targets that read the same have one corpus.
corpus_of() { sed -n 's/^const char fuzz_corpus\[\] = "\(.*\)";$/\1/p' "$sources/$1.c"; }

failed=0
for target; do
    seeds=$programs/seeds/$target
    rm -rf "$seeds"
    mkdir -p "$programs/corpus/$target" "$seeds"
    "$unpack" "$sources/corpus/$(corpus_of "$target")" "$seeds" || exit
    echo "== $target, $FUZZ_SECONDS seconds"
    log=$programs/$target.log
    "$programs/$target" -max_total_time="$FUZZ_SECONDS" -print_final_stats=1 -timeout=20 \
        -max_len=4096 -dict="$sources/dictionary" -artifact_prefix="$programs/$target-" \
        "$programs/corpus/$target" "$seeds" >"$log" 2>&1 || failed=1
    # libFuzzer's last status line, and its count.
    grep -E 'ERROR:|SUMMARY:|^# ' "$log"
    grep -E 'cov: ' "$log" | tail -n 1
    grep -E 'number_of_executed_units|average_exec_per_sec' "$log"
done
exit "$failed"
