"""Learning from what a person marks: which photographs of a ranking are right, and which are wrong."""
