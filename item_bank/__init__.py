"""What an item is: content and key, kinds, rich text, file formats. Pure: bytes and values in, values out."""
