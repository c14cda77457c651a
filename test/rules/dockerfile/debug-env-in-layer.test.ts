import rule from "../../../src/rules/dockerfile/debug-env-in-layer.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    ARG TOKEN
    RUN env
    RUN env A=b make > log
    RUN env | grep ^LANG > /etc/default/locale
    RUN printenv LANG > /x
    RUN set -e; make > log
    RUN env > /tmp/e && make && rm /tmp/e
    RUN env > /dev/null
    RUN export A=b > /x
    RUN echo "$TOKEN" | docker login --password-stdin
    RUN echo "$LANG"
    RUN echo "$OTHER_TOKEN"
    `,
  ],
  found: [
    `
    FROM a:1
    RUN env > /etc/environment
        ~~~ "env" writes the whole environment to "/etc/environment"
    run printenv | sed 's/^/export /' >> /etc/profile.d/env.sh
        ~~~~~~~~ "printenv" writes the whole environment to "/etc/profile.d/env.sh"
    RUN export -p > /env.sh
        ~~~~~~ "export" writes the whole environment to "/env.sh"
    `,
    `
    # ü
    FROM a:1
    ARG TOKEN
    ONBUILD RUN set \\
                ~~~ "set" writes the whole environment to "/x"
      # note
      > /x
    RUN <<EOF
    env | grep -v no_proxy | sort | tee /y
    ~~~ "env" writes the whole environment to "/y"
    echo "token is $TOKEN"
    ~~~~ "echo" prints build argument "TOKEN", a secret going by its name
    EOF
    RUN ["sh", "-c", "env > /x"]
                      ~~~ "env" writes the whole environment to "/x"
    `,
  ],
});
