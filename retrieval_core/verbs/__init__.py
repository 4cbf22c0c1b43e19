"""What one needs from Python: a verb and what it gives in each file. `retrieval_core` hands them out."""
