#!/usr/bin/env bash
# Lets every system call with which subid-check reads a host fail in turn. The output is the same
# as without the failure, or says that the host could not be examined. A file that cannot be read
# never counts as absent.
set -u
# shellcheck source=tests/subid-check/program.sh
. "$(dirname "$0")/program.sh"

[ "$(id -u)" -eq 0 ] || skip_all "only root can make files that are root's"
strace -o /dev/null true 2>/dev/null || skip_all "strace(1) cannot trace here"
export LC_ALL=C.UTF-8

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit

# Each of these files changes the output.
mkdir -p host/etc/pam.d host/etc/sssd host/etc/samba host/usr/sbin host/var/lib/kubelet
cd host || exit
printf 'alice:x:1000:1000::/:/bin/sh\nldap:x:100100:1::/:/bin/sh\n' >etc/passwd
printf 'alice:x:1000:\nldap:x:100100:\n' >etc/group
printf 'alice:100000:65536\nbob:100000:9\nkubelet:131072:65536\n' >etc/subuid
cp etc/subuid etc/subgid
printf 'passwd: files subid\ngroup: files subid\nshadow: files\n' >etc/nsswitch.conf
printf 'SUB_UID_MIN 9\nSUB_UID_MAX 5\n' >etc/login.defs
printf '[sssd]\ndomains = a\n[domain/a]\nid_provider = ad\nldap_idmap_range_min = 100000\n' \
    >etc/sssd/sssd.conf
printf '[global]\nidmap config * : range = 100000-199999\n' >etc/samba/smb.conf
echo 'account required pam_unix.so broken_shadow' >etc/pam.d/su
echo 'maxPods: 64' >var/lib/kubelet/config.yaml
touch usr/sbin/exim4
cd .. || exit

# The text of a fix depends on whether a path leads through a link. This runs some hundred times,
# so nothing but the shell looks at the text.
say() { # COMMAND...: sets $said to what is found, and the status
    local r=0 line lines
    timeout 300 "$@" >output 2>&1 || r=$?
    mapfile -t lines <output
    said=
    for line in "${lines[@]}"; do
        case $line in *'"fix":'*) ;; *) said+=$line$'\n' ;; esac
    done
    said+="status $r"
}
said() { say "$@" && echo "$said"; }
look=("$program" --root host --json)
baseline=$(said "${look[@]}")
for code in account group overlap kubelet pool-invalid directory nsswitch-shadow mail; do
    like "the host has the finding $code" "$baseline" "\"code\": *\"$code\""
done
for file in etc/{passwd,group,subuid,subgid,nsswitch.conf,login.defs} etc/sssd/sssd.conf \
    etc/samba/smb.conf etc/pam.d/su usr/sbin/exim4 var/lib/kubelet/config.yaml; do
    mv "host/$file" kept
    nok "and another answer without $file" test "$(said "${look[@]}")" = "$baseline"
    mv kept "host/$file"
done

inject() { # CALL:error=ERROR:when=ORDINAL: sets $said to what is said then
    local traced
    say strace -qq -o trace -e trace="${1%%:*}" -e inject="$1" "${look[@]}"
    mapfile -t traced <trace
    [[ ${traced[*]} == *INJECTED* ]] || said+=$'\n'"nothing was injected"
}
calls=(openat openat2 fstat newfstatat statx pread64 getdents64 fcntl close mmap brk)
strace -qq -o trace -e trace="$(IFS=, && echo "${calls[*]}")" "${look[@]}" >/dev/null 2>&1
# Leave out the calls of the dynamic linker, which come first.
list=$(awk '
    { call = $1; sub(/\(.*/, "", call); n[call]++ }
    call == "openat" && /"host"/ { ours = 1 }
    ours { print call, n[call] }' trace)
told=0
for call in "${calls[@]}"; do
    ordinals=$(awk -v call="$call" '$1 == call { print $2 }' <<<"$list")
    [ -n "$ordinals" ] || continue
    case $call in
    openat) errors=(EMFILE) ;;
    pread64) errors=(EIO EINTR) ;;
    mmap | brk) errors=(ENOMEM) ;;
    # Each file is closed at the same place, and nothing is made of it: all at once.
    close) errors=(EIO) ordinals=${ordinals%%$'\n'*}+ ;;
    *) errors=(EIO) ;;
    esac
    for error in "${errors[@]}"; do
        wrong=
        for ordinal in $ordinals; do
            inject "$call:error=$error:when=$ordinal"
            if [ "$said" = "$baseline" ]; then continue; fi
            if [ "${said##*$'\n'}" = "status 2" ]; then
                told=$((told + 1))
                continue
            fi
            wrong+="$(grep INJECTED trace): $(diff <(echo "$baseline") <(echo "$said") | head -n 5)"$'\n'
        done
        is "$call fails with $error, ${ordinals//$'\n'/ }" "$wrong" ""
    done
done
ok "it says that it could not look, in $told of them" test "$told" -gt 30

diag "--- files that only root may read"
chmod 0755 .
mkdir -p host/etc/sssd/conf.d
for path in etc/sssd/sssd.conf etc/sssd/conf.d etc/samba/smb.conf; do
    mode=$(stat -c %a "host/$path")
    chmod go= "host/$path"
    like "$path is named, and the rest is found" \
        "$(said setpriv --reuid 65534 --regid 65534 --clear-groups "${look[@]}" | tr -d ' \n')" \
        "\"code\":\"overlap\".*\"code\":\"unread\",\"file\":\"/$path\".*status1\$"
    chmod "$mode" "host/$path"
done

diag "--- kernels and sandboxes without openat2(2)"
for error in ENOSYS EPERM; do
    inject "openat2:error=$error:when=1+"
    is "$error changes nothing" "$said" "$baseline"
done
mkdir -p host/srv/below out
ln -s ../out host/linked
files() { # DIRECTORY...: how many there are, without openat2(2)
    said strace -f -qq -o trace -e trace=openat2 -e inject=openat2:error=ENOSYS \
        "$program" --root host --files "$@" | sed -n '/ files below\|^subid-check:\|^status 2/p'
}
is "the root can be one of several directories" "$(files / /srv .//srv/below/)" \
    "$(($(find host | wc -l) + 3)) files below / /srv .//srv/below/"
for way in /.. /srv/../.. /srv/../srv; do
    is "$way cannot lead out of the root" "$(files "$way")" \
        "subid-check: host$way: Operation not supported
status 2"
done
like "nor can a link" "$(files /linked)" '^status 2$'
printf -v long '%20000s' srv
long=${long// //}
is "a path is refused above the length that openat2(2) takes" \
    "$(files "$long")" "subid-check: host$long: File name too long
status 2"
is "which refuses it, too" "$(said "$program" --root host --files "$long")" \
    "subid-check: host$long: File name too long
status 2"
done_testing
