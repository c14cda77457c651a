import rule from "../../../src/rules/dockerfile/gem-cache-left.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN gem install --no-document x
    `,
    `
    FROM a:1
    RUN gem install -N x
    `,
    `
    FROM a:1
    RUN gem install x --no-rdoc --no-ri
    `,
    `
    FROM a:1
    RUN gem install x && gem cleanup
    `,
    `
    FROM a:1
    RUN gem install x && rm -rf /usr/lib/ruby/gems/*/cache/*
    `,
    `
    FROM a:1
    RUN gem list
    `,
    `
    FROM ruby:3.4
    RUN gem install x
    `,
    `
    FROM a:1
    RUN echo 'gem: --no-document' > /etc/gemrc
    RUN gem install x
    `,
    `
    FROM a:1 AS b
    RUN gem install x
    FROM c:1
    `,
    `
    FROM a:1
    RUN gem install $GEM_OPTS x
    `,
    `
    FROM a:1
    RUN echo gem install x
    `,
  ],
  found: [
    `
    FROM a:1
    RUN gem install x
            ~~~~~~~ documentation and cache of "gem install" stay in the layer
    `,
    `
    FROM a:1
    RUN gem cleanup && gem3.2 install x -v 1
                              ~~~~~~~ documentation and cache of "gem install" stay in the layer
    `,
    `
    FROM a:1
    ONBUILD RUN sudo gem \\
      # é
      install x
      ~~~~~~~ documentation and cache of "gem install" stay in the layer
    RUN <<EOF
    gem i y
        ~ documentation and cache of "gem install" stay in the layer
    EOF
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    RUN gem install x -v 1
    `,
      after: `
    FROM a:1
    RUN gem install --no-document x -v 1
    `,
    },
  ],
});
