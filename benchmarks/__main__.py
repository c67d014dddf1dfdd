"""`python -m benchmarks` measures decisions, then a backtest."""

from benchmarks import decide, history

if __name__ == "__main__":  # the processes of a backtest import this, too
    decide.main()
    history.main()
