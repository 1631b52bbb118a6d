#!/bin/bash
# Nobody can log in as a subordinate ID that has a name. Every program that asks PAM refuses
# it, because its shadow record says "locked and expired". Root can still run programs as it.
set -u
# shellcheck source=tests/e2e/machine.sh
. "$(dirname "$0")/machine.sh"

machine_needs
machine_boot
machine_module

name=subuid-ftweedal-100000

# --- the doors: each runs "id -un" as USER where it is open --------------------

as() { # USER COMMAND...: as a process of that user, without asking anybody
    inside setpriv --reuid "$1" --regid "$(inside id -g "$1")" --clear-groups "${@:2}" 2>&1
}
through_PAMName() {
    inside systemd-run --quiet --wait --pipe -p "User=$1" -p PAMName=login id -un 2>&1 ||
        echo "status $?"
}
through_su() { inside su -s /bin/sh "$1" -c 'id -un' 2>&1; }
# The sudoers file lets everybody be root: here USER is the one who asks.
through_sudo() { as "$1" sudo -n sh -c "id -u | sed s/^0\$/$1/"; }
through_sshd() {
    inside ssh -o BatchMode=yes -o LogLevel=ERROR -o StrictHostKeyChecking=no "$1@127.0.0.1" \
        id -un 2>&1
}
# login prints a greeting first. The last line is what counts, without the operating system
# commands of ECMA-48 by which pam_systemd (from systemd 258) tells a terminal whose session it is.
through_login() {
    {
        # exec, because login hangs up its terminal, and a shell around it would not survive that.
        inside script -qec "exec login -f $1" /dev/null </dev/null 2>&1 |
            sed 's/\x1b\][^\x1b]*\x1b\\//g; s/\r//g'
        inside cat "/run/in/login.$1" 2>/dev/null
    } | grep . | tail -n 1
}

# These two queue a job that writes a file when it runs.
queue_at() { as "$1" sh -c "cd / && echo 'id -un >/run/in/at.$1' | at now"; }
queue_cron() { as "$1" sh -c "echo '@reboot id -un >/run/in/cron.$1' | crontab -"; }
run_queues() {
    inside_shell 'rm -f /run/in/* /run/crond.reboot'
    # atd can miss that a job was added while it runs another, and stopping it ends
    # what it has begun; at its start it sees all.
    inside systemctl stop atd cron
    queue_at alice >/dev/null
    queue_cron alice >/dev/null
    queued_at=$(queue_at "$name")
    queued_cron=$(queue_cron "$name")
    # The jobs may run in any order, so wait for each of them.
    inside systemctl start atd cron
    eventually inside test -s /run/in/at.alice
    eventually inside test -s /run/in/cron.alice
}
ran() { inside cat "/run/in/$1.$2" 2>/dev/null; } # at|cron USER

# Look only at messages since the last turn: older ones would satisfy every later test.
turn() { cursor=$(inside journalctl --lines 0 --show-cursor | sed -n 's/^-- cursor: //p'); }
said() { inside journalctl --no-pager -o cat --after-cursor "$cursor" -g "$1"; }
is_expired() { # CAPTION PAM-SERVICE
    local want="pam_unix($2:account): account $name has expired (account expired)"
    eventually said "$2:account" >/dev/null
    sees "$1" "$(said "$2:account" | sort -u)" "$want"
}

# --- how PAM and NSS are set up -------------------------------------------------

pam_unix() { # [OPTION]: of the account line
    inside sed -i -E "s/^(account.*pam_unix.so).*/\\1 $*/" /etc/pam.d/common-account
    inside grep '^account.*pam_unix' /etc/pam.d/common-account
}
shadow_line() { # SERVICE...
    inside sed -i "s/^shadow:.*/shadow: $*/" /etc/nsswitch.conf
}

