import rule from "../../../src/rules/dockerfile/pip-cache-left.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN pip install --no-cache-dir x==1
    `,
    `
    FROM a:1
    ENV PIP_NO_CACHE_DIR=1
    RUN pip install x==1
    `,
    `
    FROM a:1
    ARG PIP_NO_CACHE_DIR=on
    RUN pip install x==1
    `,
    `
    FROM a:1 AS b
    ENV PIP_NO_CACHE_DIR=yes
    FROM b
    RUN pip3 install x==1
    `,
    `
    FROM a:1
    RUN PIP_NO_CACHE_DIR=1 pip install x==1
    `,
    `
    FROM a:1
    RUN export PIP_NO_CACHE_DIR=true && pip install x==1
    `,
    `
    FROM a:1
    RUN --mount=type=cache,target=/root/.cache/pip pip install x==1
    `,
    `
    FROM a:1
    RUN pip install x==1 && rm -rf /root/.cache
    `,
    `
    FROM a:1
    RUN pipx install x==1
    `,
    `
    FROM a:1
    RUN pip uninstall -y x
    `,
  ],
  found: [
    `
    FROM a:1
    RUN pip install x==1
            ~~~~~~~ "pip install" keeps a cache in the layer
    `,
    `
    FROM a:1
    RUN python3 -m pip install -r r.txt && pip3.11 install y==2
                       ~~~~~~~ "pip install" keeps a cache in the layer
                                                   ~~~~~~~ "pip install" keeps a cache in the layer
    `,
    `
    FROM a:1
    ENV PIP_NO_CACHE_DIR=0
    RUN pip install x==1
            ~~~~~~~ "pip install" keeps a cache in the layer
    `,
    `
    FROM a:1
    RUN ["pip", "install", "x==1"]
                ~~~~~~~~~ "pip install" keeps a cache in the layer
    `,
  ],
});
