"""The exam server: protocol, core, store, actions, web."""
