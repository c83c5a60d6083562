# Completion of plimsoll for bash. Names of probes and rules come from the program itself.

_plimsoll() {
    local cur prev command action='' i
    cur=${COMP_WORDS[COMP_CWORD]}
    prev=${COMP_WORDS[COMP_CWORD - 1]}
    command=${COMP_WORDS[1]}
    COMPREPLY=()

    if ((COMP_CWORD == 1)); then
        mapfile -t COMPREPLY < <(compgen -W 'scan accept facts explain rules probes baseline --help --version' -- "$cur")
        return
    fi
    if [[ $command == baseline ]]; then
        action=${COMP_WORDS[2]}
        if ((COMP_CWORD == 2)); then
            mapfile -t COMPREPLY < <(compgen -W 'lint test list show diff lock --help' -- "$cur")
            return
        fi
    fi

    # bash splits at `=`: `--output sarif=FILE` arrives as three words.
    [[ $cur == = ]] && cur=
    if [[ $prev == = ]]; then
        ((COMP_CWORD >= 3)) && [[ ${COMP_WORDS[COMP_CWORD - 3]} == --output ]] && _plimsoll_files
        return
    fi

    local formats='text json'
    case $command in
        scan) formats='text json sarif junit github gitlab markdown' ;;
        facts) formats='table jsonl' ;;
        rules) formats='text json ids' ;;
        probes) formats='text json names' ;;
    esac
    case $prev in
        --path | --image) mapfile -t COMPREPLY < <(compgen -f -- "$cur") && compopt -o filenames; return ;;
        --root | --plugin-dir) mapfile -t COMPREPLY < <(compgen -d -- "$cur") && compopt -o filenames; return ;;
        --config | --new-only | --lock) _plimsoll_files; return ;;
        --format) mapfile -t COMPREPLY < <(compgen -W "$formats" -- "$cur"); return ;;
        --output) mapfile -t COMPREPLY < <(compgen -S = -W "$formats" -- "$cur") && compopt -o nospace; return ;;
        --fail-on) mapfile -t COMPREPLY < <(compgen -W 'info low medium high critical' -- "$cur"); return ;;
        --color) mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$cur"); return ;;
        --rules) mapfile -t COMPREPLY < <(compgen -W "$(plimsoll rules --format ids 2>/dev/null)" -- "$cur"); return ;;
        --level | --set | --context | --jobs) return ;;
    esac

    if [[ $cur == -* ]]; then
        local options
        # The help of the command is the one list of its options.
        options=$(plimsoll "$command" ${action:+"$action"} --help 2>/dev/null | grep -oE -- '^  (-h, )?--[a-z-]+' | grep -oE -- '--[a-z-]+')
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
        return
    fi
    case $command in
        facts | probes) mapfile -t COMPREPLY < <(compgen -W "$(plimsoll probes --format names 2>/dev/null)" -- "$cur") ;;
        explain | rules) mapfile -t COMPREPLY < <(compgen -W "$(plimsoll rules --format ids 2>/dev/null)" -- "$cur") ;;
        accept | baseline) _plimsoll_files ;;
    esac
}

_plimsoll_files() {
    mapfile -t COMPREPLY < <(compgen -f -- "$cur")
    compopt -o filenames
}

complete -F _plimsoll plimsoll
