import rule from "../../../src/rules/dockerfile/offline-install-with-network.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM ruby:3.4
    RUN --network=none bundle install --local
    `,
    `
    FROM ruby:3.4
    RUN bundle install && npm ci && pip install x
    `,
    `
    FROM ruby:3.4
    RUN apt-get update && bundle install --local
    `,
    `
    FROM ruby:3.4
    RUN --network=host pip install --no-index x
    `,
    `
    FROM ruby:3.4
    RUN bundle install --local && ./script
    `,
  ],
  found: [
    `
    FROM ruby:3.4
    RUN bundle install --local
        ~~~~~~ "bundle install" is told to stay offline, and has a network
    `,
    `
    FROM python:3.13
    run --mount=type=bind,source=wheels,target=/wheels \\
      # é
      pip install --no-index --find-links=/wheels app && rm -rf /tmp/x
      ~~~ "pip install" is told to stay offline, and has a network
    ONBUILD RUN npm ci --offline
                ~~~ "npm ci" is told to stay offline, and has a network
    `,
    `
    FROM rust:1
    RUN cargo build --release --offline
        ~~~~~ "cargo build" is told to stay offline, and has a network
    `,
  ],
  fixed: [
    {
      before: `
      FROM ruby:3.4
      # from the cache
      RUN set -e; bundle install --local --jobs 4
      `,
      after: `
      FROM ruby:3.4
      # from the cache
      RUN --network=none set -e; bundle install --local --jobs 4
      `,
    },
  ],
});