inside_shell "
    mkdir -m 1777 /run/in
    # login's shell must end by itself, because nobody types into its terminal.
    echo 'id -un >/run/in/login.alice; exit' >/home/alice/.bash_profile
    mkdir /etc/ssh/keys
    echo 'AuthorizedKeysFile /etc/ssh/keys/%u' >/etc/ssh/sshd_config.d/keys.conf
    ssh-keygen -q -N '' -t ed25519 -f /root/.ssh/id_ed25519
    cp /root/.ssh/id_ed25519.pub /etc/ssh/keys/alice
    cp /root/.ssh/id_ed25519.pub /etc/ssh/keys/$name
    systemctl restart ssh
    echo 'ALL ALL=(root) NOPASSWD: ALL' >/etc/sudoers.d/all"

# --- shut -----------------------------------------------------------------------

doors_are_shut() { # CAPTION
    local door
    diag "--- $1"
    turn
    for door in PAMName su sudo sshd login; do
        sees "$door lets alice through" "$("through_$door" alice)" alice
    done
    # For PAMName= and for login, the PAM service is login.
    sees "PAMName= ends 224/PAM" "$(through_PAMName "$name")" "status 224"
    is_expired "because the account expired" login
    turn
    sees_like "login refuses" "$(through_login "$name")" "^Authentication failure"
    is_expired "because the account expired" login
    sees_like "su refuses" "$(through_su "$name")" "^su: Authentication failure"
    is_expired "because the account expired" su
    sees_like "sudo refuses to make it root" "$(through_sudo "$name")" \
        "^sudo: account validation failure, is your account locked"
    is_expired "because the account expired" sudo
    sees "sshd refuses the key" "$(through_sshd "$name")" ""
    is_expired "because the account expired" sshd

    run_queues
    sees "at runs alice's job" "$(ran at alice)" alice
    sees_like "at(1) takes a job of $name" "$queued_at" "^job [0-9]+ at "
    is_expired "atd refuses it, because the account expired" atd
    sees "and has not run it" "$(ran at "$name")" ""
    sees "cron runs alice's job" "$(ran cron alice)" alice
    sees "crontab(1) takes a table of $name" "$queued_cron" ""
    is_expired "cron refuses its job, because the account expired" cron
    sees "and has not run it" "$(ran cron "$name")" ""
}

sees "the shadow record is of a locked account that expired" \
    "$(inside getent shadow "$name")" "$name:!*::::::1:"
sees "a group has none" "$(inside getent shadow subgid-ftweedal-100000; echo $?)" 2
sees "and shadow is not listed" "$(inside getent shadow | grep -c subuid)" 0

pam_unix
doors_are_shut "pam_unix as Debian has it"
pam_unix broken_shadow
doors_are_shut "pam_unix with broken_shadow"

# --- the control: the same without the record ----------------------------------------

diag "--- broken_shadow, and no subid on the shadow line: the record is what shut them"
shadow_line files systemd
turn
sees "there is no shadow record" "$(inside getent shadow "$name"; echo $?)" 2
for door in PAMName su sudo; do
    sees "$door lets it through" "$("through_$door" "$name")" "$name"
done
# These two start the shell of the record, which is nologin(8).
for door in sshd login; do
    sees_like "$door lets it through, to nologin(8)" "$("through_$door" "$name")" \
        "^This account is currently not available"
done
run_queues
eventually inside test -s "/run/in/at.$name"
eventually inside test -s "/run/in/cron.$name"
sees "at runs its job" "$(ran at "$name")" "$name"
sees "cron runs its job" "$(ran cron "$name")" "$name"

shadow_line files systemd subid
pam_unix
diag "--- where root alone decides, it is a user like any other"

sees "runuser" "$(inside runuser -u "$name" -- id -un 2>&1)" "$name"
sees "setpriv" "$(as "$name" id -un)" "$name"
sees "User=" "$(inside systemd-run --quiet --wait --pipe -p "User=$name" id -un 2>&1)" "$name"

machine_done
