#!/usr/bin/env bash
# The page of subid-check --html in a browser: what it shows, whatever the host's names
# are. tests/subid-check/html.sh is about the file.
set -u
# shellcheck source=tests/subid-check/program.sh
. "$(dirname "$0")/../subid-check/program.sh"

[ "$(id -u)" -eq 0 ] || skip_all "only root can make files that are root's"
command -v chromium >/dev/null || skip_all "chromium is not installed"
command -v python3 >/dev/null || skip_all "python3 is not installed"
export LC_ALL=C.UTF-8

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit
hosts_unpack || exit

check() { timeout 300 "$program" "$@"; }
browse() { # OPTION... FILE
    HOME=$scratch timeout 300 chromium --headless --no-sandbox --disable-gpu \
        --disable-dev-shm-usage --user-data-dir="$scratch/profile" "${@:1:$#-1}" \
        "file://$PWD/${!#}" 2>/dev/null
}
text_of() { # FILE: the text that the browser made of it, a line for each piece
    browse --dump-dom "$1" | python3 -c '
import html.parser, sys
class Text(html.parser.HTMLParser):
    skip = False
    def handle_starttag(self, tag, attributes): self.skip = tag == "style"
    def handle_endtag(self, tag): self.skip = False
    def handle_data(self, data):
        if not self.skip and data.strip(): print(data.strip())
Text().feed(sys.stdin.read())'
}
elements_of() { # FILE: the names of all elements that the browser made
    browse --dump-dom "$1" | grep -oE '<[a-z][a-z0-9]*' | sort -u | tr -d '<' | tr '\n' ' '
}

diag "--- a host with findings"
check --root hosts/shared --html page.html
text=$(text_of page.html)
for line in "Subordinate IDs" error warning note '[overlap]' '/etc/subuid:3' carol 165536-231071 \
    'The ID space'; do
    ok "the page has $line" grep -qxF -- "$line" <<<"$text"
done
like "the overlap in the map" "$text" '^OVERLAP .*(bob|carol)'
like "the fix" "$text" "usermod .*--del-subuids 200000-265535"
like "each finding of the report" "$(grep -cE '^\[[a-z-]+\]$' <<<"$text")" \
    "^$(check --root hosts/shared --all | grep -cE '\[[a-z-]+\]$')\$"

diag "--- names that would be markup"
cp -r hosts/hostile hosts/markup
cat >hosts/markup/etc/subuid <<'EOF'
<script>document.title='owned'</script>:100000:10
"><img src=x onerror=alert(1)>:100020:10
&lt;b&gt;:100040:10
'-->]]></td></style>:100060:10
EOF
for host in hostile markup; do
    check --root "hosts/$host" --html "$host.html"
    is "$host: no element that is not ours" "$(elements_of "$host.html")" "$(elements_of page.html)"
    is "$host: nothing that a terminal obeys" "$(python3 -c '
import sys, unicodedata
for c in open(sys.argv[1], encoding="utf-8").read():
    if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs"): print(ascii(c))' "$host.html")" ""
done
markup=$(text_of markup.html)
# A name with a slash is not an owner, so the finding does not show it.
ok "a name is shown as it is written" grep -qxF -- '"><img src=x onerror=alert(1)>' <<<"$markup"
ok "so is one that looks escaped" grep -qxF -- '&lt;b&gt;' <<<"$markup"
like "the title is ours" "$(browse --dump-dom markup.html)" '<title>Subordinate IDs</title>'

diag "--- how it looks"
pixels() { # FILE: the colour of the first pixel, as R G B
    python3 -c '
import struct, sys, zlib
data = open(sys.argv[1], "rb").read()
depth, colour = data[24], data[25]
at, packed = 8, b""
while at < len(data):
    size, kind = struct.unpack(">I4s", data[at:at + 8])
    if kind == b"IDAT": packed += data[at + 8:at + 8 + size]
    at += 12 + size
raw = zlib.decompress(packed)
print(*raw[1:4])' "$1"
}
picture() { # SCHEME PICTURE: 0 is dark, 1 light
    browse --window-size=900,700 --blink-settings=preferredColorScheme="$1" \
        --screenshot="$scratch/$2" page.html
}
picture 1 light.png
picture 0 dark.png
is "the paper is light where the reader prefers light" "$(pixels light.png)" "255 255 255"
is "and dark where the reader prefers dark" "$(pixels dark.png)" "20 23 28"

done_testing
