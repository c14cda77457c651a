import rule from "../../../src/rules/dockerfile/yjit-not-enabled.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM ruby:3.2
    `,
    `
    FROM ruby:3
    `,
    `
    FROM ruby:3.4
    ENV RUBY_YJIT_ENABLE=0
    `,
    `
    FROM ruby:3.4
    ENV RUBYOPT="-W0 --yjit"
    `,
    `
    FROM ruby:3.4
    CMD ["ruby", "--yjit", "x.rb"]
    `,
    `
    FROM ruby:$V
    `,
    `
    FROM debian:12
    `,
  ],
  found: [
    `
    FROM ruby:3.3-slim
         ~~~~~~~~~~~~~ "ruby:3.3-slim" runs without YJIT
    # é
    `,
    `
    ARG V=4.0
    FROM ruby:$V AS b
    FROM b AS c
         ~ "ruby:4.0" runs without YJIT
    CMD ruby x.rb
    `,
  ],
});
