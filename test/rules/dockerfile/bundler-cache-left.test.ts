import rule from "../../../src/rules/dockerfile/bundler-cache-left.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM ruby:3.4
    RUN bundle install && rm -rf ~/.bundle/ "$BUNDLE_PATH"/ruby/*/cache
    `,
    `
    FROM ruby:3.4
    RUN --mount=type=cache,target=/usr/local/bundle/cache bundle install
    `,
    `
    FROM ruby:3.4 AS b
    RUN bundle install
    FROM c:1
    `,
    `
    FROM a:1
    RUN bundle exec x
    `,
    `
    FROM a:1
    RUN bundle install && find /usr/local/bundle/cache -delete
    `,
  ],
  found: [
    `
    FROM ruby:3.4
    RUN bundle install
        ~~~~~~ nothing removes the cache behind "bundle install"
    `,
    `
    FROM a:1 AS b
    RUN rm -rf /cache && a \\
      # é
      && bundle --jobs 4
         ~~~~~~ nothing removes the cache behind "bundle install"
    FROM b
    RUN <<EOF
    bundle install
    ~~~~~~ nothing removes the cache behind "bundle install"
    EOF
    ONBUILD RUN bundle install
                ~~~~~~ nothing removes the cache behind "bundle install"
    `,
  ],
  fixed: [
    {
      before: `
    FROM ruby:3.4
    RUN bundle install
    `,
      after: `
    FROM ruby:3.4
    RUN bundle install && rm -rf ~/.bundle/cache /usr/local/bundle/cache
    `,
    },
  ],
});
