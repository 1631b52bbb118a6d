# Prints a source with the ACSL annotations inside functions that contracts/notes has for it:
#
#   awk -v file=libsubid-shim/line.c -f annotate.awk contracts/notes libsubid-shim/line.c
#
# The first line of a note says the file and the function, the second is the line of the code
# before which the others go. A note whose line is not in the source is an error.

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
