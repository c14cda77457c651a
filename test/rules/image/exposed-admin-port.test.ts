import rule from "../../../src/rules/image/exposed-admin-port.ts";
import { testModelRule } from "../../support/rule-tester.ts";
import { imageModelFromSnippet } from "../../support/snippets.ts";

testModelRule(rule, imageModelFromSnippet, {
  clean: [
    '{"config": {"ExposedPorts": {"80/tcp": {}, "222/tcp": {}, "24": {}, "2374/tcp": {}, "5911/tcp": {}}}}',
    '{"config": {"ExposedPorts": {"8000-9000/tcp": {}}}}',
    "{}",
  ],
  found: [
    {
      source: '{"config": {"ExposedPorts": {"22": {}}}}',
      findings: [{ text: '"22"', message: "port 22/tcp (SSH) exposed" }],
    },
    {
      source: '{"config": {"ExposedPorts": {"80/tcp": {}, "22/udp": {}, "3389/tcp": {}}}}',
      findings: [
        { text: '"22/udp"', message: "port 22/udp (SSH) exposed" },
        { text: '"3389/tcp"', message: "port 3389/tcp (RDP) exposed" },
      ],
    },
    {
      source: '{"config": {"ExposedPorts": {"20-25/tcp": {}}}}',
      findings: [
        { text: '"20-25/tcp"', message: "port 21/tcp (FTP) exposed" },
        { text: '"20-25/tcp"', message: "port 22/tcp (SSH) exposed" },
        { text: '"20-25/tcp"', message: "port 23/tcp (Telnet) exposed" },
      ],
    },
    {
      source: '{"config": {"ExposedPorts": {"2375-2376/tcp": {}}}}',
      findings: [{ text: '"2375-2376/tcp"', message: "ports 2375 to 2376/tcp (Docker) exposed" }],
    },
  ],
});
