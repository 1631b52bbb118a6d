#!/usr/bin/env bash
# subid-check says of nsswitch.conf what glibc does with it, for the files of
# tests/enable/corpus and for many ways to write an action.
set -u
# shellcheck source=tests/subid-check/program.sh
. "$(dirname "$0")/program.sh"
# shellcheck source=tests/host.sh
. "$abs_top_srcdir/tests/host.sh"

# shellcheck source=tests/enable/cases.sh
. "$abs_top_srcdir/tests/enable/cases.sh"
host_enter "$@"
host_add_sample
mkdir cases
cases_unpack cases || host_fail "the cases cannot be unpacked"
conf=/etc/nsswitch.conf

# Which lookups succeed? One letter each: a user and a group of ours, root and its group.
glibc_finds() {
    host_run sh -c 'getent passwd 100000 root; getent group 500000 root' | sed -nE 's/^subuid-.*/u/p; s/^subgid-.*/g/p; s/^root:.*:.*:.*:.*/R/p; s/^root:.*/G/p' |
        tr -d '\n'
}

# The same letters, by the findings. A finding's code stands above its reason.
check_finds() {
    # shellcheck disable=SC2016 # reasons have backquotes
    host_run "$program" --json | awk '
        function lose(name, ours, root) {
            if (code == "nsswitch-malformed") lost[ours] = lost[root] = 1
            if (index($0, "\"`" name ":`") == 0) return
            if (code == "nsswitch-missing" || code == "nsswitch-unreached") lost[ours] = 1
            if (code == "nsswitch-forgets") lost[root] = 1
        }
        $1 == "\"code\":" { code = $2; gsub(/[",]/, "", code) }
        $1 == "\"reason\":" { lose("passwd", "u", "R"); lose("group", "g", "G") }
        END { for (i = 1; i <= 4; i++) if (!(substr("uRgG", i, 1) in lost)) printf "%s", substr("uRgG", i, 1) }'
}

# If root is not found because no service has it, subid-check has no finding about that.
agree() { # CASE
    local glibc check root
    glibc=$(glibc_finds)
    check=$(check_finds)
    for root in R G; do
        case $glibc in
        *"$root"*) ;;
        *) [[ $services == *CONTINUE* || $services == *continue* ]] || check=${check/$root/} ;;
        esac
    done
    is "$1" "$check" "$glibc"
}
services=

diag "--- the corpus, as it is, with the word, and with the word at the ends of lines"
for path in cases/*/; do
    name=$(basename "$path")
    # Services that are not on this host are never reached by a lookup, so it cannot tell.
    [ ! -f "$path/unreached" ] || continue
    host_write "$conf" <"$path/before"
    case $name in
    # They end the lookup after a service that is not on this host.
    directory-decides | notfound-return) continue ;;
    esac
    agree "$name"
    if [ -f "$path/after" ]; then
        host_write "$conf" <"$path/after"
        agree "$name, enabled"
    fi
    sed -E '/^(passwd|group)/ s/$/ subid/' "$path/before" | host_write "$conf"
    agree "$name, with the word"
done

diag "--- actions"
while IFS= read -r services; do
    printf 'passwd: %s\ngroup: files subid\n' "$services" | host_write "$conf"
    agree "$services"
done <<'END'
files [!UNAVAIL=return] subid
files [!TRYAGAIN=return] subid
files [!NOTFOUND=return] subid
files [!SUCCESS=return] subid
files [NOTFOUND = return] subid
files [ NOTFOUND=return ] subid
files [NOTFOUND=return NOTFOUND=continue] subid
files [NOTFOUND=continue NOTFOUND=return] subid
files [!UNAVAIL=continue] subid
files [notfound=RETURN]subid
files[UNAVAIL=return]subid
files [SUCCESS=merge] subid
files [SUCCESS=continue] subid
files [!NOTFOUND=continue] subid
files [NOTFOUND=return] [NOTFOUND=continue] subid
files [] subid
files [NOTFOUND] subid
files [NOTFOUND=] subid
files [NOTFOUND=stop] subid
files [NOTFOUND=return subid
files [NOTFOUND=return,SUCCESS=return] subid
files [NOTFOUND=return=] subid
files [NOTFOUND==return] subid
files # subid
files #subid
files # [NOTFOUND=return] subid
files # x [NOTFOUND=return] subid
files subid # [x
subid
files systemd subid
END

diag "--- lines"
services=
while IFS= read -r text; do
    printf '%b' "$text" | host_write "$conf"
    agree "$text"
done <<'END'
passwd: files subid\ngroup: files subid
passwd: files\ngroup: files subid\npasswd: files subid
passwd: files subid\npasswd: files\ngroup: files subid\n
passwd files subid\ngroup: files subid\n
  passwd  :  files subid\n\tgroup::files subid\n
PASSWD: files subid\ngroup: files subid\n
#passwd: files\npasswd: files subid\ngroup: files subid\n
passwd: files subid\nautomount: files [x]\ngroup: files subid\n
passwd: files subid\nhosts: files [x]\ngroup: files subid\n
passwd: files subid\r\ngroup: files subid\r\n
END
done_testing
