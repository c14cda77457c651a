import rule from "../../../src/rules/dockerfile/conda-in-gpu-image.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM continuumio/miniconda3:24
    RUN conda install -y pytorch
    `,
    `
    FROM nvidia/cuda:12.9.0
    RUN conda install -y git && pip install torch && conda remove pytorch
    `,
    `
    FROM $BASE
    RUN conda install -y pytorch
    `,
    `
    FROM nvidia/cuda:12.9.0
    FROM debian:12
    RUN conda install pytorch
    `,
  ],
  found: [
    `
    FROM nvidia/cuda:12.9.0-runtime
    RUN conda install -y -c pytorch pytorch=2.8 torchvision
                                    ~~~~~~~~~~~ "pytorch" is installed by "conda" beside the image's CUDA
    `,
    `
    FROM pytorch/pytorch:2.8-cuda12 AS a
    from a
    run mamba create -n x \\
      # é
      python=3.12 numpy
                  ~~~~~ "numpy" is installed by "mamba" beside the image's CUDA
    ONBUILD RUN micromamba install conda-forge::tensorflow-gpu
                                   ~~~~~~~~~~~~~~~~~~~~~~~~~~~ "conda-forge::tensorflow-gpu" is installed by "micromamba" beside the image's CUDA
    `,
  ],
});
