import rule from "../../../src/rules/dockerfile/pip-trusted-host.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN pip install --trusted-host localhost x
    `,
    `
    FROM a:1
    RUN pip install --trusted-host=127.0.0.1:8080 x
    `,
    `
    FROM a:1
    ENV PIP_TRUSTED_HOST=
    `,
    `
    FROM a:1
    ARG PIP_TRUSTED_HOST
    `,
    `
    FROM a:1
    ENV PIP_TRUSTED_HOST=$H
    `,
    `
    FROM a:1
    RUN pip install x # --trusted-host y
    `,
    `
    FROM a:1
    RUN echo pip install --trusted-host y
    `,
    `
    FROM a:1
    RUN pip config set global.index-url https://x
    `,
  ],
  found: [
    `
    FROM a:1
    RUN pip install --trusted-host pypi.org x
                    ~~~~~~~~~~~~~~ the certificate of "pypi.org" is not checked
    `,
    `
    FROM a:1
    RUN pip3 install --trusted-host=pypi.org x
                     ~~~~~~~~~~~~~~~~~~~~~~~ the certificate of "pypi.org" is not checked
    `,
    `
    FROM a:1
    RUN python3 -m pip --trusted-host pypi.org --trusted-host files.pythonhosted.org install x
                       ~~~~~~~~~~~~~~ the certificate of "pypi.org" is not checked
                                               ~~~~~~~~~~~~~~ the certificate of "files.pythonhosted.org" is not checked
    `,
    `
    FROM a:1
    ENV PIP_TRUSTED_HOST=pypi.org
        ~~~~~~~~~~~~~~~~~~~~~~~~~ the certificate of "pypi.org" is not checked
    `,
    `
    FROM a:1
    ARG PIP_TRUSTED_HOST='a.b c.d'
        ~~~~~~~~~~~~~~~~~~~~~~~~~~ the certificate of "a.b c.d" is not checked
    `,
    `
    FROM a:1
    RUN PIP_TRUSTED_HOST=x pip install y
        ~~~~~~~~~~~~~~~~~~ the certificate of "x" is not checked
    `,
    `
    FROM a:1
    RUN pip install --trusted-host $HOST x
                    ~~~~~~~~~~~~~~ the certificate of "$HOST" is not checked
    `,
    `
    FROM a:1
    RUN pip config set global.trusted-host pypi.org
                       ~~~~~~~~~~~~~~~~~~~ the certificate of "pypi.org" is not checked
    `,
    `
    FROM a:1
    RUN printf '[global]\\ntrusted-host = pypi.org\\n' > /etc/pip.conf
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ the certificate of "pypi.org" is not checked
    `,
    `
    FROM a:1
    RUN --mount=type=cache,target=/root/.cache \\
        pip install \\
        # é
        --trusted-host pypi.org \\
        ~~~~~~~~~~~~~~ the certificate of "pypi.org" is not checked
        x
    `,
    `
    FROM a:1
    RUN ["pip", "install", "--trusted-host", "pypi.org", "x"]
                           ~~~~~~~~~~~~~~~~ the certificate of "pypi.org" is not checked
    `,
  ],
});
