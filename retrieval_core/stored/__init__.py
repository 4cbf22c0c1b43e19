"""What has been made: where it lies, and how it is read."""
