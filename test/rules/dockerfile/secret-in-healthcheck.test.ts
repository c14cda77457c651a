import rule from "../../../src/rules/dockerfile/secret-in-healthcheck.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    HEALTHCHECK CMD curl -f http://localhost/?keyword=a
    HEALTHCHECK CMD curl -f -H "Authorization: Bearer $TOKEN" http://localhost/?token=$T
    HEALTHCHECK CMD curl -f -H "Authorization: Bearer $(cat /run/x)" "http://x/?key=\${K}"
    HEALTHCHECK CMD curl -u "$U:$P" x
    HEALTHCHECK CMD mysqladmin ping --password=$P
    HEALTHCHECK NONE
    `,
    `
    FROM a:1
    RUN curl -H "Authorization: Bearer abc" x
    `,
  ],
  found: [
    `
    FROM a:1
    HEALTHCHECK CMD curl -f -H "Authorization: Bearer abcd" http://localhost
                               ~~~~~~~~~~~~~~~~~~~~~~~~~~~~ command carries header "Authorization"
    `,
    `
    FROM a:1
    # é
    healthcheck --interval=5s \\
      cmd curl 'http://localhost/?a=b&api_key=abcd' || exit 1
               ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ command carries a value for "api_key"
    ONBUILD HEALTHCHECK CMD ["mysqladmin", "ping", "--password=abc"]
                                                   ~~~~~~~~~~~~~~~~ command carries a value for "--password"
    `,
    `
    FROM a:1
    HEALTHCHECK CMD curl -u admin:abc http://u:p@localhost/
                            ~~~~~~~~~ command carries a password
                                      ~~~~~~~~~~~~~~~~~~~~~ command carries a password in an address
    HEALTHCHECK CMD ["sh", "-c", "curl -H 'Authentication: abc' x"]
                                          ~~~~~~~~~~~~~~~~~~~~~ command carries header "Authentication"
    `,
  ],
});
