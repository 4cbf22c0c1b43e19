"""What the browser fetches and draws."""
