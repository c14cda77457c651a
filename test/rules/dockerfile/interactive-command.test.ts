import rule from "../../../src/rules/dockerfile/interactive-command.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN apt-get install -y ssh vim
    `,
    `
    FROM a:1
    RUN echo top
    `,
    `
    FROM a:1
    RUN --security=insecure mount -t tmpfs t /t
    `,
    `
    FROM a:1
    RUN ssh-keygen -A
    `,
    `
    FROM a:1
    RUN vim --version
    `,
  ],
  found: [
    `
    FROM a:1
    RUN top
        ~~~ build step runs "top"
    `,
    `
    FROM a:1
    RUN service x start && sudo shutdown now
        ~~~~~~~ build step runs "service"
                                ~~~~~~~~ build step runs "shutdown"
    `,
    `
    FROM a:1
    RUN ["vim"]
         ~~~~~ build step runs "vim"
    `,
    `
    FROM a:1
    RUN mount -t tmpfs t /t
        ~~~~~ build step runs "mount"
    `,
  ],
});
