import rule from "../../../src/rules/dockerfile/undescribed-definition.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    # VERSION is it
    ARG VERSION=1

    # base is the base
    FROM debian:12 AS base
    `,
    `
    # About something else

    ARG VERSION=1
    FROM debian:12
    `,
    `
    # what it is for
    FROM debian:12
    # runs
    RUN x
    `,
    `
    #
    ARG VERSION
    # A long story
    # VERSION is it
    ARG VERSION
    FROM debian:12
    `,
    `
    # baz is one of them
    ARG foo=1 bar=2 baz=3
    FROM debian:12
    `,
    `
    # syntax=docker/dockerfile:1
    FROM debian:12 AS a
    `,
  ],
  found: [
    `
    # The version
    ~~~~~~~~~~~~~ comment does not begin with "VERSION"
    ARG VERSION=1
    # Base is the base
    ~~~~~~~~~~~~~~~~~~ comment does not begin with "base"
    FROM debian:12 AS base
    `,
    `
    # x
    ~~~ comment does not begin with "é1"
    from debian:12 as é1
    # none of them
    ~~~~~~~~~~~~~~ comment does not begin with "foo" or "bar"
    arg foo=1 \\
      bar=2
    `,
  ],
});
