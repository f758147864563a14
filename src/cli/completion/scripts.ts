import { DiagnosticError } from '../../core/diagnostic.ts';
import { shellUnknown } from '../errors.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;

type Shell = (typeof shells)[number];

/** The script that makes a shell ask us what a word may end in. Throws `shell-unknown`. */
export function completionScript(shell: unknown): string {
  const known = shells.find((one) => one === shell);
  if (known === undefined) {
    throw new DiagnosticError(shellUnknown(typeof shell === 'string' ? shell : null, shells));
  }
  return scripts[known];
}

/**
 * Each asks `sluice __complete <shell> ...`, whose first line says what follows: `words`, `open` (words that go on: no
 * space behind them), or what the shell finds by itself: `files`, `folders`.
 */
const scripts: Readonly<Record<Shell, string>> = {
  bash: `# Completion of sluice for bash. In ~/.bashrc: source <(sluice completion bash)
_sluice() {
  local kind line
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ -z $kind ]]; then kind=$line; else COMPREPLY+=("$line"); fi
  done < <("\${COMP_WORDS[0]}" __complete bash "\${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
  case $kind in
    open) compopt -o nospace 2>/dev/null ;;
    files | folders)
      compopt -o filenames 2>/dev/null
      local how=-f
      [[ $kind == folders ]] && how=-d
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$how" -- "\${COMP_WORDS[COMP_CWORD]}")
      ;;
  esac
}
complete -F _sluice sluice
`,
  zsh: `#compdef sluice
# Completion of sluice for zsh. In ~/.zshrc, below compinit: source <(sluice completion zsh)
_sluice() {
  local -a answer
  answer=("\${(@f)$("\${words[1]}" __complete zsh "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  local kind=\${answer[1]}
  answer=("\${(@)answer[2,-1]}")
  case $kind in
    files) _files ;;
    folders) _files -/ ;;
    open) _describe 'sluice' answer -S '' ;;
    words) _describe 'sluice' answer ;;
  esac
}
if [[ \${funcstack[1]} == _sluice ]]; then _sluice "$@"; else compdef _sluice sluice; fi
`,
  fish: `# Completion of sluice for fish. Save as ~/.config/fish/completions/sluice.fish
function __sluice_complete
    set -l typed (commandline -opc)
    set -l current (commandline -ct)
    set -l answer ($typed[1] __complete fish $typed[2..-1] "$current" 2>/dev/null)
    switch "$answer[1]"
        case folders
            __fish_complete_directories "$current"
        case files
            __fish_complete_path "$current"
        case words open
            printf '%s\\n' $answer[2..-1]
    end
end
complete -c sluice -f -a '(__sluice_complete)'
`,
};
