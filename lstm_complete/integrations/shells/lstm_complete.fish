# What comes next, at a key (docs/hosts/fish.md): Alt-G puts it behind the cursor. fish lets nobody else draw its ghost.

status is-interactive; or exit 0 # scripts read config.fish, too

functions --query lstm_complete_unload; and lstm_complete_unload

set --global _lstm_complete_session $fish_pid-(random)
set --global _lstm_complete_client (realpath (status dirname)/../../daemon)/client.py
set --global _lstm_complete_previous ''

function _lstm_complete_is_on
    not set --query _lstm_complete_off
    and not contains -- (string lower -- "$LSTM_COMPLETE") off 0 no false
end

# Prints the words of the command that asks, NUL behind each; it waits for 0.3 s at most, or LSTM_COMPLETE_WAIT
function _lstm_complete_asking
    set --local python $LSTM_COMPLETE_PYTHON python3
    string join0 -- $python[1] -S -E $_lstm_complete_client ask
end

# KIND TEXT: prints the fields of a request, NUL behind each
function _lstm_complete_request
    string join0 -- $argv[1] "$LSTM_COMPLETE_MODEL" $_lstm_complete_session fish "$PWD" "$_lstm_complete_previous" $argv[2]
end

# At Alt-G. A request goes through a pipe, from a builtin: the words of a command are there for all users to read.
function _lstm_complete_insert
    _lstm_complete_is_on; or return
    set --local before (commandline --cut-at-cursor | string collect)
    test "$before" = (commandline | string collect); or return
    set --local client (_lstm_complete_asking | string split0)
    command --query $client[1]; or return
    set --local request (_lstm_complete_request continuation "$before" | string split0)
    set --local answer (string join0 -- $request | command $client 2>/dev/null | string collect)
    test -n "$answer"; and commandline --insert -- $answer
end

# At Alt-Q: fish has Alt-S for sudo.
function _lstm_complete_toggle
    if set --query _lstm_complete_off
        set --erase --global _lstm_complete_off
        echo; and echo 'lstm-complete: on'
    else
        set --global _lstm_complete_off
        echo; and echo 'lstm-complete: off'
    end
    commandline --function repaint
end

# What is run is learned. A space before a command says that it is nobody's business.
function _lstm_complete_learn --on-event fish_preexec
    string match --quiet --regex '^\s|^$' -- "$argv[1]"; and return
    if _lstm_complete_is_on
        set --local client (_lstm_complete_asking | string split0)
        if command --query $client[1]
            set --local request (_lstm_complete_request learn "$argv[1]" | string split0)
            # A function would run in front, and hold the command.
            string join0 -- $request | command $client >/dev/null 2>/dev/null &
            disown $last_pid 2>/dev/null
        end
    end
    set --global _lstm_complete_previous (string split \n -- "$argv[1]")[-1]
end

function lstm_complete_unload
    for binding in $_lstm_complete_bound
        set --local words (string split ' ' -- $binding)
        bind --erase --mode $words[1] $words[2]
    end
    functions --erase (functions --all --names | string match '_lstm_complete_*') lstm_complete_unload
    set --erase --global (set --global --names | string match '_lstm_complete_*')
end

# At the first prompt, when fish has bound its own keys: in each mode in which one types, unless the key has a meaning.
set --global _lstm_complete_bound
function _lstm_complete_bind --on-event fish_prompt
    functions --erase _lstm_complete_bind
    for key_and_function in '\eg _lstm_complete_insert' '\eq _lstm_complete_toggle'
        set --local words (string split ' ' -- $key_and_function)
        set --local key (string unescape -- $words[1])
        for mode in default insert
            bind --mode $mode $key >/dev/null 2>&1; and continue
            contains -- $mode (bind --list-modes); or continue
            bind --mode $mode $key $words[2]
            set --append _lstm_complete_bound "$mode $key"
        end
    end
end
