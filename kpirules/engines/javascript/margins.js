// The distances from a number to the bands around its own.

const ends = ({ ends: [low, isLowOpen, high, isHighOpen] }) => ({
  low: low === null ? null : constant(low),
  isLowOpen,
  high: high === null ? null : constant(high),
  isHighOpen,
});

function holds({ low, isLowOpen, high, isHighOpen }, number) {
  if (low && compare(number, low) < (isLowOpen ? 1 : 0)) return false;
  return !high || compare(number, high) <= (isHighOpen ? -1 : 0);
}

function margin({ BANDS, OVERLAP, CAN_DIFFER }, all, place, number, score) {
  if (place === null || place === undefined || !number) return null;
  const own = holds(all[place], number) ? all[place] : null;
  const isHeld = (one) => (one.low || one.high) && holds(one, number);
  const reached = all.findIndex((one, at) => at < place && isHeld(one));
  const first = OVERLAP === "worst" || reached < 0 ? place : reached;
  const before = all
    .map((_, at) => at)
    .slice(0, first)
    .reverse();
  const after = all.map((_, at) => at).slice(place + 1);
  const up = nearest(all, before, number, OVERLAP === "worst" ? own : null);
  const down = nearest(all, after, number, OVERLAP === "best" ? own : null);
  const decided = CAN_DIFFER && score && all.some((one) => holds(one, number) !== holds(one, score));
  return {
    up: up ? text(up.distance) : null,
    down: down ? text(down.distance) : null,
    rounding_decided: Boolean(decided),
    better: up ? BANDS[up.at].id : "",
    worse: down ? BANDS[down.at].id : "",
    is_up_open: Boolean(up?.isOpen),
    is_down_open: Boolean(down?.isOpen),
  };
}

function nearest(all, places, number, covering) {
  let found = null;
  for (const at of places) {
    for (const stretch of covering ? stretches(all[at], covering) : [all[at]]) {
      if (holds(stretch, number)) continue;
      const { low, isLowOpen, high, isHighOpen } = stretch;
      const isBelow = low && (!high || compare(number, low) <= 0);
      const distance = isBelow ? difference(low, number) : difference(number, high);
      const isOpen = isBelow ? isLowOpen : isHighOpen;
      const order = found ? compare(distance, found.distance) : -1;
      if (order < 0 || (order === 0 && !isOpen && found.isOpen)) found = { distance, isOpen, at };
    }
  }
  return found;
}

// The parts of a band below and above a covering one.
function stretches(band, covering) {
  const found = [];
  const order = ([x, isX], [y, isY]) => compare(x, y) || Number(isX) - Number(isY);
  if (covering.low) {
    let cut = [covering.low, covering.isLowOpen];
    const own = band.high && [band.high, !band.isHighOpen];
    if (own && order(own, cut) < 0) cut = own;
    found.push({ low: band.low, isLowOpen: band.isLowOpen, high: cut[0], isHighOpen: !cut[1] });
  }
  if (covering.high) {
    let cut = [covering.high, !covering.isHighOpen];
    const own = band.low && [band.low, band.isLowOpen];
    if (own && order(own, cut) > 0) cut = own;
    found.push({ low: cut[0], isLowOpen: cut[1], high: band.high, isHighOpen: band.isHighOpen });
  }
  const isEmpty = ({ low, isLowOpen, high, isHighOpen }) =>
    low && high && (compare(low, high) > 0 || (compare(low, high) === 0 && (isLowOpen || isHighOpen)));
  return found.filter((part) => !isEmpty(part));
}
