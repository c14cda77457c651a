import rule from "../../../src/rules/dockerfile/digest-platform-specific.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM arm64v8/debian:12@sha256:00
    `,
    `
    FROM debian:12@sha256:00
    ARG TARGETPLATFORM
    `,
    `
    ARG TARGETARCH
    FROM tool:1-\${TARGETARCH}
    `,
    `
    FROM --platform=linux/amd64 tool:1-amd64 AS x
    FROM a:1
    ARG TARGETARCH
    `,
    `
    FROM a:1 AS tool-amd64
    FROM tool-amd64
    ARG TARGETARCH
    `,
  ],
  found: [
    `
    FROM arm64v8/debian:12@sha256:00
         ~~~~~~~~~~~~~~~~~~~~~~~~~~~ "arm64v8/debian:12@sha256:00" is for "arm64v8" only
    arg TARGETPLATFORM
    `,
    `
    # ü
    FROM --platform=$BUILDPLATFORM registry.example:5000/team/tool:1.2-amd64 AS x
                                   ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "registry.example:5000/team/tool:1.2-amd64" is for "amd64" only
    FROM --platform=$TARGETPLATFORM team/tool-linux-arm64
                                    ~~~~~~~~~~~~~~~~~~~~~ "team/tool-linux-arm64" is for "arm64" only
    `,
  ],
  withOptions: [
    {
      options: { digests: ["sha256:00"] },
      clean: [
        `
        FROM debian@sha256:01
        ARG TARGETARCH
        `,
      ],
      found: [
        `
        FROM debian:12@sha256:00
                       ~~~~~~~~~ digest of "debian" is that of one platform
        ARG TARGETARCH
        `,
      ],
    },
  ],
});
