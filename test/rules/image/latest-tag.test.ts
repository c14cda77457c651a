import rule from "../../../src/rules/image/latest-tag.ts";
import { testModelRule } from "../../support/rule-tester.ts";
import { imageModelFromSnippet } from "../../support/snippets.ts";

testModelRule(rule, imageModelFromSnippet, {
  clean: [
    "{}",
    '{"repoTags": ["a:1"]}',
    '{"repoTags": ["a:latest-alpine"]}',
    '{"repoTags": ["a:3.latest"]}',
    '{"repoTags": ["latest/a:1"]}',
    // a layout gives bare tags
    '{"repoTags": ["a"]}',
  ],
  found: [
    {
      source: '{"repoTags": ["a:latest"]}',
      findings: [{ text: "{", message: 'image is named "a:latest"' }],
    },
    {
      source: '{"repoTags": ["a:1", "r.example:5000/b:latest"]}',
      findings: [{ text: "{", message: 'image is named "r.example:5000/b:latest"' }],
    },
    {
      source: '{"repoTags": ["latest"]}',
      findings: [{ text: "{", message: 'image is named "latest"' }],
    },
  ],
});
