// Ticks of an axis: round values, evenly apart, whose texts all differ and fit. One function for every axis of the page.
const TIME = [[1e9, "s"], [1e6, "ms"], [1e3, "us"], [1, "ns"]], COUNT = [[1, ""]];
const RATE = [[1e9, "GB/s"], [1e6, "MB/s"], [1e3, "kB/s"], [1, "B/s"]];
const MOST_DIGITS = 3, LETTER_WIDTH = 6.7;

// Returns { base, marks: [[value, text], ...] }. Values are whole numbers of the smallest unit.
// Where the texts of a narrow range would need many digits, they count from a base, which is named: 1.2345 s, and then +20 us.
function ticks(low, high, pixels, units, upright) {
  const span = Math.max(1, high - low);
  for (let power = Math.max(1, 10 ** Math.floor(Math.log10(span / 100))); power <= span * 10; power *= 10) {
    for (const step of [power, 2 * power, 5 * power]) {
      const made = marksOf(low, high, step, units);
      const room = (step / span) * pixels;
      const needs = upright ? 40 : made.marks.reduce((most, [, text]) => Math.max(most, text.length), 0) * LETTER_WIDTH + 22;
      if (room >= needs || step > span) return made;
    }
  }
  return marksOf(low, high, span, units);
}

function marksOf(low, high, step, units) {
  const values = [];
  for (let at = Math.ceil(low / step); at * step <= high; at += 1) values.push(at * step);
  const unit = unitOf(Math.max(Math.abs(low), Math.abs(high)), units);
  if (digitsOf(step, unit[0]) <= MOST_DIGITS || units !== TIME) return { base: "", marks: values.map((value) => [value, tickText(value, step, unit)]) };
  const round = 10 ** Math.ceil(Math.log10(Math.max(1, high - low)));
  const base = Math.floor(low / round) * round;
  const small = unitOf(high - base, units);
  return { base: tickText(base, round, unitOf(base, units)).replace(/(\.\d*?)0+ /, "$1 ").replace(". ", " "), marks: values.map((value) => [value, `+${tickText(value - base, step, small)}`]) };
}

const unitOf = (size, units) => units.find(([one]) => size >= one) || units[units.length - 1];
const digitsOf = (step, unit) => Math.max(0, Math.ceil(Math.log10(unit / step) - 1e-9));

function tickText(value, step, [unit, name]) {
  if (value === 0) return "0";
  return `${decimal(value / unit, digitsOf(step, unit))} ${name}`.trim();
}
