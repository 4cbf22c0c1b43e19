"""Labelled against unlabelled photographs: eight methods that say of every photograph how much it is like a labelled one."""
