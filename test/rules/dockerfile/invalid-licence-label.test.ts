import rule from "../../../src/rules/dockerfile/invalid-licence-label.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    LABEL org.opencontainers.image.licenses=MIT
    `,
    `
    FROM a:1
    LABEL org.opencontainers.image.licenses="(MIT OR Apache-2.0) AND BSD-3-Clause"
    `,
    `
    FROM a:1
    LABEL org.opencontainers.image.licenses="GPL-2.0-only WITH Classpath-exception-2.0"
    `,
    `
    FROM a:1
    LABEL org.opencontainers.image.licenses=LicenseRef-Own
    `,
    `
    FROM a:1
    LABEL org.opencontainers.image.licenses=gpl-2.0+
    `,
    `
    FROM a:1
    LABEL org.opencontainers.image.licenses=$X
    `,
    `
    FROM a:1
    LABEL licence=x
    `,
  ],
  found: [
    `
    FROM a:1
    LABEL org.opencontainers.image.licenses=Apache
                                            ~~~~~~ "org.opencontainers.image.licenses" is no SPDX licence expression: "Apache"
    `,
    `
    FROM a:1
    label org.opencontainers.image.licenses "MIT Apache-2.0"
                                            ~~~~~~~~~~~~~~~~ "org.opencontainers.image.licenses" is no SPDX licence expression: "MIT Apache-2.0"
    `,
    `
    FROM a:1
    LABEL org.opencontainers.image.licenses=""
                                            ~~ "org.opencontainers.image.licenses" is no SPDX licence expression: ""
    `,
    `
    FROM a:1
    LABEL é=a \\
      # why
      org.opencontainers.image.licenses="(MIT OR"
                                        ~~~~~~~~~ "org.opencontainers.image.licenses" is no SPDX licence expression: "(MIT OR"
    ONBUILD LABEL org.opencontainers.image.licenses="MIT AND"
                                                    ~~~~~~~~~ "org.opencontainers.image.licenses" is no SPDX licence expression: "MIT AND"
    `,
  ],
});
