# What comes next, behind the cursor, from a daemon of your own (docs/hosts/zsh.md).
#
# With zsh-autosuggestions it is one more strategy, asked before those that are there; without, it draws the ghost itself.
# No key waits for the daemon: what could wait without end, as connecting to one that hangs does, is done in a child.

(( ${+functions[lstm_complete_unload]} )) && lstm_complete_unload

zmodload zsh/net/socket zsh/system zsh/datetime zsh/zleparameter || return
autoload -Uz add-zsh-hook add-zle-hook-widget

# All that is remembered: the session, `fd` of the daemon, the `ghost` and the `text` that it stands behind, ...
typeset -gA _lstm_complete=(
  session "$$-$RANDOM"
  client "${${(%):-%x}:A:h:h:h}/daemon/client.py"
)

# --- Settings, read at each key ---

_lstm_complete_is_on() {
  [[ -z ${_lstm_complete[off]-} && ${(L)LSTM_COMPLETE-} != (off|0|no|false) ]]
}

# colour, mark (a character before the ghost, and no colour) or key (nothing before a key asks for it)
_lstm_complete_looks() {
  REPLY=${(L)LSTM_COMPLETE_GHOST-}
  [[ -z $REPLY && -n ${NO_COLOR-} ]] && REPLY=mark
  [[ $REPLY == (mark|key) ]] || REPLY=colour
}

# --- The daemon ---

# The rule of client.py, once more: this is asked at each key.
_lstm_complete_socket() {
  local base
  REPLY=${LSTM_COMPLETE_SOCKET-}
  [[ -n $REPLY ]] && return
  for base in "${XDG_RUNTIME_DIR-}" /run/user/$UID; do
    [[ -d $base ]] && REPLY=$base/lstm_complete/socket && return
  done
  REPLY=/tmp/lstm_complete-$UID/socket
}

# Whether there is a socket and it is the user's: another's would be told what is typed. Without one, start the daemon.
_lstm_complete_is_served() {
  _lstm_complete_socket
  [[ -S $REPLY && -O $REPLY ]] && return
  [[ -e $REPLY ]] || _lstm_complete_start
  return 1
}

# SECONDS SINCE: whether fewer have gone by; not after a clock that was set back
_lstm_complete_is_within() {
  (( EPOCHREALTIME >= $2 && EPOCHREALTIME < $2 + $1 ))
}

# Start the daemon, and wait for nothing. One that does not come up is not started again at each key.
_lstm_complete_start() {
  _lstm_complete_is_within 30 ${_lstm_complete[started]:-0} && return
  _lstm_complete[started]=$EPOCHREALTIME
  "${LSTM_COMPLETE_PYTHON:-python3}" -S -E "$_lstm_complete[client]" start "${LSTM_COMPLETE_MODEL-}" \
    </dev/null &>/dev/null &!
}

# KIND TEXT: the request as it is sent
_lstm_complete_request() {
  local -a fields=("$1" "${LSTM_COMPLETE_MODEL-}" "$_lstm_complete[session]" zsh "$PWD" "${_lstm_complete[previous]-}")
  REPLY="${(pj:\x1f:)${(@)fields//[$'\x1f\0']/}}"$'\x1f'"${2//$'\0'/}"$'\0'
}

# KIND TEXT, in a child: prints its process id, and the answer once it is there; fails where nobody listens. It starts no
# daemon: of that the shell would not know, and each child would start another.
_lstm_complete_ask() {
  local REPLY frame
  local -i fd
  print -rn -- $sysparams[pid]$'\0'
  _lstm_complete_socket
  zsocket "$REPLY" 2>/dev/null || return
  fd=$REPLY
  _lstm_complete_request "$1" "$2"
  print -rn -u $fd -- "$REPLY"
  while IFS= read -r -d '' -t ${LSTM_COMPLETE_WAIT:-5} -u $fd frame; do
    [[ "${frame[1,$#2+1]}" == "$2"$'\x1f' ]] && print -rn -- "${frame[$#2+2,-1]}"$'\0' && break
  done
  return 0
}

