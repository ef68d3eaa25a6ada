"""Both engines against each other, on rulebooks and subjects drawn from seeds."""
