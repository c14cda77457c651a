import rule from "../../../src/rules/dockerfile/nested-relative-workdir.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    WORKDIR app
    `,
    `
    FROM a:1
    WORKDIR /a
    WORKDIR "/b"
    WORKDIR $X/c
    `,
    `
    FROM mcr.microsoft.com/windows/servercore:ltsc2022
    WORKDIR C:/a
    WORKDIR D:\\b
    `,
    `
    FROM a:1
    ARG D=/x
    WORKDIR /y
    WORKDIR $D
    `,
  ],
  found: [
    `
    FROM a:1 AS b
    WORKDIR /a
    workdir é
            ~ "é" counts from the "WORKDIR" above
    FROM b
    WORKDIR "../c"
            ~~~~~~ "../c" counts from the "WORKDIR" above
    `,
    `
    FROM a:1
    ARG D=x
    WORKDIR /y
    WORKDIR $D
            ~~ "x" counts from the "WORKDIR" above
    `,
  ],
});
