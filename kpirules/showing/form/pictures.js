// The ladder of bands and the waterfall of points, as kpirules draws them in explanations.

const WIDTH = 320;
const wide = (words, size, isBold) =>
  [...words].reduce(
    (sum, one) => sum + (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]/.test(one) ? 2 : 1),
    0,
  ) *
  size *
  (isBold ? 0.65 : 0.57);

function line(x, y, words, room, { size = 12, anchor = null, isBold = false, isFaint = false } = {}) {
  let cut = words;
  while (cut && wide(cut, size, isBold) > room) cut = cut.length > 2 ? `${cut.slice(0, -2).trimEnd()}…` : "";
  return s(
    "text",
    {
      x: x.toFixed(1),
      y: y.toFixed(1),
      "font-size": size,
      "text-anchor": anchor,
      "font-weight": isBold ? "600" : null,
      class: isFaint ? "soft" : null,
    },
    cut === words ? null : s("title", {}, words),
    cut,
  );
}

const drawing = (parts, height, title) =>
  h(
    "figure",
    {},
    s("svg", { viewBox: `0 0 ${WIDTH} ${Math.round(height)}`, role: "img" }, s("title", {}, title), parts),
  );

function broken(words, room, isBold) {
  if (wide(words, 12, isBold) <= room) return [words];
  let at = -1;
  for (let next = words.indexOf(" "); next >= 0; next = words.indexOf(" ", next + 1)) {
    if (wide(words.slice(0, next), 12, isBold) <= room) at = next;
  }
  return at < 0 ? [words] : [words.slice(0, at), words.slice(at + 1)];
}

const heights = (middle, lines) => [[], [middle + 4], [middle - 3, middle + 10]][lines.length];
const asNumber = ([n, d]) => Number((BigInt(n) * 1000000000n) / BigInt(d)) / 1e9;

function reach({ low, isLowOpen, high, isHighOpen }) {
  const found = [];
  if (low) found.push(`${isLowOpen ? ">" : "≥"} ${shown(low)}`);
  if (high) found.push(`${isHighOpen ? "<" : "≤"} ${shown(high)}`);
  return found.join(", ");
}

function ladder() {
  const number = valueOf(answer.values, "banded_on");
  if (!number || !BANDS.length) return null;
  const all = BANDS.map(ends);
  const inside = all.findIndex((one) => holds(one, number));
  const own = BANDS.findIndex((band) => band.id === answer.band);
  const middle = Math.max(inside >= 0 ? inside : own, 0);
  const first = Math.max(0, Math.min(middle - MOST_RUNGS / 2, BANDS.length - MOST_RUNGS));
  const rungs = BANDS.slice(first, first + MOST_RUNGS);
  const { margin } = answer;
  const drawn = [];
  rungs.forEach((band, at) => {
    const top = 10 + at * 34;
    const center = top + 17;
    const share = Math.round((100 * at) / Math.max(rungs.length - 1, 1));
    const isGiven = band.id === answer.band;
    const shade = `color-mix(in srgb, var(--bad) ${share}%, var(--good))`;
    drawn.push(s("rect", { x: 0, y: top + 1, width: 8, height: 32, fill: shade }));
    if (isGiven) drawn.push(s("rect", { x: 74, y: top + 1, width: WIDTH - 74, height: 32, rx: 5, opacity: 0.1 }));
    const lines = [reach(all[first + at])];
    if (margin?.up && margin.better === band.id)
      lines.push(`↑ ${margin.is_up_open ? "> " : ""}${shownText(margin.up)}`);
    if (margin?.down && margin.worse === band.id) lines.push(`↓ ${shownText(margin.down)}`);
    const told = lines.filter(Boolean).slice(0, 2);
    const room = WIDTH - 92 - Math.max(0, ...told.map((one) => wide(one, 10.5)));
    const names = broken(nameOf(band), room, isGiven);
    names.forEach((one, place) => drawn.push(line(82, heights(center, names)[place], one, room, { isBold: isGiven })));
    const right = { size: 10.5, anchor: "end", isFaint: true };
    told.forEach((one, place) => drawn.push(line(WIDTH - 5, heights(center, told)[place], one, WIDTH / 2, right)));
  });
  if (inside >= 0) {
    const y = 10 + (inside - first + depth(all, inside, number)) * 34;
    drawn.push(s("polygon", { points: `10,${y.toFixed(1)} 18,${(y - 5).toFixed(1)} 18,${(y + 5).toFixed(1)}` }));
    drawn.push(line(21, y + 4, shown(number), 52, { isBold: true }));
  }
  return drawing(drawn, 20 + 34 * rungs.length, headline());
}

