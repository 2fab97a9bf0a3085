"""HTTP and WebSocket: parse, call one action, serialise."""
