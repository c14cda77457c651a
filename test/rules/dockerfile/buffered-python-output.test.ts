import rule from "../../../src/rules/dockerfile/buffered-python-output.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM python:3.13
    ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
    `,
    `
    FROM python:3.13 AS base
    ENV PYTHONUNBUFFERED 1
    ENV PYTHONDONTWRITEBYTECODE=
    FROM base
    `,
    `
    FROM python:3.13
    FROM debian:12
    `,
    `
    FROM example/cpython:3
    `,
    `
    FROM $PYTHON
    `,
  ],
  found: [
    `
    FROM python:3.13
         ~~~~~~~~~~~ "PYTHONUNBUFFERED" and "PYTHONDONTWRITEBYTECODE" are not set
    `,
    `
    FROM python:3.13 AS base
    from --platform=linux/amd64 \\
      # é
      registry.example/library/python:3 as app
      ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "PYTHONUNBUFFERED" is not set
    ENV PYTHONDONTWRITEBYTECODE=1
    `,
    `
    FROM python:3.13 AS a
    FROM a
         ~ "PYTHONUNBUFFERED" and "PYTHONDONTWRITEBYTECODE" are not set
    ARG PYTHONUNBUFFERED=1
    `,
  ],
  fixed: [
    {
      before: `
      FROM python:3.13-slim AS app
      ENV PYTHONUNBUFFERED=1
      CMD x
      `,
      after: `
      FROM python:3.13-slim AS app
      ENV PYTHONDONTWRITEBYTECODE=1
      ENV PYTHONUNBUFFERED=1
      CMD x
      `,
    },
  ],
});
