# What is wrong gets one clear error, a non-zero exit, and no tag.
# shellcheck shell=bash

error_of() { sed -n '/^error: /,$p'; }
put_raw() { "$BIN/out" . <<<"$1"; }
recipe() { mkdir -p ctx && cat >ctx/estaleiro.hcl; }

test_a_request_that_is_not_json() {
  equal "error" "$(refused put_raw '{"source": ' | error_of)" "error: the request is not JSON: error at line:column 2:1"
}

test_a_request_with_an_unknown_field() {
  equal "error" "$(refused put_raw '{"source": {"repository": "a/b", "tga": "x"}}' | error_of)" \
    "error: unknown field 'tga' in source
  fix: did you mean 'tag'?"
}

test_a_recipe_with_several_mistakes_shows_all_of_them() {
  recipe <<'R'
image "e2e/bad" {
  base_image = "busybox"
  entrypont = ["/bin/sh"]

  file "relative" {
    from_step "missing" {
      path = "/x"
    }
  }
}
R
  text=$(refused put . '{"context": "ctx"}')
  contains "first" "$text" "estaleiro.hcl:3:3"
  contains "hint" "$text" "entrypoint"
  contains "second" "$text" "estaleiro.hcl:5:"
  contains "third" "$text" "estaleiro.hcl:6:"
  no_tag
}

test_an_unknown_variable_is_named() {
  example small
  text=$(refused put . '{"context": "small"}')
  contains "place" "$text" "estaleiro.hcl:12:"
  contains "name" "$text" "greeting"
  no_tag
}

test_a_file_without_declared_source_is_refused() {
  example small
  sed -i 's|motd-1.0/\*|other/*|' small/estaleiro.hcl
  text=$(refused put . '{"context": "small", "vars": {"greeting": "x"}}')
  contains "place" "$text" "estaleiro.hcl:7:"
  contains "what is wanted" "$text" "source_file"
  no_tag
}

test_a_member_that_the_tarball_lacks_gets_a_suggestion() {
  example small
  sed -i 's|motd-1.0/motd"|motd-1.0/modt"|; s|motd-1.0/\*|motd-1.0/*|' small/estaleiro.hcl
  text=$(refused put . '{"context": "small", "vars": {"greeting": "x"}}')
  contains "place" "$text" "estaleiro.hcl:7:"
  contains "suggestion" "$text" "did you mean 'motd-1.0/motd'?"
  no_tag
}

test_a_context_that_leads_out_of_the_inputs_is_refused() {
  mkdir inputs
  ln -s /etc inputs/link
  for context in ../.. /etc link; do
    text=$(refused put inputs "{\"context\": \"$context\"}")
    contains "$context" "$text" "params.context"
  done
  no_tag
}

test_a_missing_recipe_says_where_it_was_looked_for() {
  mkdir ctx
  contains "error" "$(refused put . '{"context": "ctx"}')" "params.file 'estaleiro.hcl'"
}

test_a_missing_dockerfile_points_at_the_attribute() {
  example announcement
  rm announcement/Dockerfile
  sed -i '/  apt {/,/^  }/d' announcement/estaleiro.hcl
  text=$(refused put . '{"context": "announcement", "vars": {"estaleiro-commit": "x"}}')
  contains "error" "$text" "the build context has no file 'Dockerfile'"
  no_tag
}

test_a_failing_step_ends_the_log_with_its_own_output() {
  recipe <<'R'
image "e2e/failing" {
  base_image = "busybox"
  file "/x" {
    from_step "build" { path = "/x" }
  }
}
step "build" {
  dockerfile = "Dockerfile"
  source_file "/x" {
    vcs "git" {
      repository = "https://git.example/x"
      ref        = "8f6f0fb5d4c9aa2b0d2f1f3bb0b9d9b3a1c7e5d2"
    }
  }
}
R
  printf 'FROM busybox\nRUN echo about to fail; exit 7\n' >ctx/Dockerfile
  text=$(refused put . '{"context": "ctx"}')
  contains "output" "$(tail -n 20 <<<"$text")" "about to fail"
  contains "exit code" "$text" "7"
  no_tag
}

test_an_engine_that_is_not_there() {
  example small
  started=$SECONDS
  text=$(refused put . '{"context": "small", "vars": {"greeting": "x"}}' '.buildkit.address = "unix:///nowhere/buildkitd.sock"')
  contains "error" "$text" "/nowhere/buildkitd.sock"
  contains "fix" "$text" "fix: "
  text=$(refused put . '{"context": "small", "vars": {"greeting": "x"}}' '.buildkit.address = "tcp://127.0.0.1:1"')
  contains "error" "$text" "127.0.0.1:1"
  text=$(refused put . '{"context": "small", "vars": {"greeting": "x"}}' ".buildkit.address = \"tcp://$REGISTRY\"")
  contains "not BuildKit" "$text" "fix: "
  [[ $((SECONDS - started)) -lt 50 ]] || fail "it took $((SECONDS - started)) s"
  no_tag
}

test_a_registry_that_is_not_there() {
  example small
  text=$(refused put . '{"context": "small", "vars": {"greeting": "x"}}' '.repository = "127.0.0.1:1/x/y"')
  contains "error" "$text" "127.0.0.1:1"
  text=$(refused check null '.repository = "127.0.0.1:1/x/y"')
  contains "error" "$text" "127.0.0.1:1"
}

test_a_recipe_of_100_megabytes_or_a_million_brackets_costs_little() {
  mkdir ctx
  head -c 104857600 /dev/zero | tr '\0' '#' >ctx/estaleiro.hcl
  contains "100 MB, put" "$(refused put . '{"context": "ctx"}')" "is larger than"
  contains "100 MB, validate" "$(refused "$BIN/estaleiro" validate --file ctx/estaleiro.hcl)" "is larger than"
  { printf 'image "x" {\n  base_image = '; head -c 1000000 /dev/zero | tr '\0' '['; } >ctx/estaleiro.hcl
  equal "brackets, put" "$(refused put . '{"context": "ctx"}' | grep -c 'this nests deeper than 250 levels')" 1
  if /usr/bin/time -f %M -o peak "$BIN/estaleiro" validate --file ctx/estaleiro.hcl 2>text; then fail "it is valid"; fi
  [[ $(tail -n 1 peak) -lt 131072 ]] || fail "it took $(tail -n 1 peak) KiB"
  no_tag
}
