import rule from "../../../src/rules/dockerfile/redundant-bundler-install.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN gem install bundler
    `,
    `
    FROM ruby:3.4
    RUN gem install bundler -v 2.6
    `,
    `
    FROM ruby:3.4
    RUN gem install bundler:2.6.2
    `,
    `
    FROM jruby:9
    RUN gem install bundler
    `,
    `
    FROM ruby:3.4
    RUN gem install rake && echo gem install bundler
    `,
    `
    FROM $RUBY
    RUN gem install bundler
    `,
  ],
  found: [
    `
    FROM ruby:3.4
    RUN gem install bundler
                    ~~~~~~~ "bundler" is in the base image
    `,
    `
    ARG V=3.4
    FROM ruby:$V AS b
    FROM b
    RUN gem install --no-document rake \\
      # é
      bundler && x
      ~~~~~~~ "bundler" is in the base image
    ONBUILD RUN gem install bundler
                            ~~~~~~~ "bundler" is in the base image
    `,
  ],
  fixed: [
    {
      before: `
    FROM ruby:3.4
    RUN gem install bundler rake
    RUN gem install bundler
    CMD ["x"]
    `,
      after: `
    FROM ruby:3.4
    RUN gem install rake
    CMD ["x"]
    `,
    },
  ],
});
