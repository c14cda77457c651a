import rule from "../../../src/rules/dockerfile/unsorted-packages.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM debian:12
    RUN apt-get install -y \\
        curl \\
        Git=2 \\
        zip
    `,
    `
    FROM debian:12
    RUN apt-get install -y git curl
    `,
    `
    FROM debian:12
    RUN apt-get install -y \\
        zip git \\
        curl
    `,
    `
    FROM debian:12
    RUN apt-get install -y \\
        git \\
        # for downloads
        curl
    `,
    `
    FROM debian:12
    RUN apt-get install -y \\
        git \\
        $MORE \\
        curl
    `,
    `
    FROM debian:12
    RUN ["apt-get", "install", \\
      "git", \\
      "curl"]
    `,
  ],
  found: [
    `
    FROM debian:12
    RUN apt-get install -y \\
        git \\
        curl
        ~~~~ "curl" is not in order
    `,
    `
    FROM alpine:3.22
    run apk add --no-cache b \\
        a=1 \\
        ~~~ "a=1" is not in order
        # group é
        d \\
        c
        ~ "c" is not in order
    ONBUILD RUN npm install \\
        b@1 \\
        a
        ~ "a" is not in order
    `,
    `
    FROM debian:12
    RUN <<EOF
    pip install \\
      b \\
      a
      ~ "a" is not in order
    EOF
    `,
  ],
  fixed: [
    {
      before: `
      FROM debian:12
      RUN apt-get update && apt-get install -y --no-install-recommends \\
          zip=3 \\
          "git" \\
          # now
          x \\
          B \\
          a \\
        && rm -rf /x
      `,
      after: `
      FROM debian:12
      RUN apt-get update && apt-get install -y --no-install-recommends \\
          "git" \\
          zip=3 \\
          # now
          a \\
          B \\
          x \\
        && rm -rf /x
      `,
    },
  ],
});
