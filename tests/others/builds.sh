#!/usr/bin/env bash
# Compiles the module in two other ways and tests it: for 32-bit programs, and with
# AddressSanitizer and UBSan, loaded by programs that are built without them. The sources and
# macros are those of the build. That configure finds the options by itself is seen where
# scripts/check builds for i386 and with --enable-sanitizers.
set -u

: "${abs_top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir/build}"
# shellcheck source=tests/tap.sh
. "$abs_top_srcdir/tests/tap.sh"
# shellcheck source=tests/host.sh
. "$abs_top_srcdir/tests/host.sh"
# shellcheck source=tests/module.sh
. "$abs_top_srcdir/tests/module.sh"

host_enter "$@"
host_add_sample
host_set_services files subid

made_with() { sed -n "s/^$1 = //p" "$abs_top_builddir/Makefile"; } # VARIABLE
cc=$(made_with CC)
tests=$abs_top_srcdir/tests
user="subuid-ftweedal-100033:x:100033:500033:Subordinate UID 33 of ftweedal:/:/sbin/nologin"
keys=(100033 subuid-ftweedal-100033 300999 subuid-a-b.c-300999 4294967294 99999)
lookups=$abs_top_builddir/tests/integration/lookups
want=$(host_show "$lookups" 1 "${keys[@]}")
like "the module as it ships has answers" "$want" "^$user"
# From here on only the modules that are built below can be loaded.
rm "$host_dir/lib/libnss_subid.so.2" && ldconfig
is "and without it there are none" "$(host_show "$lookups" 1 100033)" "absent
status 0"

mapfile -t sources < <(module_sources)
# Their values are quoted for the shell.
eval "macros=($(made_with DEFS))"
module_is_built() { # DIRECTORY COMPILER-ARGUMENT...
    mkdir -p "$1"
    # shellcheck disable=SC2086,SC2154 # macros: by eval
    ok "it is built" timeout 300 $cc -std=gnu11 -fvisibility=hidden -fPIC -shared \
        "${macros[@]}" "-DNSS_SUBID_NOLOGIN=\"$(made_with nologin)\"" \
        -I"$abs_top_srcdir/libsubid-shim" -I"$abs_top_srcdir/nss_subid" "${@:2}" \
        -Wl,--version-script="$abs_top_srcdir/nss_subid/nss_subid.map" \
        -o "$1/libnss_subid.so.2" "${sources[@]}"
}
compiles() { # NAME COMPILER-ARGUMENT...
    # shellcheck disable=SC2086
    ok "$1" timeout 300 $cc -std=gnu11 -D_GNU_SOURCE -O1 "${@:2}"
}

# Does this 32-bit program run here? Sets emulator_32, to qemu if the kernel cannot run it.
runs_32() { # PROGRAM
    emulator_32=()
    "$1" 2>/dev/null && return
    emulator_32=(qemu-i386)
    command -v qemu-i386 >/dev/null && qemu-i386 "$1"
}

diag "--- AddressSanitizer and UBSan"
libasan=$($cc -print-file-name=libasan.so)
if [ -f "$libasan" ]; then
    module_is_built sanitized -O1 -fsanitize=address,undefined -fno-sanitize-recover=all
    ok "with AddressSanitizer" grep -q __asan_report_store sanitized/libnss_subid.so.2
    ok "with UBSan" grep -q __ubsan_handle sanitized/libnss_subid.so.2
    compiles "and so is a program without it" -o sweep "$tests/others/glibc.c"
    under_asan() {
        host_show env "LD_PRELOAD=$(realpath "$libasan")" "LD_LIBRARY_PATH=$PWD/sanitized" \
            ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=halt_on_error=1 "$@"
    }
    is "getent" "$(under_asan getent passwd 100033)" "$user
status 0"
    is "every question" "$(under_asan "$lookups" 1 "${keys[@]}")" "$want"
    # It asks the index.
    host_settle
    is "every question often" "$(under_asan "$lookups" 10 "${keys[@]}" | sort -u)" \
        "$(sort -u <<<"$want")"
    is "every size of a buffer" "$(under_asan ./sweep sweep)" "0 failed
status 0"
    # The control: a write behind such a buffer is seen.
    cat >bug.c <<'END'
#include <errno.h>
#include <nss.h>
#include <pwd.h>
#include <string.h>
enum nss_status _nss_subid_getpwuid_r(uid_t uid, struct passwd *pwd, char *buf, size_t len, int *errnop);
enum nss_status _nss_subid_getpwuid_r(uid_t uid, struct passwd *pwd, char *buf, size_t len, int *errnop)
{
	(void)uid, (void)pwd, buf[len] = 0, *errnop = ENOENT;
	return NSS_STATUS_NOTFOUND;
}
END
    mkdir bug
    compiles "a module that writes one byte too much is built" -fPIC -shared -fsanitize=address \
        -o bug/libnss_subid.so.2 bug.c
    # under_asan loads the module from the directory `sanitized`.
    mv sanitized right
    mv bug sanitized
    like "and AddressSanitizer reports it" "$(under_asan ./sweep sweep)" 'heap-buffer-overflow'
else
    tap_result ok "AddressSanitizer # SKIP $cc has no libasan.so"
fi

diag "--- 32 bits"
# shellcheck disable=SC2086
if echo 'int main(void) { return sizeof(void *) == 4 ? 0 : 1; }' >probe.c &&
    $cc -m32 -o probe probe.c 2>/dev/null && runs_32 ./probe; then
    module_is_built 32 -m32 -O2 -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64
    # Byte 4 of an ELF file is 1 if it is for 32 bits, and 2 for 64.
    is "as a 32-bit module" "$(od -An -tx1 -j4 -N1 32/libnss_subid.so.2)" " 01"
    compiles "and so is a program" -m32 -o lookups-32 "$tests/integration/lookups.c"
    is "which without the module knows nobody" "$(host_show "${emulator_32[@]}" ./lookups-32 1 100033)" "absent
status 0"
    export LD_LIBRARY_PATH=$PWD/32
    is "and has the answers of a 64-bit one" "$(host_show "${emulator_32[@]}" ./lookups-32 1 "${keys[@]}")" "$want"
    compiles "a program that checks what glibc promises is built, too" -m32 -o glibc-32 \
        "$tests/others/glibc.c"
    ok "and finds no promise broken" host_run "${emulator_32[@]}" ./glibc-32
    # A 32-bit program without 64-bit sizes and times fails on such files.
    cp /etc/subuid plain
    truncate -s 3G /etc/subuid
    is "a file of three gigabytes" "$(host_show "${emulator_32[@]}" ./lookups-32 1 100033)" "$user
status 0"
    cp plain /etc/subuid
    touch -d 2040-01-01 /etc/subuid
    is "a file of the year 2040" "$(host_show "${emulator_32[@]}" ./lookups-32 1 100033)" "$user
status 0"
    unset LD_LIBRARY_PATH
else
    tap_result ok "32 bits # SKIP $cc -m32 does not make programs that run here (gcc-multilib)"
fi

done_testing
