import rule from "../../../src/rules/dockerfile/unpinned-gem.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM ruby:3.4
    RUN gem install rake:13.3.0 bundler:2.7.1
    `,
    `
    FROM ruby:3.4
    RUN gem install rake -v 13.3.0 && gem install bundler --version=2.7 && gem install --version '~> 1' x
    `,
    `
    FROM ruby:3.4
    RUN gem install nokogiri:1.18 -- --with-xml2 lib
    `,
    `
    FROM ruby:3.4
    RUN gem update --system && gem uninstall rake && gem install ./x.gem && gem install -g
    `,
    `
    FROM ruby:3.4
    RUN gem install $GEM rake:$VERSION
    `,
    `
    FROM ruby:3.4
    RUN gem install rake:1 --unknown value
    `,
  ],
  found: [
    `
    FROM ruby:3.4
    RUN gem install --no-document rake bundler:2.7.1
                                  ~~~~ "rake" has no version
    `,
    `
    FROM ruby:3.4
    run gem i rake \\
              ~~~~ "rake" has no version
      # é
      puma -- --with-x=1
      ~~~~ "puma" has no version
    ONBUILD RUN gem install rails
                            ~~~~~ "rails" has no version
    `,
    `
    FROM ruby:3.4
    RUN gem3.4 install rake && sudo gem install thor
                       ~~~~ "rake" has no version
                                                ~~~~ "thor" has no version
    `,
  ],
});
