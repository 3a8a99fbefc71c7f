// Findings grouped by rule, each group with the rule's page.
const MOST_HITS = 60, LEVELS = ["error", "warning", "note", "info"];
const findings = { box: null, least: DATA.findings.some((one) => one.level === "error" || one.level === "warning") ? "warning" : "info" };
const visibleLevel = (level) => LEVELS.indexOf(level) <= LEVELS.indexOf(findings.least);

function buildFindings() {
  if (!DATA.rules.length) return null;
  findings.box = el("div", {});
  const choose = el("select", { id: "level", "aria-label": WORDS.level_filter, on: { change: (event) => { findings.least = event.target.value; showFindings(); } } },
    LEVELS.map((level) => el("option", { value: level, selected: level === findings.least }, WORDS.levels[level])));
  showFindings();
  const printed = el("p", { class: "quiet" });  // on paper nobody can choose: it says what was chosen
  printed.hidden = true;
  window.addEventListener("beforeprint", () => {
    printed.textContent = say(WORDS.level_printed, { level: WORDS.levels[findings.least] });
    printed.hidden = findings.least === LEVELS[LEVELS.length - 1];
  });
  window.addEventListener("afterprint", () => { printed.hidden = true; });
  return el("section", { id: "findings", "aria-labelledby": "h-findings" }, el("h2", { id: "h-findings" }, WORDS.findings),
    el("label", { class: "quiet" }, `${WORDS.level_filter}: `, choose), printed, findings.box);
}

function showFindings() {
  const rules = DATA.rules.filter((rule) => visibleLevel(rule.level) || DATA.findings.some((one) => one.code === rule.code && visibleLevel(one.level)));
  replace(findings.box, rules.length ? rules.map(ruleGroup) : el("p", { class: "quiet" }, WORDS.no_findings));
}

function ruleGroup(rule) {
  const own = DATA.findings.filter((one) => one.code === rule.code);
  const hits = own.slice(0, MOST_HITS).map((one) => el("li", {}, hitPlace(one), " ", linked(one.text), one.count > 1 ? el("span", { class: "quiet" }, ` (${say(WORDS.times, { n: grouped(one.count) })})`) : null, " ", marked(one.certainty)));
  if (own.length > MOST_HITS) hits.push(el("li", { class: "quiet" }, `+ ${grouped(own.length - MOST_HITS)}`));
  const part = (title, text) => [el("dt", {}, title), el("dd", {}, text)];
  return el("details", { class: "rule", id: rule.code, open: own.some((one) => one.level === "error" || one.level === "warning") },
    el("summary", {}, el("span", { class: `level ${rule.level}` }, WORDS.levels[rule.level]), " ", el("b", {}, rule.code), ` ${rule.title} `, el("span", { class: "quiet" }, `(${own.length})`)),
    el("ul", {}, hits),
    el("dl", { class: "page" }, part(WORDS.means, rule.means), part(WORDS.matters, rule.matters), part(WORDS.act, rule.do), part(WORDS.rests, rule.spec)));
}

function hitPlace(one) {
  const name = `${one.c ? `c${one.c}` : ""}${one.c && one.p ? " " : ""}${one.p ? `p${one.p}` : ""}`;
  return one.p && PACKETS.has(one.p) ? el("a", { class: "chip", href: `#p${one.p}` }, name) : el("span", { class: "quiet" }, name);
}
