import rule from "../../../src/rules/dockerfile/fixed-gpu-devices.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM nvidia/cuda:12.9.0
    ENV NVIDIA_VISIBLE_DEVICES=all
    `,
    `
    FROM a:1
    ENV NVIDIA_VISIBLE_DEVICES=$DEVICES CUDA_VISIBLE_DEVICES= OTHER_VISIBLE_DEVICES=0
    `,
    `
    FROM a:1
    LABEL CUDA_VISIBLE_DEVICES=0
    RUN CUDA_VISIBLE_DEVICES=0 make
    `,
  ],
  found: [
    `
    FROM a:1
    ENV CUDA_VISIBLE_DEVICES=0,1
                             ~~~ "CUDA_VISIBLE_DEVICES" is fixed to "0,1"
    `,
    `
    FROM a:1
    env NVIDIA_VISIBLE_DEVICES 0
                               ~ "NVIDIA_VISIBLE_DEVICES" is fixed to "0"
    ENV A=é \\
      # why
      CUDA_VISIBLE_DEVICES="all"
                           ~~~~~ "CUDA_VISIBLE_DEVICES" is fixed to "all"
    ONBUILD ENV NVIDIA_VISIBLE_DEVICES=GPU-1
                                       ~~~~~ "NVIDIA_VISIBLE_DEVICES" is fixed to "GPU-1"
    `,
  ],
});
