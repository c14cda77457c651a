import rule from "../../../src/rules/dockerfile/rails-assets-without-dummy-key.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM ruby:3
    ENV SECRET_KEY_BASE_DUMMY=1
    RUN rails assets:precompile
    `,
    `
    FROM ruby:3
    RUN SECRET_KEY_BASE_DUMMY=1 RAILS_ENV=production bundle exec rake assets:precompile
    RUN export SECRET_KEY_BASE_DUMMY=1; ./bin/rails assets:precompile
    RUN --mount=type=secret,id=k ./bin/rails assets:precompile
    RUN echo assets:precompile
    `,
  ],
  found: [
    `
    FROM ruby:3
    RUN bundle exec rake assets:precompile
                         ~~~~~~~~~~~~~~~~~ "SECRET_KEY_BASE_DUMMY" is not set
    # é
    run x && \\
      RAILS_ENV=production ./bin/rails assets:precompile
                                       ~~~~~~~~~~~~~~~~~ "SECRET_KEY_BASE_DUMMY" is not set
    ONBUILD RUN ["rails", "assets:precompile"]
                          ~~~~~~~~~~~~~~~~~~~ "SECRET_KEY_BASE_DUMMY" is not set
    `,
  ],
  fixed: [
    {
      before: `
    FROM ruby:3
    RUN x && A=b bundle exec rails assets:precompile
    `,
      after: `
    FROM ruby:3
    RUN x && SECRET_KEY_BASE_DUMMY=1 A=b bundle exec rails assets:precompile
    `,
    },
  ],
});
