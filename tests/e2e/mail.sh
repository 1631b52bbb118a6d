#!/bin/bash
# An ID with a name gets mail, from anybody: Exim and Postfix accept it for every
# user that getpwnam(3) knows. The configuration that refuses it is the manual's,
# and taken from there.
set -u
# shellcheck source=tests/e2e/machine.sh
. "$(dirname "$0")/machine.sh"

machine_needs
base=(systemd systemd-sysv libnss-systemd dbus iproute2 passwd procps util-linux)
user=subuid-alice-300005

# The literal block behind the line .\" NAME of the manual's source.
remedy() { # NAME
    sed -n '/^\.\\" '"$1"'$/,/^\.Ed$/p' "$abs_top_srcdir/man/nss-subid.8.in" | grep -v '^\.'
}
put() { inside_shell "cat >'$1'"; } # PATH, from standard input

# Mail comes from a stranger: over the network, without a name or a sender's address, and
# not from 127.0.0.1, which may do more.
address=192.0.2.1
boot() { # PACKAGE
    machine_boot "${base[@]}" "$1"
    machine_module
    inside ip address add "$address/32" dev lo
}
smtp() { # COMMAND...: prints the reply to the last
    # shellcheck disable=SC2016
    timeout 300 nsenter --target "$machine_pid" --all --wdns=/ bash -c '
        exec 3<>"/dev/tcp/$1/25" && IFS= read -r reply <&3 || exit
        for command in "${@:2}"; do
            printf "%s\r\n" "$command" >&3 && IFS= read -r reply <&3 || exit
        done
        printf "%s\n" "$reply"' - "$address" "HELO [$address]" "MAIL FROM:<>" "$@" | tr -d '\r'
}
rcpt() { smtp "RCPT TO:<$1>"; }
send() { smtp "RCPT TO:<$1>" DATA $'Subject: unasked\r\n\r\nhello\r\n.'; }
# shellcheck disable=SC2317
listens() { smtp >/dev/null 2>&1; }
mailbox() { inside stat -c %U:%s "/var/mail/$1" 2>/dev/null; }
# shellcheck disable=SC2317
has_mail() { inside test -s "/var/mail/$1"; }

is_open() { # CAPTION
    eventually listens
    sees_like "$1: RCPT for alice is accepted" "$(rcpt alice@e2e)" '^250 '
    sees_like "and for $user" "$(rcpt "$user@e2e")" '^250 '
    sees_like "and for the last of 65536" "$(rcpt subuid-alice-365535@e2e)" '^250 '
    sees_like "but not for an ID that is nobody's" "$(rcpt subuid-alice-1@e2e)" '^550 '
    sees_like "a stranger sends it a mail" "$(send "$user@e2e")" '^250 '
    eventually has_mail "$user"
    sees_like "which is delivered into a mailbox of its own" "$(mailbox "$user")" "^$user:[1-9]"
}

is_shut() { # CAPTION
    local to
    eventually listens
    sees_like "$1: RCPT for alice is accepted" "$(rcpt alice@e2e)" '^250 '
    for to in "$user@e2e" "SUBUID-Alice-300005@e2e" "\"$user\"@e2e"; do
        sees_like "and refused for $to" "$(rcpt "$to")" '^550 .*Unknown user'
    done
    # Exim wants a domain there anyway.
    sees_like "and for $user" "$(rcpt "$user")" '^550 .*Unknown user|^501 .*must contain a domain'
}

diag "--- Exim"
boot exim4-daemon-light
unit=exim4.service
eximd() { # restarts it with what is configured
    inside_shell 'update-exim4.conf && systemctl restart exim4'
}
inside_shell "
    echo e2e >/etc/mailname
    sed -i -e 's/^dc_other_hostnames=.*/dc_other_hostnames=e2e/' \
        -e 's/^dc_local_interfaces=.*/dc_local_interfaces=0.0.0.0/' \
        -e 's/^dc_use_split_config=.*/dc_use_split_config=true/' /etc/exim4/update-exim4.conf.conf"
eximd
sees_like "exim -bt delivers to a mailbox" "$(inside exim4 -bt "$user@e2e")" \
    'router = local_user, transport = mail_spool'
is_open "as Debian configures it"
remedy Exim | put /etc/exim4/conf.d/router/050_subid
eximd
is_shut "with the router of the manual"
sees_like "exim -bt does not deliver" "$(inside exim4 -bt "$user@e2e" 2>&1)" \
    "^$user@e2e is undeliverable: Unknown user"
sees_like "but to alice" "$(inside exim4 -bt alice@e2e)" 'transport = mail_spool'
machine_off

diag "--- Postfix"
boot postfix
unit=postfix@-.service
inside_shell "
    postconf -e mydestination=e2e myhostname=e2e myorigin=e2e inet_protocols=ipv4 mailbox_command=
    systemctl restart postfix"
is_open "as Debian configures it"
remedy Postfix-table | put /etc/postfix/subid
remedy Postfix | inside_shell 'cat >>/etc/postfix/main.cf && systemctl restart postfix'
is_shut "with the table of the manual"

machine_done
