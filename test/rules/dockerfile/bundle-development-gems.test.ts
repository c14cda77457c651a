import rule from "../../../src/rules/dockerfile/bundle-development-gems.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN bundle install
    `,
    `
    FROM a:1
    ENV RAILS_ENV=production BUNDLE_WITHOUT="development:test"
    RUN bundle install
    `,
    `
    FROM a:1
    ENV RAILS_ENV=production
    RUN bundle install --without test development --jobs 4
    `,
    `
    FROM a:1
    ENV RAILS_ENV=production
    RUN bundle config set --local without 'test development' && bundle install
    `,
    `
    FROM a:1
    ENV RAILS_ENV=production
    RUN bundle config set --global without development test
    RUN bundle install
    `,
    `
    FROM a:1
    ARG W
    ENV RAILS_ENV=production BUNDLE_WITHOUT=$W
    RUN bundle install
    `,
  ],
  found: [
    `
    FROM a:1
    ENV RAILS_ENV=production
    RUN bundle install
        ~~~~~~ "bundle install" installs the group "development"
    `,
    `
    FROM a:1 AS b
    ENV RACK_ENV=production BUNDLE_WITHOUT=test
    FROM b
    RUN a && \\
        # é
        bundle install
        ~~~~~~ "bundle install" installs the group "development"
    RUN <<EOF
    bundle install --without=test
    ~~~~~~ "bundle install" installs the group "development"
    EOF
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    ENV RAILS_ENV=production
    RUN bundle install
    `,
      after: `
    FROM a:1
    ENV RAILS_ENV=production
    ENV BUNDLE_WITHOUT="development:test"
    RUN bundle install
    `,
    },
  ],
});
