import rule from "../../../src/rules/dockerfile/all-nvidia-driver-capabilities.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    ENV NVIDIA_DRIVER_CAPABILITIES=compute,utility
    `,
    `
    FROM a:1
    ENV NVIDIA_VISIBLE_DEVICES=all
    `,
    `
    FROM a:1 AS b
    ENV NVIDIA_DRIVER_CAPABILITIES=all
    FROM c:1
    `,
    `
    FROM a:1
    ENV NVIDIA_DRIVER_CAPABILITIES=$X
    `,
    `
    FROM a:1
    ARG NVIDIA_DRIVER_CAPABILITIES=all
    `,
  ],
  found: [
    `
    FROM a:1
    ENV NVIDIA_DRIVER_CAPABILITIES=all
                                   ~~~ "all" brings graphics, video and display into the container
    `,
    `
    FROM a:1 AS b
    env NVIDIA_DRIVER_CAPABILITIES "all"
                                   ~~~~~ "all" brings graphics, video and display into the container
    FROM b
    ENV A=é \\
      # why
      NVIDIA_DRIVER_CAPABILITIES='all'
                                 ~~~~~ "all" brings graphics, video and display into the container
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    ENV A=b NVIDIA_DRIVER_CAPABILITIES=all C=d
    `,
      after: `
    FROM a:1
    ENV A=b NVIDIA_DRIVER_CAPABILITIES=compute,utility C=d
    `,
    },
  ],
});
