"""Real and hostile SSH servers on this machine, for the tests, the demo and the benchmarks."""
