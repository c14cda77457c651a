import rule from "../../../src/rules/dockerfile/password-set-in-run.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN apt-get install passwd && passwd -l root && usermod -L x
    `,
    `
    FROM a:1
    RUN useradd -p '*' a && usermod -p '!' b && useradd -p "$P" c && useradd -p '' d
    `,
    `
    FROM a:1
    RUN echo chpasswd
    `,
  ],
  found: [
    `
    FROM a:1
    RUN echo 'root:secret' | chpasswd
                             ~~~~~~~~ "chpasswd" sets a password that the image keeps
    # é
    RUN useradd -m x && \\
        echo y | passwd --stdin x && sudo usermod --password=abc x
                 ~~~~~~ "passwd" sets a password that the image keeps
                                                  ~~~~~~~~~~~~~~ "usermod" sets a password that the image keeps
    `,
    `
    FROM a:1
    RUN <<EOF
    chpasswd <<X
    ~~~~~~~~ "chpasswd" sets a password that the image keeps
    a:b
    X
    EOF
    run ["useradd", "-p", "abc", "x"]
                          ~~~~~ "useradd" sets a password that the image keeps
    ONBUILD RUN useradd -p abc x
                           ~~~ "useradd" sets a password that the image keeps
    `,
  ],
});
