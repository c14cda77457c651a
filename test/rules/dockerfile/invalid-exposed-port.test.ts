import rule from "../../../src/rules/dockerfile/invalid-exposed-port.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    EXPOSE 80 443/tcp 53/udp 7000-7010 65535
    `,
    `
    FROM a:1
    EXPOSE $PORT \${A}-70000 80-\${B}
    `,
    `
    FROM a:1
    ENV P="80 81"
    EXPOSE $P
    `,
    `
    FROM a:1
    EXPOSE 80-80
    `,
  ],
  found: [
    `
    FROM a:1
    EXPOSE 80800
           ~~~~~ port "80800" is greater than 65535
    expose 1 70000-70001/udp 0
             ~~~~~~~~~~~~~~~ port "70000" is greater than 65535
                             ~ port "0" cannot be listened on
    `,
    `
    FROM a:1
    EXPOSE 90-80 http 80:80 80,443
           ~~~~~ range "90-80" ends below its beginning
                 ~~~~ "http" is not a port
                            ~~~~~~ "80,443" is not a port
    `,
    `
    FROM a:1
    ENV P=99999
        - related: "P" is set here
    EXPOSE \${P}/tcp
           ~~~~~~~~ port "99999" is greater than 65535
    `,
    `
    FROM a:1
    ARG P=
    ONBUILD EXPOSE 65536
                   ~~~~~ port "65536" is greater than 65535
    `,
    `
    # ü
    FROM a:1
    EXPOSE 80 \\
      # note
      1-65536
      ~~~~~~~ port "65536" is greater than 65535
    `,
    `
    FROM a:1
    EXPOSE 80 # web
              ~ "#" is not a port
                ~~~ "web" is not a port
    `,
    `
    # escape=\`
    FROM a:1
    EXPOSE \`
      0x50
      ~~~~ "0x50" is not a port
    `,
  ],
});
