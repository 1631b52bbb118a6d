#!/usr/bin/env bash
# Programs that have functions of their own where a module expects others: an
# allocator, or whatever bears a name that the module uses inside.
set -u

: "${abs_top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir/build}"
# shellcheck source=tests/tap.sh
. "$abs_top_srcdir/tests/tap.sh"
# shellcheck source=tests/host.sh
. "$abs_top_srcdir/tests/host.sh"
# shellcheck source=tests/module.sh
. "$abs_top_srcdir/tests/module.sh"

command -v nm >/dev/null || skip_all "nm (binutils) is not installed"
host_enter "$@"
host_add_sample
host_set_services files subid
module=$host_dir/lib/libnss_subid.so.2
host_add_program "$abs_top_builddir/tests/others/own_malloc"

# As the build has it, quoted for the shell of a recipe.
makefile() { sed -n "s/^$1 = //p" "$abs_top_builddir/Makefile"; }
compiles() { # NAME COMPILER-ARGUMENT...
    local words
    eval "words=($(makefile CC) $(makefile DEFS) -DNSS_SUBID_NOLOGIN='\"$(makefile nologin)\"')"
    ok "$1" timeout 300 "${words[@]}" -std=gnu11 -fPIC "-I$abs_top_srcdir/libsubid-shim" \
        "-I$abs_top_srcdir/nss_subid" "${@:2}"
}

own_malloc() { host_show own_malloc "$module" "$@"; }
name=subuid-ftweedal-100033
check_malloc() { # HOW
    like "$1: a lookup never allocates" "$(own_malloc subid 100033)" "^$name, $name, [1-9][0-9]* "
    like "$1: nor does one that finds nothing" "$(own_malloc subid 99999)" \
        '^absent, absent, [1-9][0-9]* '
}
diag "--- an allocator that must not be called inside a lookup"
check_malloc "files that changed just now"

diag "--- functions and variables of our internal names"
# The names of hidden and of static functions and variables. A name with a dot is a part that
# the compiler made of a function.
nm --defined-only --format=posix "$abs_top_builddir"/{libsubid_shim,libnss_entry}.a |
    awk '$1 ~ /^[A-Za-z_][A-Za-z_0-9]*$/ && $2 ~ /^[A-Za-z]$/ { print $2, $1 }' | sort -u -k 2 >names
own_names() { # prints C
    local type name
    echo '#include <stdlib.h>'
    while read -r type name; do
        case $type in
        T | t) echo "void $name(void); void $name(void) { _Exit(70); }" ;;
        *) echo "extern char ${name}[]; char ${name}[4096] = { [0 ... 4095] = 0x55 };" ;;
        esac
    done <names
}
for internal in subid_by_id subid_files_scan_id nss_record_passwd nss_lookup_by_id subid_line_parse; do
    ok "$internal is one of them" grep -qx "T $internal" names
done
own_names >names.c
source=$abs_top_srcdir/tests/integration/lookups.c
compiles "such a program is built" -O0 -rdynamic -o "$host_dir/bin/own-names" names.c "$source"
is "and exports all of them" \
    "$(nm --dynamic --defined-only --format=posix "$host_dir/bin/own-names" | cut -d ' ' -f 1 |
        sort | comm -23 <(cut -d ' ' -f 2 names | sort) -)" ""
host_add_program "$abs_top_builddir/tests/integration/lookups"
keys=(100033 "$name" 300999 subuid-a-b.c-300999 4294967294 99999)
want=$(host_show lookups 1 "${keys[@]}")
like "a program without them has answers" "$want" "^$name:x:100033:500033:"
is "a program with them has the same" "$(host_show own-names 1 "${keys[@]}")" "$want"

# The control: a module whose names are not hidden runs the program's functions.
mkdir open
mapfile -t sources < <(module_sources)
compiles "a module that hides nothing is built" -O0 -shared -o open/libnss_subid.so.2 \
    "-Wl,-soname,libnss_subid.so.2" "${sources[@]}"
is "it answers" "$(LD_LIBRARY_PATH=$PWD/open host_show lookups 1 "${keys[@]}")" "$want"
is "but in such a program it runs that program's functions" \
    "$(LD_LIBRARY_PATH=$PWD/open host_show own-names 1 "${keys[@]}")" "status 70"

diag "--- later lookups, which ask an index"
host_settle
check_malloc "files that stay as they are"
is "an owner by number: whose account is asked for may allocate" \
    "$(own_malloc "files subid" 300999)" "the allocator was called inside a lookup
status 70"
is "a program with our names has the same answers" \
    "$(host_show own-names 10 "${keys[@]}" | sort | uniq -c)" \
    "$(host_show lookups 10 "${keys[@]}" | sort | uniq -c)"

done_testing
