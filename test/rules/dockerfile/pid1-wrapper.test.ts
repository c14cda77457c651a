import rule from "../../../src/rules/dockerfile/pid1-wrapper.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    CMD ["node", "server.js"]
    `,
    `
    FROM a:1
    CMD ["sh", "-c", "exec app"]
    `,
    `
    FROM a:1
    CMD ["bash", "-c", "app --port $PORT"]
    `,
    `
    FROM a:1
    ENTRYPOINT ["bundle", "exec", "puma"]
    CMD ["npm", "start"]
    `,
    `
    FROM a:1
    CMD npm start
    `,
    `
    FROM a:1
    CMD ["npm", "--version"]
    `,
    `
    FROM a:1
    CMD ["tini", "--", "npm", "start"]
    `,
    `
    FROM a:1
    CMD ["sh", "-c", "trap x TERM; app & wait"]
    `,
    `
    FROM a:1
    CMD ["sh"]
    `,
    `
    FROM a:1
    CMD ["npm", "start"]
    FROM a:1
    CMD ["sh", "-c", "echo hello"]
    `,
    `
    FROM a:1
    CMD ["yarn", "node", "server.js"]
    `,
  ],
  found: [
    `
    FROM a:1
    CMD ["npm", "start"]
         ~~~~~ "npm start" is process 1 and keeps signals to itself
    `,
    `
    # ü
    FROM a:1 AS base
    entrypoint [ \\
      # note
      "/bin/sh", "-c", "prepare && app --port $PORT"]
      ~~~~~~~~~ "sh" is process 1 and keeps signals to itself
    FROM base
    `,
    `
    FROM a:1
    CMD ["sudo", "-E", "app"]
         ~~~~~~ "sudo" is process 1 and keeps signals to itself
    `,
    `
    FROM a:1
    CMD ["yarn", "--silent", "serve"]
         ~~~~~~ "yarn serve" is process 1 and keeps signals to itself
    `,
    `
    FROM a:1
    CMD ["service", "nginx", "start"]
         ~~~~~~~~~ "service" is process 1 and keeps signals to itself
    `,
    `
    FROM a:1
    CMD ["sh", "-c", "app | tee log"]
         ~~~~ "sh" is process 1 and keeps signals to itself
    `,
  ],
  fixed: [
    {
      before: `
      FROM a:1
      CMD ["sh", "-c", "app -p $PORT"]
      `,
      after: `
      FROM a:1
      CMD ["sh", "-c", "exec app -p $PORT"]
      `,
    },
    {
      before: `
      FROM a:1
      ENTRYPOINT ["sh", "-c", "prepare; app $X"]
      `,
      after: `
      FROM a:1
      ENTRYPOINT ["sh", "-c", "prepare; exec app $X"]
      `,
    },
    {
      before: `
      FROM a:1
      CMD ["sh", "-c", "(app)"]
      `,
      after: `
      FROM a:1
      CMD ["sh", "-c", "(app)"]
      `,
    },
  ],
});
