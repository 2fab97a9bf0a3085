"""The Word papers that the project ships, and the scripts that write them."""
