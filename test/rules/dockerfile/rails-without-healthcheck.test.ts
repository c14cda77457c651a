import rule from "../../../src/rules/dockerfile/rails-without-healthcheck.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM ruby:3
    CMD ["ruby", "x.rb"]
    `,
    `
    FROM ruby:3
    RUN apt-get install -y curl
    HEALTHCHECK CMD curl -f localhost/up
    CMD ["bin/rails", "server"]
    `,
    `
    FROM ruby:3
    HEALTHCHECK NONE
    CMD ["bin/rails", "server"]
    `,
  ],
  found: [
    `
    FROM ruby:3 AS base
    # é
    FROM base
         ~~~~ image of a Rails application has no health check
    COPY config.ru Gemfile /app/
    CMD ["bundle", "exec", "puma"]
    `,
    `
    FROM ruby:3
    COPY . .
    HEALTHCHECK CMD curl -f localhost/up
                    ~~~~ nothing in the last stage installs "curl"
    RUN bundle exec rails assets:precompile
    `,
  ],
});
