import rule from "../../../src/rules/image/system-directory.ts";
import { testModelRule } from "../../support/rule-tester.ts";
import { imageModelFromSnippet } from "../../support/snippets.ts";

testModelRule(rule, imageModelFromSnippet, {
  clean: [
    '{"config": {"WorkingDir": "/app"}}',
    '{"config": {"WorkingDir": "/procs"}}',
    '{"config": {"WorkingDir": ""}}',
    '{"config": {"WorkingDir": "/"}}',
    '{"config": {"Volumes": {"/data": {}, "/devices": {}, "/boot": {}}}}',
    "{}",
  ],
  found: [
    {
      source: '{"config": {"WorkingDir": "/proc/self/fd/8"}}',
      findings: [{ text: '"/proc/self/fd/8"', message: 'working directory is "/proc/self/fd/8"' }],
    },
    {
      source: '{"config": {"WorkingDir": "/app/../sys"}}',
      findings: [{ text: '"/app/../sys"', message: 'working directory is "/app/../sys"' }],
    },
    {
      source: '{"config": {"WorkingDir": "boot"}}',
      findings: [{ text: '"boot"', message: 'working directory is "boot"' }],
    },
    {
      source: '{"config": {"Volumes": {"/dev": {}, "/sys/fs/cgroup/": {}, "/a": {}}}}',
      findings: [
        { text: '"/dev"', message: 'volume on "/dev"' },
        { text: '"/sys/fs/cgroup/"', message: 'volume on "/sys/fs/cgroup/"' },
      ],
    },
  ],
});
