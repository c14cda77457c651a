import rule from "../../../src/rules/dockerfile/yarn-cache-left.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN yarn install && yarn cache clean
    `,
    `
    FROM a:1
    RUN yarn build
    `,
    `
    FROM a:1
    RUN yarn --version
    `,
    `
    FROM a:1
    RUN --mount=type=cache,target=/root/.cache/yarn yarn install
    `,
    `
    FROM a:1
    RUN --mount=type=cache,target=/usr/local/share/.cache yarn
    `,
    `
    FROM a:1
    RUN yarn install --immutable
    `,
    `
    FROM a:1
    COPY .yarnrc.yml package.json ./
    COPY .yarn .yarn
    RUN yarn
    `,
    `
    FROM a:1 AS b
    RUN yarn install
    FROM c:1
    `,
    `
    FROM a:1
    RUN corepack enable
    RUN yarn install
    `,
    `
    FROM a:1
    RUN yarn && rm -rf "$(yarn cache dir)"
    `,
    `
    FROM a:1
    ENV YARN_CACHE_FOLDER=/c
    RUN --mount=type=cache,target=/c yarn install
    `,
    `
    FROM a:1
    RUN echo yarn install
    `,
  ],
  found: [
    `
    FROM a:1
    RUN yarn
        ~~~~ nothing cleans the cache behind "yarn install"
    `,
    `
    FROM a:1
    RUN yarn install --frozen-lockfile
             ~~~~~~~ nothing cleans the cache behind "yarn install"
    `,
    `
    FROM a:1
    RUN yarn cache clean && yarn install
                                 ~~~~~~~ nothing cleans the cache behind "yarn install"
    `,
    `
    FROM a:1 AS b
    RUN --mount=type=cache,target=/c yarn install \\
                                          ~~~~~~~ nothing cleans the cache behind "yarn install"
        # é
        --production && yarn build
    FROM b
    RUN ["yarn", "install"]
                 ~~~~~~~~~ nothing cleans the cache behind "yarn install"
    `,
    `
    FROM a:1
    ONBUILD RUN yarn install
                     ~~~~~~~ nothing cleans the cache behind "yarn install"
    RUN <<EOF
    yarn install
         ~~~~~~~ nothing cleans the cache behind "yarn install"
    yarn build
    EOF
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    RUN yarn install && yarn build
    `,
      after: `
    FROM a:1
    RUN yarn install && yarn build && yarn cache clean
    `,
    },
    {
      before: `
    FROM a:1
    RUN <<EOF
    yarn
    EOF
    `,
      after: `
    FROM a:1
    RUN <<EOF
    yarn
    yarn cache clean
    EOF
    `,
    },
  ],
});
