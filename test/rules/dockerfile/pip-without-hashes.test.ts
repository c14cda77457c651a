import rule from "../../../src/rules/dockerfile/pip-without-hashes.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN pip install --require-hashes -r requirements.txt
    RUN pip install -r requirements.txt
    RUN pip install flask ./x.whl . git+https://h/x@v1
    RUN pip install --upgrade pip==25.0
    RUN pip install $PKG
    RUN uv sync --frozen
    RUN poetry install
    RUN pip download flask==3
    `,
    `
    FROM a:1
    ENV PIP_REQUIRE_HASHES=1
    RUN pip install flask==3.1.0
    COPY <<EOF requirements.txt
    flask==3.1.0 \\
        --hash=sha256:00
    EOF
    RUN pip install -r requirements.txt
    `,
  ],
  found: [
    `
    FROM a:1
    RUN pip install flask==3.1.0 jinja2==3
                    ~~~~~~~~~~~~ hash of "flask==3.1.0" is not compared
    run python3 -m pip install --no-cache-dir "flask[async]===3.1.0"
                                              ~~~~~~~~~~~~~~~~~~~~~~ hash of "flask[async]===3.1.0" is not compared
    `,
    `
    # ü
    ARG V=3.1.0
    FROM a:1
    ARG V
    COPY <<EOF /src/requirements.txt
    # pinned
    flask==3.1.0
    EOF
    RUN pip3 install -r \\
      # note
      /src/requirements.txt
      ~~~~~~~~~~~~~~~~~~~~~ "/src/requirements.txt" has packages without hashes
    ONBUILD RUN pip install flask==$V
                            ~~~~~~~~~ hash of "flask==3.1.0" is not compared
    RUN <<EOF
    uv pip install flask==3.1.0
                   ~~~~~~~~~~~~ hash of "flask==3.1.0" is not compared
    EOF
    RUN ["pip", "install", "flask==3.1.0"]
                           ~~~~~~~~~~~~~~ hash of "flask==3.1.0" is not compared
    `,
  ],
});
