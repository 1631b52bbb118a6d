# fish completion for subid-check(8)

function __fish_subid_check_columns
    subid-check --list-columns | string replace -r '^(\S+)\s+' '$1\t'
end

complete -c subid-check -f
complete -c subid-check -s a -l all -d 'Every finding, however many of a kind'
complete -c subid-check -l color -x -a 'auto always never' -d 'Colours'
complete -c subid-check -l files -x -a '(__fish_complete_directories)' \
    -d 'Look at the files below a directory, too'
complete -c subid-check -s h -l help -d 'Show a short help'
complete -c subid-check -l html -r -F -d 'All of it as a page for a browser'
complete -c subid-check -s J -l json -d 'All of it, or the ID, as JSON'
complete -c subid-check -s H -l list-columns -d 'List the columns of the table'
complete -c subid-check -s m -l map -d 'The ID space as a picture in the terminal'
complete -c subid-check -l mounts -d 'And at those below what is mounted there'
complete -c subid-check -l nested -x -d 'Its ranges may lie inside those of others' \
    -a '(cat /etc/subuid /etc/subgid 2>/dev/null | string replace -r ":.*" "")'
complete -c subid-check -s n -l noheadings -d 'The table alone, without headings'
complete -c subid-check -l nss -d 'Ask all account services'
complete -c subid-check -s o -l output -x -a '(__fish_append , (__fish_subid_check_columns))' \
    -d 'The table alone, with these columns'
complete -c subid-check -s p -l pid -x -a '(__fish_complete_pids)' \
    -d 'The user namespace of a process'
complete -c subid-check -l probe -x -d 'Ask the account services for the delegated IDs'
complete -c subid-check -s r -l raw -d 'The table alone, for programs'
complete -c subid-check -s R -l root -x -a '(__fish_complete_directories)' \
    -d 'Look at the host below a directory'
complete -c subid-check -l svg -r -F -d 'The map as a picture for documents'
complete -c subid-check -s V -l version -d 'Show the version'
complete -c subid-check -s w -l wide -d 'Lines as long as they need'
