import rule from "../../../src/rules/dockerfile/user-group-drops-groups.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN useradd -G video app
    USER app
    `,
    `
    FROM a:1
    RUN useradd -G video app
    USER other:other
    `,
    `
    FROM a:1
    RUN useradd -G video app
    USER app:video
    `,
    `
    FROM a:1
    USER app:app
    RUN usermod -aG video app
    `,
    `
    FROM a:1
    RUN usermod -aG $G app
    USER app:app
    `,
  ],
  found: [
    `
    FROM a:1 AS x
    RUN useradd -m app && usermod -aG docker app
                                      ------ related: the user is put into it here
    FROM x
    # é
    user app:app
         ~~~~~~~ "app:app" leaves out group "docker"
    `,
    `
    FROM a:1
    RUN gpasswd -a app audio
                       ----- related: the user is put into it here
    USER app:1
         ~~~~~ "app:1" leaves out group "audio"
    `,
    `
    FROM alpine:3
    RUN addgroup app wheel
                     ----- related: the user is put into it here
    USER app:app
         ~~~~~~~ "app:app" leaves out group "wheel"
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    RUN useradd -G video app
    USER app:app
    `,
      after: `
    FROM a:1
    RUN useradd -G video app
    USER app
    `,
    },
  ],
});
