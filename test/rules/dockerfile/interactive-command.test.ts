import { expect, test } from "vitest";
import { parseDockerfile } from "../../../src/audit/dockerfile/parse.ts";
import rule from "../../../src/rules/dockerfile/interactive-command.ts";
import { findingsOf, testRule } from "../../support/rule-tester.ts";

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
    `
    FROM a:1
    RUN --mount=type=ssh ssh -T git@example.com
    `,
    `
    FROM a:1
    RUN echo ps && which vim && /etc/init.d/x start && umount /x
    `,
    `
    FROM a:1
    CMD service x start && top
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
    `
    FROM a:1
    RUN sudo service x start \\
             ~~~~~~~ build step runs "service"
      # é
      && ps aux | grep x; free -m
         ~~ build step runs "ps"
                          ~~~~ build step runs "free"
    ONBUILD RUN nano a
                ~~~~ build step runs "nano"
    `,
    `
    FROM a:1
    RUN <<EOF
    ifconfig eth0
    ~~~~~~~~ build step runs "ifconfig"
    ssh host
    ~~~ build step runs "ssh"
    EOF
    RUN bash -c 'kill 1'
                 ~~~~ build step runs "kill"
    `,
  ],
});

test("a service that the step needs is not as bad", () => {
  const source =
    "FROM a:1\nRUN service db start && load\nRUN service db start\nRUN (x &) && kill %1\n";
  expect(findingsOf(rule, parseDockerfile(source)).map(({ severity }) => severity)).toEqual([
    "info",
    "low",
    "info",
  ]);
});
