"""The page: the whole work in a browser on one's own computer. It may import every other room, and none imports it."""
