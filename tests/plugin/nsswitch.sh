#!/bin/bash
# Which source nsswitch.conf names: we have to read it as the installed libsubid
# does, or newuidmap(1) and we would tell of different ranges.
set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/host.sh
. "$(dirname "$0")/../host.sh"

plugin=$abs_top_builddir/tests/plugin/.libs/libsubid_sample.so
[ -e "$plugin" ] || skip_all "libsubid's header was not there to build plugins with"
command -v getsubids >/dev/null || skip_all "getsubids is not installed"

host_enter "$@"
host_add_user alice 1001
host_set_subuid alice:900000:10
host_set_subgid alice:900000:10
host_add_program "$abs_top_builddir/tests/plugin/hosts"

# The longest name that libsubid takes, and one that is too long.
word=0123456789
w50=$word$word$word$word$word
# Not with the loader's cache, which takes no names that end otherwise.
mkdir "$host_dir/plugins"
for name in sample z "$w50" "${w50}x" '#sample' $'sample\r' $'\vsample' $'\rsample'; do
    install -m 0755 "$plugin" "$host_dir/plugins/libsubid_$name.so"
done
export LD_LIBRARY_PATH=$host_dir/plugins

# Both print the first ID of alice's ranges.
theirs() { # UID
    host_run_as "$1" "$1" getsubids alice 2>/dev/null | awk 'NR == 1 { print $3 }'
}
ours() { # UID
    host_run_as "$1" "$1" hosts ask subuid-alice-100000 subuid-alice-900000 100000 900000 >out 2>err
    [ ! -s err ] || cat err
    case $(xargs <out) in
    "subuid-alice-100000:100000:500000 absent subuid-alice-100000:100000:500000 absent") echo 100000 ;;
    "absent subuid-alice-900000:900000:900000 absent subuid-alice-900000:900000:900000") echo 900000 ;;
    *) cat out ;;
    esac
}
from_plugin=0
from_files=0
agree() { # NAME [UID]
    local want
    want=$(theirs "${2-0}")
    case $want in
    100000) from_plugin=$((from_plugin + 1)) ;;
    900000) from_files=$((from_files + 1)) ;;
    esac
    is "$1: as getsubids says, $want" "$(ours "${2-0}")" "$want"
}

padding() { # BYTES
    printf "%0$1d" 0
}
long=$(padding 2000)
just=$(padding 1000)

# printf(1) formats: how the file ends matters.
while IFS= read -r format; do
    case $format in "" | "//"*) continue ;; esac
    # shellcheck disable=SC2059
    printf "${format//LONG/$long}" | sed "s/JUST/$just/" >/etc/nsswitch.conf
    agree "$format"
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
subid: sample
subid: files
subid: sample 
subid: sample\t
subid: sample files
subid:z
subid:
subid: 
subid:\nsubid: sample
subid: files\nsubid: sample
subid: sample\nsubid: files
passwd: files subid
// lengths
subid: $w50\n
subid: ${w50}x\n
subid: $w50
subid: $w50 files\n
subid: LONG\n
// lines longer than those of subuid(5) may be
subid: sample # LONG\n
passwd: files # LONG\nsubid: sample\n
# LONG\nsubid: sample\n
# LONGsubid: sample\n
# JUST..........subid: files\nsubid: sample\n
subid: sample #LONG
subid: # LONG\nsubid: sample\n
subid:LONG\nsubid: sample\n
// other blanks
subid: sample\r\n
subid:\r\nsubid: sample\n
subid: files\r\n
subid: files\r\nsubid: sample\n
subid: \r\nsubid: sample\n
subid: \vsample\n
subid: \rsample\n
subid:\v\nsubid: sample\n
subid:\f\r\v \nsubid: sample\n
passwd: files\r\nsubid: sample\n
// bytes
subid: sample\000\n
subid: sample\000 files\n
subid: sam\000ple\n
subid: \000sample\n
subid: \000\nsubid: sample\n
subid:\000\nsubid: sample\n
sub\000id: sample\n
\000subid: sample\n
subid: files\000 sample\n
subid: sample\000LONG\n
\377\376subid: sample\n
\357\273\277subid: sample\n
END
: >/etc/nsswitch.conf
agree "an empty file"

diag "--- files in other states"
printf 'subid: sample\n' >elsewhere
chmod 0644 elsewhere
ln -sf "$PWD/elsewhere" /etc/nsswitch.conf
agree "a symbolic link"
ln -sf "$PWD/nowhere" /etc/nsswitch.conf
agree "a dangling link"
rm /etc/nsswitch.conf
agree "no file"
printf 'subid: sample\n' >/etc/nsswitch.conf
chmod 0600 /etc/nsswitch.conf
agree "a file that only root may read, root"
agree "a file that only root may read, others" 1001

# Or nothing has been compared.
ok "some were the plugin ($from_plugin)" [ "$from_plugin" -ge 20 ]
ok "some were the files ($from_files)" [ "$from_files" -ge 20 ]

done_testing
