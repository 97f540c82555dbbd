"""Mail through real servers: Postfix, opendkim, policyd-spf and NSD, in a network of their own that nothing leaves."""
