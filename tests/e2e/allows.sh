#!/bin/bash
# Programs do new things with an ID that has a name. Each case also shows what the program
# does without the name. SECURITY.md and nss-subid(8) list these effects.
set -u
# shellcheck source=tests/e2e/machine.sh
. "$(dirname "$0")/machine.sh"

machine_needs
machine_boot
machine_module

user=subuid-alice-300005
group=subgid-alice-500005

named() { # yes|no|unshadowed: which lines of nsswitch.conf have the word
    inside sed -i -E 's/^((passwd|group|shadow):.*) subid$/\1/' /etc/nsswitch.conf
    case $1 in
    yes) inside sed -i -E '/^(passwd|group|shadow):/ s/$/ subid/' /etc/nsswitch.conf ;;
    unshadowed) inside sed -i -E '/^(passwd|group):/ s/$/ subid/' /etc/nsswitch.conf ;;
    esac
}
says() { # COMMAND...: what it says, and its status
    inside "$@" 2>&1
    echo "status $?"
}

diag "--- sshd with UsePAM no, and a key that root placed"

inside_shell "
    mkdir /etc/ssh/keys
    ssh-keygen -q -N '' -t ed25519 -f /root/.ssh/id_ed25519
    cp /root/.ssh/id_ed25519.pub /etc/ssh/keys/$user
    sed -i '/^Subsystem/d' /etc/ssh/sshd_config
    printf '%s\n' 'AuthorizedKeysFile /etc/ssh/keys/%u' 'UsePAM no' \
        'Subsystem sftp internal-sftp' >/etc/ssh/sshd_config.d/test.conf
    systemctl restart ssh"
ssh_options=(-o BatchMode=yes -o LogLevel=ERROR -o StrictHostKeyChecking=no)
sftp() {
    says sftp -q "${ssh_options[@]}" -b /dev/stdin "$user@127.0.0.1" <<<'ls -1 /etc/passwd' |
        grep -v '^sftp>' | tr -d '\r' | xargs
}
named unshadowed
sees "without a shadow record internal-sftp opens" "$(sftp)" "/etc/passwd status 0"
sees "and a shell does not, which is nologin(8)" \
    "$(says ssh "${ssh_options[@]}" "$user@127.0.0.1" id | xargs)" \
    "This account is currently not available. status 1"
named yes
sees "with one it does not: the account expired" "$(sftp)" "Connection closed status 255"
sees_like "and sshd says so" "$(inside journalctl --no-pager -o cat -g "$user" | tail -n 3)" \
    "[Aa]ccount $user has expired"

diag "--- programs that hand out IDs"

named no
sees_like "useradd -u takes an ID that has no name" "$(says useradd -u 300005 -M taken)" "^status 0"
sees "groupadd -g likewise" "$(says groupadd -g 500005 taken-group)" "status 0"
inside_shell 'userdel taken; groupdel taken-group' 2>/dev/null
named yes
sees "useradd -u refuses it with one" "$(says useradd -u 300005 -M taken)" \
    $'useradd: UID 300005 is not unique\nstatus 4'
sees "groupadd -g likewise" "$(says groupadd -g 500005 taken-group)" \
    $'groupadd: GID \'500005\' already exists\nstatus 4'
sees_like "useradd -o takes it" "$(says useradd -o -u 300005 -M taken)" "^status 0"
sees "and the account wins" "$(inside getent passwd 300005 | cut -d : -f 1)" taken
inside userdel taken

sysusers() { # NAME: the UID that it gets, where the configuration suggests 300010
    echo "u $1 300010" | inside systemd-sysusers - 2>/dev/null
    inside id -u "$1"
}
named no
sees "systemd-sysusers takes the suggested ID" "$(sysusers before)" 300010
inside userdel before
named yes
got=$(sysusers after)
sees_like "and another one where that has a name" "$got" '^[0-9]{3}$'

diag "--- systemd-nspawn -U, whose tree is chowned to the IDs that it picks"

# tmpfs: the tree is on no overlay.
inside_shell "
    mkdir /srv/container
    mount -t tmpfs tmpfs /srv/container
    tar --create --directory / --one-file-system --exclude ./srv/container \
        --exclude ./var/cache --exclude './usr/lib/python3*' --exclude ./usr/share . |
        tar --extract --directory /srv/container
    mkdir -p /srv/container/usr/share"
