// Irrational functions of exact numbers: a rational result is exact, any other is correctly rounded to 28 significant
// digits, and never finer than 10^-40. Enclosures are integers that provably enclose a value; bounds are rounded outwards.
// Where a function is not defined, nobody reads its value, which is 0.

const ZERO = [0n, 1n];
const ONE = [1n, 1n];

const addQ = ([a, b], [c, d]) => reduced([a * d + c * b, b * d]);
const subtractQ = ([a, b], [c, d]) => reduced([a * d - c * b, b * d]);
const multiplyQ = ([a, b], [c, d]) => reduced([a * c, b * d]);
const quotientQ = ([a, b], [c, d]) => quotientB(a * d, b * c);
const remainderQ = (x, y) => (y[0] ? subtractQ(x, multiplyQ([quotientQ(x, y), 1n], y)) : ZERO);

function dividedQ([a, b], [c, d]) {
  if (!c) return ZERO;
  return c < 0n ? [-a * d, -b * c] : [a * d, b * c];
}

const size = (n) => (n < 0n ? -n : n);
const least = (x, y) => (x < y ? x : y);
const most = (x, y) => (x > y ? x : y);

function bitLength(n) {
  const digits = size(n).toString(16);
  return digits === "0" ? 0 : 4 * (digits.length - 1) + 32 - Math.clz32(Number.parseInt(digits[0], 16));
}

const floorShift = (n, places) => (places >= 0 ? n >> BigInt(places) : n << BigInt(-places));
const ceilShift = (n, places) => -floorShift(-n, places);
const ceilQuotient = (x, y) => -quotientB(-x, y);

function integerRoot(a, n) {
  if (n === 1) return a;
  const bits = bitLength(a);
  if (bits <= n) return a > 0n ? 1n : 0n;
  const order = BigInt(n);
  const half = Math.floor(Math.floor(bits / n) / 2);
  let root =
    half > 8 ? (integerRoot(a >> BigInt(n * half), n) + 1n) << BigInt(half) : 1n << BigInt(Math.ceil(bits / n));
  for (;;) {
    const lower = ((order - 1n) * root + a / root ** (order - 1n)) / order;
    if (lower >= root) return root;
    root = lower;
  }
}

function perfectIntegerRoot(a, n) {
  if (a <= 1n) return a;
  if (BigInt(bitLength(a)) <= n) return null;
  const root = integerRoot(a, Number(n));
  return root ** n === a ? root : null;
}

function perfectRoot([a, b], n) {
  if (n === 1n) return [a, b];
  const [above, below] = [perfectIntegerRoot(a, n), perfectIntegerRoot(b, n)];
  return above === null || below === null ? null : [above, below];
}

const tenTo = (places) => 10n ** BigInt(Math.max(places, 0));

// The number nearest to a quotient that has 28 significant digits and no place finer than 10^-40.
function nearestQuotient(n, d) {
  let decade = Math.floor(((bitLength(n) - bitLength(d) + 1) * 30103) / 100000) + 1;
  while (decade + 1 - 28 > -40 && size(n) * tenTo(-decade) < d * tenTo(decade)) decade -= 1;
  const place = Math.max(decade + 1 - 28, -40);
  const [above, below] = [tenTo(-place), tenTo(place)];
  return reduced([quotientB(2n * n * above + d * below, 2n * d * below) * below, above]);
}

function nearestRoot([a, b], n) {
  const bits = Math.floor((bitLength(a) - bitLength(b) - 1) / n);
  const k = Math.min(40, 28 - (Math.floor((bits * 30103) / 100000) - 1));
  const [above, below] = [2n * tenTo(k), tenTo(-k)];
  const order = BigInt(n);
  return nearestQuotient(integerRoot((a * above ** order) / (b * below ** order), n) * below, above);
}

