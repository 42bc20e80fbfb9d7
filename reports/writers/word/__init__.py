"""Reports as Word documents: native headings, tables, captions and fields, which people go on working with."""
