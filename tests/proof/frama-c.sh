# shellcheck shell=bash
# How Frama-C reads the project's sources: sourced, never run.
#
#   frama_c MACHDEP TREE INCLUDES OPTION...    a run on the sources in TREE. INCLUDES, options of
#                                              the preprocessor, come before all others
#   $machdeps                                  the machines for which everything is proven

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck disable=SC2034
machdeps='gcc_x86_64 ppc_32'

frama_c() {
    local libc
    libc=$(frama-c -print-share-path)/libc
    frama-c -c11 -no-frama-c-stdlib -machdep "$1" \
        -cpp-extra-args="-nostdinc -std=gnu11 -U__SSE2__ $3 -I$here -I$here/include \
            -I$2/libsubid-shim -I$2/nss_subid -I$2/subid-userdbd \
            -include $here/include/size.h -D_Alignof=__alignof__ -I$libc" \
        -cpp-extra-args='-DNSS_SUBID_NOLOGIN=\"/usr/sbin/nologin\"' \
        "${@:4}"
}
