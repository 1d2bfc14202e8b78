# bash completion for tapir. Commands, options, protocols and fields come from the command itself.

_tapir() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local tapir=${COMP_WORDS[0]} command=${COMP_WORDS[1]} choices=

    # "=" splits words: --color=al is three of them.
    [ "$current" = "=" ] && current=
    [ "$previous" = "=" ] && previous=${COMP_WORDS[COMP_CWORD - 2]}

    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        choices="$("$tapir" help 2>/dev/null | sed -n 's/^  \([a-z-]*\) .*/\1/p')"
    elif [ "$command" = help ]; then
        choices=$("$tapir" help 2>/dev/null | sed -n 's/^  \([a-z]*\)  .*/\1/p')
    else
        case $previous in
        -e | --field | --ignore | --only) choices=$("$tapir" protocols --names 2>/dev/null) ;;
        --layer) choices=$("$tapir" protocols 2>/dev/null | sed 's/ .*//') ;;
        -i | --interface | --input)
            choices=$("$tapir" devices -D 2>/dev/null | sed 's/^[0-9]*\.//; s/ .*//')
            ;;
        --color) choices="auto always never" ;;
        --as) choices="ascii hex raw" ;;
        --way) choices="forward backward both" ;;
        --gaps) choices="zero skip" ;;
        --overlap) choices="first last bsd bsd-right linux windows solaris reject" ;;
        --sort)
            choices="start id duration client server state packets bytes retransmitted out-of-order gaps"
            choices+=" rtt protocol"
            ;;
        --extract)
            mapfile -t COMPREPLY < <(compgen -d -- "$current")
            return
            ;;
        -E)
            choices="header=y header=n separator= aggregator= occurrence=f occurrence=l occurrence=a"
            choices+=" quote=d quote=s quote=n bom=y bom=n"
            ;;
        --byte-order) choices="little big" ;;
        --compress) choices="none gzip zstd lz4 xz" ;;
        --from) [ "$command" = craft ] && choices="hex text2pcap" ;;
        --keep) choices="lengths keys checksums padding all" ;;
        --link-type)
            choices="ethernet raw ipv4 ipv6 null loop"
            [ "$command" = craft ] && choices="1 101 113 276"
            ;;
        --method | --source) choices="pcap afpacket afxdp" ;;
        --xdp-mode) choices="best driver generic" ;;
        -j | --time-stamp-type)
            choices="host host_lowprec host_hiprec host_hiprec_unsynced adapter adapter_unsynced"
            ;;
        -Z | --relinquish-privileges)
            mapfile -t COMPREPLY < <(compgen -u -- "$current")
            return
            ;;
        -z | --postrotate-command)
            mapfile -t COMPREPLY < <(compgen -c -- "$current")
            return
            ;;
        -Q | --direction) choices="in out inout" ;;
        --payload) choices="keep zero cut" ;;
        --strip) choices="comments secrets names" ;;
        --truncated) choices="skip send pad" ;;
        --vlan) choices="push: set: pop" ;;
        --time-stamp-precision) choices="micro nano" ;;
        -T | --format)
            case $command in
            decode) choices="tree json fields csv c go python hex text2pcap" ;;
            convert) choices="pcap pcap-us pcap-ns pcapng" ;;
            capture) choices="pcapng pcap" ;;
            craft) choices="hex c go python text2pcap tree json dump" ;;
            *) choices="text json" ;;
            esac
            ;;
        -f | --file)
            [ "$command" = craft ] && mapfile -t COMPREPLY < <(compgen -f -- "$current")
            return
            ;;
        -[rwFV] | --read | --write | --key-file | --vendor-data)
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
            return
            ;;
        *)
            if [[ $current == -* ]]; then
                choices=$("$tapir" help "$command" 2>/dev/null |
                    sed -nE 's/^  (-[^ ,=]+)(, (--[^ =]+))?.*/\1 \3/p')
            elif [ "$command" = craft ]; then
                # Layers, one behind the other.
                compopt -o nospace 2>/dev/null
                choices=$("$tapir" protocols 2>/dev/null | sed "s| .*||; s|^|${current%"${current##*/}"}|")
            elif [ "$command" = devices ]; then
                choices=$("$tapir" devices -D 2>/dev/null | sed 's/^[0-9]*\.//; s/ .*//')
            elif [ "$command" = protocols ]; then
                choices=$("$tapir" protocols 2>/dev/null | sed 's/ .*//')
            else
                mapfile -t COMPREPLY < <(compgen -f -- "$current")
                return
            fi
            ;;
        esac
    fi
    mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$current")
}

complete -o filenames -F _tapir tapir
