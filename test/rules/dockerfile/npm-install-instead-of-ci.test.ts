import rule from "../../../src/rules/dockerfile/npm-install-instead-of-ci.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM node:22
    COPY package.json package-lock.json ./
    RUN npm ci
    `,
    `
    FROM node:22
    COPY package.json ./
    RUN npm install
    `,
    `
    FROM node:22
    COPY . .
    RUN npm install
    `,
    `
    FROM node:22
    COPY package*.json ./
    RUN npm install
    `,
    `
    FROM node:22
    COPY package-lock.json ./
    RUN npm install -g npm@11 && npm install express@5 && npm i --no-package-lock && npm run install
    `,
    `
    FROM node:22
    RUN npm install
    COPY package-lock.json ./
    `,
    `
    FROM node:22 AS a
    COPY package-lock.json ./
    FROM node:22
    RUN npm install
    `,
  ],
  found: [
    `
    FROM node:22
    COPY package.json package-lock.json ./
    RUN npm install --omit=dev
            ~~~~~~~ "npm install" may install other versions than the lock file says
    `,
    `
    FROM node:22 AS base
    ADD app/npm-shrinkwrap.json .
    FROM base
    run npm --prefix app i && \\
                         ~ "npm i" may install other versions than the lock file says
      # é
      npm cache clean --force
    `,
    `
    FROM node:22
    RUN --mount=type=bind,source=package-lock.json,target=package-lock.json npm install
                                                                                ~~~~~~~ "npm install" may install other versions than the lock file says
    `,
    `
    FROM node:22
    COPY ["package-lock.json", "./"]
    RUN ["npm", "install"]
                ~~~~~~~~~ "npm install" may install other versions than the lock file says
    RUN <<EOF
    npm install
        ~~~~~~~ "npm install" may install other versions than the lock file says
    EOF
    `,
  ],
  fixed: [
    {
      before: `
      FROM node:22
      COPY package-lock.json ./
      RUN npm install --omit=dev && npm i # again
      `,
      after: `
      FROM node:22
      COPY package-lock.json ./
      RUN npm ci --omit=dev && npm ci # again
      `,
    },
  ],
});
