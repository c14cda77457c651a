import rule from "../../../src/rules/dockerfile/secret-mount-env-traced.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN --mount=type=secret,id=t curl -H @/run/secrets/t x
    RUN --mount=type=secret,id=t docker login --password-stdin < /run/secrets/t
    RUN --mount=type=secret,id=t TOKEN=$(cat /run/secrets/t) npm ci
    RUN --mount=type=secret,id=t export TOKEN="$(cat /run/secrets/t)" && npm ci
    RUN --mount=type=secret,id=t,env=T [ -n "$T" ] && npm ci
    RUN --mount=type=secret,id=t cat /run/secrets/t | docker login --password-stdin
    RUN --mount=type=secret,id=t use "$(cat /etc/hostname)"
    RUN --mount=type=cache,target=/x set -x; use "$(cat /run/secrets/t)"
    RUN --mount=type=secret,id=$T set -x; use "$(cat /run/secrets/t)"
    RUN --mount=type=secret,id=t set -x; npm ci --userconfig /run/secrets/t
    `,
    `
    FROM a:1
    RUN --mount=type=secret,id=t,env=T echo "$T" | login --password-stdin
    RUN --mount=type=secret,id=t set -x; set +x; TOKEN=$(cat /run/secrets/t) npm ci
    `,
  ],
  found: [
    `
    FROM a:1
    RUN --mount=type=secret,id=t curl -H "Authorization: $(cat /run/secrets/t)" x
                                         ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ secret "/run/secrets/t" is an argument of "curl"
    run --mount=type=secret,id=t,env=T docker login -p "$T"
                                                       ~~~~ secret "T" is an argument of "docker"
    RUN --mount=type=secret,id=t set -x; TOKEN=$(cat /run/secrets/t) npm ci
                                               ~~~~~~~~~~~~~~~~~~~~~ "set -x" prints the secret "/run/secrets/t"
    `,
    `
    # ü
    FROM a:1
    ONBUILD RUN --mount=type=secret,id=t,target=/k \\
      # note
      use --password=\`cat /k\`
          ~~~~~~~~~~~~~~~~~~~ secret "/k" is an argument of "use"
    RUN --mount=type=secret,id=t,env=T <<EOF
    set -ex
    echo "$T" | login
         ~~~~ "set -x" prints the secret "T"
    EOF
    SHELL ["/bin/bash", "-xc"]
    RUN --mount=type=secret,id=t,env=T export X=$T
                                              ~~~~ "set -x" prints the secret "T"
    `,
  ],
});
