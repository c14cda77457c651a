import rule from "../../../src/rules/dockerfile/copied-vex-document.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM debian:12
    COPY app.json vex.txt vex /
    `,
    `
    FROM debian:12
    RUN cat app.vex.json
    COPY <<vex.json /x
    {}
    vex.json
    `,
    `
    FROM debian:12
    COPY convex.json /
    `,
  ],
  found: [
    `
    FROM debian:12
    COPY app.vex.json /
         ~~~~~~~~~~~~ "app.vex.json" is a VEX document
    ADD https://example.com/openvex.json dist/VEX.json /
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "https://example.com/openvex.json" is a VEX document
                                         ~~~~~~~~~~~~~ "dist/VEX.json" is a VEX document
    `,
    `
    FROM debian:12 AS a
    FROM debian:12
    copy --from=a \\
      # é
      /out/*.openvex.json /
      ~~~~~~~~~~~~~~~~~~~ "/out/*.openvex.json" is a VEX document
    ONBUILD COPY ["x.vex.json", "/"]
                  ~~~~~~~~~~~~ "x.vex.json" is a VEX document
    `,
  ],
});
