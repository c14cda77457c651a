import rule from "../../../src/rules/dockerfile/secret-mount-optional.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN --mount=type=secret,id=t,required=true cat /run/secrets/t
    RUN --mount=type=secret,id=t,required cat /run/secrets/t
    RUN --mount=type=secret,id=t if [ -f /run/secrets/t ]; then cat /run/secrets/t; fi
    RUN --mount=type=secret,id=t test -s /run/secrets/t && cat /run/secrets/t
    RUN --mount=type=secret,id=t,env=T [ -n "$T" ] && use
    RUN --mount=type=secret,id=t,env=T use "\${T:?no token}"
    RUN --mount=type=cache,target=/x y
    RUN --mount=type=ssh y
    `,
    `
    FROM a:1
    RUN --mount=type=secret,id=netrc,target=/root/.netrc git clone x
    RUN --mount=type=secret,id=$ID cat /run/secrets/x
    RUN --mount=type=secret,id=t,required=$R cat /run/secrets/t
    RUN --mount=type=secret,id=t cat /run/secrets/t || true
    RUN --mount=type=secret,id=t python3 <<EOF
    open("/run/secrets/t")
    EOF
    RUN --mount=type=secret,id=t x="$(cat /run/secrets/t 2>/dev/null)"
    `,
    `
    FROM a:1
    RUN --mount=type=secret,id=t ["cat", "/run/secrets/t"]
    RUN --mount=type=secret,id=t X=$(cat /run/secrets/t) && use $X
    RUN --mount=type=secret,id=t set -e; X=$(cat /run/secrets/t); use $X
    RUN --mount=type=secret,id=t use --token-file=/run/secrets/t
    RUN --mount=type=secret,id=t,env=T set -u; use $T
    `,
  ],
  found: [
    `
    FROM a:1
    RUN --mount=type=secret,id=t TOKEN=$(cat /run/secrets/t) npm ci
        ~~~~~~~~~~~~~~~~~~~~~~~~ nothing asks whether "/run/secrets/t" is there
    run --mount=type=secret,id=t,env=T use $T
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ nothing asks whether "T" is there
    `,
    `
    # ü
    FROM a:1
    ONBUILD RUN --mount=type=secret,id=t,target=/tmp/t \\
                ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ nothing asks whether "/tmp/t" is there
      # note
      use "$(cat /tmp/t)"
    RUN --mount=type=secret,target=/k <<EOF
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ nothing asks whether "/k" is there
    read key < /k
    use $key
    EOF
    RUN --mount=type=secret,id=t ["sh", "-c", "cat /run/secrets/t | login"]
        ~~~~~~~~~~~~~~~~~~~~~~~~ nothing asks whether "/run/secrets/t" is there
    RUN --mount=type=secret,id=t X=$(cat /run/secrets/t); use $X
        ~~~~~~~~~~~~~~~~~~~~~~~~ nothing asks whether "/run/secrets/t" is there
    `,
  ],
  fixed: [
    {
      before: `
      FROM a:1
      RUN --mount=type=secret,id=t,required=false use $(cat /run/secrets/t)
      RUN --mount=type=secret,id=t \\
          cat /run/secrets/t | use
      `,
      after: `
      FROM a:1
      RUN --mount=type=secret,id=t,required=true use $(cat /run/secrets/t)
      RUN --mount=type=secret,id=t,required=true \\
          cat /run/secrets/t | use
      `,
    },
  ],
});
