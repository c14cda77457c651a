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
    `
    FROM a:1
    RUN pip --no-cache-dir install x
    `,
    `
    FROM a:1
    ARG PIP_NO_CACHE_DIR
    RUN pip install x
    `,
    `
    FROM a:1
    ENV PIP_CACHE_DIR=/c
    RUN --mount=type=cache,target=/c pip install x
    RUN pip install y && rm -rf /c/*
    `,
    `
    FROM a:1
    RUN --mount=type=cache,target=/home/app/.cache/pip/ pip install x
    RUN --mount=type=tmpfs,target=/root pip install y
    `,
    `
    FROM a:1
    RUN pip install x && rm -rf ~/.cache/pip
    RUN pip install x && rm -rf "$HOME/.cache/*"
    RUN pip install x && pip cache purge
    `,
    `
    FROM a:1
    RUN pip config set global.no-cache-dir true
    RUN pip install x
    `,
    `
    FROM a:1
    COPY pip.conf /etc/pip.conf
    RUN pip install x
    `,
    `
    FROM a:1
    RUN uv pip install --no-cache x
    RUN --mount=type=cache,target=/root/.cache/uv uv pip install x
    `,
    `
    FROM a:1
    RUN pip install $PIP_FLAGS x
    RUN pipenv install x
    RUN pip download x
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
    `
    FROM a:1
    ENV PIP_NO_CACHE_DIR=off
    RUN pip install x
            ~~~~~~~ "pip install" keeps a cache in the layer
    RUN PIP_NO_CACHE_DIR=False pip install y
                                   ~~~~~~~ "pip install" keeps a cache in the layer
    `,
    `
    FROM a:1 AS b
    ENV PIP_NO_CACHE_DIR=1
    FROM a:1
    RUN pip install .
            ~~~~~~~ "pip install" keeps a cache in the layer
    `,
    `
    FROM a:1
    RUN rm -rf ~/.cache/pip && pip \\
      # é
      install x
      ~~~~~~~ "pip install" keeps a cache in the layer
    `,
    `
    FROM a:1
    RUN uv pip install x
               ~~~~~~~ "uv pip install" keeps a cache in the layer
    ONBUILD RUN pip install x
                    ~~~~~~~ "pip install" keeps a cache in the layer
    `,
    `
    FROM a:1
    RUN --mount=type=cache,target=/root/.cache/yarn <<EOF
    pip install x
        ~~~~~~~ "pip install" keeps a cache in the layer
    EOF
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    RUN pip install x && uv pip install y
    `,
      after: `
    FROM a:1
    RUN pip install --no-cache-dir x && uv pip install --no-cache-dir y
    `,
    },
  ],
});
