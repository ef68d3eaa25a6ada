// Functions that printed steps call. `N` stands for Numbers, `B` for BigInt; a division by zero has a result that nobody reads.

function quotientN(x, y) {
  return y === 0 ? 0 : Math.floor(x / y);
}

function remainderN(x, y) {
  return y === 0 ? 0 : ((x % y) + y) % y;
}

function quotientB(x, y) {
  if (y === 0n) return 0n;
  const found = x / y;
  return x % y !== 0n && x < 0n !== y < 0n ? found - 1n : found;
}

function remainderB(x, y) {
  return y === 0n ? 0n : ((x % y) + y) % y;
}

function table(list) {
  return { list, places: new Map(list.map((text, place) => [text, place])) };
}

// The numbers of texts: those of the rulebook, then those of the subject.
function texts(known) {
  let more = null;
  return {
    at(text) {
      if (text === null) return 0;
      const place = known.places.get(text) ?? more?.get(text);
      if (place !== undefined) return place;
      more ??= new Map();
      more.set(text, known.list.length + more.size);
      return known.list.length + more.size - 1;
    },
    text(number) {
      if (number < known.list.length) return known.list[number];
      for (const [text, place] of more ?? []) if (place === number) return text;
      return null;
    },
  };
}

// Days are counted from 0001-01-01, which is 1.
const FIRST_DAY = new Date("0001-01-01T00:00:00Z").getTime() / 86400000 - 1;

function dayText(number) {
  return new Date((number + FIRST_DAY) * 86400000).toISOString().slice(0, 10);
}

function dayNumber(text) {
  const found = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text);
  const time = found && found[1] !== "0000" ? new Date(`${text}T00:00:00Z`).getTime() : NaN;
  // JavaScript reads 2026-02-30 as 2 March in some engines.
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text) return null;
  return time / 86400000 - FIRST_DAY;
}
