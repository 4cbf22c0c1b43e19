"""Lessons: cards of text, a view and a question, with figures that come from the run on show."""
