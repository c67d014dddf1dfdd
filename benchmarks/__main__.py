"""`python -m benchmarks` runs the one benchmark there is."""

from benchmarks.decide import main

main()
