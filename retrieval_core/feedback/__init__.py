"""Learning from a user's marks and from unlabelled photographs."""
