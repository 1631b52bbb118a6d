#!/bin/bash
# A subordinate ID with a name is still nobody's account: what asks PAM refuses
# it, what root alone decides runs as it.
set -u
# shellcheck source=tests/e2e/machine.sh
. "$(dirname "$0")/machine.sh"

machine_needs
machine_boot
machine_module

name=subuid-ftweedal-100000
refused='Authentication (failure|service cannot retrieve authentication info)'

# Every door leads to "id -un", so an open one says who came in. Those that
# answer in the journal are waited for.
said() { inside journalctl --no-pager -o cat "$@"; }
# By the name that a message bears: of which unit a child was that ended at once,
# journald may not find out any more.
refusal_by() {
    local by=("${@/#/--identifier=}")
    eventually said "${by[@]}" -g "$refused" >/dev/null
    said "${by[@]}" -g "$refused"
}

pam_name() {
    inside systemd-run --quiet --wait --pipe -p "User=$1" -p PAMName=login id -un 2>&1 ||
        echo "status $?"
}
su_to() { inside su -s /bin/sh "$1" -c 'id -un' 2>&1; }
ssh_to() {
    inside ssh -q -o BatchMode=yes -o StrictHostKeyChecking=no "$1@127.0.0.1" id -un 2>&1
}
login_as() {
    # exec: login hangs up its terminal, and would be alone in surviving that.
    inside script -qec "exec login -f $1" /dev/null </dev/null 2>&1 | tr -d '\r'
}
at_now() {
    inside setpriv --reuid "$1" --regid "$2" --clear-groups \
        sh -c "cd / && echo 'id -un >/run/in/at.$1' | at now 2>/dev/null"
}
cron_at_start() { echo "@reboot id -un >/run/in/cron.$1" | inside crontab -u "$1" -; }
runuser_to() { inside runuser -u "$1" -- id -un 2>&1; }
setpriv_to() { inside setpriv --reuid "$1" --regid 100000 --clear-groups id -un 2>&1; }
user() { inside systemd-run --quiet --wait --pipe -p "User=$1" id -un 2>&1; }

inside_shell "
    mkdir -m 1777 /run/in
    echo 'id -un >/run/in/login; exit' >/home/alice/.bash_profile
    mkdir /etc/ssh/keys
    echo 'AuthorizedKeysFile /etc/ssh/keys/%u' >/etc/ssh/sshd_config.d/keys.conf
    ssh-keygen -q -N '' -t ed25519 -f /root/.ssh/id_ed25519
    cp /root/.ssh/id_ed25519.pub /etc/ssh/keys/alice
    cp /root/.ssh/id_ed25519.pub /etc/ssh/keys/$name
    systemctl restart ssh"

diag "--- doors that ask PAM: open for alice, closed for $name"

sees "PAMName= runs a unit for alice" "$(pam_name alice)" alice
sees "PAMName= ends 224/PAM" "$(pam_name "$name")" "status 224"
sees_like "and says why" "$(said -g 'PAM failed')" "PAM failed: $refused"

sees "su lets alice in" "$(su_to alice)" alice
sees_like "su refuses" "$(su_to "$name")" "^su: $refused"

sees "sshd lets alice in with a key" "$(ssh_to alice)" alice
sees "sshd lets nobody else in with the same key" "$(ssh_to "$name")" ""
denied() { said -u ssh -g "Access denied for user $name"; }
eventually denied >/dev/null
sees_like "and says why" "$(denied)" \
    "Access denied for user $name by PAM account configuration"

login_as alice >/dev/null
sees "login lets alice in" "$(inside cat /run/in/login)" alice
sees_like "login refuses" "$(login_as "$name")" "^$refused"

# atd can miss that a job was added while it runs another, and stopping it ends
# what it has begun; at its start it sees all.
inside systemctl stop atd
at_now alice alice
at_now "$name" 100000
inside systemctl start atd
eventually inside test -s /run/in/at.alice
sees "at runs alice's job" "$(inside cat /run/in/at.alice)" alice
sees_like "at refuses" "$(refusal_by atd)" "$refused"
nok "and has not run the job" inside test -e "/run/in/at.$name"

cron_at_start alice
cron_at_start "$name"
inside rm -f /run/crond.reboot
inside systemctl restart cron
eventually inside test -s /run/in/cron.alice
sees "cron runs alice's job" "$(inside cat /run/in/cron.alice)" alice
sees_like "cron refuses" "$(refusal_by cron CRON)" "$refused"
nok "and has not run the job" inside test -e "/run/in/cron.$name"

diag "--- where root alone decides, it is a user like any other"

sees "runuser" "$(runuser_to "$name")" "$name"
sees "setpriv" "$(setpriv_to "$name")" "$name"
sees "User=" "$(user "$name")" "$name"

machine_done
