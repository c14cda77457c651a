import rule from "../../../src/rules/image/secret-in-history.ts";
import { testModelRule } from "../../support/rule-tester.ts";
import { imageModelFromSnippet } from "../../support/snippets.ts";

testModelRule(rule, imageModelFromSnippet, {
  clean: [
    '{"history": [{"created_by": "RUN |1 VERSION=1.2 /bin/sh -c make # buildkit"}]}',
    '{"history": [{"created_by": "ARG NPM_TOKEN"}]}',
    '{"history": [{"created_by": "RUN /bin/sh -c echo \\"use TOKEN=x\\" # buildkit"}]}',
    '{"history": [{"created_by": "RUN /bin/sh -c curl --oauth2-bearer $TOKEN https://example.org"}]}',
    // secret-in-environment reports what is still set
    '{"config": {"Env": ["API_KEY=abc"]}, "history": [{"created_by": "ENV API_KEY=abc"}]}',
    '{"history": [{}]}',
  ],
  found: [
    {
      source: '{"history": [{"created_by": "ARG NPM_TOKEN=s3cret"}]}',
      findings: [
        { text: "NPM_TOKEN", message: 'history keeps the value of build argument "NPM_TOKEN"' },
      ],
    },
    // listed again with every RUN: once
    {
      source:
        '{"history": [{"created_by": "|1 NPM_TOKEN=s3cret /bin/sh -c npm ci"}, {"created_by": "|1 NPM_TOKEN=s3cret /bin/sh -c npm test"}]}',
      findings: [
        { text: "NPM_TOKEN", message: 'history keeps the value of build argument "NPM_TOKEN"' },
      ],
    },
    // taken back by a later ENV
    {
      source:
        '{"config": {"Env": ["API_KEY="]}, "history": [{"created_by": "ENV API_KEY=abc"}, {"created_by": "ENV API_KEY="}]}',
      findings: [
        { text: "API_KEY", message: 'history keeps a value that variable "API_KEY" once had' },
      ],
    },
    {
      source:
        '{"history": [{"created_by": "RUN /bin/sh -c export DB_PASSWORD=hunter2 && make # buildkit"}]}',
      findings: [
        {
          text: "DB_PASSWORD",
          message: 'history keeps the value that a command gives "DB_PASSWORD"',
        },
      ],
    },
    // the credential itself is masked
    {
      source:
        '{"history": [{"created_by": "RUN /bin/sh -c git clone https://bob:hunter2@git.example/x"}]}',
      findings: [
        { text: "*******", message: "history keeps a literal credential: password in a URL" },
      ],
    },
  ],
});
