"""The commands of python -m retrieval_core."""
