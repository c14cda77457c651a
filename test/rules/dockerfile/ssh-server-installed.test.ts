import rule from "../../../src/rules/dockerfile/ssh-server-installed.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN apt-get install -y openssh-client && pip install sshd && dnf install openssh
    `,
    `
    FROM a:1 AS x
    RUN apk add openssh
    FROM b:1
    COPY --from=x /a /a
    `,
    `
    FROM a:1
    CMD ["ssh", "x"]
    `,
  ],
  found: [
    `
    FROM a:1
    RUN apk add --no-cache bash openssh=9
                                ~~~~~~~~~ package "openssh" is an SSH server
    # é
    run yum install -y \\
      openssh-server
      ~~~~~~~~~~~~~~ package "openssh-server" is an SSH server
    CMD ["/usr/sbin/sshd", "-D"]
         ~~~~~~~~~~~~~~~~ "/usr/sbin/sshd" is started, an SSH server
    `,
    `
    FROM a:1
    ONBUILD RUN apt-get install -y dropbear
                                   ~~~~~~~~ package "dropbear" is an SSH server
    ENTRYPOINT service x start && exec /usr/sbin/sshd -D
                                       ~~~~~~~~~~~~~~ "/usr/sbin/sshd" is started, an SSH server
    `,
  ],
});
