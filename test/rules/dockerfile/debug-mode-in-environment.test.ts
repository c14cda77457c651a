import rule from "../../../src/rules/dockerfile/debug-mode-in-environment.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    ENV NODE_ENV=production
    `,
    `
    FROM a:1
    ENV FLASK_DEBUG=0 DEBUG=app:* APP_DEBUG=false
    `,
    `
    FROM a:1
    ENV NODE_ENV=$X
    `,
    `
    FROM a:1 AS dev
    ENV NODE_ENV=development
    FROM a:1
    ENV DEBUG=
    `,
    `
    FROM a:1
    ENV NODE_ENV=development
    ENV NODE_ENV=production
    `,
    `
    FROM a:1
    ARG NODE_ENV=development
    `,
    `
    FROM a:1
    ENV NODE_OPTIONS=--inspector-x JAVA_OPTS=-Xmx1g
    `,
    `
    FROM a:1 AS web-dev
    ENV FLASK_DEBUG=1
    `,
    `
    FROM a:1
    RUN NODE_ENV=development npm ci
    `,
  ],
  found: [
    `
    FROM a:1
    ENV NODE_ENV=development
        ~~~~~~~~~~~~~~~~~~~~ "NODE_ENV" turns a debug mode on in the image
    `,
    `
    FROM a:1
    env FLASK_ENV "development"
        ~~~~~~~~~~~~~~~~~~~~~~~ "FLASK_ENV" turns a debug mode on in the image
    `,
    `
    FROM a:1
    ENV A=é FLASK_DEBUG=1 APP_DEBUG='true' DEBUG=True
            ~~~~~~~~~~~~~ "FLASK_DEBUG" turns a debug mode on in the image
                          ~~~~~~~~~~~~~~~~ "APP_DEBUG" turns a debug mode on in the image
                                           ~~~~~~~~~~ "DEBUG" turns a debug mode on in the image
    `,
    `
    FROM a:1
    ENV RAILS_ENV development
        ~~~~~~~~~~~~~~~~~~~~~ "RAILS_ENV" turns a debug mode on in the image
    `,
    `
    FROM a:1
    ENV ASPNETCORE_ENVIRONMENT=Development
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "ASPNETCORE_ENVIRONMENT" turns a debug mode on in the image
    `,
    `
    FROM a:1
    ENV NODE_OPTIONS="--max-old-space-size=1 --inspect=0.0.0.0:9229"
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "NODE_OPTIONS" turns a debug mode on in the image
    `,
    `
    FROM a:1 AS base
    ARG E=development
    ENV X=y \\
      # why
      NODE_ENV=$E
      ~~~~~~~~~~~ "NODE_ENV" turns a debug mode on in the image
    FROM base
    ENV JAVA_TOOL_OPTIONS="-Xmx1g -agentlib:jdwp=transport=dt_socket,server=y"
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "JAVA_TOOL_OPTIONS" turns a debug mode on in the image
    `,
  ],
});
