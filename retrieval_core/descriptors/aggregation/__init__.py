"""How the map of the last convolution becomes one descriptor: an aggregation a file, all of them in table.py."""
