import rule from "../../../src/rules/dockerfile/rails-state-not-writable.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM ruby:3
    COPY . .
    CMD ["bin/rails", "server"]
    `,
    `
    FROM ruby:3
    COPY --chown=app . .
    USER app
    CMD ["bin/rails", "server"]
    `,
    `
    FROM ruby:3
    COPY . .
    RUN chown -R app tmp log
    USER app
    CMD ["bin/rails", "server"]
    `,
    `
    FROM ruby:3
    COPY . .
    USER app
    CMD ["ruby", "x.rb"]
    `,
    `
    FROM ruby:3
    COPY . .
    USER root
    CMD ["bin/rails", "server"]
    `,
  ],
  found: [
    `
    FROM ruby:3 AS base
    COPY . /rails
    ------------- related: copied for root
    FROM base
    # é
    user \\
      1000:1000
      ~~~~~~~~~ user "1000" may not write to "tmp", "log" and "storage" of the application
    ENTRYPOINT ["/rails/bin/rails", "server"]
    `,
    `
    FROM ruby:3 AS build
    FROM ruby:3
    COPY --from=build /rails /rails
    ------------------------------- related: copied for root
    USER rails
         ~~~~~ user "rails" may not write to "tmp", "log" and "storage" of the application
    CMD ["./bin/rails", "s"]
    `,
  ],
});
