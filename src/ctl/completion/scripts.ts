/** What each shell has to be told: to ask `cairnctl __complete`, which answers a line for each candidate. */
import type { SHELLS } from '../../config/ctl/moreCommands';

export type Shell = (typeof SHELLS)[number];

/** In answers, a first line that says that files are meant. */
export const FILES_MARK = ':files';

const bash = `# cairnctl for bash: source <(cairnctl completion bash)
_cairnctl() {
  # bash parts words at : and = too: what stands together on the line is one word, and of an answer only what follows its last part is put in.
  local IFS=$'\\n' line rest=$COMP_LINE part joined='' head='' i
  local -a words=()
  for ((i = 0; i <= COMP_CWORD; i++)); do
    part=\${COMP_WORDS[i]}
    if [[ i -gt 0 && $rest != [[:space:]]* ]]; then
      head=$joined
    else
      [[ i -gt 1 ]] && words+=("$joined")
      joined='' head=''
    fi
    joined+=$part
    rest=\${rest#*"$part"}
  done
  words+=("$joined")
  if [[ -n $part && -z \${part//["$COMP_WORDBREAKS"]/} ]]; then
    part='' head=$joined
  fi
  words=("\${words[@]//[\\\\\\"\\']/}")
  head=\${head//[\\\\\\"\\']/}
  COMPREPLY=()
  while read -r line; do
    if [[ $line == ${FILES_MARK} ]]; then
      COMPREPLY=($(compgen -f -- "$part"))
      compopt -o filenames 2>/dev/null
      return
    fi
    line=\${line%%$'\\t'*}
    [[ $line == */ ]] && compopt -o nospace 2>/dev/null
    COMPREPLY+=("$(printf '%q' "\${line#"$head"}")")
  done < <(cairnctl __complete "\${words[@]}" 2>/dev/null </dev/null)
}
complete -F _cairnctl cairnctl
`;

const zsh = `# cairnctl for zsh: source <(cairnctl completion zsh)
_cairnctl() {
  local line word help
  local -a plain open shown
  for line in \${(f)"$(cairnctl __complete "\${(@Q)words[2,CURRENT]}" 2>/dev/null </dev/null)"}; do
    if [[ $line == ${FILES_MARK} ]]; then
      [[ $PREFIX == -*=* ]] && compset -P '*='
      _files
      return
    fi
    word=\${line%%$'\\t'*}
    if [[ $word == */ ]]; then
      open+=("$word")
    else
      help=\${line#*$'\\t'}
      plain+=("$word")
      shown+=("$word  -- $help")
    fi
  done
  (( $#plain )) && compadd -l -d shown -a plain
  (( $#open )) && compadd -S '' -a open
  return 0
}
compdef _cairnctl cairnctl
`;

const fish = `# cairnctl for fish: cairnctl completion fish | source
function __cairnctl_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in (cairnctl __complete $words[2..-1] 2>/dev/null </dev/null)
        if test "$line" = ${FILES_MARK}
            set -l flag (string match -r '^-[^=]*=' -- (commandline -ct))
            for path in (__fish_complete_path (string replace -r '^-[^=]*=' '' -- (commandline -ct)))
                echo -- "$flag"$path
            end
            return
        end
        echo -- $line
    end
end
complete -c cairnctl -f -a '(__cairnctl_complete)'
`;

export const scripts: Readonly<Record<Shell, string>> = { bash, zsh, fish };
