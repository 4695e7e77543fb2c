"""Making it happen: the turn loop and its rules, one module per rule. It knows neither the store nor the screen."""
