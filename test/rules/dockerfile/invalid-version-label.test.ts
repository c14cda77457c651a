import rule from "../../../src/rules/dockerfile/invalid-version-label.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    LABEL org.opencontainers.image.version=1.4.0
    `,
    `
    FROM a:1
    LABEL org.opencontainers.image.version=2.0.0-rc.1+build.5
    `,
    `
    FROM a:1
    LABEL org.opencontainers.image.version=$V
    `,
    `
    FROM a:1
    LABEL version=1
    `,
  ],
  found: [
    `
    FROM a:1
    LABEL org.opencontainers.image.version=v1.4.0
                                           ~~~~~~ "org.opencontainers.image.version" is no semantic version: "v1.4.0"
    `,
    `
    FROM a:1
    label org.opencontainers.image.version "1.4"
                                           ~~~~~ "org.opencontainers.image.version" is no semantic version: "1.4"
    `,
    `
    FROM a:1
    LABEL org.opencontainers.image.version=1.4.0-01
                                           ~~~~~~~~ "org.opencontainers.image.version" is no semantic version: "1.4.0-01"
    `,
    `
    FROM a:1
    LABEL é=a \\
      # why
      org.opencontainers.image.version=latest
                                       ~~~~~~ "org.opencontainers.image.version" is no semantic version: "latest"
    ONBUILD LABEL org.opencontainers.image.version=01.2.3
                                                   ~~~~~~ "org.opencontainers.image.version" is no semantic version: "01.2.3"
    `,
  ],
});
