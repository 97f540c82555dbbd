"""One file per standard. Network only through the Resolver handed in."""
