import rule from "../../../src/rules/dockerfile/package-manager-without-cache-mount.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN --mount=type=cache,target=/root/.npm npm ci
    `,
    `
    FROM a:1
    RUN npm run build
    `,
    `
    FROM a:1
    RUN --mount=type=cache,target=/root/.cache pip install x
    `,
    `
    FROM a:1
    RUN echo npm ci
    `,
    `
    FROM a:1
    RUN go version
    `,
    `
    FROM a:1
    RUN --mount=type=cache,target=/var/cache/apt,sharing=locked apt-get update && apt-get install x
    `,
    `
    FROM a:1
    RUN --mount=type=cache,target=$C yarn
    `,
  ],
  found: [
    `
    FROM a:1
    RUN npm ci
        ~~~ "npm" has no cache mount
    `,
    `
    FROM a:1
    RUN pip3 install x && pip install y
        ~~~~ "pip" has no cache mount
    `,
    `
    FROM a:1
    RUN go mod download && go build
        ~~ "go" has no cache mount
    `,
    `
    FROM a:1
    RUN yarn
        ~~~~ "yarn" has no cache mount
    `,
    `
    FROM a:1
    ONBUILD RUN --mount=type=cache,target=/c \\
      # é
      apt-get update && npm install
      ~~~~~~~ "apt-get" has no cache mount
                        ~~~ "npm" has no cache mount
    RUN <<EOF
    bundle install
    ~~~~~~ "bundle" has no cache mount
    EOF
    RUN ["cargo", "build"]
         ~~~~~~~ "cargo" has no cache mount
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    RUN apt-get update && apt-get install -y x
    `,
      after: `
    FROM a:1
    RUN --mount=type=cache,target=/var/cache/apt,sharing=locked apt-get update && apt-get install -y x
    `,
    },
    {
      before: `
    FROM a:1
    RUN --network=default \\
        npm ci
    `,
      after: `
    FROM a:1
    RUN --mount=type=cache,target=/root/.npm --network=default \\
        npm ci
    `,
    },
  ],
});
