import rule from "../../../src/rules/dockerfile/package-from-url.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN dnf install -y app
    RUN pip install https://h/x.whl#sha256=00
    RUN pip install http://localhost/x.whl git+https://h/x.git@v1
    RUN rpm --import https://h/key
    RUN rpm -q https://h/x.rpm
    RUN pip install --index-url https://h/simple x
    RUN npm install ./x.tgz $PKG
    RUN curl -O https://h/x.rpm && sha256sum -c s && yum install https://h/x.rpm
    `,
  ],
  found: [
    `
    FROM a:1
    RUN rpm -ivh https://user:pw@h/x.rpm
                 ~~~~~~~~~~~~~~~~~~~~~~~ "rpm" installs "https://h/x.rpm" unchecked
    run yum install -y https://h/epel-$V.rpm less
                       ~~~~~~~~~~~~~~~~~~~~~ "yum" installs "https://h/epel-$V.rpm" unchecked
    RUN pip3 install https://h/x.zip
                     ~~~~~~~~~~~~~~~ "pip" installs "https://h/x.zip" unchecked
    `,
    `
    # ü
    FROM a:1
    ARG V=1
    ONBUILD RUN npm i -g \\
      # note
      https://h/x-$V.tgz
      ~~~~~~~~~~~~~~~~~~ "npm" installs "https://h/x-1.tgz" unchecked
    RUN <<EOF
    dnf install https://h/a.rpm https://h/b.rpm
                ~~~~~~~~~~~~~~~ "dnf" installs "https://h/a.rpm" unchecked
                                ~~~~~~~~~~~~~~~ "dnf" installs "https://h/b.rpm" unchecked
    EOF
    RUN ["apk", "add", "--allow-untrusted", "https://h/x.apk"]
                                            ~~~~~~~~~~~~~~~~~ "apk" installs "https://h/x.apk" unchecked
    `,
  ],
});
