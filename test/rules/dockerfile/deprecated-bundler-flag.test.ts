import rule from "../../../src/rules/dockerfile/deprecated-bundler-flag.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM ruby:3
    RUN bundle install --jobs 4 --retry=3 && bundle config set --local without x && bundle exec x --path y
    RUN bundle update --path x
    `,
  ],
  found: [
    `
    FROM ruby:3
    RUN bundle install --without development test
                       ~~~~~~~~~ "--without" of "bundle install" is deprecated
    # é
    run x && \\
      bundle --deployment --path=vendor
             ~~~~~~~~~~~~ "--deployment" of "bundle install" is deprecated
                          ~~~~~~~~~~~~~ "--path" of "bundle install" is deprecated
    ONBUILD RUN ["bundle", "install", "--binstubs"]
                                      ~~~~~~~~~~~~ "--binstubs" of "bundle install" is deprecated
    `,
  ],
  fixed: [
    {
      before: `
    FROM ruby:3
    RUN bundle install --jobs 4 --without "development test" && x
    RUN bundle install --deployment
    RUN bundle install --path=vendor -j4
    `,
      after: `
    FROM ruby:3
    RUN bundle config set --local without "development test" && bundle install --jobs 4 && x
    RUN bundle config set --local deployment true && bundle install
    RUN bundle config set --local path vendor && bundle install -j4
    `,
    },
  ],
});
