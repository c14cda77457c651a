import { expect, test } from "vitest";
import { parseDockerfile } from "../../../src/audit/dockerfile/parse.ts";
import rule from "../../../src/rules/dockerfile/unpinned-pip-package.ts";
import { findingsOf, testRule } from "../../support/rule-tester.ts";

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
    `
    FROM a:1
    RUN pip install x===1 'y < 2' 'z;python_version<"3"' -r a.txt
    `,
    `
    FROM a:1
    RUN pip install -f /l -i https://i --trusted-host h --root-user-action ignore --progress-bar off x==1
    `,
    `
    FROM a:1
    RUN pip install --platform p --python-version 3.13 --implementation cp --abi cp313 --only-binary :all: -t /t x==1
    `,
    `
    FROM a:1
    RUN pip install -e git+https://example.com/x.git --src /s
    `,
    `
    FROM a:1
    ENV PIP_CONSTRAINT=/c.txt
    RUN pip install x
    `,
    `
    FROM a:1
    RUN pip install git+ssh://git@example.com/x.git@v1#egg=x 'x @ git+https://example.com/x@main' git+https://example.com/x@$REF
    `,
    `
    FROM a:1
    RUN pip install dist/*.whl src/x ../y 'x @ https://example.com/x.whl' x==$V $(cat list)
    `,
    `
    FROM a:1
    ARG V=1
    ARG P=flask==$V
    RUN pip install $P && pipx install --python 3.13 x==1
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
    `
    FROM a:1
    RUN pip install --upgrade pip setuptools
                              ~~~ "pip" has no version
                                  ~~~~~~~~~~ "setuptools" has no version
    `,
    `
    FROM a:1
    RUN pip install --root-user-action=ignore \\
      # é
      x 'y[z]' requests=2.7.0
      ~ "x" has no version
        ~~~~~~ "y[z]" has no version
               ~~~~~~~~~~~~~~ "requests=2.7.0" has no version
    `,
    `
    FROM a:1
    RUN pip install git+ssh://git@example.com/x.git 'x @ git+https://example.com/x.git#egg=x'
                    ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "git+ssh://git@example.com/x.git" names no revision
                                                    ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "x @ git+https://example.com/x.git#egg=x" names no revision
    `,
    `
    FROM a:1
    ARG P=flask
    RUN pip install $P
                    ~~ "flask" has no version
    RUN uv pip install x && python3.13 -m pip install y
                       ~ "x" has no version
                                                      ~ "y" has no version
    `,
    `
    FROM a:1
    ONBUILD RUN pip2 install x
                             ~ "x" has no version
    RUN ["pip", "install", "y"]
                           ~~~ "y" has no version
    RUN <<EOF
    pip install 'z;python_version<"3"'
                ~~~~~~~~~~~~~~~~~~~~~~ "z;python_version<"3"" has no version
    EOF
    `,
  ],
});

test("pip's own tools are not as bad", () => {
  const source = "FROM a:1\nRUN pip install -U pip\nRUN pip install pip x\n";
  expect(findingsOf(rule, parseDockerfile(source)).map(({ severity }) => severity)).toEqual([
    "info",
    "medium",
    "medium",
  ]);
});
