import rule from "../../../src/rules/dockerfile/file-capability-added.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN setcap -r /usr/bin/x
    RUN setcap -v cap_net_raw+ep /usr/bin/x
    RUN getcap /usr/bin/x
    RUN apt-get install -y libcap2-bin
    `,
  ],
  found: [
    `
    FROM a:1
    RUN setcap cap_net_raw+ep /usr/bin/ping
               ~~~~~~~~~~~~~~ "/usr/bin/ping" gets "cap_net_raw+ep"
    run setcap 'cap_net_bind_service=+ep' /usr/bin/x
               ~~~~~~~~~~~~~~~~~~~~~~~~~~ "/usr/bin/x" gets "cap_net_bind_service=+ep"
    RUN setcap cap_sys_admin,cap_net_raw+ep /x
               ~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "/x" gets "cap_sys_admin,cap_net_raw+ep"
    `,
    `
    # ü
    FROM a:1
    ONBUILD RUN setcap -q \\
      # note
      =ep /x
      ~~~ "/x" gets "=ep"
    RUN <<EOF
    sudo setcap "$CAPS" /y cap_net_admin+p /z
                ~~~~~~~ "/y" gets "$CAPS"
                           ~~~~~~~~~~~~~~~ "/z" gets "cap_net_admin+p"
    EOF
    RUN ["/sbin/setcap", "cap_net_bind_service=ep", "/x"]
                         ~~~~~~~~~~~~~~~~~~~~~~~~~ "/x" gets "cap_net_bind_service=ep"
    `,
  ],
});
