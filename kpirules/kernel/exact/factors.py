"""Perfect powers of integers and rationals, decided without factoring into primes."""

import math
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

_SMALL_PRIMES = (2, 3, 5, 7, 11, 13)


def integer_root(a: int, n: int) -> int:
    """Largest integer whose n-th power is not above another.

    Args:
        a: An integer ≥ 0.
        n: An integer ≥ 1.

    Returns:
        ⌊a^(1/n)⌋.

    >>> integer_root(80, 4), integer_root(81, 4)
    (2, 3)
    """
    if n == 1:
        return a
    if n == 2:
        return math.isqrt(a)
    if a.bit_length() <= n:
        return int(a > 0)
    # Newton's method falls to the root from anywhere above it; the root of the leading half is a near start.
    half = a.bit_length() // n // 2
    root = (integer_root(a >> n * half, n) + 1) << half if half > 8 else 1 << -(-a.bit_length() // n)
    while True:
        lower = ((n - 1) * root + a // root ** (n - 1)) // n
        if lower >= root:
            return root
        root = lower


def perfect_root(x: Fraction, n: int) -> Fraction | None:
    """Exact n-th root of a rational.

    Args:
        x: A number ≥ 0, or of any sign where n is 1.
        n: An integer ≥ 1.

    Returns:
        The root, or None where it is irrational.

    >>> perfect_root(Fraction(8, 27), 3), perfect_root(Fraction(8, 25), 3)
    (Fraction(2, 3), None)
    """
    # In lowest terms a quotient is a perfect power only where both of its parts are.
    if n == 1:
        return x
    above, below = _perfect_integer_root(x.numerator, n), _perfect_integer_root(x.denominator, n)
    return None if above is None or below is None else Fraction(above, below)


def _perfect_integer_root(a: int, n: int) -> int | None:
    if a <= 1:
        return a
    # 2^n is the least power above 1, so a huge n never gets to be computed with.
    if a.bit_length() <= n:
        return None
    root = integer_root(a, n)
    return root if root**n == a else None


def whole_exponents(pairs: Sequence[tuple[Fraction, Fraction]]) -> tuple[dict[Fraction, int], int]:
    """Return integer exponents in the same ratio as the weights.

    Args:
        pairs: Different or equal numbers and their weights above 0, at least one.

    Returns:
        The exponent of each number, without a common factor, and the order of the root, their sum.

    >>> whole_exponents([(Fraction(2), Fraction(3, 4)), (Fraction(5), Fraction(1, 2))])
    ({Fraction(2, 1): 3, Fraction(5, 1): 2}, 5)
    """
    common = math.lcm(*(weight.denominator for _, weight in pairs))
    exponents: dict[Fraction, int] = {}
    for x, weight in pairs:
        exponents[x] = exponents.get(x, 0) + weight.numerator * (common // weight.denominator)
    shared = math.gcd(*exponents.values())
    exponents = {x: n // shared for x, n in exponents.items()}
    return exponents, sum(exponents.values())


def products_by_exponent(exponents: Mapping[Fraction, int]) -> dict[int, tuple[int, int]]:
    """Return the product of the numbers with the same exponent, because a logarithm costs more than a product.

    Args:
        exponents: Numbers and their exponents.

    Returns:
        Numerator and denominator of the product, not in lowest terms, by exponent.

    >>> products_by_exponent({Fraction(2): 1, Fraction(3, 4): 1, Fraction(5): 2})
    {1: (6, 4), 2: (5, 1)}
    """
    products: dict[int, tuple[int, int]] = {}
    for x, n in exponents.items():
        above, below = products.get(n, (1, 1))
        products[n] = above * x.numerator, below * x.denominator
    return products


def rational_mean(exponents: Mapping[Fraction, int], order: int) -> Fraction | None:
    """Exact value of Π x^(n/order).

    The numerators and denominators are refined into pairwise coprime integers; the product is a perfect power
    exactly where the power of each of them is.

    Args:
        exponents: Positive numbers and their positive exponents n.
        order: The order of the root, ≥ 1.

    Returns:
        The value, or None where it is irrational.

    Source:
        Bernstein 2005, Factoring into coprimes in essentially linear time (here by the plain, quadratic way).

    >>> rational_mean({Fraction(2): 1, Fraction(8): 1}, 2)
    Fraction(4, 1)
    """
    # One small prime already shows that most irrational products are irrational, which saves the refinement.
    if any(_total_multiplicity(exponents, prime) % order for prime in _SMALL_PRIMES):
        return None
    value = Fraction(1)
    for base in coprime_base(part for x in exponents for part in (x.numerator, x.denominator)):
        total = _total_multiplicity(exponents, base)
        common = math.gcd(total, order)
        root = _perfect_integer_root(base, order // common)
        if root is None:
            return None
        value *= Fraction(root) ** (total // common)
    return value


def _total_multiplicity(exponents: Mapping[Fraction, int], base: int) -> int:
    return sum(n * (_split(x.numerator, base)[0] - _split(x.denominator, base)[0]) for x, n in exponents.items())


def _split(a: int, base: int) -> tuple[int, int]:
    """Return how often a base divides an integer, and the quotient left; squaring the base keeps that logarithmic."""
    quotient, rest = divmod(a, base)
    if rest:
        return 0, a
    pairs, left = _split(quotient, base * base)
    quotient, rest = divmod(left, base)
    return (2 * pairs + 1, left) if rest else (2 * pairs + 2, quotient)


def coprime_base(numbers: Iterable[int]) -> list[int]:
    """Return pairwise coprime integers such that every given one is a product of their powers.

    Args:
        numbers: Positive integers.

    Returns:
        The integers, all above 1.

    >>> sorted(coprime_base([12, 18]))
    [2, 3]
    """
    base: list[int] = []
    todo = set(numbers)
    while todo:
        a = todo.pop()
        if a == 1:
            continue
        for i, b in enumerate(base):
            common = math.gcd(a, b)
            if common > 1:
                # The product of all numbers falls with each step, so the loop ends.
                del base[i]
                todo |= {common, _split(a, common)[1], _split(b, common)[1]}
                break
        else:
            base.append(a)
    return base
