import rule from "../../../src/rules/dockerfile/python-tls-verification-off.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    ENV PYTHONHTTPSVERIFY=1
    `,
    `
    FROM a:1
    ARG PYTHONHTTPSVERIFY
    `,
    `
    FROM a:1
    ENV PYTHONHTTPSVERIFY=$V
    `,
    `
    FROM a:1
    RUN echo PYTHONHTTPSVERIFY=0
    `,
  ],
  found: [
    `
    FROM a:1
    ENV PYTHONHTTPSVERIFY=0
        ~~~~~~~~~~~~~~~~~~~ "PYTHONHTTPSVERIFY" is "0": no certificate is checked
    `,
    `
    FROM a:1
    ENV PYTHONHTTPSVERIFY 0
        ~~~~~~~~~~~~~~~~~~~ "PYTHONHTTPSVERIFY" is "0": no certificate is checked
    `,
    `
    FROM a:1
    ARG PYTHONHTTPSVERIFY='0'
        ~~~~~~~~~~~~~~~~~~~~~ "PYTHONHTTPSVERIFY" is "0": no certificate is checked
    `,
    `
    FROM a:1
    RUN PYTHONHTTPSVERIFY=0 python x.py && \\
        ~~~~~~~~~~~~~~~~~~~ "PYTHONHTTPSVERIFY" is "0": no certificate is checked
        export PYTHONHTTPSVERIFY=0
               ~~~~~~~~~~~~~~~~~~~ "PYTHONHTTPSVERIFY" is "0": no certificate is checked
    `,
    `
    FROM a:1
    ONBUILD ENV PYTHONHTTPSVERIFY=0
                ~~~~~~~~~~~~~~~~~~~ "PYTHONHTTPSVERIFY" is "0": no certificate is checked
    `,
  ],
});
