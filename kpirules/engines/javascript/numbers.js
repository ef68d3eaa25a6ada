// Exact numbers: [numerator, denominator], each a Number below 2^51 or a BigInt.

const NUMBER = /^[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE]([-+]?[0-9]+))?$/;
const QUOTIENT = /^(-?[0-9]+)\/([0-9]+)$/;

function gcd(a, b) {
  while (b) [a, b] = [b, a % b];
  return a < 0 ? -a : a;
}

function reduced([n, d]) {
  if (!d) throw new RangeError("a denominator is 0");
  if (typeof n === "number" && typeof d === "number") {
    const common = gcd(n, d) || 1;
    return [BigInt(n / common), BigInt(d / common)];
  }
  n = BigInt(n);
  d = BigInt(d);
  const common = gcd(n, d) || 1n;
  return [n / common, d / common];
}

// The shortest exact text: a decimal if it ends, else a quotient in lowest terms.
function text(number) {
  if (number[1] === 1) return String(number[0]);
  const [n, d] = reduced(number);
  if (d === 1n) return String(n);
  let rest = d;
  let twos = 0;
  let fives = 0;
  while (rest % 2n === 0n) [rest, twos] = [rest / 2n, twos + 1];
  while (rest % 5n === 0n) [rest, fives] = [rest / 5n, fives + 1];
  if (rest !== 1n) return `${n}/${d}`;
  const places = Math.max(twos, fives);
  const digits = String(((n < 0n ? -n : n) * 10n ** BigInt(places)) / d).padStart(places + 1, "0");
  return `${n < 0n ? "-" : ""}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

function difference([a, b], [c, d]) {
  return [BigInt(a) * BigInt(d) - BigInt(c) * BigInt(b), BigInt(b) * BigInt(d)];
}

function compare(x, y) {
  const [n] = difference(x, y);
  return n < 0n ? -1 : n > 0n ? 1 : 0;
}

// A number, a BigInt, or a text such as "12.5", "1e3" or "385/6"; null for anything else. A Number means its shortest
// text: 0.1 is one tenth.
function exact(value) {
  if (typeof value === "bigint") return [value, 1n];
  if (Number.isSafeInteger(value)) return [BigInt(value), 1n];
  if (typeof value === "number") value = String(value);
  if (typeof value !== "string" || value.length > 1000) return null;
  const found = NUMBER.exec(value);
  if (!found) {
    const parts = QUOTIENT.exec(value);
    return parts && BigInt(parts[2]) ? reduced([BigInt(parts[1]), BigInt(parts[2])]) : null;
  }
  const exponent = Number(found[1] ?? 0);
  if (Math.abs(exponent) > 400) return null;
  const [whole, after = ""] = value.replace(/[eE].*$/, "").split(".");
  const power = exponent - after.length;
  const n = BigInt((whole + after).replace(/^\+/, "") || 0);
  return power >= 0 ? [n * 10n ** BigInt(power), 1n] : reduced([n, 10n ** BigInt(-power)]);
}

// The same for a text of the rulebook, read once.
const CONSTANTS = new Map();

function constant(value) {
  if (!CONSTANTS.has(value)) CONSTANTS.set(value, exact(value));
  return CONSTANTS.get(value);
}
