#!/bin/sh
# A client of tuner-mpi's dialogue (docs/trainee.md) in POSIX shell. It climbs 1.2 - theta0^2 - theta1^2, but
# sees only the gradient of 1.2 - h0 theta0^2 - h1 theta1^2.
LC_ALL=C
export LC_ALL
in=${TUNER_MPI_DIALOGUE%,*} out=${TUNER_MPI_DIALOGUE#*,}

# The number, or the text, that the line has by this name. Names are unique in a line here.
number() { printf '%s' "$line" | sed -n "s/.*\"$1\":\([-+.0-9eE]*\).*/\1/p"; }
text() { printf '%s' "$line" | sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }
say() { printf '%s\n' "$1" >&"$out"; }
effective() { printf '"effective":{"h0":%s,"h1":%s}' "$h0" "$h1"; }

# The state is two numbers and no array: they stand in the file's metadata, a JSON text within JSON.
load() {
  words=$(tail -c +9 "$1" | sed 's/.*\\"theta0\\":\([-+.0-9eE]*\),\\"theta1\\":\([-+.0-9eE]*\).*/\1 \2/')
  theta0=${words% *} theta1=${words#* }
}

# 8 bytes that say 184, and a header of that many bytes: 192 is a multiple of 64.
save() {
  form='{"__metadata__":{"tuner_mpi":"{\\"scalars\\":{\\"theta0\\":%s,\\"theta1\\":%s}}"}}'
  # shellcheck disable=SC2059
  header=$(printf "$form" "$theta0" "$theta1")
  printf '\270\0\0\0\0\0\0\0%-184s' "$header" >"$1"
}

# Four steps up the hill; the score too.
train() {
  awk -v a="$theta0" -v b="$theta1" -v h0="$h0" -v h1="$h1" 'BEGIN {
    for (step = 0; step < 4; step++) { a -= 0.02 * 2 * h0 * a; b -= 0.02 * 2 * h1 * b }
    printf "%.17g %.17g %.17g\n", a, b, 1.2 - a * a - b * b
  }'
}

while IFS= read -r line <&"$in"; do
  do=$(text do)
  case $do in
    hello)
      say '{"say":"hello","version":1,"client":"shell","hyperparameters":[{"name":"h0"},{"name":"h1"}]}' ;;
    begin | restore | set)
      h0=$(number h0) h1=$(number h1)
      if [ "$do" != set ]; then
        budget=$(number budget) theta0=0.9 theta1=0.9
        state=$(text state)
        if [ -n "$state" ]; then load "$state"; fi
        echo "$do trial $(number trial) at $budget: theta $theta0 $theta1, h $h0 $h1"
      fi
      say "{\"say\":\"ready\",\"budget\":$budget,\"state\":\"same\",$(effective)}" ;;
    train)
      result=$(train)
      theta0=${result%% *} score=${result##* }
      theta1=${result#* } theta1=${theta1% *}
      budget=$(number to)
      say "{\"say\":\"reached\",\"budget\":$budget,\"metrics\":{\"score\":$score},$(effective)}" ;;
    save)
      save "$(text file)"
      say '{"say":"saved","bytes":192}' ;;
    end) exit 0 ;;
    *)
      say "{\"say\":\"error\",\"kind\":\"trial\",\"message\":\"expected a known message, found $do\"}"
      exit 1 ;;
  esac
done
