import rule from "../../../src/rules/dockerfile/unpinned-pip-package.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN pip install x==1.0
    `,
    `
    FROM a:1
    RUN pip install 'x>=1,<2' y~=1.2 z!=3
    `,
    `
    FROM a:1
    RUN pip install -r requirements.txt
    `,
    `
    FROM a:1
    RUN pip install -c c.txt x
    `,
    `
    FROM a:1
    RUN PIP_CONSTRAINT=c.txt pip install x
    `,
    `
    FROM a:1
    RUN pip install .
    `,
    `
    FROM a:1
    RUN pip install ./dist/x.whl /src/y.tar.gz
    `,
    `
    FROM a:1
    RUN pip install https://example.com/x.zip
    `,
    `
    FROM a:1
    RUN pip install git+https://example.com/x.git@v1
    `,
    `
    FROM a:1
    RUN pip install --upgrade pip setuptools
    `,
    `
    FROM a:1
    RUN pip install $PKG
    `,
    `
    FROM a:1
    RUN pip install --index-url https://i.example.com --target /t x==1
    `,
    `
    FROM a:1
    RUN pipenv install x
    `,
    `
    FROM a:1
    RUN pip install 'x[y]==1'
    `,
  ],
  found: [
    `
    FROM a:1
    RUN pip install x
                    ~ "x" has no version
    `,
    `
    FROM a:1
    RUN pip3 install --no-cache-dir x==1 y \\
                                         ~ "y" has no version
      z
      ~ "z" has no version
    `,
    `
    FROM a:1
    RUN python -m pip install 'x[y]'
                              ~~~~~~ "x[y]" has no version
    `,
    `
    FROM a:1
    RUN pip install git+https://example.com/x.git
                    ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "git+https://example.com/x.git" names no revision
    `,
    `
    FROM a:1
    RUN pipx install x
                     ~ "x" has no version
    `,
  ],
});
