# shellcheck shell=bash
# Runs the transcripts of a document: sourced, never run.
#
# A transcript is a fenced block of the language "console" below a comment, which
# a reader of the rendered document does not see:
#
#     <!-- test: SCENARIO -->
#     ```console
#     $ COMMAND
#     its output
#     ```
#
#   transcripts_run DOCUMENT    asserts that each command prints what the document
#                               says. Calls scenario_SCENARIO before a block, and
#                               transcript_PROMPT TEXT for a command behind "$ "
#                               (PROMPT is "host") or "inner# " ("inner")
#
# In the output "..." stands for any text, and any date of ls(1) for any other. A
# command goes on in the next line if its line ends in a backslash. The comment
# "not tested: REASON" leaves a block out; a block without a comment is a failure.

# Writes each block into a file of its own, and prints a line for each:
# "LINE FILE SCENARIO", where SCENARIO is "-" for a block that is left out and
# "?" for one without a comment.
transcript_split() { # DOCUMENT DIRECTORY
    awk -v directory="$2" '
    /^<!-- test: [a-z_]+ -->$/ { scenario = $3; next }
    /^<!-- not tested: / { scenario = "-"; next }
    /^```console$/ {
        file = sprintf("%s/%d", directory, NR)
        printf "" >file
        print NR, file, scenario == "" ? "?" : scenario
        inside = 1
        next
    }
    /^```/ { inside = 0 }
    inside { print >file }
    { scenario = "" }' "$1"
}

# Differences that do not count: blanks at the ends of lines, dates, empty lines at
# the end (which a command substitution drops).
transcript_normalize() {
    sed -E -e 's/[[:blank:]]+$//' \
        -e 's/\<(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ 0-9][0-9] [ 0-9:]{5}\>/DATE/g'
}

transcript_assert() { # NAME GOT WANT
    local got want pattern
    got=$(transcript_normalize <<<"$2")
    want=$(transcript_normalize <<<"$3")
    pattern=$(sed -e 's/[][\\*?()|+@!]/\\&/g' -e 's/\.\.\./*/g' <<<"$want")
    # shellcheck disable=SC2053
    if [[ $got == $pattern ]]; then
        tap_result ok "$1"
    else
        is "$1" "$got" "$want"
    fi
}

transcript_run_block() { # NAME FILE
    local name=$1 line prompt='' command='' want='' continued=no
    transcript_finish() {
        [ -z "$prompt" ] ||
            transcript_assert "$name: $command" "$("transcript_$prompt" "$command" 2>&1)" "$want"
        prompt='' command='' want=''
    }
    while IFS= read -r line; do
        if [ "$continued" = yes ]; then
            command+=$'\n'$line
        else
            case $line in
            '$ '*) transcript_finish && prompt=host command=${line#\$ } ;;
            'inner# '*) transcript_finish && prompt=inner command=${line#inner# } ;;
            *) want+=${want:+$'\n'}$line && continue ;;
            esac
        fi
        case $line in
        *\\) continued=yes ;;
        *) continued=no ;;
        esac
    done <"$2"
    transcript_finish
}

transcripts_run() { # DOCUMENT
    local directory number file scenario count=0 name=${1#"$abs_top_srcdir"/}
    directory=$(mktemp -d)
    while read -r number file scenario <&3; do
        case $scenario in
        -) continue ;;
        '?') ok "$name:$number: the transcript has a comment that names its scenario" false ;;
        *)
            "scenario_$scenario" || ok "$name:$number: the scenario $scenario is there" false
            transcript_run_block "$name:$number" "$file"
            count=$((count + 1))
            ;;
        esac
    done 3< <(transcript_split "$1" "$directory")
    rm -rf "$directory"
    diag "$name: $count transcripts"
}
