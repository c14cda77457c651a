import rule from "../../../src/rules/dockerfile/deprecated-maintainer.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    LABEL org.opencontainers.image.authors="me"
    `,
    `
    FROM a:1
    # MAINTAINER me
    RUN echo MAINTAINER
    `,
    `
    FROM a:1
    RUN <<EOF
    MAINTAINER me
    EOF
    `,
  ],
  found: [
    `
    FROM a:1
    MAINTAINER me@example.org
    ~~~~~~~~~~ "MAINTAINER" is deprecated
    `,
    `
    FROM a:1
    maintainer "Zoë" <z@example.org>
    ~~~~~~~~~~ "maintainer" is deprecated
    MAINTAINER "second"
    ~~~~~~~~~~ "MAINTAINER" is deprecated
    `,
    `
    FROM a:1
    ONBUILD MAINTAINER me
            ~~~~~~~~~~ "MAINTAINER" is deprecated
    `,
    `
    FROM a:1
    MAINTAINER \\
    ~~~~~~~~~~ "MAINTAINER" is deprecated
      # note
      me
    `,
  ],
  fixed: [
    {
      before: `
      FROM a:1
      MAINTAINER "Zoë" $x <z@example.org>
      `,
      after: `
      FROM a:1
      LABEL org.opencontainers.image.authors="\\"Zoë\\" \\$x <z@example.org>"
      `,
    },
    {
      before: `
      FROM a:1
      MAINTAINER "Zoë"
      `,
      after: `
      FROM a:1
      LABEL org.opencontainers.image.authors="Zoë"
      `,
    },
    {
      before: `
      FROM a:1
      MAINTAINER \\
        # kept
        me
      `,
      after: `
      FROM a:1
      MAINTAINER \\
        # kept
        me
      `,
    },
  ],
});
