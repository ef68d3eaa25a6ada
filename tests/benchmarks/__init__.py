"""How fast it is: `python -m tests.benchmarks` measures, and the test here holds the contenders to one answer."""
