# fish completion for tapir. Commands, options, protocols and fields come from the command itself.

# The words before the one being completed; the command's name is the second.
function __tapir_command
    set -l words (commandline -opc)
    test (count $words) -ge 2; and echo $words[2]
end

function __tapir_commands
    tapir help 2>/dev/null | string replace -rf '^  ([a-z]+) +(.*)$' '$1\t$2'
    printf '%s\n' "--version"\t"what is built in"
end

function __tapir_protocols
    tapir protocols 2>/dev/null | string replace -r ' .*' ''
end

function __tapir_devices
    tapir devices -D 2>/dev/null | string replace -r '^[0-9]+\.(\S+).*' '$1'
end

# Options with what they do; a long option's text may stand on the line after its name.
function __tapir_options
    set -l name
    for line in (tapir help (__tapir_command) 2>/dev/null)
        if set -l parts (string match -r '^  (--?[^ ,=]+)(?:, (--[^ =]+))?[ =]?[A-Z=,:]*(?:  +(.*))?$' -- $line)
            set name (string match -r '^-.*' -- $parts[2..3])
            set -l about (string match -rv '^-' -- $parts[3..])
            printf '%s\n' $name\t"$about"
        end
    end
end

function __tapir_values
    set -l words (commandline -opc)
    set -l command (__tapir_command)
    switch $words[-1]
        case -e --field --ignore --only
            tapir protocols --names 2>/dev/null
        case --layer
            __tapir_protocols
        case -i --interface --input
            __tapir_devices
        case --vendor-data
            __fish_complete_path (commandline -ct)
        case --color
            printf '%s\n' auto always never
        case -E
            printf '%s\n' header=y header=n separator= aggregator= occurrence=f occurrence=l \
                occurrence=a quote=d quote=s quote=n bom=y bom=n
        case --time-stamp-precision
            printf '%s\n' micro nano
        case --byte-order
            printf '%s\n' little big
        case --compress
            printf '%s\n' none gzip zstd lz4 xz
        case --from
            test "$command" = craft; or return 1
            printf '%s\n' hex text2pcap
        case -f --file -w --write
            test "$command" = craft; or return 1
            __fish_complete_path (commandline -ct)
        case --as
            printf '%s\n' ascii hex raw
        case --way
            printf '%s\n' forward backward both
        case --gaps
            printf '%s\n' zero skip
        case --overlap
            printf '%s\n' first last bsd bsd-right linux windows solaris reject
        case --sort
            printf '%s\n' start id duration client server state packets bytes retransmitted out-of-order gaps \
                rtt protocol
        case --extract
            __fish_complete_directories (commandline -ct)
        case --keep
            printf '%s\n' lengths keys checksums padding all
        case --link-type
            if test "$command" = craft
                printf '%s\n' 1 101 113 276
            else
                printf '%s\n' ethernet raw ipv4 ipv6 null loop
            end
        case --method --source
            printf '%s\n' pcap afpacket afxdp
        case --xdp-mode
            printf '%s\n' best driver generic
        case -j --time-stamp-type
            printf '%s\n' host host_lowprec host_hiprec host_hiprec_unsynced adapter adapter_unsynced
        case -Z --relinquish-privileges
            __fish_complete_users
        case -z --postrotate-command
            __fish_complete_command
        case -Q --direction
            printf '%s\n' in out inout
        case --payload
            printf '%s\n' keep zero cut
        case --strip
            printf '%s\n' comments secrets names
        case --truncated
            printf '%s\n' skip send pad
        case --vlan
            printf '%s\n' push: set: pop
        case -T --format
            switch $command
                case decode
                    printf '%s\n' tree json fields csv c go python hex text2pcap
                case convert
                    printf '%s\n' pcap pcap-us pcap-ns pcapng
                case capture
                    printf '%s\n' pcapng pcap
                case craft
                    printf '%s\n' hex c go python text2pcap tree json dump
                case '*'
                    printf '%s\n' text json
            end
        case '*'
            return 1
    end
end

function __tapir_complete
    set -l command (__tapir_command)
    if test -z "$command"
        __tapir_commands
        return
    end
    __tapir_values; and return
    switch (commandline -ct)
        case '-*'
            __tapir_options
        case '*'
            switch $command
                case help
                    __tapir_commands
                case protocols
                    __tapir_protocols
                case devices
                    __tapir_devices
                case craft
                    set -l front (string replace -r '[^/]*$' '' -- (commandline -ct))
                    printf '%s\n' "$front"(__tapir_protocols)
                case '*'
                    __fish_complete_path (commandline -ct)
            end
    end
end

complete -c tapir -f -a '(__tapir_complete)'
