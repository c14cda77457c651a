import rule from "../../../src/rules/dockerfile/undefined-variable.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    COPY $foo \${bar:-x} \${baz:+y} \${q-z} /
    ENV PATH=/x:$PATH HTTP=$http_proxy
    RUN echo $FO
    `,
    `
    FROM a:1
    ENV FOO=1
    COPY $FOO /
    `,
    `
    FROM scratch AS x
    ENV FOO=1
    FROM x
    COPY $FOO /
    `,
    `
    FROM a:1
    ARG FOO
    COPY '$FOOO' \\$FOOO /
    `,
  ],
  found: [
    `
    FROM alpine
    COPY $foo .
         ~~~~ "foo" is not set here: it is set below
    ARG foo=bar
        --- related: too late
    RUN echo $foo
    `,
    `
    FROM alpine
    ARG DIR_BINARIES=binaries/
    ARG DIR_ASSETS=assets/
    ARG DIR_CONFIG=config/
    COPY $DIR_ASSET .
         ~~~~~~~~~~ "DIR_ASSET" is not set here; "DIR_ASSETS" is
    ENV PATH=$PAHT:/tmp/bin
             ~~~~~ "PAHT" is not set here; "PATH" is
    `,
    `
    FROM scratch
    # é
    user \\
      \${ID}
      ~~~~~ "ID" is not set here
    ONBUILD WORKDIR $X/y
                    ~~ "X" is not set here
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    ARG VERSION
    ENV V=\${VERSON}
    `,
      after: `
    FROM a:1
    ARG VERSION
    ENV V=\${VERSION}
    `,
    },
  ],
});
