"""`python -m benchmarks` measures decisions, then a backtest, then what looks at every case."""

from benchmarks import decide, history, whole

if __name__ == "__main__":  # the processes of a backtest import this, too
    decide.main()
    history.main()
    whole.main()
