import rule from "../../../src/rules/dockerfile/unpinned-npm-package.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM node:22
    RUN npm install && npm ci && npm i --production && yarn install && pnpm install
    `,
    `
    FROM node:22
    RUN npm install express@4.1.1 @org/name@1.2 'sax@>=0.1.0 <0.2.0' left-pad@^1
    `,
    `
    FROM node:22
    RUN npm install git+https://example.com/x.git#v1 git://github.com/x/y.git#v2 user/repo#v3 github:a/b#v1
    `,
    `
    FROM node:22
    RUN npm install ./x ../y ~/z /a package.tgz https://example.com/x.tar.gz .
    `,
    `
    FROM node:22
    RUN npm --loglevel warn install --registry https://registry.example.com x@1
    `,
    `
    FROM node:22
    RUN npm install $PACKAGE react@$VERSION && npm run install x && npm link x
    `,
    `
    FROM node:22
    RUN yarn global add serve@14.2.4 && pnpm add -g vite@7.0.0 && npx serve
    `,
    `
    FROM node:22
    RUN npm config set fetch-retry-mintimeout 20000 && npm install --fetch-retry-mintimeout 20000
    `,
  ],
  found: [
    `
    FROM node:22
    RUN npm install -g typescript @angular/cli
                       ~~~~~~~~~~ "typescript" has no version
                                  ~~~~~~~~~~~~ "@angular/cli" has no version
    `,
    `
    FROM node:22
    RUN npm install npm@latest x@next git+https://example.com/x.git github:a/b user/repo https://example.com/y.git
                    ~~~~~~~~~~ "npm@latest" has no version
                               ~~~~~~ "x@next" has no version
                                      ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "git+https://example.com/x.git" names no revision
                                                                    ~~~~~~~~~~ "github:a/b" names no revision
                                                                               ~~~~~~~~~ "user/repo" has no version
                                                                                         ~~~~~~~~~~~~~~~~~~~~~~~~~ "https://example.com/y.git" has no version
    `,
    `
    FROM node:22
    run yarn add express && \\
                 ~~~~~~~ "express" has no version
      # é
      pnpm add -D vite
                  ~~~~ "vite" has no version
    ONBUILD RUN npm i express
                      ~~~~~~~ "express" has no version
    `,
    `
    FROM node:22
    RUN ["npm", "install", "express"]
                           ~~~~~~~~~ "express" has no version
    RUN <<EOF
    npm add "lodash"
            ~~~~~~~~ "lodash" has no version
    yarn global add serve
                    ~~~~~ "serve" has no version
    EOF
    `,
    `
    FROM node:22
    ARG TOOL=eslint
    RUN --mount=type=cache,target=/root/.npm npm i -g $TOOL
                                                      ~~~~~ "eslint" has no version
    `,
  ],
});
