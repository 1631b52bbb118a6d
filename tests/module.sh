# shellcheck shell=bash
# The files of the module. This file is sourced, never run.
#
#   module_sources              prints the paths of the C files of which the build
#                               has made the module, one a line
#
# Needs $abs_top_srcdir and $abs_top_builddir, which is built, and ar(1).

: "${abs_top_srcdir:?}" "${abs_top_builddir:?}"

module_sources() {
    local archive directory
    while read -r archive directory; do
        ar t "$abs_top_builddir/$archive" |
            sed -E "s,^(.*_)?a-(.*)\.o\$,$abs_top_srcdir/$directory/\2.c,"
    done <<END
libsubid_shim.a libsubid-shim
libnss_entry.a nss_subid
END
}
