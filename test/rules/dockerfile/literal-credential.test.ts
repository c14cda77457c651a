import rule from "../../../src/rules/dockerfile/literal-credential.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    ENV A=b
    `,
    `
    FROM a:1
    RUN curl -H "Authorization: Bearer $TOKEN" a
    `,
  ],
  found: [
    `
    FROM a:1
    RUN git clone https://user:hunter2hunter2@example.com/a.git
                               ~~~~~~~~~~~~~~ literal credential: password in a URL
    `,
    `
    FROM a:1
    ENV X=AKIAQYLPMN5HHHFPZAM2
          ~~~~~~~~~~~~~~~~~~~~ literal credential: AWS access key
    `,
  ],
});
