import rule from "../../../src/rules/dockerfile/apt-source-without-signed-by.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN echo "deb [arch=amd64 signed-by=/k] https://h/apt stable main" > /etc/apt/sources.list.d/x.list
    RUN echo "deb http://deb.debian.org/debian bookworm main" >> /etc/apt/sources.list
    RUN echo "deb http://mirrors.example/ubuntu/ noble main" > /etc/apt/sources.list
    RUN echo "deb https://h/apt stable main" > /tmp/x
    RUN echo "deb $REPO stable main" > /etc/apt/sources.list
    RUN echo "https://dl.example/alpine" > /etc/apk/repositories
    COPY x.list /etc/apt/sources.list.d/
    COPY <<EOF /etc/apt/sources.list.d/x.sources
    Types: deb
    URIs: https://h/apt
    Signed-By: /k
    EOF
    `,
  ],
  found: [
    `
    FROM a:1
    RUN echo "deb [trusted=yes] https://user:pw@apt.h/ stable main" > /etc/apt/sources.list.d/x.list
             ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ no key is named for "https://apt.h/"
    run echo deb https://apt.h/ stable main | tee -a /etc/apt/sources.list
             ~~~ no key is named for "https://apt.h/"
    RUN add-apt-repository "deb [arch=amd64] https://download.h/linux/ubuntu $(lsb_release -cs) stable"
                           ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ no key is named for "https://download.h/linux/ubuntu"
    `,
    `
    # ü
    FROM a:1
    COPY <<EOF /etc/apt/sources.list.d/x.sources
         ~~~~~ no key is named for "https://h/apt"
    Types: deb
    URIs: https://h/apt

    Types: deb
    URIs: https://h/two
    Signed-By: /k
    EOF
    ONBUILD RUN echo "deb https://h/$X x main" \\
                     ~~~~~~~~~~~~~~~~~~~~~~~~~ no key is named for "https://h/$X"
      # note
      >> /etc/apt/sources.list
    RUN <<EOF
    cat > /etc/apt/sources.list.d/y.list <<X
                                         ~~~ no key is named for "https://h/y"
    deb https://h/y stable main
    X
    EOF
    `,
  ],
});