tree_owner() {
    inside systemd-nspawn --quiet --machine container --directory /srv/container -U \
        --private-users-ownership=chown --private-network true >/dev/null 2>&1
    inside stat -c %u /srv/container/etc
}
first=$(tree_owner)
sees_like "the tree gets IDs of a container" "$first" '^[0-9]{6,}$'
sees "and keeps them" "$(tree_owner)" "$first"
inside_shell "cp /etc/subuid /root/ && echo alice:$first:65536 >>/etc/subuid"
named no
sees "as long as they have no name, though alice has got them" "$(tree_owner)" "$first"
named yes
second=$(tree_owner)
sees_like "once they have, the tree moves away from $first" "$second" '^[0-9]{6,}$'
nok "to other IDs" [ "$second" -eq "$first" ]
inside cp /root/subuid /etc/subuid

diag "--- NFSv4 with ID mapping"

inside_shell 'cat >/usr/local/bin/idmap && chmod +x /usr/local/bin/idmap' \
    <"$abs_top_builddir/tests/e2e/idmap"
inside_shell "printf '[General]\nDomain = example.org\n' >/etc/idmapd.conf"
named no
sees "without a name, the owner of a file is not sent as one" "$(inside idmap 300005)" none
sees "nor is it known when it comes" "$(inside idmap "$user@example.org")" none
named yes
sees "with one, it is sent" "$(inside idmap 300005)" "$user@example.org"
sees "and known" "$(inside idmap "$user@example.org")" 300005

diag "--- Apache's UserDir"

apache() { # LINE...: runs it with these
    inside_shell "cat >/srv/httpd.conf && systemctl stop apache 2>/dev/null
        systemd-run --quiet --unit apache -p Type=exec apache2 -X -f /srv/httpd.conf" <<END
ServerName localhost
Listen 127.0.0.1:80
PidFile /run/httpd.pid
ErrorLog /dev/null
DocumentRoot /srv
User www-data
Group www-data
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule userdir_module /usr/lib/apache2/modules/mod_userdir.so
<Directory />
    Require all denied
</Directory>
<Directory /srv>
    Require all granted
</Directory>
$(printf '%s\n' "$@")
END
    eventually answer_of alice >/dev/null
}
answer_of() { # USER
    # shellcheck disable=SC2016
    inside bash -c 'exec 3<>/dev/tcp/127.0.0.1/80 &&
        printf "GET /~%s/ HTTP/1.0\r\n\r\n" "$1" >&3 && read -r _ status _ <&3 &&
        echo "$status"' - "$1" 2>/dev/null
}
apache "UserDir public_html"
named no
sees "a user that is not there is not found" "$(answer_of "$user")" 404
named yes
sees "one of ours is forbidden" "$(answer_of "$user")" 403
apache "UserDir disabled" "UserDir enabled alice" "UserDir public_html"
sees "not with a list of those who have a page" "$(answer_of "$user")" 404
inside systemctl stop apache

diag "--- lingering"

unit=user@300005.service
sees_like "loginctl enable-linger takes the name" "$(says loginctl enable-linger "$user")" "status 0"
eventually unit_has_ended "$unit"
sees "and its user manager fails" \
    "$(inside systemctl show --property Result,ExecMainStatus --value "$unit" | xargs)" \
    "exit-code 224"
ok "loginctl disable-linger undoes it" inside loginctl disable-linger "$user"
unit=

diag "--- members of groups"

groups_of() { inside systemd-run --quiet --wait --pipe -p "User=$user" id -Gn; }
named no
sees_like "without a name gpasswd refuses it" "$(says gpasswd -a "$user" games)" "status [1-9]"
named yes
sees_like "with one it takes it" "$(says gpasswd -a "$user" games)" "status 0"
sees_like "and usermod -aG" "$(says usermod -aG audio "$user")" "status 0"
sees "then a unit with User= is in these groups" "$(groups_of)" "$group audio games"
ok "gpasswd takes it out" inside gpasswd -d "$user" games
sees "and it is out" "$(groups_of)" "$group audio"

diag "--- useradd, which sorts /etc/subuid"

inside_shell 'printf "%s\n" alice:700000:10 alice:300000:10 ftweedal:699995:10 >/etc/subuid'
shown() { inside getent passwd "$1" | cut -d : -f 5; }
sees "in the order of the file 300002 is the thirteenth of alice's" "$(shown 300002)" \
    "Subordinate UID 12 of alice"
sees "and 700002, of two owners, is alice's" "$(shown 700002)" "Subordinate UID 2 of alice"
ok "useradd makes an account, with a range" inside useradd -M newcomer
sees "then 300002 is the third" "$(shown 300002)" "Subordinate UID 2 of alice"
sees "and 700002 is the other owner's" "$(shown 700002)" "Subordinate UID 7 of ftweedal"

machine_done