// The number to which both ends of an enclosure [low, high, exponent] round, at the first precision at which they agree.
function settle(enclosure) {
  for (const bits of [192, 1024, 9216, 20480]) {
    const [low, high, exponent] = enclosure(bits);
    const [x, y] = [low, high].map((end) =>
      nearestQuotient(end << BigInt(Math.max(exponent, 0)), 1n << BigInt(Math.max(-exponent, 0))),
    );
    if (x[0] === y[0] && x[1] === y[1]) return x;
  }
  throw new Error("20,480 bits do not tell a result from a tie");
}

// The sum of t^k / (r_1…r_k) with r_k = step·k + step − 1 and t = z / 2^scale: it, the number of terms, and the next one.
function series(z, scale, step, sign, terms) {
  const places = BigInt(scale);
  let term = sign << places;
  let total = 0n;
  let k = 0;
  for (;;) {
    total += term;
    k += 1;
    term = quotientB((term * z) >> places, BigInt(step * k + step - 1));
    const isDone = terms ? k === terms : term === 0n && (z + 1n) << 1n <= BigInt(step * (k + 2) - 1) << places;
    if (isDone) return [size(total), k, size(term)];
  }
}

function seriesBounds(low, high, scale, step) {
  const [below, terms] = series(low, scale, step, 1n, 0);
  const [above, , rest] = series(high, scale, step, -1n, terms);
  return [below, above + 2n * rest];
}

// e^t for every t in [low, high] / 2^scale.
function expEnclosure(low, high, scale, bits) {
  const small = Math.floor(Math.floor(Math.sqrt(bits)) / 2);
  const halvings = Math.max(0, bitLength(low) - scale + small);
  const working = bits + halvings + 16;
  const places = scale + halvings - working;
  let [below, above] = seriesBounds(floorShift(size(low), places), ceilShift(size(low), places), working, 1);
  let exponent = -working;
  for (let at = 0; at < halvings; at += 1) {
    [below, above, exponent] = [below * below, above * above, 2 * exponent];
    const excess = bitLength(above) - working;
    [below, above, exponent] = [floorShift(below, excess), ceilShift(above, excess), exponent + excess];
  }
  if (low < 0n) {
    const unit = 1n << BigInt(2 * working);
    [below, above, exponent] = [unit / above, ceilQuotient(unit, below), -2 * working - exponent];
  }
  return [below, above + ceilShift(2n * above * (high - low), scale), exponent];
}

function leading(n, bits) {
  const excess = Math.max(0, bitLength(n) - bits - 16);
  return [floorShift(n, excess), ceilShift(n, excess), excess];
}

function roughLog(n) {
  const excess = Math.max(0, bitLength(n) - 64);
  return Math.log(Number(n >> BigInt(excess))) + excess * Math.LN2;
}

// ln(n / d) in units of 2^-scale.
function lnEnclosure(n, d, scale) {
  const places = scale <= 90 ? 32 : Math.floor(scale / 3) + 8;
  const guess = scale <= 90 ? BigInt(Math.round((roughLog(n) - roughLog(d)) * 2 ** 32)) : lnEnclosure(n, d, places)[0];
  const working = Math.max(scale, places) + 16;
  const [powerLow, powerHigh, powerExponent] = expEnclosure(guess, guess, places, working);
  const [topLow, topHigh, topExponent] = leading(n, working);
  const [bottomLow, bottomHigh, bottomExponent] = leading(d, working);
  const shift = working + topExponent - bottomExponent - powerExponent;
  const unit = 1n << BigInt(working);
  let low = quotientB(floorShift(topLow, -shift), bottomHigh * powerHigh) - unit;
  let high = ceilQuotient(ceilShift(topHigh, -shift), bottomLow * powerLow) - unit;
  low -= ceilShift(low * low, working + 1) + ceilShift(size(low) ** 3n, 2 * working);
  high -= floorShift(high * high, working + 1) - ceilShift(size(high) ** 3n, 2 * working);
  const base = guess << BigInt(working - places);
  return [floorShift(base + low, working - scale), ceilShift(base + high, working - scale)];
}

