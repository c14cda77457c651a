import rule from "../../../src/rules/dockerfile/npm-dev-dependencies.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM node:22
    RUN npm ci --omit=dev && npm install --production
    `,
    `
    FROM node:22
    ENV NODE_ENV=production
    RUN npm ci
    `,
    `
    FROM node:22 AS build
    RUN npm ci
    FROM node:22
    COPY --from=build /app /app
    `,
    `
    FROM node:22
    RUN npm ci && npm run build && npm prune --omit=dev
    `,
    `
    FROM node:22
    ARG NODE_ENV
    RUN npm ci
    `,
    `
    FROM node:22
    RUN npm install -g x@1 && npm install express@5 && NODE_ENV=production npm ci && npm i --only=prod
    `,
  ],
  found: [
    `
    FROM node:22
    RUN npm ci
            ~~ "npm ci" installs development dependencies too
    `,
    `
    FROM node:22 AS base
    run npm install \\
            ~~~~~~~ "npm install" installs development dependencies too
      # é
      --no-audit
    FROM base
    RUN ["npm", "i"]
                ~~~ "npm i" installs development dependencies too
    `,
  ],
});