# KIND TEXT SECONDS: the answer, from a child that is given so long; fails where none comes
_lstm_complete_ask_in_time() {
  local child
  local -i fd late=0
  local -F ends=$(( EPOCHREALTIME + $3 ))
  REPLY=
  exec {fd}< <(_lstm_complete_ask "$1" "$2")
  IFS= read -r -d '' -t $3 -u $fd child
  IFS= read -r -d '' -t $(( ends > EPOCHREALTIME ? ends - EPOCHREALTIME : 0 )) -u $fd REPLY || late=1 REPLY=
  (( late )) && kill $child 2>/dev/null
  exec {fd}<&-
  return late
}

# --- Every line that is run ---

_lstm_complete_preexec() {
  emulate -L zsh
  # A space before a command says that it is nobody's business.
  [[ -z ${1//[[:space:]]/} || $1 == [[:space:]]* ]] && return
  if _lstm_complete_is_on && _lstm_complete_is_served && (( $#1 <= 4000 )); then
    ( _lstm_complete_ask learn "$1" </dev/null &>/dev/null & )
  fi
  _lstm_complete[previous]=${${1%%$'\n'##}##*$'\n'}
}

# --- With zsh-autosuggestions ---

_zsh_autosuggest_strategy_lstm_complete() {
  emulate -L zsh
  typeset -g suggestion=''
  local REPLY
  _lstm_complete_is_on && (( $#1 <= 4000 )) || return 0
  _lstm_complete_looks
  [[ $REPLY == key && -z ${_lstm_complete[asked]-} ]] && return
  _lstm_complete_is_served || return 0
  # In sync mode the key waits: after a question without an answer, none is asked for a second.
  _lstm_complete_is_within 1 ${_lstm_complete[waited]:-0} && return 0
  _lstm_complete_ask_in_time continuation "$1" ${LSTM_COMPLETE_WAIT:-0.28} || _lstm_complete[waited]=$EPOCHREALTIME
  [[ -n $REPLY ]] && suggestion=$1$REPLY
  return 0
}

# --- Keys ---

_lstm_complete_toggle() {
  emulate -L zsh
  if [[ -n ${_lstm_complete[off]-} ]]; then
    _lstm_complete[off]=
    zle -M 'lstm-complete: on'
  else
    _lstm_complete[off]=1
    zle -M 'lstm-complete: off'
    _lstm_complete_hide
  fi
  if [[ -n ${_lstm_complete[plugin]-} ]]; then
    zle autosuggest-clear
    [[ -n $BUFFER ]] && zle autosuggest-fetch
  fi
  return 0
}

# Ask now: with LSTM_COMPLETE_GHOST=key, the only way to.
_lstm_complete_now() {
  emulate -L zsh
  if [[ -n ${_lstm_complete[plugin]-} ]]; then
    _lstm_complete_connect
    _lstm_complete[asked]=1
    zle autosuggest-fetch
    _lstm_complete[asked]=
  elif _lstm_complete_is_on && (( CURSOR == $#BUFFER )); then
    _lstm_complete_send
  fi
}

# Let the line that the ghost makes of the text be said no more, and take it out of the model's file. What comes of it is
# said once it is known: the daemon looks through all that it has read.
_lstm_complete_forget() {
  emulate -L zsh
  local ghost=${_lstm_complete[ghost]-}
  local -i fd
  [[ -n ${_lstm_complete[plugin]-} ]] && ghost=$POSTDISPLAY
  [[ -n $ghost ]] && (( CURSOR == $#BUFFER )) && _lstm_complete_is_on || return 0
  _lstm_complete_end_forgetting
  exec {fd}< <(_lstm_complete_forget_in_child "$BUFFER" "$ghost")
  _lstm_complete[forgetting]=$fd
  zle -F -w $fd _lstm_complete_hear_forgotten
  if [[ -n ${_lstm_complete[plugin]-} ]]; then
    zle autosuggest-clear
  else
    _lstm_complete_hide
  fi
}

# TEXT GHOST: prints what came of it. Of zsh-autosuggestions nobody learns whose suggestion it shows: the daemon is asked.
_lstm_complete_forget_in_child() {
  local REPLY=$2 said="the daemon does not answer:"$'\n'"lstm-complete forget ${LSTM_COMPLETE_MODEL:-default} ${(qq):-$1$2}"
  if [[ -z ${_lstm_complete[plugin]-} ]] || _lstm_complete_ask_in_time continuation "$1" ${LSTM_COMPLETE_WAIT:-5}; then
    if [[ $REPLY != "$2" ]]; then
      said='another strategy suggests it'
    elif _lstm_complete_ask_in_time forget "$1$2" ${LSTM_COMPLETE_WAIT:-5} && [[ $REPLY == forgotten ]]; then
      print -rn forgotten
      return
    fi
  fi
  print -rn -- "not forgotten, for $said"
}

_lstm_complete_hear_forgotten() {
  emulate -L zsh
  local said
  IFS= read -r -d '' -u $1 said
  _lstm_complete_end_forgetting
  if [[ -z ${_lstm_complete[plugin]-} ]]; then
    _lstm_complete_send
  elif [[ -n $BUFFER ]]; then
    zle autosuggest-fetch
  fi
  zle -M "lstm-complete: $said"
}

_lstm_complete_end_forgetting() {
  local -i fd=${_lstm_complete[forgetting]:-0}
  _lstm_complete[forgetting]=
  (( fd )) || return 0
  zle -F $fd
  exec {fd}<&-
}

# KEY WIDGET: unless the user has given the key a meaning. Not in vi's keymaps: there, Esc and a letter are two keys.
_lstm_complete_bind() {
  emulate -L zsh
  local was=${"$(bindkey -M emacs $1)"##* }
  [[ $was == (undefined-key|get-line|spell-word) ]] || return 0
  _lstm_complete[bound]+="$1 $was "
  bindkey -M emacs $1 $2
}

# --- On and off ---

# At the first prompt, when most plugins are there.
_lstm_complete_begin() {
  emulate -L zsh
  add-zsh-hook -d precmd _lstm_complete_begin
  _lstm_complete_join || _lstm_complete_wrap
}

# Leave the drawing to zsh-autosuggestions once that is there: managers of plugins may load it behind the first prompt.
_lstm_complete_join() {
  (( ${+functions[_zsh_autosuggest_fetch_suggestion]} )) || return
  zle && _lstm_complete_hide
  _lstm_complete_end_trial
  _lstm_complete_close
  _lstm_complete[plugin]=1
  ZSH_AUTOSUGGEST_STRATEGY=(lstm_complete ${=ZSH_AUTOSUGGEST_STRATEGY})
}

# HOOK WIDGET: off the hook, which goes where it is ours alone
_lstm_complete_unhook() {
  local -a others
  add-zle-hook-widget -d $1 $2
  zstyle -g others zle-$1 widgets || zle -D zle-$1 2>/dev/null
}

lstm_complete_unload() {
  emulate -L zsh
  local key was
  local -a kept
  zle && _lstm_complete_hide
  _lstm_complete_end_trial
  _lstm_complete_end_forgetting
  _lstm_complete_close
  add-zsh-hook -d precmd _lstm_complete_begin
  add-zsh-hook -d preexec _lstm_complete_preexec
  _lstm_complete_unhook line-pre-redraw _lstm_complete_pre_redraw
  _lstm_complete_unhook line-finish _lstm_complete_line_finish
  _lstm_complete_unwrap
  for key was in ${=_lstm_complete[bound]-}; do
    bindkey -M emacs $key $was
  done
  [[ -n ${_lstm_complete[plugin]-} ]] && ZSH_AUTOSUGGEST_STRATEGY=(${ZSH_AUTOSUGGEST_STRATEGY:#lstm_complete})
  zle -D _lstm_complete_{pre_redraw,line_finish,hear_trial,hear,hear_forgotten,toggle,now,forget}
  unset _lstm_complete
  unfunction ${${(k)functions[(I)_lstm_complete_*]}:|kept} _zsh_autosuggest_strategy_lstm_complete lstm_complete_unload
}

source "${${(%):-%x}:A:h}/ghost.zsh"
() {
  emulate -L zsh
  local name
  for name in pre_redraw line_finish hear_trial hear hear_forgotten toggle now forget; do
    zle -N _lstm_complete_$name
  done
  _lstm_complete_bind '^[s' _lstm_complete_toggle
  _lstm_complete_bind '^[g' _lstm_complete_now
  _lstm_complete_bind '^[k' _lstm_complete_forget
  add-zle-hook-widget line-pre-redraw _lstm_complete_pre_redraw
  add-zle-hook-widget line-finish _lstm_complete_line_finish
  add-zsh-hook precmd _lstm_complete_begin
  add-zsh-hook preexec _lstm_complete_preexec
}
