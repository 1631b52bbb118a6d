#!/usr/bin/env bash
# `make install` puts these files there, and no others; `make enable` changes
# nsswitch.conf and nothing else; and all of it can be undone.
set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
: "${abs_top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir/build}"

[ -f "$abs_top_builddir/Makefile" ] || skip_all "$abs_top_builddir is not configured"
stage=$(mktemp -d)
trap 'rm -rf "$stage" "$stage.cases"' EXIT
# Do not inherit the flags and the jobs of the outer make.
unset MAKEFLAGS MFLAGS MAKELEVEL DESTDIR
cd "$abs_top_builddir" || exit

make_in_stage() { make -s "$@" DESTDIR="$stage"; }
# shellcheck disable=SC2016
value_of() { printf 'include Makefile\nshow:\n\t@echo $(%s)\n' "$1" | make -s -f - show; }
libdir=$(value_of libdir)
mandir=$(value_of mandir)
installed() { (cd "$stage" && find . -type d -o -printf '%y %m /%P\n' | sort -k 3); }

ok "make install" make_in_stage install
want=$(
    cat <<END
f 644 $libdir/libnss_subid.so.2
f 644 $mandir/man8/libnss_subid.so.2.8
f 644 $mandir/man8/nss-subid.8
END
    # Where there are the libraries for it.
    [ -z "$(value_of sbin_PROGRAMS)" ] || cat <<END
f 755 $(value_of sbindir)/subid-check
f 644 $(value_of bashcompletiondir)/subid-check
f 644 $(value_of fishcompletiondir)/subid-check.fish
f 644 $(value_of zshcompletiondir)/_subid-check
f 644 $(value_of schemadir)/subid-check.schema.json
f 644 $mandir/man8/subid-check.8
END
    [ -z "$(value_of libexec_PROGRAMS)" ] || cat <<END
f 755 $(value_of libexecdir)/subid-userdbd
f 644 $(value_of systemdsystemunitdir)/subid-userdbd.service
f 644 $(value_of systemdsystemunitdir)/subid-userdbd.socket
f 644 $mandir/man8/subid-userdbd.8
END
)
is "these files and no others" "$(installed)" "$(sort -k 3 <<<"$want")"
if command -v readelf >/dev/null; then
    like "the module under its own name" \
        "$(readelf -d "$stage$libdir/libnss_subid.so.2")" 'SONAME.*\[libnss_subid.so.2\]'
fi

mkdir -p "$stage/etc"
# shellcheck source=tests/enable/cases.sh
. "$abs_top_srcdir/tests/enable/cases.sh"
mkdir "$stage.cases"
cases_unpack "$stage.cases" || exit
corpus=$stage.cases/debian-12
# With a mode, because the files of a release tree that is being checked are read-only.
install -m 0644 "$corpus/before" "$stage/etc/nsswitch.conf"
ok "make enable" make_in_stage enable
ok "nsswitch.conf has the word" cmp "$stage/etc/nsswitch.conf" "$corpus/after"
ok "make enable again" make_in_stage enable
is "nothing else is new" "$(installed)" "$(sort -k 3 <<<"$want
f 644 /etc/nsswitch.conf
f 644 /etc/nsswitch.conf.before-subid")"
ok "make disable" make_in_stage disable
ok "nsswitch.conf is as it was" cmp "$stage/etc/nsswitch.conf" "$corpus/before"

install -m 0644 "$corpus/before" "$stage/etc/elsewhere"
ok "another file, if told so" make_in_stage enable NSSWITCH_CONF=/etc/elsewhere
ok "has the word" cmp "$stage/etc/elsewhere" "$corpus/after"
make_in_stage disable NSSWITCH_CONF=/etc/elsewhere >/dev/null 2>&1
rm "$stage/etc/elsewhere"

ok "make uninstall" make_in_stage uninstall
is "nothing is left" "$(installed)" "f 644 /etc/nsswitch.conf"
like "what is not installed is not enabled" "$(make_in_stage enable 2>&1)" "make install first"
ok "nsswitch.conf is left alone then" cmp "$stage/etc/nsswitch.conf" "$corpus/before"

done_testing
