"""The built-in landmark town: buildings, photographs and ground truth, rendered by our own code."""
