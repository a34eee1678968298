"""Asking for an introduction to a research unit, its answer, and what came of it. Who asked is told to the unit alone."""
