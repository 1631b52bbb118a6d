#!/usr/bin/env bash
# The rules for the ELF file that every process of a host maps.
set -u

: "${abs_top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir/build}"
# shellcheck source=tests/tap.sh
. "$abs_top_srcdir/tests/tap.sh"

module=$abs_top_builddir/libnss_subid.so.2

command -v readelf >/dev/null || skip_all "readelf (binutils) is not installed"
readelf -Ws --dyn-syms "$module" | grep -Eq '__(asan|tsan|ubsan)_|__gcov' &&
    skip_all "an instrumented module does not ship"

dynamic=$(readelf -Wd "$module")
segments=$(readelf -Wl "$module")
symbols=$(readelf -W --dyn-syms "$module" | sed 's/@.*//')

tags() { printf '%s\n' "$dynamic" | sed -n "s/.*($1).*[[:space:]]\\(.*\\)/\\1/p" | tr '\n' ' '; }

is "exports exactly the five entry points" \
    "$(printf '%s\n' "$symbols" | awk '$7 != "UND" && $5 != "LOCAL" && NR > 3 && NF >= 8 { print $8 }' |
        sort | tr '\n' ' ')" \
    "_nss_subid_getgrgid_r _nss_subid_getgrnam_r _nss_subid_getpwnam_r _nss_subid_getpwuid_r _nss_subid_getspnam_r "
is "needs libc and nothing else" "$(tags NEEDED)" "[libc.so.6] "
is "has the SONAME that glibc asks for" "$(tags SONAME)" "[libnss_subid.so.2] "
like "binds all symbols at load time" "$dynamic" 'FLAGS_1.*NOW'
like "is never unmapped" "$dynamic" 'FLAGS_1.*NODELETE'
like "makes its relocated data read-only" "$segments" 'GNU_RELRO'
like "has a stack that is not executable" "$segments" 'GNU_STACK.* RW +0x'

is "has no TLS, text relocations, search path, constructor or destructor" \
    "$(printf '%s\n%s\n' "$dynamic" "$segments" |
        grep -oE '\((TEXTREL|RPATH|RUNPATH|INIT|FINI|INIT_ARRAY|FINI_ARRAY|PREINIT_ARRAY)\)|^ *TLS .*')" \
    ""
# The module's writable data: the source, the root of the first lookup, and the caches.
static_bytes=$((0$(readelf -WS "$module" | sed 's/^ *\[ *[0-9]*\]//' |
    awk '$1 ~ /^\.(data|bss)$/ { print "+0x" $5 }' | tr -d '\n')))
diag "$static_bytes bytes of writable static data"
ok "has less than a page of writable static data" test "$static_bytes" -lt 4096

# getpwnam_r is not getpwnam: it takes no lock and owns no static record.
is "calls no function that locks, allocates, prints, loads code or ends the process" \
    "$(printf '%s\n' "$symbols" | awk '$7 == "UND" { print $8 }' |
        grep -xE 'get(pw|gr)(nam|uid|gid|ent)|_?exit|_Exit|abort|__assert_fail|(secure_)?getenv|f?printf|f?puts|v?syslog|perror|signal|sigaction|malloc|calloc|realloc|pthread_atfork|pthread_key_create|atexit|dl(m?open|v?sym|error|close)|__cxa_atexit|__cxa_finalize|__tls_get_addr')" \
    ""

done_testing
