/** The part of the script for bash that reads the command line, whatever the commands are. */
export function bashFunctions(name: string): string {
  return `# bash splits words at the characters of COMP_WORDBREAKS too, such as "=" and ":". Sets words to those
# that spaces divide, up to the cursor; operators of redirection stay words of their own.
_${name}_words() {
  local rest=\${COMP_LINE:0:COMP_POINT} trimmed piece before= index
  for ((index = 0; index <= COMP_CWORD; index++)); do
    trimmed=\${rest#"\${rest%%[![:space:]]*}"}
    piece=\${COMP_WORDS[index]}
    if ((index == COMP_CWORD)); then piece=$trimmed; fi
    if [[ $index -eq 0 || $trimmed != "$rest" || $piece == [\\<\\>]* || $before == [\\<\\>]* ]]; then
      words+=("$piece")
    else
      words[-1]+=$piece
    fi
    before=$piece
    rest=\${trimmed#"$piece"}
  done
}

_${name}() {
  COMPREPLY=()
  local words=()
  _${name}_words

  # What the words before the cursor say: the command, how many operands it has, the option or the
  # redirection whose value comes next, and whether "--" has ended the options.
  local command=${name} operands=0 awaits= ended= kind= candidates=() word index
  for ((index = 1; index < \${#words[@]} - 1; index++)); do
    word=\${words[index]}
    if [[ $awaits ]]; then
      awaits=
    elif [[ $word == [\\<\\>]* ]]; then
      awaits='>'
    elif [[ $word == -?* && ! $ended ]]; then
      if [[ $word == -- ]]; then ended=1; fi
      if _${name}_value "$command $word"; then awaits=$word; fi
    elif ((operands == 0)) && _${name}_is_command "$command $word"; then
      command+=" $word"
    else
      operands=$((operands + 1))
    fi
  done

  # readline replaces $2, which is what follows the last quote or break in the word; what is before
  # that is no part of a reply.
  local before=\${words[-1]%"$2"} lead=
  before=\${before//[\\"\\']/}
  local text=$before$2
  kind=
  candidates=()
  if [[ $awaits == '>' ]]; then
    kind=file
  elif [[ $awaits ]]; then
    _${name}_value "$command $awaits"
  elif [[ $text == --*=* && ! $ended ]]; then
    lead=\${text%%=*}=
    _${name}_value "$command \${text%%=*}"
  elif [[ $text == -* && ! $ended ]] || ! _${name}_operand "$command $((operands + 1))"; then
    if [[ ! $ended ]]; then _${name}_options "$command"; fi
  fi

  # Of files bash knows best: tildes, variables, quotes, what is a directory.
  case $kind in
    file) compopt -o default ;;
    directory) compopt -o dirnames ;;
  esac
  local candidate
  for candidate in "\${candidates[@]}"; do
    candidate=$lead$candidate
    if [[ $candidate == "$text"* ]]; then COMPREPLY+=("\${candidate#"$before"}"); fi
  done
  if [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *[=:] ]]; then compopt -o nospace; fi
}
`;
}
