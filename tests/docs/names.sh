#!/usr/bin/env bash
# The files, functions, links and targets of make that the documents name exist. Text that they
# copy from elsewhere in the tree is still the same there.
set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
: "${abs_top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir/build}"
cd "$abs_top_srcdir" || exit

documents=(README.md CONTRIBUTING.md CHANGELOG.md SECURITY.md doc/*.md)

# A path begins with a directory of ours. One that ends in a * stands for many.
paths() { # DOCUMENT
    sed 's,\.\./,,g' "$1" |
        grep -oE '(^|[^A-Za-z0-9_./-])(\.ci|bench|debian|doc|libsubid-shim|man|nss_subid|scripts|subid-check|subid-userdbd|tests)/[A-Za-z0-9_.*/-]*[A-Za-z0-9_*/-]' |
        grep -oE '[.a-z].*' | sort -u
}
# A generated file is there as its template or source.
# shellcheck disable=SC2317
exists() { compgen -G "$1" || [ -e "$1.in" ] || [ -e "$1.c" ]; }
targets() { # DOCUMENT
    grep -oE '(^|`|sudo |&& )make( [A-Z]+=[^ ]+)*( -[a-z0-9]+)* [a-z][a-z0-9-]+' "$1" | awk '{ print $NF }' | sort -u
}
# shellcheck disable=SC2317
is_target() { grep -qE "^$1:" "$abs_top_builddir/Makefile"; }
links() { # DOCUMENT: those inside of the tree
    grep -oE '\]\([^)]+\)' "$1" | sed 's/^](//; s/)$//' | grep -v '^http' | sort -u
}
# An anchor is a heading in small letters, with dashes for blanks.
# shellcheck disable=SC2317
anchors() { # DOCUMENT
    sed -n 's/^##* //p' "$1" | tr '[:upper:]' '[:lower:]' | sed 's/[^a-z0-9 _-]//g; s/ /-/g'
}
# shellcheck disable=SC2317
is_link() { # DOCUMENT LINK
    local file=${2%%#*} anchor=
    case $2 in *'#'*) anchor=${2#*#} ;; esac
    file=${file:+$(dirname "$1")/$file}
    [ -e "${file:-$1}" ] && { [ -z "$anchor" ] || anchors "${file:-$1}" | grep -qx "$anchor"; }
}

for document in "${documents[@]}"; do
    mapfile -t named < <(paths "$document")
    for path in "${named[@]}"; do
        ok "$document: $path" exists "$path"
    done
    mapfile -t named < <(targets "$document")
    for target in "${named[@]}"; do
        ok "$document: make $target" is_target "$target"
    done
    mapfile -t named < <(links "$document")
    for link in "${named[@]}"; do
        ok "$document: the link to $link" is_link "$document" "$link"
    done
done
ok "and the documents name some" test "$tap_count" -gt 60

diag "--- the path of an answer, in doc/design.md"
while read -r function file; do
    ok "$function() is in $file" grep -qE "^(.*[ *])?$function\(" "$file"
done < <(sed -nE 's,^ +([a-z_]+) +((nss_subid|libsubid-shim)/[a-z_]+\.c) .*,\1 \2,p' doc/design.md)
ok "it has twelve functions" test \
    "$(grep -cE '^ +[a-z_]+ +(nss_subid|libsubid-shim)/[a-z_]+\.c ' doc/design.md)" -ge 12

diag "--- the picture of the index"
mapfile -t picture < <(awk '
    /^<!-- as in libsubid-shim\/index.h -->$/ { fences = 2; next }
    fences > 0 && /^```/ { fences--; next }
    fences == 1 && NF > 0 { sub(/^ +/, ""); print }' doc/design.md)
is "it has six lines" "${#picture[@]}" 6
for line in "${picture[@]}"; do
    ok "in the header too: $line" grep -qF -- "$line" libsubid-shim/index.h
done

diag "--- the table of doc/performance.md"
# Nanoseconds of RESULTS.md's columns for 1, 1,000 and 65,000 ranges, in microseconds.
measured() { # NAME
    sed -n '/^### getpwuid_r, hit/,/^### getpwuid_r, miss/p' bench/RESULTS.md |
        awk -F ' *[|] *' -v name="$1" 'index($2, name) == 1 {
            gsub(",", "")
            printf "%.1f %.1f %.1f\n", $3 / 1000, $6 / 1000, $8 / 1000
        }'
}
told() { # NAME
    awk -F ' *[|] *' -v name="$1" 'index($2, name) == 1 {
        gsub(/,| us/, "")
        printf "%.1f %.1f %.1f\n", $3, $4, $5
    }' doc/performance.md
}
while IFS='|' read -r in_table in_results; do
    is "$in_table, as in RESULTS.md" "$(told "$in_table")" "$(measured "$in_results")"
done <<'END'
two stat(2)|floor of a hit
**libnss_subid**|**subid**
without the index|subid without its index
without skipping|likewise, and every line
nss_files|files, 30 lines
libsubid in a module|libsubid in a module
END

done_testing
