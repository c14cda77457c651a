import rule from "../../../src/rules/dockerfile/bundle-not-frozen.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN bundle install
    `,
    `
    FROM a:1
    ENV RAILS_ENV=production BUNDLE_DEPLOYMENT=1
    RUN bundle install
    `,
    `
    FROM a:1
    ENV RAILS_ENV=production
    RUN bundle install --deployment
    `,
    `
    FROM a:1
    ENV RACK_ENV=production
    RUN bundle config set --local frozen true && bundle install
    `,
    `
    FROM a:1
    ENV RACK_ENV=production
    RUN bundle config deployment 'true'
    RUN bundle install
    `,
    `
    FROM a:1
    ENV RAILS_ENV=production BUNDLE_FROZEN=$F
    RUN bundle install
    `,
    `
    FROM a:1
    ENV RAILS_ENV=development
    RUN bundle install
    `,
    `
    FROM a:1
    ENV RAILS_ENV=production
    RUN bundle exec rake
    `,
  ],
  found: [
    `
    FROM a:1
    ENV RAILS_ENV=production
    # é
    RUN bundle install
        ~~~~~~ "bundle install" may change the lock file
    `,
    `
    FROM a:1 AS b
    ENV RACK_ENV="production" BUNDLE_DEPLOYMENT=false
    FROM b
    RUN --mount=type=cache,target=/c bundle config set without development && \\
        bundle \\
        ~~~~~~ "bundle install" may change the lock file
          --jobs 4
    ONBUILD RUN bundle install
                ~~~~~~ "bundle install" may change the lock file
    RUN ["bundle", "install"]
         ~~~~~~~~ "bundle install" may change the lock file
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    ENV RAILS_ENV=production
    # gems
    RUN bundle install
    `,
      after: `
    FROM a:1
    ENV RAILS_ENV=production
    ENV BUNDLE_DEPLOYMENT=1
    # gems
    RUN bundle install
    `,
    },
  ],
});
