"""Lesson: choose a lesson, look at its cards, change them, and present it."""