function inverseArctangent(n, scale) {
  let total = 0n;
  let terms = 0n;
  let power = (1n << BigInt(scale)) / n;
  while (power) {
    total += (terms % 2n ? -1n : 1n) * (power / (2n * terms + 1n));
    power /= n * n;
    terms += 1n;
  }
  return [total - terms - 1n, total + terms + 1n];
}

function normalEnclosure([n, d], bits) {
  const isBelow = n < 0n;
  const above = size(n);
  const scale = bits + 2 * Number(ceilQuotient(above * above, d * d)) + Math.floor(Math.sqrt(bits)) + 64;
  const places = BigInt(scale);
  const low = (above << places) / d;
  const [squareLow, squareHigh] = [(low * low) >> places, ceilShift((low + 1n) ** 2n, scale)];
  const [seriesLow, seriesHigh] = seriesBounds(squareLow, squareHigh, scale, 2);
  const [powerLow, powerHigh, exponent] = expEnclosure(-squareHigh, -squareLow, scale + 1, scale);
  const [fiveLow, fiveHigh] = inverseArctangent(5n, scale);
  const [otherLow, otherHigh] = inverseArctangent(239n, scale);
  const [piLow, piHigh] = [16n * fiveLow - 4n * otherHigh, 16n * fiveHigh - 4n * otherLow];
  const [rootLow, rootHigh] = [integerRoot((2n * piLow) << places, 2), integerRoot((2n * piHigh) << places, 2) + 1n];
  const partLow = floorShift(low * seriesLow * powerLow, -exponent) / rootHigh;
  const partHigh = ceilQuotient(ceilShift((low + 1n) * seriesHigh * powerHigh, -exponent), rootLow);
  const half = 1n << BigInt(scale - 1);
  return isBelow ? [half - partHigh, half - partLow, -scale] : [half + partLow, half + partHigh, -scale];
}

function exponential(bounds) {
  const [low, high] = bounds(64).map((end) => Number(end >> 64n));
  if (high < -93) return ZERO;
  if (low > 22714) throw new Error("a result of more than 32,768 bits");
  return settle((bits) => expEnclosure(...bounds(bits), bits, bits));
}

// The product of (n/d)^(k/order).
function productOfPowers(factors, order) {
  const largest = factors.reduce((found, [, , k]) => most(found, size(k)), 0n);
  const spare = 8 + bitLength(BigInt(factors.length)) + Math.max(0, bitLength(largest) - bitLength(order) + 1);
  return exponential((scale) => {
    let [low, high] = [0n, 0n];
    for (const [n, d, k] of factors) {
      const ends = lnEnclosure(n, d, scale + spare).map((end) => k * end);
      low += quotientB(least(...ends), order);
      high += ceilQuotient(most(...ends), order);
    }
    return [floorShift(low, spare), ceilShift(high, spare)];
  });
}

const widthOf = ([n, d]) => bitLength(n) + bitLength(d);

function powerOf([a, b], n) {
  if (n >= 0n) return [a ** n, b ** n];
  return a < 0n && n % 2n ? [-(b ** -n), (-a) ** -n] : [b ** -n, a ** -n];
}

const positiveRoot = (x, order) => perfectRoot(reduced(x), order) ?? nearestRoot(reduced(x), Number(order));

// The product of x^(n/order), if it is rational: numbers are split into coprime ones.
function rationalMean(exponents, order) {
  const base = coprime([...exponents.keys()].map(pairOf).flat());
  let value = ONE;
  for (const one of base) {
    let total = 0n;
    for (const [key, n] of exponents)
      total += n * (multiplicity(pairOf(key)[0], one) - multiplicity(pairOf(key)[1], one));
    const common = gcd(total, order);
    const root = perfectIntegerRoot(one, order / common);
    if (root === null) return null;
    value = multiplyQ(value, powerOf([root, 1n], total / common));
  }
  return value;
}

