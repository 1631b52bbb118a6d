# Prints a source with the ACSL annotations that contracts/notes has for the bodies of functions:
#
#   awk -v file=libsubid-shim/line.c -f annotate.awk contracts/notes libsubid-shim/line.c
#
# The first line of a note names the file and the function. The second is a line of that function,
# and the annotation, in the other lines, goes before it. A note whose line is not in the source is
# an error.

FNR == NR && NF == 0 { state = 0; next }
FNR == NR && state == 0 {
    state = 1
    mine = $1 == file
    if (mine)
        functions[++n] = $2
    next
}
FNR == NR && state == 1 { state = 2; if (mine) lines[n] = $0; next }
FNR == NR { if (mine) notes[n] = notes[n] $0 "\n"; next }

# A definition begins in column 0.
/^[a-zA-Z].*\(/ && !/;$/ {
    name = $0
    sub(/\(.*/, "", name)
    sub(/.*[ *]/, "", name)
}
{
    line = $0
    sub(/^[ \t]+/, "", line)
    for (i = 1; i <= n; i++)
        if (!(i in done) && functions[i] == name && lines[i] == line) {
            printf "%s", notes[i]
            done[i] = 1
            break
        }
    print
}
END {
    for (i = 1; i <= n; i++)
        if (!(i in done)) {
            print file ": " functions[i] " has no line: " lines[i] >"/dev/stderr"
            failed = 1
        }
    exit failed
}
