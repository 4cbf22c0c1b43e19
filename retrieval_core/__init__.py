"""Landmark retrieval: train, describe, rank, score and map seven networks."""
