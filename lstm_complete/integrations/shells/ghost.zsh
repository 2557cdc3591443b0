# The ghost that zsh draws by itself, where there is no zsh-autosuggestions; a part of lstm_complete.zsh.
#
# One connection stays open while a line is typed, and is asked at each key; the answer that comes back for another text
# is dropped. No command that is run inherits it.

# zle moves what is highlighted along with the text, and spells it in its own way: ours is known by its memo, and before
# zsh 5.9, which keeps none, by its looks and its length.
_lstm_complete_hide() {
  local shown=${_lstm_complete[shown]-} highlight=${_lstm_complete[highlight]-} each
  local -a words others
  [[ -n $shown && $POSTDISPLAY == "$shown" ]] && POSTDISPLAY=
  if [[ -n $highlight ]]; then
    for each in "${(@)region_highlight}"; do
      words=(${=each})
      [[ "$words[3,-1]" == "$highlight" ]] && (( words[2] - words[1] == $#shown )) || others+=("$each")
    done
    region_highlight=("${(@)others}")
  fi
  _lstm_complete[shown]= _lstm_complete[ghost]= _lstm_complete[highlight]=
}

# GHOST: show it behind the text
_lstm_complete_show() {
  local REPLY
  _lstm_complete_hide
  [[ -n $1 ]] || return
  _lstm_complete_looks
  _lstm_complete[ghost]=$1
  _lstm_complete[text]=$BUFFER
  if [[ $REPLY == colour ]]; then
    POSTDISPLAY=$1
    region_highlight+=("$#BUFFER $(( $#BUFFER + $#1 )) ${LSTM_COMPLETE_STYLE:-fg=8}, memo=lstm_complete")
    _lstm_complete[highlight]=${region_highlight[-1]#* * }
  else
    POSTDISPLAY="·$1"
  fi
  _lstm_complete[shown]=$POSTDISPLAY
}

# Before each drawing of the line: keep of the ghost what the new letters agree with, and ask for the next.
_lstm_complete_pre_redraw() {
  emulate -L zsh
  local REPLY ghost=${_lstm_complete[ghost]-} text=${_lstm_complete[text]-}
  if ! _lstm_complete_is_on; then
    _lstm_complete_hide
    _lstm_complete[seen]=
    return
  fi
  if [[ -n ${_lstm_complete[plugin]-} ]] || _lstm_complete_join; then
    _lstm_complete_looks
    if [[ $REPLY == key ]]; then
      _lstm_complete_is_served
    else
      _lstm_complete_connect
    fi
    return 0
  fi
  [[ "$CURSOR $BUFFER" == "${_lstm_complete[seen]-}" ]] && return
  _lstm_complete_hide
  if (( CURSOR == $#BUFFER && $#BUFFER <= 4000 )); then
    [[ -n $ghost && "$BUFFER" == "$text"* && "$text$ghost" == "$BUFFER"?* ]] &&
      _lstm_complete_show "${ghost[$#BUFFER-$#text+1,-1]}"
    (( PENDING || KEYS_QUEUED_COUNT )) && return  # more keys are there already: the last one asks
    _lstm_complete_looks
    [[ $REPLY == key ]] || _lstm_complete_send
  fi
  _lstm_complete[seen]="$CURSOR $BUFFER"
}

# Ask for what may follow the line, over the one connection.
_lstm_complete_send() {
  local REPLY
  if [[ -z ${_lstm_complete[fd]-} ]]; then
    _lstm_complete_connect
  elif (( ${_lstm_complete[since]:-0} )) && ! _lstm_complete_is_within 1 $_lstm_complete[since]; then  # it hangs
    _lstm_complete_close
  else
    (( ${_lstm_complete[since]:-0} )) || _lstm_complete[since]=$EPOCHREALTIME
    _lstm_complete_request continuation "$BUFFER"
    print -rn -u $_lstm_complete[fd] -- "$REPLY" 2>/dev/null || _lstm_complete_close
  fi
}

# A child finds out whether the daemon answers: this shell connects to none that does not, and starts one where a socket
# is all that is left. With zsh-autosuggestions that is all: its own children ask.
_lstm_complete_connect() {
  local REPLY
  local -i fd
  _lstm_complete_is_within 2 ${_lstm_complete[tried]:-0} && return
  _lstm_complete_end_trial
  _lstm_complete_is_served || return
  _lstm_complete[tried]=$EPOCHREALTIME
  exec {fd}< <(_lstm_complete_ask status '' || print -rn -- $'\0')
  _lstm_complete[trial]=$fd
  zle -F -w $fd _lstm_complete_hear_trial
}

_lstm_complete_hear_trial() {
  emulate -L zsh
  local REPLY chunk
  local -i fd
  if sysread -i $1 -t 0 chunk; then
    _lstm_complete[heard]+=$chunk
    [[ $_lstm_complete[heard] == *$'\0'*$'\0' ]] || return 0
    if [[ $_lstm_complete[heard] == *$'\0\0' ]]; then
      _lstm_complete_start
    elif [[ -z ${_lstm_complete[plugin]-} ]]; then
      _lstm_complete_socket
      zsocket "$REPLY" 2>/dev/null && exec {fd}<&$REPLY {REPLY}<&-  # from 10 on: the numbers below are the user's
    fi
  elif (( $? == 4 )); then
    return 0
  fi
  _lstm_complete_end_trial
  (( fd )) || return 0
  _lstm_complete[fd]=$fd
  zle -F -w $fd _lstm_complete_hear
  _lstm_complete_send
}

_lstm_complete_end_trial() {
  local -i fd=${_lstm_complete[trial]:-0}
  if (( fd )); then
    zle -F $fd
    exec {fd}<&-
    kill ${_lstm_complete[heard]%%$'\0'*} 2>/dev/null
  fi
  _lstm_complete[trial]= _lstm_complete[heard]=
}

_lstm_complete_hear() {
  emulate -L zsh
  local chunk frame
  if ! sysread -i $1 -t 0 chunk; then
    (( $? == 4 )) || _lstm_complete_close
    return 0
  fi
  _lstm_complete[received]+=$chunk
  while [[ $_lstm_complete[received] == *$'\0'* ]]; do
    frame=${_lstm_complete[received]%%$'\0'*}
    _lstm_complete[received]=${_lstm_complete[received]#*$'\0'}
    _lstm_complete[since]=
    if [[ "${frame[1,$#BUFFER+1]}" == "$BUFFER"$'\x1f' ]] && (( CURSOR == $#BUFFER )) && _lstm_complete_is_on; then
      _lstm_complete_show "${frame[$#BUFFER+2,-1]}"
      zle -R
    fi
  done
}

_lstm_complete_close() {
  local -i fd=${_lstm_complete[fd]:-0}
  _lstm_complete[fd]= _lstm_complete[received]= _lstm_complete[since]=
  (( fd )) || return 0
  zle -F $fd
  exec {fd}<&-
}

_lstm_complete_line_finish() {
  emulate -L zsh
  _lstm_complete_hide
  _lstm_complete_end_trial
  _lstm_complete_close
  _lstm_complete[seen]= _lstm_complete[tried]=
}

# --- Taking it ---

# WIDGET all|word ...: take the ghost, or its next word, where it stands behind the cursor; else do what WIDGET did
_lstm_complete_take() {
  emulate -L zsh
  local widget=_lstm_complete_was_$1 part=$2 text=$BUFFER ghost=${_lstm_complete[ghost]-}
  shift 2
  if [[ -z $ghost || $BUFFER != "$_lstm_complete[text]" ]] || (( CURSOR != $#BUFFER )); then
    zle $widget -- "$@"
    return
  fi
  BUFFER+=$ghost
  zle $widget -- "$@"
  [[ $part == word ]] && (( CURSOR > $#text )) && BUFFER=${BUFFER[1,CURSOR]}
  CURSOR=$#BUFFER
  return 0
}

# Let the keys that go to the right take the ghost.
_lstm_complete_wrap() {
  local widget part
  for widget part in forward-char all end-of-line all vi-forward-char all vi-end-of-line all \
    forward-word word emacs-forward-word word vi-forward-word word vi-forward-word-end word \
    vi-forward-blank-word word vi-forward-blank-word-end word; do
    zle -A $widget _lstm_complete_was_$widget
    functions[_lstm_complete_take_$widget]="_lstm_complete_take $widget $part \"\$@\""
    zle -N $widget _lstm_complete_take_$widget
    _lstm_complete[wrapped]+="$widget "
  done
}

# Takes the wraps off; in `kept` what is to stay.
_lstm_complete_unwrap() {
  local widget
  for widget in ${=_lstm_complete[wrapped]-}; do
    if [[ $widgets[$widget] == user:_lstm_complete_take_* ]]; then
      zle -A _lstm_complete_was_$widget $widget
      zle -D _lstm_complete_was_$widget
    else  # somebody has wrapped it since, and goes on to call it
      kept+=(_lstm_complete_take_$widget)
      functions[_lstm_complete_take_$widget]="zle _lstm_complete_was_$widget -- \"\$@\""
    fi
  done
}
