"""How wrong the forecast and the rules of thumb would have been."""
