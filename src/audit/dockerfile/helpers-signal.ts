// signal(7), and the names that moby/sys/signal knows on Linux.
const NAMES: ReadonlySet<string> = new Set(
  "ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ RTMIN RTMAX".split(
    " ",
  ),
);

// x86-64 and ARM, the numbers that people write.
const NUMBERS: Readonly<Record<string, string>> = {
  ...{ "1": "HUP", "2": "INT", "3": "QUIT", "4": "ILL", "5": "TRAP", "6": "ABRT", "7": "BUS" },
  ...{ "8": "FPE", "9": "KILL", "11": "SEGV", "15": "TERM", "18": "CONT", "19": "STOP" },
  ...{ "20": "TSTP", "31": "SYS", "37": "RTMIN+3" },
};

/** Name of a signal without `SIG`, in capitals; the number where it has no common name; `undefined` for no signal. */
export function signalName(value: string): string | undefined {
  if (/^\d+$/.test(value)) {
    const number = Number(value);
    return number >= 1 && number <= 64 ? (NUMBERS[String(number)] ?? String(number)) : undefined;
  }
  const name = value.toUpperCase().replace(/^SIG/, "");
  const realTime = /^RT(MIN\+|MAX-)(\d{1,2})$/.exec(name);
  if (realTime !== null) {
    const limit = realTime[1] === "MIN+" ? 15 : 14;
    return Number(realTime[2]) <= limit ? `RT${realTime[1]}${Number(realTime[2])}` : undefined;
  }
  return NAMES.has(name) ? name : undefined;
}
