"""What pages know: the parameters of the link, and what they load."""
