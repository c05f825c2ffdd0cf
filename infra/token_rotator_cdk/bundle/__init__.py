"""The zip files that run in Lambda, built without Docker and kept in a cache of the user's."""
