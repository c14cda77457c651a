import rule from "../../../src/rules/dockerfile/unpinned-apt-package.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN apt-get install -y curl=7.88.1-10 "jq=1.6*" && apt install -y vim/bookworm ./x.deb /tmp/y.deb
    `,
    `
    FROM a:1
    RUN apt-get -t bookworm-backports install -y git=1:2.* && apt-get install --target-release stable zip=3.0 exim4-
    `,
    `
    FROM a:1
    RUN apt-get update && apt-get upgrade -y && apt-get remove curl && apt-get build-dep x
    `,
    `
    FROM a:1
    ARG PACKAGES
    RUN apt-get install -y $PACKAGES $(cat list)
    `,
    `
    FROM a:1
    RUN packages="curl=1 jq=2" && apt-get install -y $packages
    `,
    `
    FROM a:1
    CMD apt-get install -y curl
    `,
  ],
  found: [
    `
    FROM a:1
    RUN apt-get update && apt-get install -y --no-install-recommends curl jq=1.6*
                                                                     ~~~~ "curl" has no version
    `,
    `
    FROM a:1
    run DEBIAN_FRONTEND=noninteractive sudo apt -y install \\
      # é
      g++ \\
      ~~~ "g++" has no version
      -t sid git && aptitude install -y zip
             ~~~ "git" has no version
                                        ~~~ "zip" has no version
    `,
    `
    FROM a:1
    ONBUILD RUN apt-get install -y git
                                   ~~~ "git" has no version
    RUN ["apt-get", "install", "-y", "curl"]
                                     ~~~~~~ "curl" has no version
    RUN <<EOF
    apt-get install -y zsh
                       ~~~ "zsh" has no version
    EOF
    `,
  ],
});
