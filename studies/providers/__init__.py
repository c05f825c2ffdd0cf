"""The profiles against other people's implementations."""