// How far below the better end of its band a number is, from 0 to 1; never quite in the next band.
function depth(all, at, number) {
  const [root] = CRITERIA;
  const isScore = !facts.has_measure && root;
  const low = all[at].low ?? (isScore && root.min !== undefined ? exact(root.min) : null);
  const high = all[at].high ?? (isScore && root.max !== undefined ? exact(root.max) : null);
  if (!low || !high || compare(low, high) === 0) return 0.5;
  const lows = all.map((one) => one.low).filter(Boolean);
  const limits = lows.length > 1 ? lows : all.map((one) => one.high).filter(Boolean);
  const isDescending = limits.length > 1 && compare(limits[0], limits.at(-1)) < 0;
  const height = (asNumber(number) - asNumber(low)) / (asNumber(high) - asNumber(low));
  return Math.min(Math.max(isDescending ? height : 1 - height, 0.06), 0.94);
}

// The lines that add up to the score.
function contributions() {
  const [root] = CRITERIA;
  const value = (key) => valueOf(answer.values, key);
  const total = root && value("points.score");
  if (!total) return [];
  const earned = root.adjusted ? (value("earned.score") ?? total) : total;
  const found = [];
  if (root.lines) {
    for (const child of CRITERIA.filter((one) => one.parent === "score")) {
      const points = value(`${root.lines}.${child.id}`);
      if (points) found.push([nameOf(child), points]);
    }
    const rescaled = value("rescale.score");
    if (rescaled) found.push([say("line_rescale"), rescaled]);
  } else found.push([say("line_own"), earned]);
  const steps = [["line_clamp", earned, root.adjusted ? (value("limited.score") ?? total) : earned]];
  steps.push(["line_rounding", steps[0][2], total]);
  const cuts = KEYS.filter((key) => key.startsWith("at_most.")).map((key) => [key, value(key)]);
  const lowest = cuts
    .filter(([, one]) => one)
    .reduce((low, one) => (low && compare(low[1], one[1]) <= 0 ? low : one), null);
  let after = total;
  if (lowest && compare(lowest[1], total) < 0) {
    steps.push([partName("limits", lowest[0].slice(8)), total, lowest[1]]);
    after = lowest[1];
  }
  if (value("score")) steps.push(["line_rounding", after, value("score")]);
  for (const [key, before, next] of steps) {
    const cut = difference(next, before);
    if (cut[0] !== 0n) found.push([key.startsWith("line_") ? say(key) : key, cut]);
  }
  return found;
}

function waterfall() {
  const bars = contributions();
  if (bars.length < 2) return null;
  const total = bars.reduce((sum, [, points]) => add(sum, points), [0n, 1n]);
  const sides = [0];
  for (const [, points] of bars) sides.push(sides.at(-1) + asNumber(points));
  const [low, high] = [Math.min(...sides), Math.max(...sides)];
  const rows = [...bars, [say("whole"), total]];
  const room = Math.min(Math.max(...rows.map(([, points]) => wide(shown(points), 10.5))), WIDTH / 3);
  const [left, right] = [128, WIDTH - 12 - room];
  const across = (value) => left + ((value - low) / (high - low || 1)) * (right - left);
  const zero = across(0).toFixed(1);
  const drawn = [s("line", { x1: zero, x2: zero, y1: 4, y2: 22 * sides.length + 6, class: "rule" })];
  rows.forEach(([name, points], at) => {
    const isTotal = at === bars.length;
    const start = isTotal ? 0 : sides[at];
    const [x, y] = [across(start), across(start + asNumber(points))].sort((a, b) => a - b);
    const top = 6 + at * 22;
    const shade = isTotal ? "currentColor" : `var(--${BigInt(points[0]) >= 0n ? "good" : "bad"})`;
    drawn.push(line(0, top + 13, name, left - 8, { isBold: isTotal }));
    drawn.push(
      s("rect", {
        x: x.toFixed(1),
        y: top + 2,
        width: Math.max(y - x, 1.5).toFixed(1),
        height: 15,
        rx: 2,
        fill: shade,
      }),
    );
    drawn.push(line(WIDTH - 4, top + 13, shown(points), WIDTH / 3, { size: 10.5, anchor: "end", isBold: isTotal }));
  });
  const told = rows.map(([name, points]) => `${name} ${shown(points)}`);
  return drawing(drawn, 22 * rows.length + 10, `${told.slice(0, -1).join(" + ")} = ${told.at(-1)}`);
}
