/** Style of the HTML report: light and dark by the reader's setting, no font or picture from elsewhere. */
export const htmlStyle = `
:root { color-scheme: light dark; --bg: #ffffff; --fg: #1c2128; --dim: #59636e; --line: #d1d9e0; --soft: #f6f8fa;
  --critical: #8b1a8b; --high: #b42318; --medium: #8a5a00; --low: #175cd3; --info: #3b6e8f; --key: #0550ae; --text: #0a6b2d; --var: #953800; --mark: #fff3c4; }
@media (prefers-color-scheme: dark) { :root { --bg: #10151b; --fg: #e3e8ee; --dim: #9aa5b1; --line: #2f3842; --soft: #171d25;
  --critical: #e38bf0; --high: #ff8a7a; --medium: #f0b849; --low: #84b6ff; --info: #8cc3e0; --key: #79b8ff; --text: #85d99b; --var: #ffab70; --mark: #4a3c10; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--fg); font: 15px/1.5 system-ui, sans-serif; }
header, main, footer { max-width: 74rem; margin: 0 auto; padding: 1rem 1.25rem; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.05rem; margin: 0; overflow-wrap: anywhere; }
.dim { color: var(--dim); } code, pre, .src { font: 13px/1.55 ui-monospace, monospace; }
.bar { display: flex; height: 1.6rem; border-radius: 4px; overflow: hidden; margin: .75rem 0 .4rem; background: var(--soft); border: 1px solid var(--line); }
.bar span { color: var(--bg); font-size: .8rem; text-align: center; min-width: 1.6rem; line-height: 1.5rem; white-space: nowrap; overflow: hidden; }
.critical { --c: var(--critical); } .high { --c: var(--high); } .medium { --c: var(--medium); } .low { --c: var(--low); } .info { --c: var(--info); }
.bar span { background: var(--c); }
form { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; padding: .6rem 0; position: sticky; top: 0; background: var(--bg); border-bottom: 1px solid var(--line); z-index: 1; }
fieldset { border: 0; padding: 0; margin: 0; display: flex; flex-wrap: wrap; gap: .25rem .9rem; }
legend { float: left; margin-right: .6rem; color: var(--dim); }
label { white-space: nowrap; } label b { color: var(--c); }
input[type=search], select { font: inherit; color: inherit; background: var(--soft); border: 1px solid var(--line); border-radius: 4px; padding: .25rem .5rem; max-width: 100%; }
input[type=search] { min-width: 14rem; flex: 1; }
section { border: 1px solid var(--line); border-radius: 6px; margin: 1rem 0; }
section > .head { padding: .5rem .8rem; background: var(--soft); border-bottom: 1px solid var(--line); border-radius: 6px 6px 0 0; display: flex; gap: 1rem; justify-content: space-between; }
.src { overflow-x: auto; padding: .4rem 0; margin: 0; }
.row { display: flex; min-width: max-content; } .row .n { width: 4.2rem; flex: none; text-align: right; padding-right: .8rem; color: var(--dim); user-select: none; position: sticky; left: 0; background: var(--bg); }
.row .t { white-space: pre; padding-right: 1rem; tab-size: 4; }
.gap { color: var(--dim); padding: .1rem .8rem .1rem 4.2rem; }
.k { color: var(--key); font-weight: 600; } .c { color: var(--dim); font-style: italic; } .s { color: var(--text); } .v { color: var(--var); }
mark { background: var(--mark); color: inherit; text-decoration: underline wavy var(--c) 1px; text-underline-offset: 3px; }
article { margin: .35rem .8rem .6rem 4.2rem; padding: .5rem .8rem; border: 1px solid var(--line); border-left: 4px solid var(--c); border-radius: 4px; background: var(--soft); max-width: 60rem; position: sticky; left: 4.2rem; font: 15px/1.5 system-ui, sans-serif; }
article:focus-visible, a:focus-visible, summary:focus-visible, input:focus-visible, select:focus-visible { outline: 2px solid var(--key); outline-offset: 2px; }
article p { margin: .25rem 0; overflow-wrap: anywhere; } .sev { color: var(--c); font-weight: 700; }
details > summary { cursor: pointer; color: var(--dim); } a { color: var(--key); }
pre { overflow-x: auto; padding: .5rem .7rem; background: var(--bg); border: 1px solid var(--line); border-radius: 4px; margin: .4rem 0; }
[hidden] { display: none !important; } kbd { border: 1px solid var(--line); border-radius: 3px; padding: 0 .3rem; background: var(--soft); }
@media (max-width: 40rem) { .row .n { width: 2.6rem; padding-right: .4rem; } article { margin-left: .5rem; left: .5rem; } .gap { padding-left: .8rem; } }
@media print { form { display: none; } }
`;

/** Script of the HTML report: filters and keys. Without it the page is complete, only not filtered. */
export const htmlScript = `
(() => {
  const form = document.querySelector("form");
  const all = [...document.querySelectorAll("article")];
  const shownCount = document.getElementById("shown");
  const visible = () => all.filter((a) => !a.hidden);
  const apply = () => {
    const severities = new Set([...form.querySelectorAll("input[type=checkbox]:checked")].map((i) => i.value));
    const rule = form.rule.value;
    const words = form.q.value.toLowerCase().split(/\\s+/).filter(Boolean);
    for (const a of all) {
      const text = a.dataset.search;
      a.hidden = !severities.has(a.dataset.severity) || (rule !== "" && a.dataset.rule !== rule) || !words.every((w) => text.includes(w));
      const mark = document.getElementById("m" + a.id.slice(1));
      if (mark) mark.style.background = a.hidden ? "none" : "";
    }
    for (const s of document.querySelectorAll("section.source")) s.hidden = !s.querySelector("article:not([hidden])");
    shownCount.textContent = visible().length + " of " + all.length + " shown";
  };
  const go = (step) => {
    const list = visible();
    if (list.length === 0) return;
    const at = list.indexOf(document.activeElement.closest ? document.activeElement.closest("article") : null);
    const next = list[at === -1 ? (step > 0 ? 0 : list.length - 1) : Math.min(Math.max(at + step, 0), list.length - 1)];
    next.focus();
    next.scrollIntoView({ block: "center" });
  };
  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (e) => e.preventDefault());
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const typing = /^(INPUT|SELECT)$/.test(e.target.tagName) && e.target.type !== "checkbox";
    if (e.key === "Escape" && typing) { e.target.blur(); return; }
    if (typing) return;
    if (e.key === "j" || e.key === "n") go(1);
    else if (e.key === "k" || e.key === "p") go(-1);
    else if (e.key === "/") { form.q.focus(); e.preventDefault(); }
    else if (e.key === "o" && document.activeElement.matches("article")) {
      const d = document.activeElement.querySelector("details");
      if (d) d.open = !d.open;
    }
  });
  apply();
})();
`;
