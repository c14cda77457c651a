import rule from "../../../src/rules/image/secret-in-environment.ts";
import { testModelRule } from "../../support/rule-tester.ts";
import { imageModelFromSnippet } from "../../support/snippets.ts";

testModelRule(rule, imageModelFromSnippet, {
  clean: [
    '{"config": {"Env": ["PATH=/bin"]}}',
    '{"config": {"Env": ["GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D"]}}',
    '{"config": {"Env": ["DB_PASSWORD="]}}',
    '{"config": {"Env": ["DB_PASSWORD"]}}',
    '{"config": {"Env": ["TOKEN=/run/secrets/token", "MYSQL_RANDOM_ROOT_PASSWORD=yes", "SSH_AUTH_SOCK=/x"]}}',
    '{"config": {"Env": ["URL=https://example.org:8080/a@b"]}}',
  ],
  found: [
    // two, each under its name; never the value
    {
      source: '{"config": {"Env": ["API_KEY=abc", "A=b", "db_password=hunter2"]}}',
      findings: [
        { text: "API_KEY", message: 'variable "API_KEY" holds a secret, going by its name' },
        {
          text: "db_password",
          message: 'variable "db_password" holds a secret, going by its name',
        },
      ],
    },
    {
      source: '{"config": {"Env": ["DATABASE_URL=postgres://app:hunter2@db/app"]}}',
      findings: [
        {
          text: "DATABASE_URL",
          message: 'variable "DATABASE_URL" holds a literal credential: password in a URL',
        },
      ],
    },
    // the shape says more than the name
    {
      source: '{"config": {"Env": ["TOKEN=glpat-aaaaaaaaaaaaaaaaaaaa"]}}',
      findings: [
        { text: "TOKEN", message: 'variable "TOKEN" holds a literal credential: GitLab token' },
      ],
    },
  ],
});
