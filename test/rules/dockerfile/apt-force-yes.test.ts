import rule from "../../../src/rules/dockerfile/apt-force-yes.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM debian:12
    RUN apt-get install -y --allow-downgrades curl
    `,
    `
    FROM debian:12
    RUN apt-get install -y --allow-downgrades --allow-change-held-packages curl
    `,
    `
    FROM debian:12
    RUN echo --force-yes && dpkg --force-yes
    `,
  ],
  found: [
    `
    FROM debian:12
    RUN apt-get install -y --force-yes curl && apt-get --force-yes install git
                           ~~~~~~~~~~~ "--force-yes" goes on whatever is wrong
                                                       ~~~~~~~~~~~ "--force-yes" goes on whatever is wrong
    `,
    `
    FROM debian:12
    RUN apt-get install --allow-downgrades --allow-remove-essential --allow-change-held-packages -y curl
                        ~~~~~~~~~~~~~~~~~~ the flags together are "--force-yes"
    `,
    `
    FROM debian:12
    run apt-get install -y \\
      # é
      --force-yes \\
      ~~~~~~~~~~~ "--force-yes" goes on whatever is wrong
      curl
    ONBUILD RUN apt install -qq --force-yes vim
                                ~~~~~~~~~~~ "--force-yes" goes on whatever is wrong
    `,
    `
    FROM debian:12
    RUN ["apt-get", "install", "--force-yes", "curl"]
                               ~~~~~~~~~~~~~ "--force-yes" goes on whatever is wrong
    RUN <<EOF
    apt-get -y --force-yes upgrade
               ~~~~~~~~~~~ "--force-yes" goes on whatever is wrong
    EOF
    `,
  ],
  fixed: [
    {
      before: `
      FROM debian:12
      RUN apt-get install -y --force-yes curl # now
      `,
      after: `
      FROM debian:12
      RUN apt-get install -y curl # now
      `,
    },
    {
      before: `
      FROM debian:12
      RUN apt-get --force-yes install curl \\
        && true
      `,
      after: `
      FROM debian:12
      RUN apt-get -y install curl \\
        && true
      `,
    },
    {
      before: `
      FROM debian:12
      RUN apt-get install -y \\
        --force-yes \\
        curl
      `,
      after: `
      FROM debian:12
      RUN apt-get install -y \\
        -y \\
        curl
      `,
    },
  ],
});
