import rule from "../../../src/rules/dockerfile/npm-lifecycle-scripts.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN npm ci
    RUN --mount=type=secret,id=t npm ci --ignore-scripts
    RUN --mount=type=secret,id=t npm run build
    RUN --mount=type=secret,id=t NPM_CONFIG_IGNORE_SCRIPTS=true npm ci
    RUN --mount=type=cache,target=/c npm ci
    RUN --mount=type=secret,id=t npm ci $NPM_FLAGS
    USER node
    RUN --mount=type=secret,id=t npm ci
    `,
    `
    FROM a:1
    RUN npm config set ignore-scripts true
    RUN --mount=type=secret,id=t npm ci
    `,
    `
    FROM a:1 AS one
    ARG NPM_TOKEN
    FROM a:1
    RUN npm ci
    `,
  ],
  found: [
    `
    FROM a:1
    RUN --mount=type=secret,id=npmrc npm ci
                                         ~~ scripts of packages that "npm" installs reach a mounted secret
    run --mount=type=ssh yarn
                         ~~~~ scripts of packages that "yarn" installs reach the SSH agent
    `,
    `
    # ü
    FROM a:1
    ARG NPM_TOKEN
    USER root
    ONBUILD RUN pnpm \\
      # note
      install --frozen-lockfile
      ~~~~~~~ scripts of packages that "pnpm" installs reach "NPM_TOKEN"
    RUN <<EOF
    npm install
        ~~~~~~~ scripts of packages that "npm" installs reach "NPM_TOKEN"
    EOF
    RUN ["npm", "i"]
                ~~~ scripts of packages that "npm" installs reach "NPM_TOKEN"
    `,
  ],
  fixed: [
    {
      before: `
      FROM a:1
      RUN --mount=type=secret,id=t npm ci && yarn && pnpm --dir x install
      `,
      after: `
      FROM a:1
      RUN --mount=type=secret,id=t npm ci --ignore-scripts && yarn --ignore-scripts && pnpm --dir x install --ignore-scripts
      `,
    },
  ],
});
