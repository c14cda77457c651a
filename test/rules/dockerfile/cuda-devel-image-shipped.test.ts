import rule from "../../../src/rules/dockerfile/cuda-devel-image-shipped.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM nvidia/cuda:12.8.1-runtime-ubuntu24.04
    `,
    `
    FROM nvidia/cuda:12.8.1-devel-ubuntu24.04 AS b
    FROM nvidia/cuda:12.8.1-base-ubuntu24.04
    `,
    `
    FROM nvidia/cuda:12.8.1-devel-ubuntu24.04
    RUN nvcc x.cu
    `,
    `
    FROM nvidia/cuda:12.8.1-devel-ubuntu24.04
    RUN pip install vllm
    `,
    `
    FROM nvidia/cuda:$TAG
    `,
  ],
  found: [
    `
    FROM nvidia/cuda:12.8.1-devel-ubuntu24.04
         ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "nvidia/cuda:12.8.1-devel-ubuntu24.04" has compilers, and nothing is compiled here
    COPY é /app
    `,
    `
    ARG T=12.8.1-cudnn-devel-ubuntu24.04
    FROM --platform=linux/amd64 nvidia/cuda:$T AS b
                                ~~~~~~~~~~~~~~ "nvidia/cuda:12.8.1-cudnn-devel-ubuntu24.04" has compilers, and nothing is compiled here
    FROM b
    RUN apt-get update && apt-get install -y curl
    `,
  ],
  fixed: [
    {
      before: `
    FROM nvidia/cuda:12.8.1-devel-ubuntu24.04 AS x
    COPY a /app
    `,
      after: `
    FROM nvidia/cuda:12.8.1-runtime-ubuntu24.04 AS x
    COPY a /app
    `,
    },
  ],
});
