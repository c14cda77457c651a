import rule from "../../../src/rules/dockerfile/inline-suppression.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    # hadolint shell=bash
    `,
    `
    FROM a:1
    # see the hadolint ignore list
    `,
    `
    FROM a:1
    RUN echo '# hadolint ignore=DL3006'
    `,
    `
    # check=error=true
    FROM a:1
    `,
  ],
  found: [
    `
    FROM a:1
    # hadolint ignore=DL3006
    ~~~~~~~~~~~~~~~~~~~~~~~~ this comment switches findings of "hadolint" off
    `,
    `
    # check=skip=JSONArgsRecommended;error=true
    ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ this directive switches findings of "docker build --check" off
    FROM a:1
    #checkov:skip=CKV_DOCKER_2:é
    ~~~~~~~~~~~~~~~~~~~~~~~~~~~~ this comment switches findings of "checkov" off
    # trivy:ignore:AVD-DS-0002
    ~~~~~~~~~~~~~~~~~~~~~~~~~~ this comment switches findings of "trivy" off
    # hadolint global ignore=DL3006
    ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ this comment switches findings of "hadolint" off
    # kics-scan ignore-line
    ~~~~~~~~~~~~~~~~~~~~~~~ this comment switches findings of "kics" off
    # tguard ignore=cd-in-run why
    ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ this comment switches findings of "tguard" off
    RUN a && \\
      # nosemgrep: x
      ~~~~~~~~~~~~~~ this comment switches findings of "nosemgrep" off
      b
    `,
  ],
});
