#!/usr/bin/env bash
# A value that an option does not take ends configure, before anything is built
# with a default that nobody asked for.
set -u

: "${abs_top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir/build}"
# shellcheck source=tests/tap.sh
. "$abs_top_srcdir/tests/tap.sh"

[ -x "$abs_top_srcdir/configure" ] || skip_all "there is no configure; run autoreconf -fi"
[ ! -f "$abs_top_srcdir/config.status" ] ||
    skip_all "the source tree is configured, so no other build directory can be configured"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit

configure() { # OPTION...: what configure prints, and its status
    local r=0
    CONFIG_SHELL=/bin/sh sh "$abs_top_srcdir/configure" "$@" 2>&1 || r=$?
    echo "status $r"
}
like "a value that an option does not take ends configure" "$(configure --enable-sanitizers=memory)" \
    "^configure: error: bad value 'memory' for --enable-sanitizers; it takes"

# Before configure comes to the options it runs fifty programs. For the other values, only the part
# that looks at options is run.
{
    # shellcheck disable=SC2016
    echo 'as_fn_error() { echo "error: $2"; exit 1; }; as_nop=:'
    sed -n '/^# --- options/,/^# --- tools/p' "$abs_top_srcdir/configure"
    echo 'echo "all are good"'
} >options
with_options() { env "$@" sh ./options 2>&1; } # VARIABLE=VALUE...
refuses() { # OPTION VALUE
    local variable=${1#--}
    is "$1=$2 is refused" "$(with_options "${variable//-/_}=$2" | cut -d ';' -f 1)" \
        "error: bad value '$2' for $1"
}

is "no option has to be given" "$(with_options)" "all are good"
is "good values are taken" "$(with_options with_nologin=/bin/false enable_werror=yes)" "all are good"
refuses --with-nologin bin/false
refuses --with-nologin ""
refuses --with-nologin /bin/false:x
refuses --with-libsubid perhaps
refuses --enable-werror 2
refuses --enable-sanitizers memory
refuses --enable-sanitizers address,thread
refuses --enable-coverage html
refuses --enable-subid-check perhaps
refuses --enable-subid-userdbd perhaps
refuses --with-systemdsystemunitdir relative/path

# Reuse what configure found for the build, unless it was a cross build.
made_for() { sed -n "s/^$1 = //p" "$abs_top_builddir/Makefile"; } # build|host
[ "$(made_for build)" != "$(made_for host)" ] ||
    sed -nE '/^ac_cv_env_/d; /^[a-z]+_cv_[a-zA-Z0-9_]+=/p' "$abs_top_builddir/config.log" >cache
like "a service that is asked for and cannot be built is an error" \
    "$(configure --cache-file=cache --enable-subid-userdbd --without-libsubid)" \
    "error: --enable-subid-userdbd: no \(libsubid is missing\)"
nok "none of these runs made a Makefile" test -e Makefile

done_testing
