"""The lab: two organisations, a stranger, an operator, the gateway and an internet, in namespaces."""
