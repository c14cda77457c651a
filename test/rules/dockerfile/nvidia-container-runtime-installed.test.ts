import rule from "../../../src/rules/dockerfile/nvidia-container-runtime-installed.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN apt-get install -y nvidia-utils
    `,
    `
    FROM a:1
    RUN echo nvidia-container-toolkit
    `,
    `
    FROM a:1
    RUN apt-get remove -y nvidia-container-toolkit
    `,
  ],
  found: [
    `
    FROM a:1
    RUN apt-get update && apt-get install -y nvidia-container-toolkit=1.2
                                             ~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "nvidia-container-toolkit" belongs on the host
    `,
    `
    FROM a:1
    ONBUILD RUN yum install -y \\
      # é
      nvidia-docker2 libnvidia-container1
      ~~~~~~~~~~~~~~ "nvidia-docker2" belongs on the host
                     ~~~~~~~~~~~~~~~~~~~~ "libnvidia-container1" belongs on the host
    RUN <<EOF
    dnf install -y libnvidia-container-tools
                   ~~~~~~~~~~~~~~~~~~~~~~~~~ "libnvidia-container-tools" belongs on the host
    EOF
    `,
  ],
});
