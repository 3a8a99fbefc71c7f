// The story in words, and the packets as a list: for reading, for print, and for those who do not see the picture.
function buildProse() {
  return el("section", { id: "story", "aria-labelledby": "h-story" }, el("h2", { id: "h-story" }, WORDS.story), DATA.story.map(proseNode));
}

function proseNode([kind, ...rest]) {
  if (kind === "h") return el(rest[0] === 1 ? "h3" : "h4", {}, rest[1]);
  if (kind === "p") return el("p", {}, linked(rest[0]), " ", marked(rest[1]), rest[2] ? " " : "", linked(rest[2] || ""));
  if (kind === "n") return el("p", { class: rest[0] === "warning" ? "finding warning" : "quiet" }, linked(rest[1]));
  if (kind === "f") {
    return el("div", {}, rest[0] ? el("h4", {}, rest[0]) : null, el("dl", {}, rest[1].map(([label, text, certainty, more]) => [
      el("dt", {}, label || "\u2022"), el("dd", {}, linked(text), " ", marked(certainty), more ? " " : "", linked(more || ""))])));
  }
  const half = Math.floor(rest[1].length / 2);
  const lines = rest[2] ? [...rest[1].slice(0, half), `... ${rest[2]}`, ...rest[1].slice(half)] : rest[1];
  return el("div", {}, el("p", { class: "quiet" }, rest[0]), el("pre", {}, lines.join("\n")));
}

function buildListing() {
  const body = el("tbody", {}), heads = WORDS.list_head.map(() => el("th", { scope: "col" }));
  const box = el("details", { id: "listing" }, el("summary", {}, el("h2", {}, WORDS.listing)), el("table", { class: "list" },
    el("thead", {}, el("tr", {}, heads)), body));
  let shown = -1;
  const fillList = () => {
    if (shown === state.scene || !scene()) return;
    shown = state.scene;
    heads.forEach((head, at) => { head.textContent = say(WORDS.list_head[at], { packet: scene().since }); });
    replace(body, scene().arrows.map((arrow) => {
      const packet = PACKETS.get(arrow.p);
      return el("tr", {}, el("th", { scope: "row" }, el("a", { href: `#p${arrow.p}` }, arrow.p)), el("td", { class: "number" }, `${clockText(arrow.time, scene())} ${scene().unit}`),
        el("td", {}, packet.from), el("td", {}, packet.what), el("td", {}, packet.numbers, " ", packet.why, " ", marked(packet.sure === DATA.unmarked ? null : packet.sure),
          packet.notes.map(([text, certainty]) => [" ", text, " ", marked(certainty)])));
    }));
  };
  box.addEventListener("toggle", fillList);
  listen((changed) => { if (changed.scene && box.open) fillList(); });
  window.addEventListener("beforeprint", () => { fillList(); box.open = true; });
  return box;
}
