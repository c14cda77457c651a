import rule from "../../../src/rules/image/stale-base.ts";
import { testModelRule } from "../../support/rule-tester.ts";
import { imageModelFromSnippet } from "../../support/snippets.ts";

testModelRule(rule, imageModelFromSnippet, {
  clean: [
    // 180 days and a second before the audit, 2026-02-01
    '{"history": [{"created": "2025-08-05T00:00:00Z"}]}',
    // reproducible builds
    '{"history": [{"created": "0001-01-01T00:00:00Z"}]}',
    '{"history": [{"created": "1970-01-01T00:00:00Z"}]}',
    '{"history": [{"created": "1980-01-01T00:00:01Z"}]}',
    // from the future
    '{"history": [{"created": "2027-01-01T00:00:00Z"}]}',
    '{"history": [{"created": "yesterday"}]}',
    '{"history": [{}]}',
    '{"created": null}',
    // only empty layers above a new image
    '{"created": "2026-01-01T00:00:00Z", "history": [{"created": "2020-01-01T00:00:00Z", "empty_layer": true}]}',
  ],
  found: [
    {
      source: '{"history": [{"created": "2025-08-04T00:00:00Z"}]}',
      findings: [
        { text: '"2025-08-04T00:00:00Z"', message: "lowest layer is of 2025-08-04, 181 days old" },
      ],
    },
    // built anew on an old base
    {
      source:
        '{"created": "2026-01-31T00:00:00Z", "history": [{"created": "2024-02-01T01:00:00+02:00"}, {"created": "2026-01-31T00:00:00Z"}]}',
      findings: [
        {
          text: '"2024-02-01T01:00:00+02:00"',
          message: "lowest layer is of 2024-01-31, 731 days old",
        },
      ],
    },
    // without a history, the image's date
    {
      source: '{"created": "2025-01-01T00:00:00Z"}',
      findings: [
        { text: '"2025-01-01T00:00:00Z"', message: "lowest layer is of 2025-01-01, 396 days old" },
      ],
    },
  ],
});
