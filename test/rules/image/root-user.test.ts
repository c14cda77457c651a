import rule from "../../../src/rules/image/root-user.ts";
import { testModelRule } from "../../support/rule-tester.ts";
import { imageModelFromSnippet } from "../../support/snippets.ts";

testModelRule(rule, imageModelFromSnippet, {
  clean: [
    '{"config": {"User": "1000"}}',
    '{"config": {"User": "app"}}',
    '{"config": {"User": "65532:0"}}',
    '{"config": {"User": "rooted"}}',
    // a name of digits that is not 0
    '{"config": {"User": "007"}}',
  ],
  found: [
    {
      source: '{"config": {"User": null}}',
      findings: [{ text: '"config"', message: "image sets no user, so it runs as root" }],
    },
    {
      source: '{"config": {"User": ""}}',
      findings: [{ text: '""', message: "image sets no user, so it runs as root" }],
    },
    {
      source: '{"config": {"User": ":1000"}}',
      findings: [{ text: '":1000"', message: "image sets no user, so it runs as root" }],
    },
    {
      source: '{"config": {"User": "root"}}',
      findings: [{ text: '"root"', message: 'user "root" is root' }],
    },
    {
      source: '{"config": {"User": "0:1000"}}',
      findings: [{ text: '"0:1000"', message: 'user "0:1000" is root' }],
    },
    {
      source: '{"config": {"User": "00"}}',
      findings: [{ text: '"00"', message: 'user "00" is root' }],
    },
    {
      source: '{"config": {"User": "root:root"}}',
      findings: [{ text: '"root:root"', message: 'user "root:root" is root' }],
    },
  ],
});
