import rule from "../../../src/rules/dockerfile/rpm-without-signature-check.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM fedora:42
    RUN rpm -i https://example.com/x.rpm && rpm --import key
    `,
    `
    FROM fedora:42
    RUN rpm -qa --nosignature --nodigest && rpm -V --nofiledigest bash
    `,
    `
    FROM fedora:42
    RUN echo rpm --nosignature && rpmbuild --nosignature
    `,
  ],
  found: [
    `
    FROM fedora:42
    RUN rpm -ivh --nodigest --nosignature x.rpm
                 ~~~~~~~~~~ "--nodigest" takes the package as it comes
                            ~~~~~~~~~~~~~ "--nosignature" takes the package as it comes
    `,
    `
    FROM fedora:42
    run sudo rpm --install \\
      # é
      --noverify x.rpm
      ~~~~~~~~~~ "--noverify" takes the package as it comes
    ONBUILD RUN rpm -U --nofiledigest x.rpm
                       ~~~~~~~~~~~~~~ "--nofiledigest" takes the package as it comes
    `,
    `
    FROM fedora:42
    RUN ["rpm", "-i", "--nosignature", "x.rpm"]
                      ~~~~~~~~~~~~~~~ "--nosignature" takes the package as it comes
    RUN <<EOF
    rpm -i --nosignature x.rpm
           ~~~~~~~~~~~~~ "--nosignature" takes the package as it comes
    EOF
    `,
  ],
});
