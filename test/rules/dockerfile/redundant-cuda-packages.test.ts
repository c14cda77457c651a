import rule from "../../../src/rules/dockerfile/redundant-cuda-packages.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM debian:12
    RUN apt-get install -y cuda-toolkit-12-8
    `,
    `
    FROM nvidia/cuda:12.8.1-base-ubuntu24.04
    RUN apt-get install -y cuda-libraries-12-8 cuda-nvcc-12-8
    `,
    `
    FROM nvidia/cuda:12.8.1-devel-ubuntu24.04
    RUN apt-get install -y cuda-toolkit-11-8 libcudnn9-cuda-12
    `,
    `
    FROM nvidia/cuda:$V-devel
    RUN apt-get install -y cuda-toolkit
    `,
    `
    FROM nvidia/cuda:12.8.1-runtime-ubuntu24.04
    RUN echo cuda-libraries-12-8
    `,
  ],
  found: [
    `
    FROM nvidia/cuda:12.8.1-devel-ubuntu24.04
    RUN apt-get update && apt-get install -y cuda-toolkit-12-8 nvidia-cuda-toolkit
                                             ~~~~~~~~~~~~~~~~~ "cuda-toolkit-12-8" is in "nvidia/cuda:12.8.1-devel-ubuntu24.04"
                                                               ~~~~~~~~~~~~~~~~~~~ "nvidia-cuda-toolkit" is in "nvidia/cuda:12.8.1-devel-ubuntu24.04"
    `,
    `
    FROM nvcr.io/nvidia/cuda:12.8.1-cudnn-runtime-ubi9 AS b
    FROM b
    RUN dnf install -y libcublas-12-8 \\
                       ~~~~~~~~~~~~~~ "libcublas" is in "nvcr.io/nvidia/cuda:12.8.1-cudnn-runtime-ubi9"
      # é
      libcudnn9-cuda-12 cuda-nvcc-12-8
    `,
  ],
});
