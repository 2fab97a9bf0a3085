"""Reports as pages that need nothing else: to keep or to print, readable in grey."""
