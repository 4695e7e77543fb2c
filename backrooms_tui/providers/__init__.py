"""Who can speak: one module per provider, the model catalogue, prices, keys, the local model."""
