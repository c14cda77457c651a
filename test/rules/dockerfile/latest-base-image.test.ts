import rule from "../../../src/rules/dockerfile/latest-base-image.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    "FROM debian:12",
    "FROM debian:latest@sha256:f1dbca0f5dbc9f1dbca0f5dbc9f1dbca0f5dbc9f1dbca0f5dbc9f1dbca0f5dbc",
    "FROM debian",
    "FROM debian:$T",
  ],
  found: [
    `
    FROM node:latest AS build
              ~~~~~~ base image "node:latest" has the tag "latest"
    `,
    `
    ARG T=latest
        - related: "T" is set here
    FROM node:$T
         ~~~~~~~ base image "node:latest" has the tag "latest"
    `,
    `
    from registry.example:5000/a:latest
                                 ~~~~~~ base image "registry.example:5000/a:latest" has the tag "latest"
    `,
  ],
});
