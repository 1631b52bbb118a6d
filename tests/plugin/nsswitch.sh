#!/bin/bash
# The module reads the source in nsswitch.conf as libsubid does. Otherwise newuidmap(1) and the
# module would use different ranges. A plugin is there for
# every word of the table, so libsubid falls back to the files for none of them.
set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/host.sh
. "$(dirname "$0")/../host.sh"

plugin=$abs_top_builddir/tests/plugin/libsubid_sample.so
[ -e "$plugin" ] || skip_all "libsubid's header was not there to build plugins with"
command -v getsubids >/dev/null || skip_all "getsubids is not installed"
# libsubid of shadow 4.20 is the sixth, that of 4.17 the fifth, and older ones the fourth.
case $(ldd "$(command -v getsubids)") in
*libsubid.so.4*) newer=" 4.17 4.20 " ;;
*libsubid.so.5*) newer=" 4.20 " ;;
*) newer=" " ;;
esac

host_enter "$@"
host_add_user alice 1001
host_set_subuid alice:900000:10

# The longest name that libsubid takes, and one that is too long.
word=0123456789
w50=$word$word$word$word$word
# A directory, because the loader's cache does not take files with such names.
mkdir "$host_dir/plugins"
for name in sample z nosuch Sample FILES filesx sam "$w50" "${w50}x" '#sample' '#' 'sample#' \
    'sample[NOTFOUND=return]' '[NOTFOUND=return]' $'sample\r' $'files\r' $'\r' $'\v' $'\vsample' \
    $'\rsample' $'\f\r\v'; do
    install -m 0755 "$plugin" "$host_dir/plugins/libsubid_$name.so"
done

# The plugin gives alice other IDs than the file. Both functions set $source.
theirs() {
    source=$(LD_LIBRARY_PATH=$host_dir/plugins host_run getsubids alice 2>/dev/null)
    case $source in
    "0: alice 100000 "*) source=another ;;
    "0: alice 900000 "*) source=files ;;
    *) source="getsubids failed" ;;
    esac
}
ours() {
    source=$(host_run getent passwd 900000 subuid-alice-900000)
    case $source in
    subuid-alice-900000:*$'\n'subuid-alice-900000:*) source=files ;;
    "") source=another ;;
    *) source="one of two" ;;
    esac
}
# glibc always asks the module, whatever line of the table follows.
services="passwd: files subid"
from_another=0
from_files=0
agree() { # NAME [WANT]
    local want=${2-} source
    [ -n "$want" ] || { theirs && want=$source; }
    case $want in
    another) from_another=$((from_another + 1)) ;;
    files) from_files=$((from_files + 1)) ;;
    esac
    ours
    is "$1: $want" "$source" "$want"
}

padding() { # BYTES
    printf "%0$1d" 0
}
long=$(padding 2000)
just=$(padding 1000)

