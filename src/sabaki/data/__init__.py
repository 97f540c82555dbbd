"""Tables that rules read: brands, phrases, hosts. Each file says where its facts come from."""
