"""Tables laid out in cells: OpenDocument, old Excel, tables of web pages. May import `survey.files`."""
