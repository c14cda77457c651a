import rule from "../../../src/rules/dockerfile/cuda-version-mismatch.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM nvidia/cuda:12.4.1-devel-ubuntu22.04
    RUN pip install torch==2.4+cu124 --extra-index-url https://download.pytorch.org/whl/cu124 && echo cu118
    `,
    `
    FROM python:3
    RUN pip install torch==2.1+cu118
    `,
    `
    FROM nvidia/cuda:$V
    RUN pip install torch==2.1+cu118
    `,
  ],
  found: [
    `
    FROM docker.io/nvidia/cuda:12.4.1-devel-ubuntu22.04
    RUN pip install torch==2.1+cu118 --index-url https://download.pytorch.org/whl/cu121
                    ~~~~~~~~~~~~~~~~ "torch==2.1+cu118" is for CUDA 11.8, and the base image has 12.4
                                                 ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "https://download.pytorch.org/whl/cu121" is for CUDA 12.1, and the base image has 12.4
    # é
    run x && \\
      conda install pytorch-cuda=11.8 -y
                    ~~~~~~~~~~~~~~~~~ "pytorch-cuda=11.8" is for CUDA 11.8, and the base image has 12.4
    `,
  ],
});
