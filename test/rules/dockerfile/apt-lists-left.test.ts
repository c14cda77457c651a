import rule from "../../../src/rules/dockerfile/apt-lists-left.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN apt-get update && apt-get install -y x && rm -rf /var/lib/apt/lists/*
    `,
    `
    FROM a:1
    RUN apt-get update && rm -r -f /var/lib/apt/lists
    `,
    `
    FROM a:1
    RUN apt-get update && apt-get dist-clean
    `,
    `
    FROM a:1
    RUN --mount=type=cache,target=/var/lib/apt --mount=type=cache,target=/var/cache/apt apt-get update
    `,
    `
    FROM a:1
    RUN --mount=type=tmpfs,target=/var/lib/apt/lists apt-get update
    `,
    `
    FROM a:1 AS build
    RUN apt-get update
    FROM b:1
    COPY --from=build /a /a
    `,
    `
    FROM a:1
    RUN apt-get install -y x
    `,
    `
    FROM a:1
    RUN apt-get update && rm -fr /var/lib/apt/lists/ /tmp/x
    `,
    `
    FROM a:1
    RUN apt update && sudo rm -R /var/lib/apt
    `,
    `
    FROM a:1
    RUN apt-get update && cd /var/lib && rm -rf apt dpkg
    `,
    `
    FROM a:1
    RUN apt-get update && find /var/lib/apt/lists -type f -exec rm {} \\;
    `,
    `
    FROM a:1
    RUN apt-get update && apt distclean
    `,
    `
    FROM a:1
    RUN --mount=type=cache,dst=/var/lib/apt/lists/ apt-get update
    `,
    `
    FROM a:1
    RUN apt-get update
    FROM b:1
    `,
    `
    FROM a:1
    RUN echo apt-get update
    `,
  ],
  found: [
    `
    FROM a:1
    RUN apt-get update && apt-get install -y x
                ~~~~~~ nothing removes "/var/lib/apt/lists" behind "apt-get update"
    `,
    `
    FROM a:1
    RUN apt-get update && apt-get clean
                ~~~~~~ nothing removes "/var/lib/apt/lists" behind "apt-get update"
    RUN rm -rf /var/lib/apt/lists/*
    `,
    `
    FROM a:1
    RUN rm -rf /var/lib/apt/lists/* && apt-get update
                                               ~~~~~~ nothing removes "/var/lib/apt/lists" behind "apt-get update"
    `,
    `
    FROM a:1 AS base
    RUN apt update
            ~~~~~~ nothing removes "/var/lib/apt/lists" behind "apt update"
    FROM base
    RUN aptitude update
                 ~~~~~~ nothing removes "/var/lib/apt/lists" behind "aptitude update"
    `,
    `
    FROM a:1
    RUN --mount=type=cache,target=/var/cache/apt apt-get update
                                                         ~~~~~~ nothing removes "/var/lib/apt/lists" behind "apt-get update"
    `,
    `
    FROM a:1
    RUN --mount=type=cache,target=/var/lib/apt apt-get update
                                                       ~~~~~~ nothing removes "/var/lib/apt/lists" behind "apt-get update"
    `,
    `
    FROM a:1
    RUN <<EOF
    set -e
    # é
    apt-get update
            ~~~~~~ nothing removes "/var/lib/apt/lists" behind "apt-get update"
    apt-get install -y x
    EOF
    `,
    `
    FROM a:1
    ONBUILD RUN apt-get \\
      update
      ~~~~~~ nothing removes "/var/lib/apt/lists" behind "apt-get update"
    `,
    `
    FROM a:1 AS base
    RUN apt-get update
                ~~~~~~ nothing removes "/var/lib/apt/lists" behind "apt-get update"
    FROM base AS dev
    RUN x
    FROM b:1
    `,
    `
    FROM a:1
    RUN ["apt-get", "update"]
                    ~~~~~~~~ nothing removes "/var/lib/apt/lists" behind "apt-get update"
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    RUN apt-get update && \\
        apt-get install -y x
    CMD ["x"]
    `,
      after: `
    FROM a:1
    RUN apt-get update && \\
        apt-get install -y x && rm -rf /var/lib/apt/lists/*
    CMD ["x"]
    `,
    },
    {
      before: `
    FROM a:1
    RUN <<EOF
    apt-get update
    EOF
    `,
      after: `
    FROM a:1
    RUN <<EOF
    apt-get update
    rm -rf /var/lib/apt/lists/*
    EOF
    `,
    },
  ],
});
