#!/usr/bin/env bash
# Builds the module in two other ways and tests it: for 32-bit programs, and with
# AddressSanitizer and UBSan, loaded by programs that are built without them.
set -u

: "${abs_top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir/build}"
# shellcheck source=tests/tap.sh
. "$abs_top_srcdir/tests/tap.sh"
# shellcheck source=tests/host.sh
. "$abs_top_srcdir/tests/host.sh"

[ ! -f "$abs_top_srcdir/config.status" ] ||
    skip_all "the source tree is configured, so no other build directory can be configured"
host_enter "$@"
host_add_sample
host_set_services files subid

cc=$(sed -n 's/^CC = //p' "$abs_top_builddir/Makefile")
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

configure_and_make() { # DIRECTORY ARGUMENT...
    mkdir "$1" && (
        cd "$1" &&
            CONFIG_SHELL=/bin/sh timeout 600 "$abs_top_srcdir/configure" --quiet \
                --disable-dependency-tracking --disable-subid-check --disable-subid-userdbd \
                --without-libsubid "CC=$cc" "${@:2}" >/dev/null &&
            timeout 600 make -j2 libnss_subid.la
    )
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

# shellcheck disable=SC2086
if echo 'int main(void) { return sizeof(void *) == 4 ? 0 : 1; }' >probe.c &&
    $cc -m32 -o probe probe.c 2>/dev/null && runs_32 ./probe; then
    configure_and_make 32 "CFLAGS=-m32 -O2" ${emulator_32:+--host=i686-pc-linux-gnu} >32.log 2>&1 &
    pid_32=$!
else
    pid_32=
fi
libasan=$($cc -print-file-name=libasan.so)
if [ -f "$libasan" ]; then
    configure_and_make sanitized --enable-sanitizers >sanitized.log 2>&1 &
    pid_sanitized=$!
else
    pid_sanitized=
fi
# ok() would call wait in a subshell, which is not the parent of the process.
is_built() { # PID LOG
    local r=0
    wait "$1" || r=$?
    [ "$r" -eq 0 ] || diag "$(tail -n 20 "$2")"
    is "it is built" "$r" 0
}

diag "--- AddressSanitizer and UBSan"
if [ -n "$pid_sanitized" ]; then
    is_built "$pid_sanitized" sanitized.log
    ok "with AddressSanitizer" grep -q __asan_report_store sanitized/.libs/libnss_subid.so.2
    ok "with UBSan" grep -q __ubsan_handle sanitized/.libs/libnss_subid.so.2
    compiles "and so is a program without it" -o sweep "$tests/others/glibc.c"
    under_asan() {
        host_show env "LD_PRELOAD=$(realpath "$libasan")" "LD_LIBRARY_PATH=$PWD/sanitized/.libs" \
            ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=halt_on_error=1 "$@"
    }
    is "getent" "$(under_asan getent passwd 100033)" "$user
status 0"
    is "every question" "$(under_asan "$lookups" 1 "${keys[@]}")" "$want"
    # By now the files are old enough for an index.
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
    mkdir -p bug/.libs
    compiles "a module that writes one byte too much is built" -fPIC -shared -fsanitize=address \
        -o bug/.libs/libnss_subid.so.2 bug.c
    # under_asan loads the module from the directory `sanitized`.
    mv sanitized right
    mv bug sanitized
    like "and AddressSanitizer reports it" "$(under_asan ./sweep sweep)" 'heap-buffer-overflow'
else
    tap_result ok "AddressSanitizer # SKIP $cc has no libasan.so"
fi

diag "--- 32 bits"
if [ -n "$pid_32" ]; then
    is_built "$pid_32" 32.log
    # Byte 4 of an ELF file is 1 if it is for 32 bits, and 2 for 64.
    is "as a 32-bit module" "$(od -An -tx1 -j4 -N1 32/.libs/libnss_subid.so.2)" " 01"
    compiles "and so is a program" -m32 -o lookups-32 "$tests/integration/lookups.c"
    is "which without the module knows nobody" "$(host_show "${emulator_32[@]}" ./lookups-32 1 100033)" "absent
status 0"
    export LD_LIBRARY_PATH=$PWD/32/.libs
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
