#!/bin/bash
# Our answers about a file equal those of the installed libsubid, or the difference is
# listed, with its reason, in the file "differences" beside this one.
#
#   CONFORMANCE_FILES    how many files of each family are generated
#   CONFORMANCE_SEED     the seed of the generator
set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/host.sh
. "$(dirname "$0")/../host.sh"
programs=$abs_top_builddir/tests/conformance
[ -x "$programs/oracle" ] || skip_all "libsubid was not there to build the oracle with"

# Each version that matters has a SONAME of its own.
soname=$(ldd "$programs/oracle" | grep -o 'libsubid\.so\.[0-9]*' | head -n 1)
case $soname in
libsubid.so.4) version=4.13 ;;
libsubid.so.5) version=4.17 ;;
libsubid.so.6) version=4.20 ;;
*) host_fail "what version of shadow does ${soname:-no libsubid} come from?" ;;
esac

host_enter "$@"
# Our code is called as a library. As a service of glibc, it would answer the oracle's lookups, too.
host_set_services files
host_add_user alice 1001
host_add_user alias 1001
host_add_user carol 1003
echo "bob:x:1002:2002::/:/bin/sh" >>/etc/passwd
echo "bob:x:2002:" >>/etc/group
for ((i = 0; i < 128; i++)); do
    host_add_user "Z$i" $((50000 + i))
done

diag "shadow $version ($soname)"
exec "$programs/conformance" "$programs/oracle" "$version" \
    "$abs_top_srcdir/tests/conformance" "${CONFORMANCE_FILES:-200}" "${CONFORMANCE_SEED:-1}"
