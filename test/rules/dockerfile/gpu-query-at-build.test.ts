import rule from "../../../src/rules/dockerfile/gpu-query-at-build.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    CMD ["nvidia-smi"]
    RUN which nvidia-smi; echo nvidia-smi; nvidia-smi || true
    RUN python -c 'import torch; print(torch.version.cuda)'
    RUN apt-get install -y nvidia-settings
    `,
  ],
  found: [
    `
    FROM a:1
    RUN nvidia-smi -L && sudo nvidia-settings -q all
        ~~~~~~~~~~ "nvidia-smi" finds no GPU during a build
                              ~~~~~~~~~~~~~~~ "nvidia-settings" finds no GPU during a build
    # é
    run x && \\
      python3 -c "import torch; assert torch.cuda.is_available()"
                 ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "torch.cuda.is_available" finds no GPU during a build
    RUN <<EOF
        ~~~~~ "torch.cuda.device_count" finds no GPU during a build
    #!/usr/bin/env python3
    import torch
    torch.cuda.device_count()
    EOF
    ONBUILD RUN ["nvidia-smi"]
                 ~~~~~~~~~~~~ "nvidia-smi" finds no GPU during a build
    `,
  ],
});
