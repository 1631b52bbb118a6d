#!/bin/bash
# getent(1) prints the right bytes for every kind of question.
set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/host.sh
. "$(dirname "$0")/../host.sh"
host_enter "$@"
host_add_sample

nologin=:/:/sbin/nologin

# One question, one record: "DATABASE KEY RECORD".
answers() {
    is "getent $1 $2" "$(host_show getent "$1" "$2")" "$3"$'\n'"status 0"
}
refuses() { # DATABASE KEY...
    is "no record: getent $*" "$(host_show getent "$@")" "status 2"
}

diag "--- an owner with an account"
answers passwd 100000 \
    "subuid-ftweedal-100000:x:100000:500000:Subordinate UID 0 of ftweedal$nologin"
answers passwd subuid-ftweedal-100000 \
    "subuid-ftweedal-100000:x:100000:500000:Subordinate UID 0 of ftweedal$nologin"
answers passwd 165535 \
    "subuid-ftweedal-165535:x:165535:565535:Subordinate UID 65535 of ftweedal$nologin"
answers group 500000 "subgid-ftweedal-500000:x:500000:"
answers group subgid-ftweedal-565535 "subgid-ftweedal-565535:x:565535:"
refuses passwd 99999
refuses passwd 165536
refuses group 499999
refuses group 565536
refuses group 100000
refuses passwd 500000

diag "--- an owner without an account"
answers passwd 4294967294 \
    "subuid-containers-4294967294:x:4294967294:4294967294:Subordinate UID 2147483647 of containers$nologin"
answers passwd subuid-containers-4294967294 \
    "subuid-containers-4294967294:x:4294967294:4294967294:Subordinate UID 2147483647 of containers$nologin"
answers group 2147483647 "subgid-containers-2147483647:x:2147483647:"

diag "--- an owner written as a number is shown as its account's name, which is another owner"
answers passwd 300999 \
    "subuid-a-b.c-300999:x:300999:65534:Subordinate UID 999 of a-b.c$nologin"
answers passwd subuid-a-b.c-300999 \
    "subuid-a-b.c-300999:x:300999:65534:Subordinate UID 999 of a-b.c$nologin"
answers passwd subuid-1002-300999 \
    "subuid-1002-300999:x:300999:65534:Subordinate UID 999 of 1002$nologin"
answers group subgid-a-b.c-700999 "subgid-a-b.c-700999:x:700999:"
refuses group subgid-1002-700999

diag "--- names that are nobody's"
refuses passwd subuid-ftweedal-0100000
refuses passwd subuid-ftweedal-300000
refuses passwd subgid-ftweedal-100000
refuses passwd subuid-ftweedal-0100000 subuid-ftweedal-300000 subgid-ftweedal-100000
for name in subuid-ftweedal- subuid-ftweedal subuid- subuid subuid--100000 \
    subuid-ftweedal-+100000 "subuid-ftweedal- 100000" subuid-ftweedal-100000x \
    subuid-ftweedal-0x186a0 subuid-ftweedal--100000 SUBUID-ftweedal-100000 \
    subuid-FTWEEDAL-100000 subuid-ftweedal-4295067296 \
    subuid-ftweedal-18446744073709651616 " subuid-ftweedal-100000"; do
    refuses passwd "$name"
done
refuses group subuid-ftweedal-100000
refuses group subuid-ftweedal-500000

diag "--- everybody else is left alone"
answers passwd root "$(grep ^root: /etc/passwd)"
answers passwd ftweedal "ftweedal:x:1000:1000::/home/ftweedal:/bin/sh"
answers group ftweedal "ftweedal:x:1000:"
is "nothing is enumerated" \
    "$(host_show getent passwd)" "$(cat /etc/passwd)"$'\n'"status 0"
is "no groups are enumerated" \
    "$(host_show getent group)" "$(cat /etc/group)"$'\n'"status 0"

done_testing