# printf(1) formats: how the file ends matters. A line that begins with "4.17 WANT " or
# "4.20 WANT " says what libsubid makes of it since that version. The module follows the
# newest, so WANT stands in for an older libsubid.
while IFS= read -r format; do
    want=
    case $format in
    "" | "//"*) continue ;;
    "4.17 "* | "4.20 "*)
        since=${format%% *}
        format=${format#* }
        case $newer in *" $since "*) want=${format%% *} ;; esac
        format=${format#* }
        ;;
    esac
    full=${format//LONG/$long}
    # shellcheck disable=SC2059
    { echo "$services" && printf "${full//JUST/$just}"; } >/etc/nsswitch.conf
    agree "$format" "$want"
done <<END
passwd: files subid\n
subid: files\n
subid: sample\n
subid:sample\n
subid:z\n
subid:  \t  sample\n
subid:\tsample\t\n
subid: sample \n
passwd: files subid\nsubid: sample\ngroup: files\n
// case
SUBID: sample\n
SubId: sample\n
subid: Sample\n
subid: FILES\n
// what is no such line
 subid: sample\n
\tsubid: sample\n
\nsubid: sample\n
subid : sample\n
subid sample\n
subids: sample\n
xsubid: sample\n
subuid: sample\n
#subid: sample\n
# subid: files\nsubid: sample\n
// comments
subid: sample # files\n
subid: sample#\n
subid: #sample\n
subid: # sample\n
// nothing after it
subid:\n
subid:\nsubid: sample\n
subid: \nsubid: sample\n
subid: \t \nsubid: sample\n
subid:\nsubid:\nsubid: files\nsubid: sample\n
// words
subid: files sample\n
subid: sample files\n
subid: nosuch sample\n
subid: sample nosuch\n
subid: filesx\n
subid: sample [NOTFOUND=return] files\n
subid: sample[NOTFOUND=return]\n
subid: [NOTFOUND=return] sample\n
// two lines
subid: sample\nsubid: files\n
subid: files\nsubid: sample\n
subid: nosuch\nsubid: sample\n
SUBID: files\nsubid: sample\n
// the last line without newline
4.17 files subid: sample
subid: files
4.20 files subid: sample 
4.20 files subid: sample\t
4.20 files subid: sample files
4.17 files subid:z
subid:
subid: 
4.17 files subid:\nsubid: sample
subid: files\nsubid: sample
subid: sample\nsubid: files
passwd: files subid
// lengths
subid: $w50\n
subid: ${w50}x\n
4.17 files subid: $w50
subid: $w50 files\n
subid: LONG\n
// lines longer than those of subuid(5) may be
subid: sample # LONG\n
passwd: files # LONG\nsubid: sample\n
# LONG\nsubid: sample\n
# LONGsubid: sample\n
# JUST..........subid: files\nsubid: sample\n
4.20 files subid: sample #LONG
subid: # LONG\nsubid: sample\n
subid:LONG\nsubid: sample\n
// other blanks
subid: sample\r\n
4.17 another subid:\r\nsubid: sample\n
subid: files\r\n
subid: files\r\nsubid: sample\n
4.17 another subid: \r\nsubid: sample\n
4.17 another subid: \vsample\n
4.17 another subid: \rsample\n
4.17 another subid:\v\nsubid: sample\n
4.17 another subid:\f\r\v \nsubid: sample\n
passwd: files\r\nsubid: sample\n
// bytes
4.20 files # a comment \000\nsubid: sample\n
4.20 files hosts: files\000\nsubid: sample\n
subid: sample\n# a comment \000\n
subid: sample\nwithout newline
4.17 files subid: sample\000\n
4.17 files subid: sample\000 files\n
4.17 files subid: sam\000ple\n
subid: \000sample\n
4.20 files subid: \000\nsubid: sample\n
4.20 files subid:\000\nsubid: sample\n
sub\000id: sample\n
\000subid: sample\n
subid: files\000 sample\n
4.17 files subid: sample\000LONG\n
\377\376subid: sample\n
\357\273\277subid: sample\n
END
echo "$services" >/etc/nsswitch.conf
agree "no line of ours"

diag "--- files in other states"
printf '%s\nsubid: sample\n' "$services" >elsewhere
chmod 0644 elsewhere
ln -sf "$PWD/elsewhere" /etc/nsswitch.conf
agree "a symbolic link"
rm /etc/nsswitch.conf
printf '%s\nsubid: sample\n' "$services" >/etc/nsswitch.conf
agree "a file of its own"

# If either number were small, the comparison would prove little.
ok "some were another source ($from_another)" [ "$from_another" -ge 20 ]
ok "some were the files ($from_files)" [ "$from_files" -ge 20 ]

diag "--- another source is never looked for"
mkdir here && cd here || exit
mkdir libsubid_corp && cp "$plugin" libsubid_corp/main.so
printf '%s\nsubid: corp/main\n' "$services" >/etc/nsswitch.conf
if command -v strace >/dev/null; then
    host_run strace -f -qq -o ../traced -e trace=%file getent passwd 900000
    ok "the trace is one of a lookup" grep -q libnss_subid.so.2 ../traced
    is "neither file is read, and no plugin" \
        "$(grep -oE '"[^"]*(libsubid|/etc/sub)[^"]*"' ../traced)" ""
fi

done_testing
