import rule from "../../../src/rules/dockerfile/no-init-for-forking-service.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    CMD ["nginx"]
    `,
    `
    FROM a:1
    ENTRYPOINT ["/usr/bin/tini", "--"]
    CMD ["cron", "-f"]
    `,
    `
    FROM a:1
    ENTRYPOINT ["/init"]
    CMD ["chromium"]
    `,
    `
    FROM phusion/baseimage:1
    CMD ["cron", "-f"]
    `,
    `
    FROM a:1
    CMD ["dumb-init", "chromium"]
    `,
    `
    FROM a:1
    RUN apt-get install -y chromium
    `,
    `
    FROM $BASE
    CMD ["cron", "-f"]
    `,
  ],
  found: [
    `
    FROM a:1
    CMD ["cron", "-f"]
         ~~~~~~ "cron" leaves children, and no init takes them
    `,
    `
    # ü
    FROM a:1 AS base
    RUN apt-get install -y \\
      # note
      chromium=1
    FROM base
    entrypoint ["node", "x.js"]
    ~~~~~~~~~~ "chromium" leaves children, and no init takes them
    `,
    `
    FROM a:1
    CMD helper & app
        ~~~~~~ "helper" leaves children, and no init takes them
    `,
    `
    FROM a:1
    CMD ["xvfb-run", "app"]
         ~~~~~~~~~~ "xvfb-run" leaves children, and no init takes them
    `,
  ],
});
