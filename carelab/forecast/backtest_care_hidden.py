def backtest_hidden(*a): return None
