# Completion of plimsoll for fish. Names of probes and rules come from the program itself.

set -l commands scan accept facts explain rules probes baseline
set -l actions lint test list show diff lock

complete -c plimsoll -f
complete -c plimsoll -n "not __fish_seen_subcommand_from $commands" -a scan -d 'compare with a baseline'
complete -c plimsoll -n "not __fish_seen_subcommand_from $commands" -a accept -d "write down today's drift"
complete -c plimsoll -n "not __fish_seen_subcommand_from $commands" -a facts -d 'what is effectively configured'
complete -c plimsoll -n "not __fish_seen_subcommand_from $commands" -a explain -d 'why a rule is there'
complete -c plimsoll -n "not __fish_seen_subcommand_from $commands" -a rules -d 'list the rules'
complete -c plimsoll -n "not __fish_seen_subcommand_from $commands" -a probes -d 'list what can be read'
complete -c plimsoll -n "not __fish_seen_subcommand_from $commands" -a baseline -d 'check and show baselines'
complete -c plimsoll -n "not __fish_seen_subcommand_from $commands" -l version -d 'print the version'
complete -c plimsoll -s h -l help -d 'show the options'

complete -c plimsoll -n '__fish_seen_subcommand_from facts probes' -a '(plimsoll probes --format names 2>/dev/null)'
complete -c plimsoll -n '__fish_seen_subcommand_from explain rules' -a '(plimsoll rules --format ids 2>/dev/null)'
complete -c plimsoll -n "__fish_seen_subcommand_from baseline; and not __fish_seen_subcommand_from $actions" -a "$actions"
complete -c plimsoll -n "__fish_seen_subcommand_from baseline; and __fish_seen_subcommand_from $actions" -F

complete -c plimsoll -n "__fish_seen_subcommand_from $commands" -l color -x -a 'auto always never' -d 'when to colour'
complete -c plimsoll -n "__fish_seen_subcommand_from $commands" -l plugin-dir -x -a '(__fish_complete_directories)' -d 'also use the probes in this folder'
complete -c plimsoll -n '__fish_seen_subcommand_from scan accept facts' -l path -r -F -d 'look at this source tree or file'
complete -c plimsoll -n '__fish_seen_subcommand_from scan accept facts' -l image -r -F -d 'look into this archive of an image'
complete -c plimsoll -n '__fish_seen_subcommand_from scan accept facts' -l root -x -a '(__fish_complete_directories)' -d 'look below this folder'
complete -c plimsoll -n '__fish_seen_subcommand_from scan accept facts' -l jobs -x -d 'threads'
complete -c plimsoll -n '__fish_seen_subcommand_from scan accept explain rules' -l baseline -x -d 'use this baseline'
complete -c plimsoll -n '__fish_seen_subcommand_from scan accept explain rules' -l level -x -d 'only this level'
complete -c plimsoll -n '__fish_seen_subcommand_from scan accept explain rules' -l set -x -d 'change a parameter'
complete -c plimsoll -n '__fish_seen_subcommand_from scan accept explain rules' -l lock -r -F -d 'only what this file pins'
complete -c plimsoll -n '__fish_seen_subcommand_from scan accept explain rules' -l config -r -F -d 'site file'
complete -c plimsoll -n '__fish_seen_subcommand_from accept' -F
complete -c plimsoll -n '__fish_seen_subcommand_from scan' -l new-only -r -F -d 'pass over what this list has'
complete -c plimsoll -n '__fish_seen_subcommand_from scan accept' -l rules -x -a '(plimsoll rules --format ids 2>/dev/null)' -d 'only these rules'
complete -c plimsoll -n '__fish_seen_subcommand_from scan' -l format -x -a 'text json sarif junit github gitlab markdown' -d 'report on standard output'
complete -c plimsoll -n '__fish_seen_subcommand_from scan' -l output -x -a 'text= json= sarif= junit= github= gitlab= markdown=' -d 'report to a file'
complete -c plimsoll -n '__fish_seen_subcommand_from scan' -l fail-on -x -a 'info low medium high critical' -d 'exit 1 from here on'
complete -c plimsoll -n '__fish_seen_subcommand_from scan' -l deep -d 'rules that read whole files, too'
complete -c plimsoll -n '__fish_seen_subcommand_from scan' -l diff -d 'edits that mend what drifted'
complete -c plimsoll -n '__fish_seen_subcommand_from scan' -l verbose -d 'everything'
complete -c plimsoll -n '__fish_seen_subcommand_from scan' -l quiet -d 'the summary alone'
complete -c plimsoll -n '__fish_seen_subcommand_from facts' -l format -x -a 'table jsonl' -d 'how to print'
complete -c plimsoll -n '__fish_seen_subcommand_from facts' -l shadowed -d 'also what has no effect'
complete -c plimsoll -n '__fish_seen_subcommand_from facts' -l context -x -d 'what is known of a connection'
complete -c plimsoll -n '__fish_seen_subcommand_from rules' -l format -x -a 'text json ids' -d 'how to print'
complete -c plimsoll -n '__fish_seen_subcommand_from probes' -l format -x -a 'text json names' -d 'how to print'
complete -c plimsoll -n '__fish_seen_subcommand_from baseline' -l format -x -a 'text json' -d 'how to print'
complete -c plimsoll -n '__fish_seen_subcommand_from test' -l on-disk -d 'write the examples to disk'
