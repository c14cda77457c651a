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
  ],
  found: [
    `
    FROM a:1
    EXPOSE 22
           ~~ port "22" is for SSH
    `,
    `
    FROM a:1
    EXPOSE 80 22/tcp 20-25
              ~~~~~~ port "22/tcp" is for SSH
                     ~~~~~ port "20-25" is for FTP
    `,
    `
    FROM a:1
    ARG P=3389
    EXPOSE \${P}
           ~~~~ port "\${P}" is for RDP
    `,
    `
    FROM a:1
    ONBUILD EXPOSE 2375
                   ~~~~ port "2375" is for the Docker API
    `,
    `
    FROM a:1
    EXPOSE "5901" 5985/tcp
           ~~~~~~ port "5901" is for VNC
                  ~~~~~~~~ port "5985/tcp" is for WinRM
    `,
  ],
});
