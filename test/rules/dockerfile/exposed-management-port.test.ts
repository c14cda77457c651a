import rule from "../../../src/rules/dockerfile/exposed-management-port.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    EXPOSE 80 443/tcp
    `,
    `
    FROM a:1
    EXPOSE $PORT
    `,
    `
    FROM a:1
    EXPOSE 23000-24000
    `,
    `
    FROM a:1
    LABEL p=22
    `,
    `
    FROM a:1
    EXPOSE 22:8080 2222
    `,
    `
    FROM a:1
    EXPOSE 3390 5911 5799 220
    `,
  ],
  found: [
    `
    FROM a:1
    EXPOSE 22
           ~~ port "22" is for SSH
    `,
    `
    FROM a:1
    EXPOSE "5901" 5985/tcp
           ~~~~~~ port "5901" is for VNC
                  ~~~~~~~~ port "5985/tcp" is for WinRM
    `,
    `
    FROM a:1
    EXPOSE 80 22/tcp 20-25
              ~~~~~~ port "22/tcp" is for SSH
                     ~~~~~ port "20-25" is for FTP, SSH, Telnet
    `,
    `
    FROM a:1
    ARG P=3389
        - related: "P" is set here
    EXPOSE \${P}
           ~~~~ port "3389" is for RDP
    `,
    `
    FROM a:1
    ONBUILD EXPOSE 2375/tcp
                   ~~~~~~~~ port "2375/tcp" is for Docker
    `,
    `
    FROM a:1
    expose 8080 \\
      # é
      2222:22 514/udp
      ~~~~~~~ port "2222:22" is for SSH
              ~~~~~~~ port "514/udp" is for rexec, rlogin, rsh
    `,
    `
    ARG PORTS
    FROM a:1
    ENV PORTS="22 80 5985-5990"
        ----- related: "PORTS" is set here
        ----- related: "PORTS" is set here
    EXPOSE $PORTS
           ~~~~~~ port "22" is for SSH
           ~~~~~~ port "5985-5990" is for WinRM
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    EXPOSE 80 22 443
    `,
      after: `
    FROM a:1
    EXPOSE 80 443
    `,
    },
    {
      before: `
    FROM a:1
    EXPOSE 22
    CMD ["a"]
    `,
      after: `
    FROM a:1
    CMD ["a"]
    `,
    },
  ],
});