const pairOf = (key) => key.split("/").map(BigInt);

function multiplicity(a, base) {
  let found = 0n;
  while (a % base === 0n) [a, found] = [a / base, found + 1n];
  return found;
}

function coprime(numbers) {
  const base = [];
  const todo = [...numbers];
  while (todo.length) {
    const a = todo.pop();
    if (a === 1n) continue;
    const at = base.findIndex((b) => gcd(a, b) > 1n);
    if (at < 0) base.push(a);
    else if (base[at] !== a) {
      const common = gcd(a, base[at]);
      const [b] = base.splice(at, 1);
      todo.push(common, a / common ** multiplicity(a, common), b / common ** multiplicity(b, common));
    }
  }
  return base;
}

const DEFINED = {
  root: ([n], [order, one]) => one === 1n && order >= 1n && order <= 64n && (n >= 0n || order % 2n === 1n),
  power([n], y) {
    const [exponent, order] = reduced(y);
    return n > 0n || (n === 0n ? exponent >= 0n : order === 1n);
  },
  ln: ([n]) => n > 0n,
};

const IRRATIONAL = {
  root(x, order) {
    if (!x[0] || !DEFINED.root(x, order)) return ZERO;
    if (x[0] > 0n) return positiveRoot(x, order[0]);
    const [n, d] = positiveRoot([-x[0], x[1]], order[0]);
    return [-n, d];
  },
  power(x, y) {
    [x, y] = [reduced(x), reduced(y)];
    if (!DEFINED.power(x, y)) return ZERO;
    if (x[0] === 0n) return y[0] === 0n ? ONE : ZERO;
    const base = perfectRoot(x, y[1]);
    if (base) return powerOf(base, y[0]);
    if (y[1] <= 64n && Number(size(y[0])) * widthOf(x) <= 32768) return nearestRoot(powerOf(x, y[0]), Number(y[1]));
    return productOfPowers([[x[0], x[1], y[0]]], y[1]);
  },
  exp([n, d]) {
    if (n === 0n) return ONE;
    return exponential((scale) => {
      const low = quotientB(n << BigInt(scale), d);
      return [low, low + 1n];
    });
  },
  ln(x) {
    const [n, d] = reduced(x);
    if (n <= 0n || n === d) return ZERO;
    return settle((bits) => [...lnEnclosure(n, d, bits), -bits]);
  },
  normal_cdf(x) {
    const [n, d] = reduced(x);
    if (n === 0n) return [1n, 2n];
    if (size(n) > 14n * d) return n > 0n ? ONE : ZERO;
    return settle((bits) => normalEnclosure([n, d], bits));
  },
  geometric_mean(...parts) {
    const exponents = new Map();
    let common = 1n;
    for (let at = 1; at < parts.length; at += 2) common = (common / gcd(common, parts[at][1])) * parts[at][1];
    for (let at = 0; at < parts.length; at += 2) {
      const [share, [n, d]] = [reduced(parts[at]), parts[at + 1]];
      if (n <= 0n) continue;
      if (share[0] <= 0n) return ZERO;
      const key = share.join("/");
      exponents.set(key, (exponents.get(key) ?? 0n) + n * (common / d));
    }
    if (!exponents.size) return ZERO;
    const shared = [...exponents.values()].reduce(gcd);
    let [order, width] = [0n, 0];
    for (const [key, n] of exponents) {
      exponents.set(key, n / shared);
      order += n / shared;
      width += widthOf(pairOf(key)) * Number(n / shared);
    }
    if (order <= 64n && width <= 32768) {
      const product = [...exponents].reduce((found, [key, n]) => multiplyQ(found, powerOf(pairOf(key), n)), ONE);
      return positiveRoot(product, order);
    }
    const exactly = rationalMean(exponents, order);
    return (
      exactly ??
      productOfPowers(
        [...exponents].map(([key, n]) => [...pairOf(key), n]),
        order,
      )
    );
  },
};
