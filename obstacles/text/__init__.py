"""Text for people in every language: messages, names and their order, widths, escapes. Imports no other room."""
