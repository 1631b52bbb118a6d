# shellcheck shell=bash
# The scratch host that bench/run measures on: its modules, its ranges, its tables of accounts, and
# the keys to ask for. Sourced after tests/host.sh, never run.
#
# The caller sets `builddir`, where the benchmark was built, and `peers`, where the modules of others
# are. set_ranges sets `last_id`, `last_name` and `last_absent`: keys that are in, or just after, the
# last range.
#
# shellcheck disable=SC2034,SC2154

has_peer() { [ -f "$host_dir/lib/libnss_$1.so.2" ]; }

furnish() {
    local module
    for module in accounts constant null stamp_absent stamp_found unindexed unskipped; do
        host_add_module "$builddir/libnss_$module.so.2" || return
    done
    for module in "$abs_top_builddir/tests/why/libnss_naive.so.2" "$peers"/libnss_*.so.2; do
        [ ! -f "$module" ] || host_add_module "$module" || return
    done
    host_add_program "$builddir/lookups"
    # Where libnss-extrausers looks.
    mount -t tmpfs -o mode=0755 scratch /var/lib && mkdir /var/lib/extrausers keys &&
        cp /etc/passwd keys/passwd.small && cp /etc/group keys/group.small
}

# An ID apart from the next range, so that there are misses among the hits.
# Range I is of the owner "o" and I; its account, see accounts.c, is 66000 + I.
first_id=200000
stride=65536
in_range=$((stride - 1))

ranges() { # COUNT [numeric]
    awk -v n="$1" -v numeric="${2-}" -v first=$first_id -v stride=$stride -v count=$in_range '
        BEGIN { for (i = 0; i < n; i++)
            printf("%s:%.0f:%d\n", numeric ? 66000 + i : sprintf("o%05d", i), first + i * stride, count) }'
}

set_ranges() { # COUNT [numeric]
    ranges "$@" | host_write /etc/subuid && ranges "$@" | host_write /etc/subgid
    make_keys "$1"
    # A file that has just changed may change again with the same time stamp,
    # and is not trusted before it has been left alone for two seconds.
    sleep 4
}

spread_ids() { # COUNT: the range, an ID in it, and the ID after it
    # By steps of the golden ratio: the first few are spread as evenly as all.
    awk -v n="$1" -v first=$first_id -v stride=$stride -v count=$in_range '
        BEGIN { srand(1); for (k = 0; k < 2048; k++) {
            x = 0.5 + k * 0.6180339887498949; i = int((x - int(x)) * n); from = first + i * stride
            printf("%05d %.0f %.0f\n", i, from + int(rand() * count), from + count) } }'
}

make_keys() { # COUNT
    spread_ids "$1" >keys/spread
    awk '{ print $2 }' keys/spread >keys/id.found
    awk '{ print $3 }' keys/spread >keys/id.absent
    awk '{ print "subuid-o" $1 "-" $2 }' keys/spread >keys/getpwnam_r.found
    awk '{ print "subuid-o" $1 "-" $3 }' keys/spread >keys/getpwnam_r.absent
    sed 's/^subuid/subgid/' keys/getpwnam_r.found >keys/getgrnam_r.found
    sed 's/^subuid/subgid/' keys/getpwnam_r.absent >keys/getgrnam_r.absent
    printf '%s\n' mallory postgresql-ro 'EXAMPLE\carol' dns-updater sub build-agent-07 \
        alice.smith subordinate >keys/foreign
    last_id=$((first_id + ($1 - 1) * stride + 5))
    last_name=subuid-$(printf 'o%05d' $(($1 - 1)))-$last_id
    last_absent=$((first_id + ($1 - 1) * stride + in_range))
}

# Thirty lines, as on a small server; o00000 has an account here too.
small_tables() {
    local table
    for table in passwd group; do
        {
            head -n 24 "keys/$table.small"
            echo "o00000:x:66000:$([ "$table" = group ] || echo "66000::/home/o00000:/bin/sh")"
            awk -v table="$table" 'BEGIN { for (i = 0; i < 30; i++)
                printf("service%02d:x:%d:%s\n", i, 900 + i, table == "group" ? "" : "900::/:/usr/sbin/nologin") }'
        } | head -n 30 | host_write "/etc/$table"
    done
    cut -d: -f3 /etc/passwd | shuffled >keys/files.getpwuid_r
    cut -d: -f1 /etc/passwd | shuffled >keys/files.getpwnam_r
    cut -d: -f3 /etc/group | shuffled >keys/files.getgrgid_r
    cut -d: -f1 /etc/group | shuffled >keys/files.getgrnam_r
}

shuffled() { awk 'BEGIN { srand(2) } { print rand() "\t" $0 }' | sort -n | cut -f2; }

# Prints the records that passwd or group would need to have the answers of one line of subuid.
large_records() { # passwd|group
    awk -v table="$1" -v first=$first_id -v count=65536 'BEGIN { for (i = 0; i < count; i++)
        if (table == "group") printf("subgid-o00000-%d:x:%d:\n", first + i, first + i)
        else printf("subuid-o00000-%d:x:%d:%d:Subordinate UID %d of o00000:/:/sbin/nologin\n",
            first + i, first + i, first + i, i) }'
}

# As nsscache writes it: lines of one length, sorted by strcmp, NUL between.
cache_index() { # FILE FIELD
    perl -F: -ane 'BEGIN { $field = shift } push @keys, [$F[$field], $at + 0]; $at += length;
        END { print pack("a40", "$$_[0]\0$$_[1]\0"), "\n" for sort { $$a[0] cmp $$b[0] } @keys }' \
        "$2" "$1"
}

large_tables() {
    local table id
    for table in passwd group; do
        large_records "$table" >large
        cat "/etc/$table" large | host_write "/etc/$table"
        cp large "/var/lib/extrausers/$table"
        cp large "/etc/$table.cache"
        cache_index large 0 >"/etc/$table.cache.ixname"
        [ "$table" = passwd ] && id=ixuid || id=ixgid
        cache_index large 2 >"/etc/$table.cache.$id"
    done
    rm large
}
