import rule from "../../../src/rules/dockerfile/bootsnap-without-j1.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM ruby:3
    RUN bundle exec bootsnap precompile -j 1 app && bootsnap precompile --jobs=1 x && bootsnap precompile -j1 --gemfile
    RUN bundle exec x
    `,
    `
    FROM --platform=$BUILDPLATFORM ruby:3
    RUN bootsnap precompile x
    `,
  ],
  found: [
    `
    FROM ruby:3
    RUN bundle exec bootsnap precompile --gemfile && bootsnap precompile -j 4 x
                             ~~~~~~~~~~ "bootsnap precompile" runs several processes
                                                              ~~~~~~~~~~ "bootsnap precompile" runs several processes
    # é
    run x && \\
      ./bin/bootsnap precompile app/
                     ~~~~~~~~~~ "bootsnap precompile" runs several processes
    ONBUILD RUN ["bootsnap", "precompile"]
                             ~~~~~~~~~~~~ "bootsnap precompile" runs several processes
    `,
  ],
  fixed: [
    {
      before: `
    FROM ruby:3
    RUN bundle exec bootsnap precompile app/ lib/
    `,
      after: `
    FROM ruby:3
    RUN bundle exec bootsnap precompile -j 1 app/ lib/
    `,
    },
  ],
});
