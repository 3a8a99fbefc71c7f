// The programs' files. A line knows the calls that were made from it, a call the packets it caused.
const source = { box: null, tabs: null, note: null, shown: -1, lines: new Map() };

function buildSource() {
  const made = new Map();
  for (const call of DATA.calls) {
    if (call.source === null || call.line === null) continue;
    const key = `${call.source}:${call.line}`;
    made.set(key, [...(made.get(key) || []), call]);
  }
  source.lines = made;
  source.tabs = el("div", { role: "tablist", class: "tabs", "aria-label": WORDS.source },
    DATA.sources.map((file, at) => el("button", { role: "tab", type: "button", id: `tab${at}`, "aria-controls": "code", title: file.file,
      on: { click: () => showFile(at), keydown: (event) => turnTab(event, at) } }, file.file, el("span", {}, ` ${say(WORDS.file_of, { host: file.host })}`))));
  source.box = el("div", { class: "code", id: "code", role: "tabpanel", tabindex: 0 });
  source.note = el("p", { class: "quiet", "aria-live": "polite" });
  source.box.addEventListener("click", (event) => {
    const line = event.target.closest("[data-line]");
    if (line) chooseLine(Number(line.dataset.line));
  });
  listen(markSource);
  const all = el("div", { class: "paper" });
  window.addEventListener("beforeprint", () => replace(all, DATA.sources.map((file, at) => [el("h3", {}, `${file.file} ${say(WORDS.file_of, { host: file.host })}`),
    el("div", { class: "code" }, file.lines.map(([number, text]) => codeLine(at, number, text)))])));
  return el("section", { class: "pane source", "aria-labelledby": "h-source" },
    el("header", {}, el("h2", { id: "h-source" }, WORDS.source), source.tabs), source.note, el("div", { class: "scroll" }, source.box), all);
}

function turnTab(event, at) {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  const next = (at + by + DATA.sources.length) % DATA.sources.length;
  showFile(next);
  document.getElementById(`tab${next}`).focus();
}

function showFile(at) {
  if (at === source.shown) return;
  source.shown = at;
  for (const [index, tab] of [...source.tabs.children].entries()) {
    tab.setAttribute("aria-selected", String(index === at));
    tab.tabIndex = index === at ? 0 : -1;
  }
  source.box.setAttribute("aria-labelledby", `tab${at}`);
  let last = 0;
  const rows = [];
  for (const [number, text] of DATA.sources[at].lines) {
    if (number !== last + 1) rows.push(el("div", { class: "skip" }, `\u22ee ${WORDS.skipped_lines}`));
    last = number;
    rows.push(codeLine(at, number, text));
  }
  replace(source.box, rows);
}

function codeLine(at, number, text) {
  const calls = source.lines.get(`${at}:${number}`) || [];
  const packets = [...new Set(calls.flatMap((call) => CARRIES.get(call.k) || []))];
  const chips = packets.slice(0, 4).map((p) => el("a", { class: "chip", href: `#p${p}` }, `p${p}`));
  if (packets.length > 4) chips.push(el("span", { class: "quiet" }, `+${packets.length - 4}`));
  const digits = calls.length
    ? el("button", { type: "button", class: "line", "aria-label": several(WORDS.line_label, calls.length, { line: number }) }, number)
    : el("span", { class: "line" }, number);
  return el("div", { class: calls.length ? "row touched" : "row", "data-line": calls.length ? number : null, "data-row": number },
    digits, el("code", {}, text || " "), el("span", { class: "chips" }, chips));
}

// Again on the same line: the next of its calls.
function chooseLine(number) {
  const calls = source.lines.get(`${source.shown}:${number}`) || [];
  if (!calls.length) return;
  const at = calls.findIndex((call) => call.k === state.call);
  selectCall(calls[(at + 1) % calls.length].k, "source");
}

function markSource() {
  const packet = PACKETS.get(state.packet);
  const caused = packet ? packet.calls : state.call === null ? [] : [state.call];
  const woke = packet ? packet.woke : [];
  const first = [...caused, ...woke].map((number) => CALLS.get(number)).find((call) => call && call.source !== null);
  if (first) showFile(first.source);
  else if (source.shown < 0 && DATA.sources.length) showFile(0);
  const linesOf = (numbers) => new Set(numbers.map((number) => CALLS.get(number))
    .filter((call) => call && call.source === source.shown).map((call) => call.line));
  const lit = linesOf(caused), waiting = linesOf(woke);
  for (const row of source.box.querySelectorAll("[data-row]")) {
    const number = Number(row.dataset.row);
    row.classList.toggle("lit", lit.has(number));
    row.classList.toggle("waiting", waiting.has(number) && !lit.has(number));
    if (lit.has(number)) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
  const chosen = source.box.querySelector(".lit") || source.box.querySelector(".waiting");
  if (chosen) intoView(chosen, source.box.parentElement, 40);
  const wokeCall = woke.map((number) => CALLS.get(number)).find((call) => call);
  const known = !packet || packet.calls.some((number) => CALLS.has(number) && CALLS.get(number).source !== null);
  const why = known ? "" : WORDS.no_line[packet.cause];
  source.note.textContent = why && wokeCall ? `${why} ${say(WORDS.woke_line, { place: wokeCall.place })}` : why;
}
