# Builds nothing. The completions, in shells that are typed into.
# shellcheck shell=bash

# typed SHELL SETUP KEYS: what a live shell shows when the keys are typed after the lines of the setup. There, estaleiro
# says what it was called with.
typed() {
  # shellcheck disable=SC2016 # expanded over there
  TERM=dumb zsh -fc 'zmodload zsh/zpty
    zpty shell "$1"
    zpty -w shell "$2"
    zpty -w shell "estaleiro() { echo; echo \"<\$*>\"; }"
    zpty -w shell "$3"
    zpty -w shell exit
    while zpty -r shell line; do print -rn -- "$line"; done' typed "$@" | tr -d '\r'
}
as_bash() { typed 'bash --norc --noprofile -i' "bind 'set bell-style none'; source <('$BIN/estaleiro' completion bash)" "$1"; }
as_zsh() { typed 'zsh -f -i' "autoload -U compinit; compinit -u -D; source <('$BIN/estaleiro' completion zsh)" "$1"; }
as_zsh_with_fpath() {
  mkdir -p functions
  "$BIN/estaleiro" completion zsh >functions/_estaleiro
  typed 'zsh -f -i' "fpath=('$WORK/functions' \$fpath); autoload -U compinit; compinit -u -D" "$1"
}

test_the_tab_key_completes_commands_options_and_files() {
  touch recipe-of-mine.hcl
  for shell in as_bash as_zsh as_zsh_with_fpath; do
    contains "$shell: a command" "$($shell $'estaleiro vali\t')" "<validate>"
    contains "$shell: a command of a command" "$($shell $'estaleiro bom ver\t')" "<bom verify>"
    contains "$shell: an option" "$($shell $'estaleiro build --check-rep\t')" "<build --check-reproducible>"
    contains "$shell: an option of bom" "$($shell $'estaleiro bom get --form\t')" "<bom get --format>"
    contains "$shell: a file" "$($shell $'estaleiro build --file recipe-of\t')" "<build --file recipe-of-mine.hcl>"
    contains "$shell: a file without an option" "$($shell $'estaleiro fmt recipe-of\t')" "<fmt recipe-of-mine.hcl>"
    contains "$shell: nothing that is not there" "$($shell $'estaleiro no-such\t')" "<no-such>"
  done
}

test_the_tab_key_lists_what_is_possible() {
  for shell in as_bash as_zsh; do
    seen=$($shell $'estaleiro \t\t')
    for command in build bom graph validate fmt config frontend completion man; do contains "$shell" "$seen" "$command"; done
  done
}
