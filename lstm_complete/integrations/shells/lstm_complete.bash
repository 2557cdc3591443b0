# What comes next, at a key (docs/hosts/bash.md): Alt-G puts it behind the cursor. readline can draw no ghost of its own.
#
# bash speaks to no unix socket: a light client, started with the first command or question, asks the daemon and answers
# within 0.3 s, or within the seconds in LSTM_COMPLETE_WAIT.

# For a shell that is typed at and edits what is typed: a script may read .bashrc, too, and Emacs runs bash without readline.
# macOS has a bash of 2007, which knows no coprocess.
[[ $- == *i* && ( -o emacs || -o vi ) ]] && ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404)) || return 0

declare -F lstm_complete_unload >/dev/null && lstm_complete_unload

# All that is remembered: `session`, the `client`, its process, what was run last, ...
declare -gA _lstm_complete=(
  [session]=$$-$RANDOM
  [client]=$(cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/../../daemon" && pwd)/client.py
)

_lstm_complete_is_on() {
  local word=${LSTM_COMPLETE-}
  [[ -z ${_lstm_complete[off]-} && ${word,,} != @(off|0|no|false) ]]
}

# The client, in the background of this shell. Its process and its two descriptors are kept; it is no job of the user's.
_lstm_complete_start() {
  [[ -n ${_lstm_complete[process]-} ]] && kill -0 "${_lstm_complete[process]}" 2>/dev/null && return
  _lstm_complete_end
  { coproc _LSTM_COMPLETE { exec "${LSTM_COMPLETE_PYTHON:-python3}" -S -E "${_lstm_complete[client]}" relay 2>/dev/null; }; } 2>/dev/null
  _lstm_complete[process]=$!
  disown "$!"
  # The descriptors are moved, the names given up: bash would keep both until it has seen the client's end, whenever that is.
  exec {_lstm_complete_from}<&"${_LSTM_COMPLETE[0]}"- {_lstm_complete_to}>&"${_LSTM_COMPLETE[1]}"-
  unset _LSTM_COMPLETE _LSTM_COMPLETE_PID
}

_lstm_complete_end() {
  [[ -n ${_lstm_complete_to-} ]] && exec {_lstm_complete_to}>&- {_lstm_complete_from}<&-
  [[ -n ${_lstm_complete[process]-} ]] && kill "${_lstm_complete[process]}" 2>/dev/null
  unset _lstm_complete_to _lstm_complete_from '_lstm_complete[process]'
}

# KIND TEXT: the request. It is written by a child: who writes to a client that has just ended, ends as well.
_lstm_complete_tell() {
  local field frame=''
  ((${#2} <= 4000)) || return
  _lstm_complete_start
  for field in "$1" "${LSTM_COMPLETE_MODEL-}" "${_lstm_complete[session]}" bash "$PWD" "${_lstm_complete[previous]-}"; do
    frame+=${field//$'\x1f'/}$'\x1f'
  done
  (printf '%s\0' "$frame$2" >&"$_lstm_complete_to") 2>/dev/null
}

# KIND TEXT: the answer, in REPLY
_lstm_complete_ask() {
  local frame
  REPLY=
  _lstm_complete_tell "$1" "$2" || return
  while IFS= read -r -d '' -t "${LSTM_COMPLETE_WAIT:-0.28}" -u "$_lstm_complete_from" frame; do
    if [[ $frame == "$2"$'\x1f'* ]]; then  # else the answer to a question that nobody waited for
      REPLY=${frame:${#2}+1}
      return
    fi
  done
}

# At Alt-G: what comes next goes in at the cursor.
_lstm_complete_insert() {
  local REPLY before=${READLINE_LINE:0:READLINE_POINT} after=${READLINE_LINE:READLINE_POINT}
  _lstm_complete_is_on && [[ -z $after ]] || return 0
  _lstm_complete_ask continuation "$before"
  READLINE_LINE=$before$REPLY
  READLINE_POINT=${#READLINE_LINE}
}

# At Alt-S.
_lstm_complete_toggle() {
  if [[ -n ${_lstm_complete[off]-} ]]; then
    unset '_lstm_complete[off]'
    printf 'lstm-complete: on\n'
  else
    _lstm_complete[off]=1
    printf 'lstm-complete: off\n'
  fi
}

# Before each prompt: what was run is learned. A space before a command says that it is nobody's business.
_lstm_complete_learn() {
  local status=$? number='' command=''
  [[ $(HISTTIMEFORMAT='' builtin history 1) =~ ^\ *([0-9]+)[*\ ]\ (.*)$ ]] && number=${BASH_REMATCH[1]} command=${BASH_REMATCH[2]}
  if [[ $number != "${_lstm_complete[number]-$number}" && -n $command && $command != [[:space:]]* ]]; then
    _lstm_complete_is_on && _lstm_complete_tell learn "$command"
    _lstm_complete[previous]=${command##*$'\n'}
  fi
  _lstm_complete[number]=$number
  return "$status"
}

# KEY FUNCTION ...: unless the user has given the key a meaning. Not in vi's keymaps: there, Esc and a letter are two keys.
_lstm_complete_bind() {
  local list bindings was
  bindings=$'\n'$(for list in -p -s -X; do bind -m emacs "$list"; done)
  while (($#)); do
    was="\"$1\": glob-complete-word"
    [[ $bindings == *$'\n'"$was"* ]] || was=''
    if [[ -n $was || $bindings != *$'\n'"\"$1\""* ]]; then
      _lstm_complete[bound]+="$1 "
      _lstm_complete[was $1]=$was
      bind -m emacs -x "\"$1\": $2"
    fi
    shift 2
  done
}

lstm_complete_unload() {
  local key hook hooks=() IFS=$' \t\n'
  _lstm_complete_end
  for key in ${_lstm_complete[bound]-}; do
    bind -m emacs -r "$key"
    [[ -z ${_lstm_complete[was $key]} ]] || bind -m emacs "${_lstm_complete[was $key]}"
  done
  if [[ $(declare -p PROMPT_COMMAND 2>/dev/null) == "declare -a"* ]]; then
    for hook in "${PROMPT_COMMAND[@]}"; do
      [[ $hook == _lstm_complete_learn ]] || hooks+=("$hook")
    done
    PROMPT_COMMAND=("${hooks[@]}")
  else
    PROMPT_COMMAND=${PROMPT_COMMAND/$'\n'_lstm_complete_learn/}
    [[ -z ${_lstm_complete[no hook]-} ]] || unset PROMPT_COMMAND
  fi
  unset _lstm_complete
  unset -f $(compgen -A function _lstm_complete_) lstm_complete_unload
}

if [[ $(declare -p PROMPT_COMMAND 2>/dev/null) == "declare -a"* ]]; then
  PROMPT_COMMAND+=(_lstm_complete_learn)
else
  [[ -v PROMPT_COMMAND ]] || _lstm_complete["no hook"]=1
  PROMPT_COMMAND+=$'\n_lstm_complete_learn'
fi
_lstm_complete_bind '\eg' _lstm_complete_insert '\es' _lstm_complete_toggle
