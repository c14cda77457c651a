import rule from "../../../src/rules/dockerfile/uppercase-stage-name.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM debian:12
    `,
    `
    FROM debian:12 AS build-1_x.y
    `,
    `
    FROM debian:12 AS Build more
    `,
    `
    # AS Build
    FROM debian:12
    `,
  ],
  found: [
    `
    FROM debian:12 AS Build
                      ~~~~~ stage "Build" is not named in lower case
    `,
    `
    from debian:12 as BUILD
                      ~~~~~ stage "BUILD" is not named in lower case
    from debian:12 as B
                      ~ stage "B" is not named in lower case
    `,
    `
    FROM --platform=linux/amd64 \\
      debian:12 AS \\
      BuilD
      ~~~~~ stage "BuilD" is not named in lower case
    `,
  ],
  fixed: [
    {
      before: `
      FROM debian:12 AS Build
      FROM build
      FROM BUILD AS other
      # Build is copied from
      COPY --from=Build /a /Build
      RUN --mount=from=Build,target=/x Build
      COPY --chown=Build --from=build /a /b
      `,
      after: `
      FROM debian:12 AS build
      FROM build
      FROM build AS other
      # Build is copied from
      COPY --from=build /a /Build
      RUN --mount=from=build,target=/x Build
      COPY --chown=Build --from=build /a /b
      `,
    },
  ],
});
