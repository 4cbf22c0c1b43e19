"""How the starts that are shipped were made: backbones that learn to reproduce the features of a network that knows ImageNet."""
